//! The clock of the benchmark, and its short sleeps.

use std::time::{Duration, Instant};

/// Now.
#[expect(clippy::disallowed_methods, reason = "a benchmark looks at the clock")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Now, for what is stored: milliseconds since 1970.
#[expect(clippy::disallowed_methods, reason = "a benchmark looks at the clock")]
pub(crate) fn millis() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Waits between two looks at a process.
#[expect(clippy::disallowed_methods, reason = "a benchmark watches other processes")]
pub(crate) fn pause(time: Duration) {
    std::thread::sleep(time);
}
