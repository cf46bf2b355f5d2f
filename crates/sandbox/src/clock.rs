//! The one place that looks at the clock.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

/// Wall time that never runs backwards: read once at the start, then carried on by the runtime's monotonic clock, which
/// a test may pause. Times are durations since the Unix epoch, so that the journal's times and the running ones are of
/// one kind.
#[derive(Clone, Copy)]
pub(crate) struct Clock {
    started: Instant,
    started_at: Duration,
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "the sandbox plays the outside world, which has its own time")]
    pub(crate) fn start() -> Clock {
        Clock::start_at(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
    }

    /// A clock that shows this now.
    pub(crate) fn start_at(started_at: Duration) -> Clock {
        Clock { started: Instant::now(), started_at }
    }

    pub(crate) fn now(&self) -> Duration {
        self.started_at + self.started.elapsed()
    }

    pub(crate) fn since_start(&self, now: Duration) -> Duration {
        now.saturating_sub(self.started_at)
    }
}

/// RFC 3339 in UTC, to the second.
pub(crate) fn date(epoch_seconds: u32) -> String {
    jiff::Timestamp::from_second(i64::from(epoch_seconds)).unwrap_or_default().to_string()
}

/// Seconds since the epoch, which fit four bytes until 2106.
pub(crate) fn seconds(at: Duration) -> u32 {
    u32::try_from(at.as_secs()).unwrap_or(u32::MAX)
}

/// ISO 8601 in UTC, to the millisecond.
pub(crate) fn moment(epoch_milliseconds: u64) -> String {
    let milliseconds = i64::try_from(epoch_milliseconds).unwrap_or(i64::MAX);
    let at = jiff::Timestamp::from_millisecond(milliseconds).unwrap_or_default();
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// Milliseconds since the epoch of ISO 8601 (a moment, or the beginning of a day in UTC) or of `MM/DD/YYYY`.
pub(crate) fn parse_moment(text: &str) -> Option<u64> {
    let day = |day: jiff::civil::Date| day.to_zoned(jiff::tz::TimeZone::UTC).map(|day| day.timestamp());
    let moment = text.parse::<jiff::Timestamp>();
    let moment = moment.or_else(|_| text.parse().and_then(day));
    let moment = moment.or_else(|_| jiff::civil::Date::strptime("%m/%d/%Y", text).and_then(day));
    moment.ok().and_then(|moment| u64::try_from(moment.as_millisecond()).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_in_three_forms() {
        for text in ["2026-12-01T00:00:00Z", "2026-12-01T01:00:00.000+01:00", "2026-12-01", "12/01/2026"] {
            assert_eq!(parse_moment(text).map(moment).as_deref(), Some("2026-12-01T00:00:00.000Z"), "{text}");
        }
        for text in ["", "soon", "2026-13-01", "31/12/2026", "1969-01-01"] {
            assert_eq!(parse_moment(text), None, "{text}");
        }
    }
}
