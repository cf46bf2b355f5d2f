//! Loads: what an input does to its feed, and what is told of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::change::Action;
use crate::chunk::Chunk;
use crate::feed::Mode;
use crate::timestamp::Timestamp;
use crate::told::Told;

/// What a load does to one chunk of its feed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Taken {
    /// Claimed by it first.
    pub claimed: Chunk,
    /// Named by it, and claimed before.
    pub again: Chunk,
    /// Claimed before, and not any more.
    pub withdrawn: Chunk,
    /// Of those withdrawn, the ones that it does not name: a file that is the whole truth does not hold them.
    pub absent: u64,
    /// Rows that delete what was not claimed.
    pub not_claimed: u64,
}

impl Taken {
    /// What the feed claims after it, of what it claimed before.
    pub fn after(&self, before: &Chunk) -> Chunk {
        let mut after = before.without(&self.withdrawn);
        after.add(&self.claimed);
        after
    }
}

/// Decides about one chunk: `before` is what the feed claims of it, `told` what the input says in the end of its numbers.
pub fn take(mode: Mode, before: &Chunk, told: &Told) -> Taken {
    let named = |action| told.rows().filter(move |said| said.action == action).map(|said| said.number);
    let (mut added, deleted) = (Chunk::of_sorted(named(Action::Add)), Chunk::of_sorted(named(Action::Delete)));
    added.add(&told.plain);
    let mut withdrawn = before.and(&deleted);
    let mut absent = 0;
    if mode == Mode::Replace {
        let missing = before.without(&added).without(&withdrawn);
        absent = missing.len();
        withdrawn.add(&missing);
    }
    Taken {
        not_claimed: deleted.len_without(before),
        claimed: added.without(before),
        again: added.and(before),
        withdrawn,
        absent,
    }
}

/// How the rows of a load came out. Every row is in exactly one of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoadCounts {
    /// Rows read.
    pub rows: u64,
    /// Numbers that the feed claims now and did not before.
    pub claimed: u64,
    /// Numbers that it claimed already.
    pub already_claimed: u64,
    /// Numbers of rows that delete: claimed before, and not any more.
    pub withdrawn: u64,
    /// Numbers of rows that delete, and were not claimed.
    pub not_claimed: u64,
    /// Rows whose number another row names that stands.
    pub duplicates_in_input: u64,
    /// Rows that did not pass the check.
    pub rejected: u64,
    /// Numbers that a file which is the whole truth does not hold any more: withdrawn, and rows of none.
    pub absent: u64,
}

impl LoadCounts {
    /// Counts what was done to one chunk.
    pub fn add(&mut self, taken: &Taken) {
        self.claimed += taken.claimed.len();
        self.already_claimed += taken.again.len();
        self.withdrawn += taken.withdrawn.len() - taken.absent;
        self.not_claimed += taken.not_claimed;
        self.absent += taken.absent;
    }

    /// Whether every row has exactly one outcome.
    pub fn holds(&self) -> bool {
        let numbers = self.claimed + self.already_claimed + self.withdrawn + self.not_claimed;
        self.rows == numbers + self.duplicates_in_input + self.rejected
    }

    /// The counts of the same input read once more into the same feed: what was claimed is claimed already.
    #[must_use]
    pub fn once_more(self) -> Self {
        Self {
            claimed: 0,
            already_claimed: self.already_claimed + self.claimed,
            withdrawn: 0,
            not_claimed: self.not_claimed + self.withdrawn,
            absent: 0,
            ..self
        }
    }
}

/// What came of a load: what `--json` prints. The keys are a public interface.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoadReport {
    /// Always `DNC_LOAD`.
    pub event_type: String,
    /// The load's id: what `rollback` takes.
    pub run_id: String,
    /// The feed.
    pub feed: String,
    /// What the input meant for it.
    pub mode: Mode,
    /// How its rows came out.
    #[serde(flatten)]
    pub counts: LoadCounts,
    /// Numbers that the feed claimed before.
    pub before: u64,
    /// Numbers that it claims now.
    pub numbers: u64,
    /// Whether nothing had to be done: the feed's newest load was of this very input.
    pub unchanged: bool,
    /// SHA-256 of the input; of several files, of their digests.
    pub digest: String,
    /// What was mended, by stable name.
    pub warnings: BTreeMap<String, u64>,
    /// Where refused rows went; absent where there were none.
    pub rejects: Option<String>,
    /// How long it took.
    pub duration_ms: u64,
    /// When it was done.
    pub timestamp: Timestamp,
    /// Where dncsync remembers.
    pub state: String,
}

impl LoadReport {
    /// The value of `eventType`.
    pub const EVENT_TYPE: &'static str = "DNC_LOAD";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::{End, Said};
    use crate::number::Number;
    use crate::source::SourceType;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    fn said(number: u64, action: Action) -> Said {
        let (number, source) = (Number::from_stored(number), SourceType::Manual);
        Said { number, action, at: None, end: End::Never, source, notes: Box::default() }
    }

    fn chunk(numbers: &BTreeSet<u64>) -> Chunk {
        Chunk::of_sorted(numbers.iter().copied().map(Number::from_stored))
    }

    proptest! {
        /// Add and changes do what the rows say, and absence removes nothing; replace ends at the file.
        #[test]
        fn a_load_does_to_a_feed_what_its_rows_say(
            before in prop::collection::btree_set(0u64..60, 0..40),
            rows in prop::collection::btree_map(0u64..60, any::<bool>(), 0..40),
            mode in prop::sample::select(&Mode::ALL[..]),
        ) {
            let action = |adds: bool| if adds || mode != Mode::Changes { Action::Add } else { Action::Delete };
            let rows: BTreeMap<u64, Action> = rows.into_iter().map(|(number, adds)| (number, action(adds))).collect();
            // Every third number that is added is told of without a row.
            let plain = |number: u64, action: Action| number.is_multiple_of(3) && action == Action::Add;
            let mut told = Told::of(0);
            told.plain = chunk(&rows.iter().filter(|(number, action)| plain(**number, **action)).map(|(number, _)| *number).collect());
            for (number, action) in rows.iter().filter(|(number, action)| !plain(**number, **action)) {
                told.add(said(*number, *action).lent());
            }
            let taken = take(mode, &chunk(&before), &told);

            let mut after = if mode == Mode::Replace { BTreeSet::new() } else { before.clone() };
            for (number, action) in &rows {
                match action {
                    Action::Add => after.insert(*number),
                    Action::Delete => after.remove(number),
                };
            }
            prop_assert_eq!(taken.after(&chunk(&before)), chunk(&after));
            let mut counts = LoadCounts { rows: rows.len() as u64, ..LoadCounts::default() };
            counts.add(&taken);
            prop_assert!(counts.holds());
            prop_assert!(counts.once_more().holds());
            let gone = before.difference(&after).count() as u64;
            prop_assert_eq!(counts.withdrawn + counts.absent, gone);
        }
    }
}
