//! Looking whether accepted numbers are listed, and whether those believed to be listed still are.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use dncsync_core::answer::Answer;
use dncsync_core::number::Number;
use dncsync_core::numbers::Numbers;
use dncsync_core::run::RunId;
use dncsync_core::sight::{self, Hopes, Page, Turned, Watch};
use dncsync_core::target::ListId;
use dncsync_core::timestamp::Timestamp;
use dncsync_cxone::ItemsPage;
use dncsync_store::{BatchKey, Charge, ListKey, ListState};

use crate::awaited::{self, Awaited, Missed};
use crate::ground::{self, Ground};
use crate::lookups::{self, Round};
use crate::sender::{Asked, Sender};
use crate::trouble::Trouble;

/// The lists that are watched.
#[derive(Default)]
pub(crate) struct Watches {
    lists: BTreeMap<ListKey, Watched>,
}

struct Watched {
    id: ListId,
    watch: Watch,
    /// What the whole read under way has seen so far.
    seen: Numbers,
    /// Numbers asked for one by one, instead of a reading.
    round: Option<Round>,
}

/// One look at a list.
pub(crate) enum Look {
    /// A page, and its size.
    Page(u64, u64),
    /// A single number.
    Number(Number),
}

impl Watches {
    /// Begins to watch a list that holds so many entries.
    /// `page_size`: that of servers that showed none.
    pub(crate) fn open(&mut self, list: &ListState, entries: u64, page_size: u64, now: Timestamp) {
        let size = list.page_size.unwrap_or(page_size);
        let watch = || Watch::new(size, entries.max(list.listed), now);
        let watched = || Watched { id: list.id.clone(), watch: watch(), seen: Numbers::default(), round: None };
        self.lists.entry(list.key).or_insert_with(watched);
    }

    /// Whether it is watched.
    pub(crate) fn knows(&self, list: ListKey) -> bool {
        self.lists.contains_key(&list)
    }

    /// Something was accepted there.
    pub(crate) fn nudge(&mut self, list: ListKey) {
        if let Some(watched) = self.lists.get_mut(&list) {
            watched.watch.nudge();
        }
    }

    /// A single number was asked for: whether it is there, and was waited for. The round that this ended.
    pub(crate) fn looked_up(
        &mut self,
        list: ListKey,
        number: Number,
        there: (bool, bool),
        (longest_lag, now): (Duration, Timestamp),
    ) -> Option<Round> {
        let watched = self.lists.get_mut(&list)?;
        let round = lookups::answered(&mut watched.round, number, there)?;
        watched.watch.asked(lookups::found(&round), longest_lag, now);
        Some(round)
    }
}

impl Sender<'_> {
    /// A list on which a page is due, or when the next one will be. `sending`: something waits to be sent or is on its
    /// way; new numbers go before a look for doubtful ones.
    pub(crate) fn next_look(
        &mut self,
        now: Timestamp,
        sending: bool,
    ) -> Result<(Option<ListKey>, Option<Timestamp>), Trouble> {
        let mut next = None;
        let keys: Vec<ListKey> = self.watches.lists.keys().copied().collect();
        for list in keys {
            if self.is_asking(Asked::Page(list)) {
                continue;
            }
            let doubted = self.doubted.values().any(|batch| batch.list == list);
            let waited_for = self.waiting_on(list).next().is_some() || self.removals_on(list);
            let (hopes, judged) = (self.hopes(list, now)?, self.judged_at(list));
            let Some(Watched { watch, seen, round, .. }) = self.watches.lists.get_mut(&list) else {
                continue;
            };
            if !doubted && !waited_for {
                watch.stop_reading();
                *seen = Numbers::default();
                *round = None;
                continue;
            }
            if round.is_some() {
                return Ok((Some(list), None));
            }
            // Whose time has come is looked for at once, but not before what is still to come is there.
            let due = earliest(watch.due(hopes), judged.filter(|_| !hopes.more_to_come));
            if (doubted && !sending) || (waited_for && due.is_some_and(|due| due <= now)) {
                return Ok((Some(list), None));
            }
            if waited_for {
                next = earliest(next, due);
            }
        }
        Ok((None, next))
    }

    /// What is waited for in a list.
    fn hopes(&self, list: ListKey, now: Timestamp) -> Result<Hopes, Trouble> {
        let posting = self.posting.values().any(|of| *of == Some(list));
        let ready = || self.grounds.values().filter_map(Ground::ready).any(|ready| ready.key == list);
        let more_to_come = posting || (ready() && self.store.adds_wait(self.tenant, list)?);
        let mut hopes = awaited::hopes(self.waiting_on(list), more_to_come, self.longest_lag, now);
        if let Some(accepted) = self.removals_accepted(list) {
            let ripe = Some(sight::ripe_at(accepted, self.longest_lag));
            (hopes.first_ripe, hopes.last_ripe) = (earliest(hopes.first_ripe, ripe), hopes.last_ripe.max(ripe));
        }
        Ok(hopes)
    }

    /// The oldest run that waits for a list pays for looking at it.
    pub(crate) fn charge_look(&self, list: ListKey) -> Charge {
        let doubted = || self.doubted.iter().find(|(_, batch)| batch.list == list).map(|(key, _)| key);
        let waiting = self.awaited.iter().find(|(_, batch)| batch.list == list && batch.is_looked_for());
        let leaving = || self.leaving.iter().find(|(_, batch)| batch.list == list).map(|(key, _)| key);
        let run = waiting.map(|(key, _)| key).or_else(doubted).or_else(leaving).map(|key| key.run.clone());
        let run = run.or_else(|| self.runs.keys().next().cloned()).unwrap_or_else(|| RunId::new(""));
        Charge { run, kind: "get", retried: self.again.contains(&Asked::Page(list)), halving: false }
    }

    /// What to ask for: the next page of a reading, or the next number of a round where that costs no more.
    pub(crate) fn next_request(&mut self, list: ListKey, now: Timestamp) -> Result<(ListId, Look), Trouble> {
        let judged = self.judged_at(list).is_some_and(|moment| moment <= now);
        let doubted = self.doubted.values().any(|batch| batch.list == list);
        let removals = self.removals_on(list);
        let whole = judged || doubted || removals;
        let watched = &self.watches.lists[&list];
        if watched.round.is_none() && !watched.watch.is_reading() {
            let round = self.round(list, now, |asks| watched.watch.cost(whole, asks))?;
            self.watches.lists.entry(list).and_modify(|watched| watched.round = round);
        }
        let watched = self.watches.lists.get_mut(&list).expect("only watched lists are looked at");
        let look = match watched.round.as_ref().and_then(Round::next) {
            Some(number) => Look::Number(number),
            None => {
                let (page, size) = watched.watch.ask(whole, now);
                Look::Page(page, size)
            }
        };
        Ok((watched.id.clone(), look))
    }

    /// Takes a page in: what was seen is present.
    pub(crate) fn take_page(&mut self, list: ListKey, run: &RunId, answer: Answer<ItemsPage>) -> Result<(), Trouble> {
        let asked = Asked::Page(list);
        self.landed(asked);
        let page = match answer {
            Answer::Applied(page) => page,
            Answer::TooLarge => return self.ask_for_less(list),
            other => {
                let target = self.runs.get(run).copied();
                return self.not_done(asked, run, target, other);
            }
        };
        self.progress(asked);
        let now = self.world.now();
        let (sightings, others) = awaited::sight(&mut self.awaited, &mut self.finder, list, &page.numbers);
        let old = self.seen_before(list, &others)?;
        self.longest_lag = awaited::longest_lag(&self.awaited, &sightings, self.longest_lag, now);
        let found = !sightings.is_empty();
        self.presence.see(list, &page.numbers, sightings, now);
        let hopes = self.hopes(list, now)?;
        let Some(watched) = self.watches.lists.get_mut(&list) else {
            return Ok(());
        };
        if watched.watch.reads_whole() {
            watched.seen.extend(page.numbers.iter().copied());
        }
        let size = watched.watch.size();
        let turned = watched.watch.turn(Page { facts: page.facts, numbers: &page.numbers, found, old }, hopes, now);
        let size_now = watched.watch.size();
        if size_now != size {
            ground::learn_page_size(self.store, list, size_now, self.client.speech().page_size)?;
        }
        match turned {
            Turned::More => Ok(()),
            Turned::Enough => {
                self.forget_reading(list);
                Ok(())
            }
            Turned::TailEnd => {
                self.forget_reading(list);
                self.looked_through(list);
                Ok(())
            }
            Turned::WholeEnd { began } => {
                let seen = self.forget_reading(list);
                self.looked_through(list);
                self.take_whole(list, run, began, &seen)
            }
        }
    }

    /// How many of these sorted numbers were seen in the list before, where that tells in which order the list is.
    fn seen_before(&self, list: ListKey, sorted: &[Number]) -> Result<u64, Trouble> {
        let tells = self.watches.lists.get(&list).is_some_and(|watched| watched.watch.learns_order());
        if !tells {
            return Ok(0);
        }
        Ok(self.presence.about(self.store, list, sorted)?)
    }

    /// A reading came to the end of a list: what it should have shown, and did not, lags.
    fn looked_through(&mut self, list: ListKey) {
        let watch = self.watches.lists.get(&list).map(|watched| &watched.watch);
        let Some(asked) = watch.and_then(Watch::looked_through) else { return };
        let of_list = self.awaited.values_mut().filter(|batch| batch.list == list);
        of_list.for_each(|batch| batch.looked_in_vain(asked));
    }

    /// The list was read whole: what it does not hold is decided about.
    fn take_whole(&mut self, list: ListKey, run: &RunId, began: Timestamp, seen: &Numbers) -> Result<(), Trouble> {
        self.presence.let_go(self.store)?;
        let unseen = self.store.seen_whole(list, began, seen, self.world.now(), run)?;
        // What we removed ourselves is missed by nobody.
        let leaves = self.leaving.values().any(|batch| batch.list == list);
        if unseen > 0 && !leaves {
            tracing::warn!(unseen, "the list did not show numbers that it held before; `dncsync verify` tells of them");
        }
        self.judge(list, began, seen, None)
    }

    /// Numbers were looked for, from `began` on: what was not seen of them is decided about. `alone`: the batches whose numbers
    /// were each asked for by itself, where the list was not read whole.
    pub(crate) fn judge(
        &mut self,
        list: ListKey,
        began: Timestamp,
        seen: &Numbers,
        alone: Option<&BTreeSet<BatchKey>>,
    ) -> Result<(), Trouble> {
        let among = |key: &BatchKey| alone.is_none_or(|batches| batches.contains(key));
        let doubted = self.doubted.iter().filter(|(_, batch)| batch.list == list && batch.since <= began);
        let doubted: Vec<BatchKey> = doubted.map(|(key, _)| key.clone()).filter(among).collect();
        for key in doubted {
            self.judge_doubted(&key, seen, alone.map(|_| began))?;
        }
        let waits = self.waits();
        let mut lost: Vec<BatchKey> = Vec::new();
        for (key, batch) in self.awaited.iter_mut().filter(|(key, batch)| batch.list == list && among(key)) {
            if batch.read_whole(began, waits) == Missed::SendAgain {
                lost.push(key.clone());
            }
        }
        lost.iter().try_for_each(|key| self.send_lost(key))?;
        self.judge_leaving(list, began, seen, among)
    }

    /// The server refused a page, perhaps for its size: the reading begins anew with smaller ones.
    fn ask_for_less(&mut self, list: ListKey) -> Result<(), Trouble> {
        self.progress(Asked::Page(list));
        let Some(watched) = self.watches.lists.get_mut(&list) else { return Ok(()) };
        watched.watch.ask_for_less();
        watched.seen = Numbers::default();
        Ok(self.store.learn_page_size(list, watched.watch.size())?)
    }

    fn forget_reading(&mut self, list: ListKey) -> Numbers {
        self.watches.lists.get_mut(&list).map(|watched| std::mem::take(&mut watched.seen)).unwrap_or_default()
    }

    fn waiting_on(&self, list: ListKey) -> impl Iterator<Item = &Awaited> {
        self.awaited.values().filter(move |batch| batch.list == list && batch.is_looked_for())
    }

    /// When the next whole read of a list is due that decides about something.
    fn judged_at(&self, list: ListKey) -> Option<Timestamp> {
        let waits = self.waits();
        let looked_through = self.watches.lists.get(&list)?.watch.looked_through();
        self.waiting_on(list).filter_map(|batch| batch.judged_at(waits, looked_through)).min()
    }
}

fn earliest(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    a.into_iter().chain(b).min()
}
