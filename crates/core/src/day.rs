//! A day in UTC: when an entry ends.

use std::fmt;

use jiff::civil::{Date, DateTime};

use crate::timestamp::Timestamp;

const MILLIS: i64 = 24 * 60 * 60 * 1000;

/// A day in UTC, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

/// A text that names no day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a day; write 2026-12-31")]
pub struct NoDay;

impl Day {
    /// From days since 1970-01-01.
    pub fn from_stored(days: i32) -> Self {
        Self(days)
    }

    /// Days since 1970-01-01.
    pub fn get(self) -> i32 {
        self.0
    }

    /// The day of a moment.
    pub fn of(moment: Timestamp) -> Self {
        Self(i32::try_from(moment.millis().div_euclid(MILLIS)).unwrap_or(i32::MAX))
    }

    /// The first moment of the day.
    pub fn begins(self) -> Timestamp {
        Timestamp::from_millis(i64::from(self.0) * MILLIS)
    }

    /// The day after.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// Reads `2026-12-31`, `20261231`, or a time of that day; a time with an offset is taken in UTC, one without as UTC.
    ///
    /// # Errors
    /// [`NoDay`] where it is none of these. Days written in other orders could be two days: they are not guessed at.
    pub fn read(text: &str) -> Result<Self, NoDay> {
        Self::of_text(text.trim()).ok_or(NoDay)
    }

    fn of_text(text: &str) -> Option<Self> {
        moment(text).map(Self::of)
    }
}

/// The moment that a text names: a time with an offset, a time without one as UTC, or a day as its beginning.
pub fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    // A bare number is no date, but for the eight digits of one.
    let dated = text.len() >= 8 && text.bytes().take(4).all(|byte| byte.is_ascii_digit());
    if !dated || (text.len() != 8 && text.as_bytes().get(4) != Some(&b'-')) {
        return None;
    }
    let of_civil = |time: DateTime| Some(jiff::tz::Offset::UTC.to_timestamp(time).ok()?.as_millisecond());
    let millis = match text.parse::<jiff::Timestamp>() {
        Ok(moment) => moment.as_millisecond(),
        Err(_) => match text.parse::<DateTime>() {
            Ok(time) => of_civil(time)?,
            Err(_) => of_civil(text.parse::<Date>().ok()?.to_datetime(jiff::civil::Time::midnight()))?,
        },
    };
    Some(Timestamp::from_millis(millis))
}

/// `2026-12-31`
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.begins().to_string();
        f.write_str(text.split('T').next().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Files hold anything: whatever stands there is a day or none, and a day that was read is read again from how it
        /// is shown.
        #[test]
        fn whatever_stands_there_is_a_day_or_none(text in "\\PC{0,30}|[0-9TZ:+. -]{0,30}|[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]?[0-9:.Z+-]{0,14}") {
            if let Ok(day) = Day::read(&text) {
                prop_assert_eq!(Day::read(&day.to_string()), Ok(day));
                prop_assert!(moment(&text).is_some());
            }
        }
    }

    #[test]
    fn a_time_is_taken_as_its_day_in_utc() {
        let texts = [
            "2026-12-31",
            "20261231",
            "2026-12-31T00:00Z",
            "2026-12-31T23:59:59.999Z",
            "2026-12-31 10:00",
            "2026-12-30T22:30:00-05:00",
            " 2026-12-31T10:00:00 ",
        ];
        for text in texts {
            assert_eq!(Day::read(text).map(|day| day.to_string()), Ok("2026-12-31".to_owned()), "{text}");
        }
    }

    #[test]
    fn what_could_be_two_days_is_none() {
        for text in
            ["", "31.12.2026", "12/31/2026", "tomorrow", "2026-13-01", "2026-02-30", "1767139200", "2026", "never"]
        {
            assert_eq!(Day::read(text), Err(NoDay), "{text}");
        }
    }

    #[test]
    fn days_are_counted_from_1970() {
        assert_eq!(Day::read("1970-01-02"), Ok(Day::from_stored(1)));
        assert_eq!(Day::of(Timestamp::from_millis(-1)).to_string(), "1969-12-31");
        assert_eq!(Day::from_stored(0).next().begins().millis(), MILLIS);
    }
}
