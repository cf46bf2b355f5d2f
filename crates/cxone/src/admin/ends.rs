//! When a record ended. Expired records stay visible for seven days and block nobody.

use std::time::Duration;

use dncsync_core::day;
use dncsync_core::timestamp::Timestamp;

use crate::lenient::Scalar;

/// The last year there is: such a date says that there is no end.
const NEVER: &str = "9999";

/// Before this moment nothing in CXone can have ended: such a date (the year 1) says so, too.
const NO_END_BEFORE: Timestamp = Timestamp::from_millis(946_684_800_000); // 2000-01-01

/// A server tells its time in whole seconds: what ends within the one that it told may be over.
const TOLD_TIME: Duration = Duration::from_secs(1);

/// Whether a record is over at `now`, by its `expiredDate`. One that cannot be read counts as over: to take a number for
/// blocked that is not would leave a person to be called, while a number sent once more harms nobody.
pub(crate) fn is_over(expired_date: &Scalar<'_>, now: Timestamp) -> bool {
    match expired_date.text() {
        None => false,
        Some(text) if text.contains(NEVER) => false,
        Some(text) => moment(&text).is_none_or(|end| end >= NO_END_BEFORE && end < now + TOLD_TIME),
    }
}

/// ISO 8601, a time without a zone as UTC; or `12/31/2026`, as older programs write it.
fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    day::moment(text).or_else(|| {
        // The time of day behind it is passed over: the whole day counts as over.
        let mut parts = text.split(' ').next()?.split('/');
        let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
        day::moment(&format!("{year:0>4}-{month:0>2}-{day:0>2}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over(text: &str) -> bool {
        let now = day::moment("2026-11-25T10:00:00Z").unwrap();
        is_over(&Scalar::Text(text.into()), now)
    }

    #[test]
    fn a_record_is_over_once_its_end_has_come() {
        for text in
            ["2026-11-25T10:00:00.999Z", "2026-11-25", "2026-11-24T23:00:00", "11/24/2026", "11/25/2026 11:00 PM"]
        {
            assert!(over(text), "{text}");
        }
        for text in ["2026-11-25T10:00:01Z", "2026-11-26", "1/1/2027", "", "0001-01-01T00:00:00", "9999-12-31"] {
            assert!(!over(text), "{text}");
        }
        assert!(over("next Tuesday"), "what cannot be read protects nobody for certain");
        assert!(!is_over(&Scalar::Odd, Timestamp::ZERO), "null is no end");
    }
}
