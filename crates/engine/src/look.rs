//! Looking whether accepted numbers are listed, and whether those believed to be listed still are.

use std::collections::{BTreeMap, BTreeSet};

use dncsync_core::answer::Answer;
use dncsync_core::number::Number;
use dncsync_core::numbers::Numbers;
use dncsync_core::run::RunId;
use dncsync_core::sight::{Turned, Watch};
use dncsync_core::target::ListId;
use dncsync_core::timestamp::Timestamp;
use dncsync_cxone::ItemsPage;
use dncsync_store::{BatchKey, Charge, ListKey, ListState, Sighting};

use crate::awaited::{self, Awaited, Missed};
use crate::ground;
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
    pub(crate) fn nudge(&mut self, list: ListKey, now: Timestamp) {
        if let Some(watched) = self.lists.get_mut(&list) {
            watched.watch.nudge(now);
        }
    }

    /// A single number was asked for: whether it is there, and was waited for. The round that this ended.
    pub(crate) fn looked_up(
        &mut self,
        list: ListKey,
        number: Number,
        there: (bool, bool),
        now: Timestamp,
    ) -> Option<Round> {
        let watched = self.lists.get_mut(&list)?;
        let round = lookups::answered(&mut watched.round, number, there)?;
        watched.watch.asked(lookups::found(&round), now);
        Some(round)
    }
}

impl Sender<'_> {
    /// A list on which a page is due, or when the next one will be. `sending`: something waits to be sent or is on its
    /// way; new numbers go before a look for doubtful ones.
    pub(crate) fn next_look(&mut self, now: Timestamp, sending: bool) -> (Option<ListKey>, Option<Timestamp>) {
        let mut next = None;
        let keys: Vec<ListKey> = self.watches.lists.keys().copied().collect();
        for list in keys {
            if self.is_asking(Asked::Page(list)) {
                continue;
            }
            let doubted = self.doubted.values().any(|batch| batch.list == list);
            let waited_for = self.waiting_on(list).next().is_some() || self.removals_on(list);
            let judged = self.judged_at(list);
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
                return (Some(list), None);
            }
            // Whose time has come is looked for at once; nobody waits longer than that for the next look.
            let due = judged.map_or(watch.due(), |judged| judged.min(watch.due()));
            if (doubted && !sending) || (waited_for && due <= now) {
                return (Some(list), None);
            }
            if waited_for {
                next = Some(next.map_or(due, |other: Timestamp| other.min(due)));
            }
        }
        (None, next)
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
        let sightings = awaited::sight(&mut self.awaited, list, &page.numbers);
        self.measure_lag(&sightings, now);
        self.store.see(list, &page.numbers, &sightings)?;
        let Some(watched) = self.watches.lists.get_mut(&list) else {
            return Ok(());
        };
        if watched.watch.reads_whole() {
            watched.seen.extend(page.numbers.iter().copied());
        }
        let size = watched.watch.size();
        let turned = watched.watch.turn(page.facts, &page.numbers, !sightings.is_empty(), now);
        let size_now = watched.watch.size();
        if size_now != size {
            ground::learn_page_size(self.store, list, size_now, self.client.speech().page_size)?;
        }
        match turned {
            Turned::More => Ok(()),
            Turned::TailEnd => {
                self.forget_reading(list);
                Ok(())
            }
            Turned::WholeEnd { began } => {
                let seen = self.forget_reading(list);
                self.take_whole(list, run, began, &seen)
            }
        }
    }

    /// The list was read whole: what it does not hold is decided about.
    fn take_whole(&mut self, list: ListKey, run: &RunId, began: Timestamp, seen: &Numbers) -> Result<(), Trouble> {
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
        self.waiting_on(list).filter_map(|batch| batch.judged_at(waits)).min()
    }

    /// The longest time from acceptance to sight, so far: what takes four times as long is lost.
    pub(crate) fn measure_lag(&mut self, sightings: &[Sighting], now: Timestamp) {
        let accepted = |sighting: &Sighting| self.awaited.get(&sighting.batch).and_then(|batch| batch.accepted);
        let lag = sightings.iter().filter_map(accepted).map(|at| now.since(at)).max();
        self.longest_lag = self.longest_lag.max(lag.unwrap_or_default());
    }
}
