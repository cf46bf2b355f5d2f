//! How long to wait after a failure, and when to give up for now.

use std::time::Duration;

use crate::timestamp::Timestamp;

/// The first wait; it doubles with each failure in a row.
const FIRST: Duration = Duration::from_millis(500);

/// The longest wait between two tries: an operator who mended something should not wait longer to see it.
const LONGEST: Duration = Duration::from_secs(30);

/// How long a host may stay silent that never answered in this run: most likely its name or port is wrong.
pub const SILENT_HOST: Duration = Duration::from_secs(20);

/// The wait after the `failures`-th failure in a row (1 is the first). `chance` lies in 0..1: one half of the wait is
/// fixed and one half jitter, so that several machines do not come back together.
pub fn backoff(failures: u32, chance: f64) -> Duration {
    let doubled = FIRST.saturating_mul(1u32.checked_shl(failures.saturating_sub(1).min(16)).unwrap_or(u32::MAX));
    let whole = doubled.min(LONGEST);
    whole.mul_f64(0.5 + 0.5 * chance.clamp(0.0, 1.0))
}

/// Whether to go on trying. Counts from the first failure of a row of failures: waiting for the rate window or for the
/// index is not failing.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    limit: Duration,
    failing_since: Option<Timestamp>,
    answered: bool,
}

impl Patience {
    /// Patience of `limit`.
    pub fn new(limit: Duration) -> Self {
        Self { limit, failing_since: None, answered: false }
    }

    /// A request came to something.
    pub fn progress(&mut self) {
        self.failing_since = None;
        self.answered = true;
    }

    /// A request came to nothing; `answered`: a server said so.
    pub fn failed(&mut self, now: Timestamp, answered: bool) {
        self.failing_since.get_or_insert(now);
        self.answered |= answered;
    }

    /// When it ends if nothing comes of anything until then; `None` while nothing fails.
    pub fn ends_at(&self) -> Option<Timestamp> {
        let limit = if self.answered { self.limit } else { self.limit.min(SILENT_HOST) };
        self.failing_since.map(|since| since + limit)
    }

    /// Whether it has ended.
    pub fn spent(&self, now: Timestamp) -> bool {
        self.ends_at().is_some_and(|end| now >= end)
    }

    /// Whether being told to stay away until `moment` would outlast it.
    pub fn outlasted_by(&self, now: Timestamp, moment: Timestamp) -> bool {
        moment.since(now) > self.limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_with_jitter_up_to_the_longest() {
        let waits: Vec<u128> = (1..=9).map(|failures| backoff(failures, 1.0).as_millis()).collect();
        assert_eq!(waits, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
        assert_eq!(backoff(3, 0.0).as_millis(), 1_000);
        assert_eq!(backoff(u32::MAX, 1.0), LONGEST);
    }

    #[test]
    fn a_host_that_never_answered_gets_less_patience() {
        let start = Timestamp::ZERO;
        let mut patience = Patience::new(Duration::from_secs(900));
        assert!(!patience.spent(start + Duration::from_secs(5000)));
        patience.failed(start, false);
        assert!(patience.spent(start + SILENT_HOST));
        patience.failed(start + Duration::from_secs(1), true);
        assert!(!patience.spent(start + Duration::from_secs(899)));
        assert!(patience.spent(start + Duration::from_secs(900)));
        patience.progress();
        assert!(!patience.spent(start + Duration::from_secs(900)));
    }
}
