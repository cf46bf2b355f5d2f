//! Accepted and never indexed: when a number that no read-back saw is sent again.
//!
//! A server may accept numbers and lose them. Sending them again harms nobody; not sending them again leaves people
//! unprotected.

use std::time::Duration;

/// So long an accepted number may stay unseen before it is sent again, at least.
const SHORTEST: Duration = Duration::from_secs(20);

/// Or so many times the longest index lag that was seen, if that is longer.
const LAGS: u32 = 4;

/// So often a number is sent again.
pub const RESENDS: u32 = 3;

/// How long after its acceptance a whole read must begin that takes a number for lost; it doubles each time.
/// `None` where it was sent again often enough.
pub fn lost_after(longest_lag: Duration, resends: u32) -> Option<Duration> {
    let first = SHORTEST.max(longest_lag.saturating_mul(LAGS));
    (resends < RESENDS).then(|| first.saturating_mul(1 << resends))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_end() {
        let waits = |lag| {
            [0, 1, 2, 3, 4].map(|resends| lost_after(Duration::from_secs(lag), resends).map(|wait| wait.as_secs()))
        };
        assert_eq!(waits(1), [Some(20), Some(40), Some(80), None, None]);
        assert_eq!(waits(30), [Some(120), Some(240), Some(480), None, None]);
    }
}
