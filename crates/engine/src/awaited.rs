//! Batches that were sent, or are believed to be listed, and are looked for.

use std::collections::BTreeMap;
use std::time::Duration;

use dncsync_core::lost::lost_after;
use dncsync_core::number::Number;
use dncsync_core::numbers::Numbers;
use dncsync_core::run::RunId;
use dncsync_core::sight::{self, ABSENT_AFTER, Hopes};
use dncsync_core::timestamp::Timestamp;
use dncsync_store::{BatchKey, ListKey, Part, PartState, Sighting};

use crate::finder::Finder;
use crate::open_numbers::OpenNumbers;

/// One batch that was sent: which of its numbers have not been seen yet.
#[derive(Clone, Debug)]
pub(crate) struct Awaited {
    pub(crate) list: ListKey,
    pub(crate) unseen: OpenNumbers,
    /// Those whose removal had left before; sorted. They may still be shown for a while: to see them proves nothing
    /// before the server took them.
    leaving: Vec<Number>,
    /// When the server last took a part of it; `None` while a part is still to be sent or its answer unknown.
    pub(crate) accepted: Option<Timestamp>,
    /// Whether anything of it was ever accepted, so that looking is worth while.
    worth_looking: bool,
    /// When a page was asked for last that should have shown what is unseen, and did not.
    missed_at: Option<Timestamp>,
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
    /// `unseen` sorted.
    pub(crate) fn new(list: ListKey, unseen: Vec<Number>, leaving: &Numbers) -> Self {
        let leaving = if leaving.is_empty() {
            Vec::new()
        } else {
            unseen.iter().copied().filter(|number| leaving.contains(*number)).collect()
        };
        let unseen = OpenNumbers::of_sorted(unseen);
        Self { list, unseen, leaving, accepted: None, worth_looking: false, missed_at: None, resends: 0, missed: 0 }
    }

    /// Takes in where the parts stand. What was accepted ahead of the clock was accepted before it was set back.
    pub(crate) fn update(&mut self, parts: &[Part], resends: u32, now: Timestamp) {
        let mut all = true;
        let mut last = None;
        for part in parts {
            match part.state {
                PartState::Accepted { at } => last = last.max(Some(at.min(now))),
                PartState::Waiting | PartState::Sending | PartState::Doubted => all = false,
            }
        }
        self.worth_looking = last.is_some() || resends > 0;
        self.resends = resends;
        let accepted = if all { last } else { None };
        if accepted != self.accepted {
            self.missed = 0;
        }
        self.accepted = accepted;
    }

    /// Items that will not be looked for any more, because they were refused.
    pub(crate) fn drop_refused(&mut self, mut numbers: Vec<Number>) {
        numbers.sort_unstable();
        self.unseen.take(&numbers);
    }

    /// When a whole read must begin that decides about what is unseen: whether it is sent again, or its time is up.
    /// `looked_through`: until when the list was read to its end; before that there is no reason to read all of it.
    pub(crate) fn judged_at(&self, waits: Waits, looked_through: Option<Timestamp>) -> Option<Timestamp> {
        let accepted = self.accepted.filter(|accepted| looked_through.is_some_and(|looked| looked >= *accepted))?;
        let lost = lost_after(waits.longest_lag, self.resends);
        Some(accepted + lost.map_or(waits.confirm_within, |lost| lost.min(waits.confirm_within)))
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

    /// The list was read to its end, where what is unseen should be; its last page was asked for then.
    pub(crate) fn looked_in_vain(&mut self, asked: Timestamp) {
        if self.accepted.is_some_and(|accepted| accepted <= asked) && !self.unseen.is_empty() {
            self.missed_at = Some(asked);
        }
    }

    /// How long the index lagged, where that shows now that some are seen: a look had missed them. Whoever was not looked for
    /// earlier may have been there for long.
    fn lag(&self, longest_lag: Duration, now: Timestamp) -> Option<Duration> {
        let accepted = self.accepted?;
        let missed_at = self.missed_at.filter(|missed| *missed >= accepted)?;
        Some(now.min(missed_at + sight::longest_pause(longest_lag)).since(accepted))
    }

    /// Whether looking for its numbers is worth while.
    pub(crate) fn is_looked_for(&self) -> bool {
        self.worth_looking && !self.settled()
    }

    /// Whether every item has its outcome: seen, or absent from whole reads enough.
    pub(crate) fn settled(&self) -> bool {
        self.unseen.is_empty() || self.missed >= ABSENT_AFTER
    }

    /// Takes out what of these sorted numbers is seen now.
    fn see(&mut self, seen: &[Number]) -> Vec<Number> {
        if self.accepted.is_some() || self.leaving.is_empty() {
            return self.unseen.take(seen);
        }
        let proven = |number: &Number| self.leaving.binary_search(number).is_err();
        let proven: Vec<Number> = seen.iter().copied().filter(proven).collect();
        self.unseen.take(&proven)
    }
}

/// What is hoped for of these batches of one list.
pub(crate) fn hopes<'a>(
    batches: impl Iterator<Item = &'a Awaited>,
    more_to_come: bool,
    longest_lag: Duration,
    now: Timestamp,
) -> Hopes {
    let mut hopes = Hopes { more_to_come, longest_lag, ..Hopes::default() };
    for (accepted, unseen) in batches.filter_map(|batch| Some((batch.accepted?, batch.unseen.len()))) {
        let ripe = sight::ripe_at(accepted, longest_lag);
        hopes.first_ripe = Some(hopes.first_ripe.map_or(ripe, |first| first.min(ripe)));
        hopes.last_ripe = hopes.last_ripe.max(Some(ripe));
        hopes.ripe += if ripe <= now { unseen } else { 0 };
    }
    hopes
}

/// What a page meant: takes the seen numbers out of the batches of that list. Where several batches wait for one
/// number, the first in order brought it and for the others it was listed already. And what of the page nobody waits for.
pub(crate) fn sight(
    awaited: &mut BTreeMap<BatchKey, Awaited>,
    finder: &mut Finder,
    list: ListKey,
    seen: &[Number],
) -> (Vec<Sighting>, Vec<Number>) {
    let mut fresh = OpenNumbers::of_sorted(seen.to_vec());
    let mut sightings = Vec::new();
    let mut runs: Vec<RunId> =
        awaited.iter().filter(|(_, of)| of.list == list).map(|(key, _)| key.run.clone()).collect();
    runs.dedup();
    for run in runs {
        for (key, taken) in finder.take(awaited, list, &run, seen) {
            let successes = fresh.take(&taken).len() as u64;
            let already_listed = taken.len() as u64 - successes;
            sightings.push(Sighting { batch: key, successes, already_listed });
        }
    }
    (sightings, fresh.iter().collect())
}

/// Takes what of these sorted numbers is seen out of one batch.
pub(crate) fn see_in(awaited: &mut Awaited, seen: &[Number]) -> Vec<Number> {
    awaited.see(seen)
}

/// The longest index lag that these sightings show, or that was known before.
pub(crate) fn longest_lag(
    awaited: &BTreeMap<BatchKey, Awaited>,
    sightings: &[Sighting],
    known: Duration,
    now: Timestamp,
) -> Duration {
    let lags = sightings.iter().filter_map(|sighting| awaited.get(&sighting.batch)?.lag(known, now));
    lags.fold(known, Duration::max)
}
