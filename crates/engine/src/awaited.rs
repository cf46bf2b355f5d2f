//! Batches that were sent, or are believed to be listed, and are looked for.

use std::collections::BTreeMap;
use std::time::Duration;

use dncsync_core::lost::lost_after;
use dncsync_core::number::Number;
use dncsync_core::numbers::{Numbers, take_seen};
use dncsync_core::sight::ABSENT_AFTER;
use dncsync_core::timestamp::Timestamp;
use dncsync_store::{BatchKey, ListKey, PartState, SentBatch, Sighting};

/// One batch that was sent: which of its numbers have not been seen yet.
#[derive(Clone, Debug)]
pub(crate) struct Awaited {
    pub(crate) list: ListKey,
    /// Sorted.
    pub(crate) unseen: Vec<Number>,
    /// Those whose removal had left before; sorted. They may still be shown for a while: to see them proves nothing
    /// before the server took them.
    leaving: Vec<Number>,
    /// When the server last took a part of it; `None` while a part is still to be sent or its answer unknown.
    pub(crate) accepted: Option<Timestamp>,
    /// Whether anything of it was ever accepted, so that looking is worth while.
    worth_looking: bool,
    resends: u32,
    missed: u8,
}

/// A batch whose numbers were seen too long ago: looked for in one whole read that begins after `since`.
#[derive(Clone, Debug)]
pub(crate) struct Doubted {
    pub(crate) list: ListKey,
    pub(crate) since: Timestamp,
}

/// How long the sender waits for numbers to show up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Waits {
    pub(crate) confirm_within: Duration,
    /// The longest index lag seen so far.
    pub(crate) longest_lag: Duration,
}

/// What a whole read meant for a batch that it did not see all of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missed {
    /// Nothing yet.
    Wait,
    /// What is unseen was lost on the way to the index: it is sent again.
    SendAgain,
}

impl Awaited {
    pub(crate) fn new(list: ListKey, unseen: Vec<Number>, leaving: &Numbers) -> Self {
        let leaving = unseen.iter().copied().filter(|number| leaving.contains(*number)).collect();
        Self { list, unseen, leaving, accepted: None, worth_looking: false, resends: 0, missed: 0 }
    }

    /// Takes in where the parts stand. What was accepted ahead of the clock was accepted before it was set back.
    pub(crate) fn update(&mut self, batch: &SentBatch, now: Timestamp) {
        let mut all = true;
        let mut last = None;
        for part in &batch.parts {
            match part.state {
                PartState::Accepted { at } => last = last.max(Some(at.min(now))),
                PartState::Waiting | PartState::Sending | PartState::Doubted => all = false,
            }
        }
        self.worth_looking = last.is_some() || batch.resends > 0;
        self.resends = batch.resends;
        let accepted = if all { last } else { None };
        if accepted != self.accepted {
            self.missed = 0;
        }
        self.accepted = accepted;
    }

    /// Items that will not be looked for any more, because they were refused.
    pub(crate) fn drop_refused(&mut self, mut numbers: Vec<Number>) {
        numbers.sort_unstable();
        take_seen(&mut self.unseen, &numbers);
    }

    /// When a whole read must begin that decides about what is unseen: whether it is sent again, or its time is up.
    pub(crate) fn judged_at(&self, waits: Waits) -> Option<Timestamp> {
        let lost = lost_after(waits.longest_lag, self.resends);
        let wait = lost.map_or(waits.confirm_within, |lost| lost.min(waits.confirm_within));
        self.accepted.map(|at| at + wait)
    }

    /// A whole read ended that began then.
    pub(crate) fn read_whole(&mut self, began: Timestamp, waits: Waits) -> Missed {
        let Some(accepted) = self.accepted.filter(|_| !self.unseen.is_empty()) else {
            return Missed::Wait;
        };
        if lost_after(waits.longest_lag, self.resends).is_some_and(|wait| began >= accepted + wait) {
            return Missed::SendAgain;
        }
        if began >= accepted + waits.confirm_within {
            self.missed += 1;
        }
        Missed::Wait
    }

    /// Whether looking for its numbers is worth while.
    pub(crate) fn is_looked_for(&self) -> bool {
        self.worth_looking && !self.settled()
    }

    /// Whether every item has its outcome: seen, or absent from whole reads enough.
    pub(crate) fn settled(&self) -> bool {
        self.unseen.is_empty() || self.missed >= ABSENT_AFTER
    }
}

/// What a page meant: takes the seen numbers out of the batches of that list. Where several batches wait for one
/// number, the first in order brought it and for the others it was listed already.
pub(crate) fn sight(awaited: &mut BTreeMap<BatchKey, Awaited>, list: ListKey, seen: &[Number]) -> Vec<Sighting> {
    let mut fresh = seen.to_vec();
    let mut sightings = Vec::new();
    for (key, batch) in awaited.iter_mut().filter(|(_, batch)| batch.list == list) {
        let proven: Vec<Number>;
        let seen = if batch.accepted.is_some() || batch.leaving.is_empty() {
            seen
        } else {
            proven = seen.iter().copied().filter(|number| batch.leaving.binary_search(number).is_err()).collect();
            &proven
        };
        let taken = take_seen(&mut batch.unseen, seen);
        if taken.is_empty() {
            continue;
        }
        let successes = take_seen(&mut fresh, &taken).len() as u64;
        let already_listed = taken.len() as u64 - successes;
        sightings.push(Sighting { batch: key.clone(), successes, already_listed });
    }
    sightings
}
