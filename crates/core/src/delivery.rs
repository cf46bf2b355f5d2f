//! Delivering a webhook: what an answer means, when the next try is due, when no more are made.

use std::time::Duration;

use crate::timestamp::Timestamp;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// The waits after the first failed try, the second and so on. Each is at least twice the one before: who is down for
/// long is asked less and less often.
const WAITS: [Duration; 11] = [
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_secs(2 * MINUTE),
    Duration::from_secs(5 * MINUTE),
    Duration::from_secs(15 * MINUTE),
    Duration::from_secs(30 * MINUTE),
    Duration::from_secs(HOUR),
    Duration::from_secs(2 * HOUR),
    Duration::from_secs(4 * HOUR),
    Duration::from_secs(8 * HOUR),
    Duration::from_secs(16 * HOUR),
];

/// How much longer than scheduled a wait may become, by chance: what failed together does not come back together.
const JITTER: f64 = 0.2;

/// The shortest wait that an aggregator may ask for: one that says `Retry-After: 0` each time is not asked in a circle.
const SHORTEST: Duration = Duration::from_secs(1);

/// Why a webhook was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// In plain words, without addresses, fit to be kept and shown.
    pub words: String,
    /// The aggregator says that it will never take it.
    pub gone: bool,
    /// How long the aggregator wants to be left alone.
    pub come_back: Option<Duration>,
}

impl Failure {
    /// No answer came.
    pub fn unanswered(words: impl Into<String>) -> Self {
        Self { words: words.into(), gone: false, come_back: None }
    }
}

/// What an answer means. Only 2xx takes a webhook; a redirect does not, and is never followed.
pub fn judge(status: u16, come_back: Option<Duration>) -> Result<(), Failure> {
    let words = match status {
        200..=299 => return Ok(()),
        300..=399 => format!("status {status}: redirects are not followed"),
        _ => format!("status {status}"),
    };
    Err(Failure { words, gone: status == 410, come_back })
}

/// What becomes of a webhook that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// It is tried again.
    Again {
        /// Then, if the run is still at work.
        at: Timestamp,
        /// The start of a run tries everything, but nothing before this moment: the aggregator said so.
        not_before: Option<Timestamp>,
    },
    /// It is not tried again until somebody says so.
    Park {
        /// Why, in words.
        reason: String,
    },
}

/// Decides about a webhook that was stored at `created` and failed just now for the `tries`-th time.
///
/// It is given up when both are used up: the tries of the schedule and its time. Every start of a run is a try, too, so
/// that a job that runs each minute would spend the tries within the hour, and one that runs each week the time.
pub fn after(failure: &Failure, tries: u32, created: Timestamp, now: Timestamp, chance: f64) -> Next {
    if failure.gone {
        return Next::Park { reason: "the aggregator said 410 Gone".to_owned() };
    }
    let age = now.since(created);
    if tries as usize > WAITS.len() && age >= WAITS.iter().sum() {
        return Next::Park { reason: format!("given up after {tries} tries in {} h", age.as_secs() / HOUR) };
    }
    match failure.come_back {
        Some(told) => {
            let at = now + told.max(SHORTEST);
            Next::Again { at, not_before: Some(at) }
        }
        None => Next::Again { at: now + wait(tries, chance), not_before: None },
    }
}

/// The wait after the `tries`-th failed try (1 is the first); past the end of the schedule the last one. `chance` lies
/// in 0..1.
pub fn wait(tries: u32, chance: f64) -> Duration {
    let step = (tries.max(1) as usize - 1).min(WAITS.len() - 1);
    WAITS[step].mul_f64(1.0 + JITTER * chance.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hours(hours: u64) -> Duration {
        Duration::from_secs(hours * HOUR)
    }

    fn in_seconds(next: &Next) -> Option<u64> {
        match next {
            Next::Again { at, .. } => Some(at.since(Timestamp::ZERO).as_secs()),
            Next::Park { .. } => None,
        }
    }

    #[test]
    fn only_2xx_is_taken_and_only_410_is_for_good() {
        for status in [200, 202, 204, 299] {
            assert_eq!(judge(status, None), Ok(()));
        }
        let told = |status| judge(status, None).map_err(|failure| (failure.words, failure.gone)).unwrap_err();
        assert_eq!(told(301), ("status 301: redirects are not followed".to_owned(), false));
        assert_eq!(told(503), ("status 503".to_owned(), false));
        assert_eq!(told(404), ("status 404".to_owned(), false));
        assert_eq!(told(410), ("status 410".to_owned(), true));
    }

    #[test]
    fn the_schedule_grows_from_seconds_to_most_of_a_day() {
        let waits: Vec<u64> = (1..=13).map(|tries| wait(tries, 0.0).as_secs()).collect();
        assert_eq!(waits, [5, 30, 120, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 57_600, 57_600, 57_600]);
        assert_eq!(wait(1, 1.0), Duration::from_secs(6));
    }

    #[test]
    fn the_aggregators_word_goes_before_the_schedule() {
        let told = |wait| {
            let failure = judge(503, Some(wait)).unwrap_err();
            after(&failure, 1, Timestamp::ZERO, Timestamp::ZERO, 0.5)
        };
        let in_two_hours = Timestamp::ZERO + hours(2);
        assert_eq!(told(hours(2)), Next::Again { at: in_two_hours, not_before: Some(in_two_hours) });
        assert_eq!(in_seconds(&told(Duration::ZERO)), Some(1));
    }

    #[test]
    fn neither_many_tries_nor_much_time_alone_give_it_up() {
        let failure = Failure::unanswered("no connection");
        let after = |tries, age| after(&failure, tries, Timestamp::ZERO, Timestamp::ZERO + age, 0.0);
        assert_eq!(in_seconds(&after(60, hours(1))), Some(17 * HOUR), "a job that runs each minute");
        assert!(in_seconds(&after(2, hours(24 * 7))).is_some(), "a job that runs each week");
        assert_eq!(after(12, hours(32)), Next::Park { reason: "given up after 12 tries in 32 h".to_owned() });
    }

    #[test]
    fn gone_is_parked_at_once() {
        let gone = judge(410, Some(hours(1))).unwrap_err();
        let next = after(&gone, 1, Timestamp::ZERO, Timestamp::ZERO, 0.0);
        assert_eq!(next, Next::Park { reason: "the aggregator said 410 Gone".to_owned() });
    }

    proptest! {
        /// Whatever chance says, a wait is at least the scheduled one and at most a fifth longer, and never shorter
        /// than the one before it.
        #[test]
        fn waits_grow_and_keep_within_their_jitter(tries in 1u32..40, first in 0.0f64..1.0, second in 0.0f64..1.0) {
            let (wait_now, wait_next) = (wait(tries, first), wait(tries + 1, second));
            prop_assert!(wait_now >= wait(tries, 0.0) && wait_now <= wait(tries, 1.0));
            prop_assert!(wait(tries, 1.0) <= wait(tries, 0.0).mul_f64(1.2001));
            prop_assert!(tries as usize >= WAITS.len() || wait_next > wait_now);
        }

        /// Whoever keeps to the schedule comes to its end after twelve tries and within two days.
        #[test]
        fn the_schedule_ends(chances in prop::collection::vec(0.0f64..1.0, 20)) {
            let failure = Failure::unanswered("no connection");
            let mut now = Timestamp::ZERO;
            let mut tries = 1;
            while let Next::Again { at, .. } = after(&failure, tries, Timestamp::ZERO, now, chances[tries as usize]) {
                prop_assert!(at > now);
                now = at;
                tries += 1;
            }
            prop_assert_eq!(tries, 12);
            prop_assert!(now.since(Timestamp::ZERO) < hours(48));
        }
    }
}
