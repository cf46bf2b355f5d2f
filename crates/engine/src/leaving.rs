//! Removals: numbers that leave a list, recorded before they do, and looked for until they are gone.
//!
//! A removal takes protection away, so everything here errs on the side of keeping: what a feed claims again is not
//! removed, what two whole reads do not show is gone and not before (design decision 12), and what is still there is
//! reported.

use std::collections::BTreeSet;

use dncsync_core::answer::Answer;
use dncsync_core::event::Event;
use dncsync_core::lost::lost_after;
use dncsync_core::number::Number;
use dncsync_core::numbers::Numbers;
use dncsync_core::positions;
use dncsync_core::refusal;
use dncsync_core::sight::ABSENT_AFTER;
use dncsync_core::target::ListId;
use dncsync_core::timestamp::Timestamp;
use dncsync_cxone::Removed;
use dncsync_store::{BatchKey, ListKey, Part, PartState, RemovalOutcome, SentBatch};
use roaring::RoaringBitmap;

use crate::awaited::Waits;
use crate::dispatch::numbers;
use crate::sender::{Asked, Sender};
use crate::trouble::Trouble;

/// A batch of removals: which of its numbers are not known to be gone yet.
#[derive(Clone, Debug)]
pub(crate) struct Leaving {
    pub(crate) list: ListKey,
    open: BTreeSet<Number>,
    /// Not shown by one whole read.
    gone_once: BTreeSet<Number>,
    gone: Numbers,
    kept: Numbers,
    /// When the server last took a part of it; `None` while a part is still to be sent or its answer unknown.
    accepted: Option<Timestamp>,
    /// Whether a request with some of them is on its way.
    in_flight: bool,
    resends: u32,
    missed: u8,
}

impl Leaving {
    /// A batch as it stands in the store.
    pub(crate) fn of(batch: &SentBatch, now: Timestamp) -> Self {
        let members = batch.parts.iter().flat_map(|part| part.members.iter());
        let mut leaving = Self {
            list: batch.list,
            open: numbers(batch, members).into_iter().collect(),
            gone_once: BTreeSet::new(),
            gone: Numbers::default(),
            kept: Numbers::default(),
            accepted: None,
            in_flight: false,
            resends: batch.resends,
            missed: 0,
        };
        leaving.update(batch, now);
        leaving
    }

    /// Takes in where the parts stand. What was accepted ahead of the clock was accepted before it was set back.
    fn update(&mut self, batch: &SentBatch, now: Timestamp) {
        let accepted = batch.parts.iter().map(|part| match part.state {
            PartState::Accepted { at } => Some(at.min(now)),
            PartState::Waiting | PartState::Sending | PartState::Doubted => None,
        });
        // `None` where any is: a part that is not accepted yet.
        let accepted = accepted.collect::<Option<Vec<_>>>().and_then(|all| all.into_iter().max());
        if accepted != self.accepted {
            self.gone_once.clear();
            self.missed = 0;
        }
        (self.accepted, self.resends) = (accepted, batch.resends);
    }

    /// A whole read ended that began then.
    fn read_whole(&mut self, began: Timestamp, seen: &Numbers, waits: Waits) {
        let Some(accepted) = self.accepted.filter(|accepted| began >= *accepted) else { return };
        let away: Vec<Number> = self.open.iter().copied().filter(|number| !seen.contains(*number)).collect();
        for number in away {
            if !self.gone_once.insert(number) {
                self.open.remove(&number);
                self.gone.insert(number);
            }
        }
        self.gone_once.retain(|number| !seen.contains(*number));
        if began >= accepted + waits.confirm_within {
            self.missed += 1;
        }
    }

    /// Whether what a whole read that began then still showed is to be sent again.
    fn sends_again(&self, began: Timestamp, waits: Waits) -> bool {
        let wait = lost_after(waits.longest_lag, self.resends);
        self.accepted.zip(wait).is_some_and(|(accepted, wait)| began >= accepted + wait)
    }

    /// Whether a number that a whole read which began then still showed was there to stay: what is removed may be shown
    /// for a while.
    fn stays(&self, began: Timestamp, waits: Waits) -> bool {
        let wait = lost_after(waits.longest_lag, self.resends).unwrap_or(waits.confirm_within);
        self.accepted.is_some_and(|accepted| began >= accepted + wait)
    }

    /// Those of these that a feed claims again are not waited for any more.
    fn keep(&mut self, claimed: &[Number]) {
        for number in claimed.iter().filter(|number| self.open.remove(number)) {
            self.gone_once.remove(number);
            self.kept.insert(*number);
        }
    }

    /// Whether looking for its numbers is worth while.
    pub(crate) fn is_looked_for(&self) -> bool {
        self.accepted.is_some() && !self.settled()
    }

    /// What is not known to be gone yet.
    pub(crate) fn open(&self) -> impl Iterator<Item = Number> + '_ {
        self.open.iter().copied()
    }

    fn settled(&self) -> bool {
        self.open.is_empty() || (self.missed >= ABSENT_AFTER && self.gone_once.is_empty())
    }
}

impl Sender<'_> {
    /// Whether looking at a list is worth while for removals.
    pub(crate) fn removals_on(&self, list: ListKey) -> bool {
        self.leaving.values().any(|batch| batch.list == list && batch.is_looked_for())
    }

    /// When the last removal was taken that is looked for in a list.
    pub(crate) fn removals_accepted(&self, list: ListKey) -> Option<Timestamp> {
        let looked_for = self.leaving.values().filter(|batch| batch.list == list && batch.is_looked_for());
        looked_for.filter_map(|batch| batch.accepted).max()
    }

    /// Whether a part holds numbers whose removal from its list is on its way.
    pub(crate) fn is_overtaken(&self, part: &Part) -> Result<bool, Trouble> {
        if self.leaving.values().all(|batch| !batch.in_flight) {
            return Ok(false);
        }
        let batch = self.store.batch(&part.batch)?;
        let added = numbers(&batch, part.members.iter());
        let ahead = |leaving: &Leaving| leaving.in_flight && leaving.list == batch.list;
        Ok(self
            .leaving
            .values()
            .filter(|leaving| ahead(leaving))
            .any(|leaving| added.iter().any(|it| leaving.open.contains(it))))
    }

    /// Records that removals leave: the list, the body, and the part that is left of it. `None` where feeds claim all of
    /// them again.
    pub(crate) fn begin_removal(
        &mut self,
        part: Part,
        now: Timestamp,
    ) -> Result<Option<(ListId, Vec<u8>, Part)>, Trouble> {
        let batch = self.store.batch(&part.batch)?;
        let of = self.rooted(&batch);
        let leaving = self.leaving.entry(part.batch.clone()).or_insert_with(|| Leaving::of(&batch, now));
        let tell = |leaves: &RoaringBitmap| Event::Sending {
            batch: part.batch.seq,
            of,
            items: leaves.len(),
            positions: positions::unless_all(leaves, of.count),
            attempt: part.attempts + 1,
            removal: true,
        };
        self.presence.let_go(self.store)?;
        self.departing.remove(&batch.list);
        let leaves = self.store.begin_removal(&part, &batch, now, of.root, &tell)?;
        for number in numbers(&batch, (&part.members - &leaves).iter()) {
            leaving.open.remove(&number);
        }
        leaving.update(&self.store.batch(&part.batch)?, now);
        if leaves.is_empty() {
            return Ok(None);
        }
        leaving.in_flight = true;
        let body = self.client.speech().removal(numbers(&batch, leaves.iter()).into_iter());
        Ok(Some((self.store.list(batch.list)?.id, body, Part { members: leaves, ..part })))
    }

    /// Records what became of removals.
    pub(crate) fn take_removed(&mut self, part: &Part, answer: Answer<Removed>) -> Result<(), Trouble> {
        let asked = Asked::Part(part.id);
        self.landed(asked);
        let now = self.world.now();
        if let Some(leaving) = self.leaving.get_mut(&part.batch) {
            leaving.in_flight = false;
        }
        match answer {
            Answer::Applied(removed) => {
                self.progress(asked);
                self.take_applied(part, &removed.failed, now)
            }
            Answer::Refused(refusal) => {
                self.progress(asked);
                let verdict = refusal::judge(&part.members, &refusal);
                self.take_refusal(part, verdict, &refusal.reason, now)
            }
            Answer::TooLarge => {
                self.progress(asked);
                let verdict = refusal::judge_too_large(&part.members, |_| 1);
                self.take_refusal(part, verdict, "the body is too large", now)
            }
            other => self.came_to_nothing(part, other),
        }
    }

    /// Takes in where the parts of a batch stand; `refused` will not be removed.
    pub(crate) fn update_leaving(&mut self, key: &BatchKey, refused: &[Number], now: Timestamp) -> Result<(), Trouble> {
        let batch = self.store.batch(key)?;
        if let Some(leaving) = self.leaving.get_mut(key) {
            leaving.open.retain(|number| !refused.contains(number));
            leaving.update(&batch, now);
        }
        Ok(())
    }

    /// The list was read whole: what it did not show twice is gone, what it still shows is removed once more. What is
    /// claimed again is not looked for any more: once it is settled it is not believed to be there, so that it is added.
    pub(crate) fn judge_leaving(
        &mut self,
        list: ListKey,
        began: Timestamp,
        seen: &Numbers,
        among: impl Fn(&BatchKey) -> bool,
    ) -> Result<(), Trouble> {
        let waits = self.waits();
        let keys: Vec<BatchKey> = self
            .leaving
            .iter()
            .filter(|(key, batch)| batch.list == list && among(key))
            .map(|(key, _)| key.clone())
            .collect();
        for key in keys {
            let Some(leaving) = self.leaving.get_mut(&key) else { continue };
            if leaving.accepted.is_none_or(|accepted| began < accepted) {
                continue;
            }
            let stays = leaving.stays(began, waits);
            let decided: Vec<Number> =
                leaving.open.iter().copied().filter(|number| stays || !seen.contains(*number)).collect();
            let target = self.store.run(&key.run)?.target;
            let claimed = self.store.desired_among(target, &decided)?;
            leaving.keep(&claimed);
            leaving.read_whole(began, seen, waits);
            if leaving.sends_again(began, waits) {
                self.remove_again(&key)?;
            }
        }
        Ok(())
    }

    /// What is still there of a batch is removed once more.
    fn remove_again(&mut self, key: &BatchKey) -> Result<(), Trouble> {
        let batch = self.store.batch(key)?;
        let Some(leaving) = self.leaving.get(key) else { return Ok(()) };
        let still = |number: &Number| leaving.open.contains(number) && !leaving.gone_once.contains(number);
        let lost: RoaringBitmap =
            (0u32..).zip(&batch.items).filter(|(_, item)| still(&item.number)).map(|(place, _)| place).collect();
        if lost.is_empty() {
            return Ok(());
        }
        let now = self.world.now();
        let event = Event::Lost { batch: key.seq, items: lost.len(), resend: batch.resends + 1 };
        self.store.remove_again(&batch, &lost, now, &event)?;
        self.update_leaving(key, &[], now)
    }

    /// What was claimed again since the last look is kept, too: it may have been sent already, and must stay ours.
    fn keep_claimed(&self, key: &BatchKey, leaving: &mut Leaving) -> Result<(), Trouble> {
        let mut left: Vec<Number> = leaving.gone.iter().chain(leaving.open.iter().copied()).collect();
        left.sort_unstable();
        let target = self.store.run(&key.run)?.target;
        let claimed = self.store.desired_among(target, &left)?;
        leaving.open.retain(|number| claimed.binary_search(number).is_err());
        leaving.gone = leaving.gone.iter().filter(|number| claimed.binary_search(number).is_err()).collect();
        leaving.kept.extend(claimed);
        Ok(())
    }

    /// Batches of which every number has its outcome are settled.
    pub(crate) fn settle_removals(&mut self) -> Result<(), Trouble> {
        let done: Vec<BatchKey> =
            self.leaving.iter().filter(|(_, batch)| batch.settled()).map(|(key, _)| key.clone()).collect();
        for key in done {
            let Some(mut leaving) = self.leaving.remove(&key) else { continue };
            let now = self.world.now();
            let batch = self.store.batch(&key)?;
            self.keep_claimed(&key, &mut leaving)?;
            let latency = batch.first_sent_at.map(|sent| now.since(sent)).unwrap_or_default();
            let of = self.rooted(&batch);
            let gone = (0u32..).zip(&batch.items).filter(|(_, item)| leaving.gone.contains(item.number));
            let seen = positions::unless_all(&gone.map(|(place, _)| place).collect(), of.count);
            let still = leaving.open.into_iter().collect();
            let outcome = RemovalOutcome { root: of.root, removed: leaving.gone, kept: leaving.kept, still };
            let event = Event::Settled {
                batch: key.seq,
                of,
                items: batch.items.len() as u64,
                seen,
                successes: outcome.removed.len(),
                already_listed: batch.already_listed + outcome.kept.len(),
                refused: batch.refused,
                unconfirmed: outcome.still.len(),
                latency_ms: u64::try_from(latency.as_millis()).unwrap_or(u64::MAX),
                removal: true,
            };
            self.presence.let_go(self.store)?;
            self.departing.remove(&batch.list);
            self.store.settle_removal(&batch, &outcome, now, &event)?;
        }
        Ok(())
    }
}
