//! What is believed of a number that is to be blocked in a list, and how long it is believed.
//!
//! Somebody may delete numbers in CXone's own screens. Whoever was seen long ago is therefore doubtful: looked for
//! again before he counts as listed.

use std::time::Duration;

use crate::timestamp::Timestamp;

/// What is believed of one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Belief {
    /// Nobody has seen it in the list: it is sent.
    Absent,
    /// It was seen lately: nothing is done.
    Listed,
    /// It was seen long ago: the list is read, and it is sent where it is gone.
    Doubtful,
}

/// The moment since which a sight counts, for a run begun at `started`. `trust` zero trusts nothing but what was seen
/// since the run began.
pub fn horizon(started: Timestamp, now: Timestamp, trust: Duration) -> Timestamp {
    (now - trust).min(started)
}

/// Whether the list is read to find out about doubtful numbers; where that would take more than `budget` requests, they
/// are sent again instead, which takes one for each batch.
pub fn worth_reading(listed: u64, page_size: u64, budget: u64) -> bool {
    listed.div_ceil(page_size.max(1)) <= budget
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    #[test]
    fn what_was_seen_since_the_run_began_is_always_trusted() {
        assert_eq!(horizon(at(100), at(110), Duration::ZERO), at(100));
        assert_eq!(horizon(at(100), at(110), Duration::from_secs(60)), at(50));
    }

    #[test]
    fn reading_is_worth_so_many_requests() {
        assert!(worth_reading(1_000_000, 10_000, 100));
        assert!(!worth_reading(1_000_001, 10_000, 100));
        assert!(!worth_reading(1, 0, 0));
    }
}
