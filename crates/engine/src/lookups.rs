//! Asking for numbers one by one, where a tenant can be asked so: that is how few numbers are confirmed in a large list.
//!
//! The break-even: where as many requests, or fewer, ask for every number that is waited for than would read the pages on
//! which they may lie. A round of them says of each number what a whole read would say, and of no other.

use std::collections::BTreeSet;

use dncsync_core::answer::Answer;
use dncsync_core::number::Number;
use dncsync_core::numbers::Numbers;
use dncsync_core::run::RunId;
use dncsync_core::timestamp::Timestamp;
use dncsync_store::{BatchKey, ListKey};

use crate::awaited;
use crate::sender::{Asked, Sender};
use crate::trouble::Trouble;

/// A round under way: every number that batches wait for, asked for once.
pub(crate) struct Round {
    began: Timestamp,
    batches: BTreeSet<BatchKey>,
    /// Those that are still to be asked for; the last one is next.
    left: Vec<Number>,
    seen: Numbers,
    /// Whether a number was there for which a batch waited; that one is still there which is to leave is none.
    sighted: bool,
}

impl Round {
    /// The number to ask for.
    pub(crate) fn next(&self) -> Option<Number> {
        self.left.last().copied()
    }
}

impl Sender<'_> {
    /// The round that costs no more than reading `cost` pages would; `cost` is told how many numbers are waited for.
    pub(crate) fn round(
        &self,
        list: ListKey,
        now: Timestamp,
        cost: impl Fn(u64) -> u64,
    ) -> Result<Option<Round>, Trouble> {
        if !self.client.speech().looks_up {
            return Ok(None);
        }
        let mut batches = BTreeSet::new();
        let mut wanted = BTreeSet::new();
        for (key, batch) in self.awaited.iter().filter(|(_, batch)| batch.list == list && batch.is_looked_for()) {
            let most = batch.unseen.len();
            if most > cost(most) {
                return Ok(None);
            }
            batches.insert(key.clone());
            wanted.extend(batch.unseen.iter());
        }
        for (key, batch) in self.leaving.iter().filter(|(_, batch)| batch.list == list && batch.is_looked_for()) {
            batches.insert(key.clone());
            wanted.extend(batch.open());
        }
        let too_many = |asks: usize| asks as u64 > cost(asks as u64);
        // More numbers make it no cheaper: what is stored of doubted batches need not be read.
        if too_many(wanted.len()) {
            return Ok(None);
        }
        for (key, _) in self.doubted.iter().filter(|(_, batch)| batch.list == list) {
            batches.insert(key.clone());
            wanted.extend(self.store.batch(key)?.items.iter().map(|item| item.number));
        }
        if wanted.is_empty() || too_many(wanted.len()) {
            return Ok(None);
        }
        // Those of customers' requests, in order of number like all others: each round asks for all of them.
        let left = wanted.into_iter().rev().collect();
        Ok(Some(Round { began: now, batches, left, seen: Numbers::default(), sighted: false }))
    }

    /// Takes in whether a number is there.
    pub(crate) fn take_lookup(
        &mut self,
        list: ListKey,
        run: &RunId,
        number: Number,
        answer: Answer<bool>,
    ) -> Result<(), Trouble> {
        let asked = Asked::Page(list);
        self.landed(asked);
        let there = match answer {
            Answer::Applied(there) => there,
            other => {
                let target = self.runs.get(run).copied();
                return self.not_done(asked, run, target, other);
            }
        };
        self.progress(asked);
        let now = self.world.now();
        let mut sighted = false;
        if there {
            let (sightings, _) = awaited::sight(&mut self.awaited, &mut self.finder, list, &[number]);
            sighted = !sightings.is_empty();
            self.longest_lag = awaited::longest_lag(&self.awaited, &sightings, self.longest_lag, now);
            self.presence.see(list, &[number], sightings, now);
        }
        match self.watches.looked_up(list, number, (there, sighted), (self.longest_lag, now)) {
            Some(round) => self.end_round(list, &round),
            None => Ok(()),
        }
    }

    /// Every number of a round was asked for: what it did not show is decided about, as after a whole read.
    fn end_round(&mut self, list: ListKey, round: &Round) -> Result<(), Trouble> {
        self.awaited
            .iter_mut()
            .filter(|(key, _)| round.batches.contains(key))
            .for_each(|(_, batch)| batch.looked_in_vain(round.began));
        self.judge(list, round.began, &round.seen, Some(&round.batches))
    }
}

/// Takes an answer into a round; the round, where that was its last one.
pub(crate) fn answered(round: &mut Option<Round>, number: Number, (there, sighted): (bool, bool)) -> Option<Round> {
    let under_way = round.as_mut()?;
    under_way.sighted |= sighted;
    under_way.left.retain(|left| *left != number);
    if there {
        under_way.seen.insert(number);
    }
    if under_way.left.is_empty() { round.take() } else { None }
}

/// Whether a round that ended found what was waited for.
pub(crate) fn found(round: &Round) -> bool {
    round.sighted
}
