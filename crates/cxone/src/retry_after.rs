//! `Retry-After`: how long a server wants to be left alone.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// The longest wait that is believed. Whoever asks for more has a fault in a header, and a day later is soon enough to
/// find out.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// The wait that an answer's headers ask for.
pub(crate) fn of(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| headers.get(name)?.to_str().ok();
    parse(text(RETRY_AFTER)?, text(DATE), wall_clock())
}

/// When an answer was sent, by its own `Date`, which knows whole seconds only; now, where it has none.
pub(crate) fn sent_at(headers: &HeaderMap) -> SystemTime {
    let date = headers.get(DATE).and_then(|date| httpdate::parse_http_date(date.to_str().ok()?.trim()).ok());
    date.unwrap_or_else(wall_clock)
}

/// Seconds, whole or decimal, or an HTTP date. A date is measured against the answer's own `Date`, so that neither
/// clock need be right; against `now` only where the answer has none. Nonsense is no wait.
pub(crate) fn parse(value: &str, date: Option<&str>, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    let wait = match seconds(value) {
        Some(wait) => wait,
        None => {
            let at = httpdate::parse_http_date(value).ok()?;
            let sent = date.and_then(|date| httpdate::parse_http_date(date.trim()).ok()).unwrap_or(now);
            at.duration_since(sent).unwrap_or(Duration::ZERO)
        }
    };
    Some(wait.min(LONGEST))
}

fn seconds(value: &str) -> Option<Duration> {
    let digits = value.bytes().any(|byte| byte.is_ascii_digit());
    if !digits || !value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    let seconds: f64 = value.parse().ok()?;
    Some(Duration::try_from_secs_f64(seconds).unwrap_or(LONGEST))
}

/// The one look at the wall clock in this room.
#[allow(clippy::disallowed_methods, reason = "the last resort for an HTTP date in an answer without a Date of its own")]
fn wall_clock() -> SystemTime {
    SystemTime::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    const EARLY: &str = "Fri, 01 Nov 2024 12:00:00 GMT";
    const LATE: &str = "Fri, 01 Nov 2024 12:00:30 GMT";

    fn read(value: &str, date: Option<&str>) -> Option<f64> {
        let now = httpdate::parse_http_date(EARLY).unwrap() - Duration::from_secs(10);
        parse(value, date, now).map(|wait| wait.as_secs_f64())
    }

    #[test]
    fn seconds_whole_or_decimal() {
        assert_eq!(read("0", None), Some(0.0));
        assert_eq!(read(" 120 ", None), Some(120.0));
        assert_eq!(read("1.5", None), Some(1.5));
    }

    #[test]
    fn a_date_is_measured_by_the_answers_own_clock() {
        assert_eq!(read(LATE, Some(EARLY)), Some(30.0));
        assert_eq!(read(LATE, None), Some(40.0));
        assert_eq!(read(LATE, Some("yesterday")), Some(40.0));
        assert_eq!(read(EARLY, Some(LATE)), Some(0.0));
    }

    #[test]
    fn nonsense_is_ignored_and_a_day_is_the_most() {
        for value in ["", ".", "-1", "soon", "1e3", "NaN", "1.2.3", "0x10"] {
            assert_eq!(read(value, None), None, "{value}");
        }
        assert_eq!(read("86401", None), Some(86_400.0));
        assert_eq!(read(&"9".repeat(400), None), Some(86_400.0));
        assert_eq!(read("Fri, 01 Nov 2030 12:00:00 GMT", Some(EARLY)), Some(86_400.0));
    }
}
