//! Sending: batches leave, recorded before they do, and their answers are recorded.

use std::collections::HashMap;
use std::collections::btree_map::Entry;

use dncsync_core::answer::{Answer, Lasting};
use dncsync_core::entry;
use dncsync_core::event::{Event, Rooted};
use dncsync_core::items;
use dncsync_core::number::Number;
use dncsync_core::positions;
use dncsync_core::refusal::{self, HALVING_BUDGET, Verdict};
use dncsync_core::target::ListId;
use dncsync_core::timestamp::Timestamp;
use dncsync_cxone::{Failed, Posted};
use dncsync_store::{Instead, ListKey, Part, SentBatch};
use roaring::RoaringBitmap;

use crate::awaited::Awaited;
use crate::ground::Ground;
use crate::sender::{Asked, Sender};
use crate::trouble::Trouble;

impl Sender<'_> {
    /// The most urgent part whose ground is ready.
    pub(crate) fn next_part(&mut self) -> Result<Option<Part>, Trouble> {
        let skip = |part: &Part| {
            let ground = self.runs.get(&part.batch.run).and_then(|target| self.grounds.get(target));
            ground.and_then(Ground::ready).is_none()
        };
        let next = self.store.next_part(self.tenant, skip)?;
        // What is added again while its removal is on its way leaves once that was answered: else it might be overtaken.
        match next {
            Some(part) if !part.removal && self.is_overtaken(&part)? => Ok(None),
            next => Ok(next),
        }
    }

    /// Records that a part leaves; the list, its id and the body to send.
    pub(crate) fn begin_send(&mut self, part: &Part, now: Timestamp) -> Result<(ListKey, ListId, Vec<u8>), Trouble> {
        let batch = self.store.batch(&part.batch)?;
        let items: Vec<_> = part.members.iter().filter_map(|item| batch.items.get(item as usize)).collect();
        let body = self.client.speech().body(items.into_iter());
        let mut already_listed = 0;
        if !self.awaited.contains_key(&part.batch) {
            let awaited = self.await_items(&batch, part.members.iter())?;
            already_listed = part.members.len() - awaited.unseen.len();
            self.awaited.insert(part.batch.clone(), awaited);
        }
        let of = self.rooted(&batch);
        let event = Event::Sending {
            batch: part.batch.seq,
            of,
            items: part.members.len(),
            positions: positions::unless_all(&part.members, of.count),
            attempt: part.attempts + 1,
            removal: false,
        };
        self.store.begin_send(part, already_listed, of.root, now, &event)?;
        Ok((batch.list, self.store.list(batch.list)?.id, body))
    }

    /// What the log calls the items of a batch by. Made once: all of them have to be at hand then.
    pub(crate) fn rooted(&self, batch: &SentBatch) -> Rooted {
        let root = || {
            let salts = self.secret.salts(&batch.key.run, batch.key.seq, &batch.digest);
            items::root(salts.leaves(batch.items.iter().map(entry::Entry::lent)))
        };
        Rooted { root: batch.root.unwrap_or_else(root), count: batch.count }
    }

    /// Records what became of a part.
    pub(crate) fn take_posted(&mut self, part: &Part, answer: Answer<Posted>) -> Result<(), Trouble> {
        let asked = Asked::Part(part.id);
        self.landed(asked);
        let (now, name) = (self.world.now(), answer.name());
        if !self.awaited.contains_key(&part.batch) {
            // Everything in it was seen while the request was under way: whatever it came to, nothing is left to do.
            return Ok(self.store.accepted(part, now, &answered(part, name, None, 0))?);
        }
        match answer {
            Answer::Applied(posted) => {
                self.progress(asked);
                self.take_applied(part, &posted.failed, now)
            }
            Answer::Refused(refusal) => {
                self.progress(asked);
                let verdict = refusal::judge(&part.members, &refusal);
                self.take_refusal(part, verdict, &refusal.reason, now)
            }
            Answer::TooLarge => {
                self.progress(asked);
                let batch = self.store.batch(&part.batch)?;
                let item_bytes = self.client.limits().item_bytes;
                let size = |item: u32| batch.items.get(item as usize).map_or(0, |item| item_bytes(item.lent()));
                let verdict = refusal::judge_too_large(&part.members, size);
                self.take_refusal(part, verdict, "the body is too large", now)
            }
            other => self.came_to_nothing(part, other),
        }
    }

    /// The server took a part, but for single items that it named: they are set aside. What it did not name is looked for.
    pub(crate) fn take_applied(&mut self, part: &Part, failed: &Failed, now: Timestamp) -> Result<(), Trouble> {
        if failed.named.is_empty() {
            return self.all_applied(part, failed, now);
        }
        let batch = self.store.batch(&part.batch)?;
        let words: HashMap<Number, &String> = failed.named.iter().map(|(number, words)| (*number, words)).collect();
        let words_for = |item: u32| Some((item, (*words.get(&batch.items.get(item as usize)?.number)?).clone()));
        let refused: Vec<(u32, String)> = part.members.iter().filter_map(words_for).collect();
        match refused.first().map(|(_, words)| words.clone()) {
            None => self.all_applied(part, failed, now),
            Some(reason) => {
                let rest = &part.members - &refused.iter().map(|(item, _)| *item).collect::<RoaringBitmap>();
                self.put_aside(part, refused, &Instead::Taken(rest), ("applied", &reason), now)?;
                self.watches.nudge(batch.list);
                Ok(())
            }
        }
    }

    fn all_applied(&mut self, part: &Part, failed: &Failed, now: Timestamp) -> Result<(), Trouble> {
        self.store.accepted(part, now, &answered(part, "applied", failed.unnamed.clone(), 0))?;
        let list = self.update_batch(part, &[], now)?;
        self.watches.nudge(list);
        Ok(())
    }

    /// A part is sent again, and what its answer means is seen to.
    pub(crate) fn came_to_nothing<T>(&mut self, part: &Part, answer: Answer<T>) -> Result<(), Trouble> {
        let reason = match &answer {
            Answer::ComeBack(later) | Answer::Unknown(later) => Some(later.reason.clone()),
            Answer::Lasting(lasting) => Some(lasting.message.clone()),
            _ => None,
        };
        self.store.send_again(part, self.world.now(), &answered(part, answer.name(), reason, 0))?;
        let target = self.runs.get(&part.batch.run).copied();
        self.not_done(Asked::Part(part.id), &part.batch.run, target, answer)
    }

    /// Of these items of a batch, those that no read-back has seen yet are waited for. One whose removal has left may be
    /// gone at any moment, whatever was seen.
    pub(crate) fn await_items(
        &mut self,
        batch: &SentBatch,
        items: impl Iterator<Item = u32>,
    ) -> Result<Awaited, Trouble> {
        let mut unseen = numbers(batch, items);
        unseen.sort_unstable();
        let present = self.presence.among(self.store, batch.list, &unseen)?;
        let leaving = match self.departing.entry(batch.list) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(self.store.leaving(batch.list)?),
        };
        if !present.is_empty() {
            unseen.retain(|number| present.binary_search(number).is_err() || leaving.contains(*number));
        }
        Ok(Awaited::new(batch.list, unseen, leaving))
    }

    pub(crate) fn take_refusal(
        &mut self,
        part: &Part,
        verdict: Verdict,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), Trouble> {
        let (refused, instead) = match verdict {
            Verdict::SetAside { refused, rest } => (refused, Instead::Rest(rest)),
            Verdict::Halve(first, second) => (Vec::new(), Instead::Halves([first, second])),
        };
        let spent = self.store.run(&part.batch.run)?.requests.halving;
        if matches!(instead, Instead::Halves(_)) && spent + 2 > HALVING_BUDGET {
            self.store.send_again(part, now, &answered(part, "refused", Some(reason.to_owned()), 0))?;
            let target = self.runs.get(&part.batch.run).copied();
            return self.lasting(nobody_named(reason), target);
        }
        self.put_aside(part, refused, &instead, ("refused", reason), now)
    }

    /// Items of a part are set aside, and something takes its place.
    fn put_aside(
        &mut self,
        part: &Part,
        refused: Vec<(u32, String)>,
        instead: &Instead,
        (answer, reason): (&'static str, &str),
        now: Timestamp,
    ) -> Result<(), Trouble> {
        let batch = self.store.batch(&part.batch)?;
        // What was seen has its outcome already, whatever a later repetition of it came to.
        let awaited = self.awaited.get(&part.batch);
        let unseen = |number: &Number| awaited.is_some_and(|awaited| awaited.unseen.contains(*number));
        let still_open = |item: u32| part.removal || numbers(&batch, std::iter::once(item)).iter().all(unseen);
        let refused: Vec<(u32, String)> = refused.into_iter().filter(|(item, _)| still_open(*item)).collect();
        let event = answered(part, answer, Some(reason.to_owned()), refused.len() as u64);
        self.store.refused(part, &refused, instead, now, &event)?;
        self.update_batch(part, &numbers(&batch, refused.iter().map(|(item, _)| *item)), now).map(drop)
    }

    /// Takes in where the parts of a part's batch stand; what was refused is not looked for any more. The list that it is for.
    fn update_batch(&mut self, part: &Part, refused: &[Number], now: Timestamp) -> Result<ListKey, Trouble> {
        let standing = self.store.standing(&part.batch)?;
        if part.removal {
            self.update_leaving(&part.batch, refused, now)?;
            return Ok(standing.list);
        }
        if let Some(awaited) = self.awaited.get_mut(&part.batch) {
            awaited.drop_refused(refused.to_vec());
            awaited.update(&standing.parts, standing.resends, now);
        }
        Ok(standing.list)
    }
}

pub(crate) fn nobody_named(reason: &str) -> Lasting {
    Lasting {
        code: "batch.refused",
        message: format!("CXone refuses batch after batch without naming an item: {reason}"),
        todo: "ask NICE what its reason means; nothing is lost, the next run goes on from here".to_owned(),
        of_list: true,
    }
}

pub(crate) fn answered(part: &Part, answer: &'static str, reason: Option<String>, refused: u64) -> Event {
    Event::Answered { batch: part.batch.seq, answer, reason, refused }
}

/// The numbers at these positions of a batch.
pub(crate) fn numbers(batch: &SentBatch, items: impl Iterator<Item = u32>) -> Vec<Number> {
    items.filter_map(|item| batch.items.get(item as usize)).map(|item| item.number).collect()
}
