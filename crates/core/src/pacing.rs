//! When may the next request leave, so that the server never has to say 429.
//!
//! CXone counts arrivals in a sliding window of 60 s. We know only when a request left and when its answer came; the
//! arrival lies between. A slot of the window is therefore taken before a request leaves and free again 60 s after its
//! *answer* (design decision 8).
//!
//! The Admin API publishes no limit. There the rate is a courtesy of ours: requests leave evenly, and are counted when
//! they do.

use std::time::Duration;

use crate::timestamp::Timestamp;

/// The server's window (tutorial: "100 requests per minute per tenant").
pub const WINDOW: Duration = Duration::from_secs(60);

/// Added to the window. Wall clocks are disciplined while we wait: at the kernel's greatest slew of 500 ppm a minute is
/// off by 30 ms; stamps are rounded to 1 ms.
pub const GUARD: Duration = Duration::from_millis(50);

/// How long a request may take before it counts as unanswered. A slot whose answer nobody saw, because its process
/// died, counts as answered then.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// How many requests may leave a minute, and how they are counted; 0 = no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rate {
    /// In any 60 s, by the server's own count of arrivals.
    Window(u32),
    /// Evenly, by our count of departures: 300 a minute are 5 in any second, 10 are one in any 6 s.
    Even(u32),
}

impl Rate {
    /// Requests a minute.
    pub fn a_minute(self) -> u32 {
        match self {
            Self::Window(requests) | Self::Even(requests) => requests,
        }
    }

    /// The same kind with so many requests a minute.
    #[must_use]
    pub fn with(self, a_minute: u32) -> Self {
        match self {
            Self::Window(_) => Self::Window(a_minute),
            Self::Even(_) => Self::Even(a_minute),
        }
    }

    /// How many slots there are, and when one is free that was taken for this request.
    fn slots(self) -> (usize, impl Fn(&Slot) -> Timestamp) {
        let requests = u64::from(self.a_minute());
        let at_once = match self {
            Self::Window(_) => requests,
            Self::Even(_) => (requests / 60).max(1),
        };
        let span = Duration::from_millis((60_000 * at_once).div_ceil(requests.max(1)));
        let free_at = move |slot: &Slot| match self {
            Self::Window(_) => slot.free_at(),
            Self::Even(_) => slot.taken_at + span,
        };
        (usize::try_from(at_once).unwrap_or(usize::MAX), free_at)
    }
}

/// One request's place in the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// When the request left, or a little before.
    pub taken_at: Timestamp,
    /// When its answer came, or was given up.
    pub answered_at: Option<Timestamp>,
}

impl Slot {
    /// When the slot is free again.
    pub fn free_at(&self) -> Timestamp {
        self.answered_at.unwrap_or(self.taken_at + REQUEST_TIMEOUT) + WINDOW + GUARD
    }

    /// The slot as it counts at `now`. One that lies in the future was written before the clock was set back: it counts
    /// as answered just now, which costs one full window and never a 429.
    pub fn amended(self, now: Timestamp) -> Self {
        let ahead = self.taken_at > now || self.answered_at.is_some_and(|answered| answered > now);
        if ahead { Self { taken_at: now, answered_at: Some(now) } } else { self }
    }
}

/// Whether a request may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// Now.
    Now,
    /// Not before this moment.
    At(Timestamp),
}

/// Decides from the slots of the last minutes.
pub fn may_leave(slots: &[Slot], rate: Rate, now: Timestamp) -> Leave {
    if rate.a_minute() == 0 {
        return Leave::Now;
    }
    let (limit, free_at) = rate.slots();
    let mut busy: Vec<Timestamp> =
        slots.iter().map(|slot| free_at(&slot.amended(now))).filter(|free| *free > now).collect();
    if busy.len() < limit {
        return Leave::Now;
    }
    busy.sort_unstable();
    // So many must become free that one place is left over.
    Leave::At(busy[busy.len() - limit])
}

/// A 429 so soon after another is the same one: several requests were under way.
const SAME: Duration = Duration::from_secs(1);

/// The limit that is kept since the server said 429: somebody else uses the tenant's budget as well, or it is smaller
/// than we were told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Requests in a window, when it was lowered.
    pub kept: u32,
    /// When that was.
    pub since: Timestamp,
}

impl Pace {
    /// The limit now: a tenth of the whole comes back with each window in which nothing was refused.
    pub fn limit(pace: Option<Self>, whole: u32, now: Timestamp) -> u32 {
        let Some(pace) = pace.filter(|pace| pace.kept < whole && pace.since <= now) else {
            return whole;
        };
        let windows = u32::try_from(now.since(pace.since).as_millis() / WINDOW.as_millis()).unwrap_or(u32::MAX);
        pace.kept.saturating_add((whole / 10).max(1).saturating_mul(windows)).min(whole)
    }

    /// The pace after a 429: a twentieth less, but never less than a tenth of the whole. No limit stays none.
    pub fn lowered(pace: Option<Self>, whole: u32, now: Timestamp) -> Option<Self> {
        if whole == 0 || pace.is_some_and(|pace| pace.since <= now && now.since(pace.since) < SAME) {
            return pace;
        }
        let limit = Self::limit(pace, whole, now);
        let kept = (limit - (limit / 20).max(1)).max(whole / 10).max(1);
        Some(Self { kept, since: now })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn a_slot_is_free_a_window_after_its_answer() {
        let slots = [Slot { taken_at: at(0), answered_at: Some(at(400)) }];
        assert_eq!(may_leave(&slots, Rate::Window(1), at(1_000)), Leave::At(at(60_450)));
        assert_eq!(may_leave(&slots, Rate::Window(1), at(60_450)), Leave::Now);
        assert_eq!(may_leave(&slots, Rate::Window(2), at(1_000)), Leave::Now);
        assert_eq!(may_leave(&slots, Rate::Window(0), at(1_000)), Leave::Now);
    }

    #[test]
    fn an_even_rate_lets_so_many_leave_in_any_second() {
        let left = |taken: &[i64]| -> Vec<Slot> {
            taken.iter().map(|taken| Slot { taken_at: at(*taken), answered_at: None }).collect()
        };
        let five = left(&[0, 0, 100, 200, 300]);
        assert_eq!(may_leave(&five[1..], Rate::Even(300), at(400)), Leave::Now);
        assert_eq!(may_leave(&five, Rate::Even(300), at(400)), Leave::At(at(1_000)));
        assert_eq!(may_leave(&left(&[0]), Rate::Even(10), at(5_999)), Leave::At(at(6_000)));
        assert_eq!(may_leave(&left(&[0]), Rate::Even(10), at(6_000)), Leave::Now);
        assert_eq!(may_leave(&left(&[9_000]), Rate::Even(60), at(0)), Leave::At(at(1_000)), "a clock set back");
    }

    #[test]
    fn a_slot_without_an_answer_waits_for_the_timeout_first() {
        let slots = [Slot { taken_at: at(0), answered_at: None }];
        assert_eq!(may_leave(&slots, Rate::Window(1), at(70_000)), Leave::At(at(120_050)));
    }

    #[test]
    fn a_clock_set_back_costs_one_window() {
        let slots = [Slot { taken_at: at(3_600_000), answered_at: Some(at(3_600_100)) }];
        assert_eq!(may_leave(&slots, Rate::Window(1), at(0)), Leave::At(at(60_050)));
    }

    #[test]
    fn a_429_lowers_the_pace_and_it_recovers() {
        let lowered = Pace::lowered(None, 100, at(0));
        assert_eq!(lowered, Some(Pace { kept: 95, since: at(0) }));
        assert_eq!(Pace::lowered(lowered, 100, at(999)), lowered, "the same burst");
        let again = Pace::lowered(lowered, 100, at(1_000));
        assert_eq!(again, Some(Pace { kept: 91, since: at(1_000) }));
        let limits = [1_000, 60_999, 61_000, 121_000].map(|now| Pace::limit(again, 100, at(now)));
        assert_eq!(limits, [91, 91, 100, 100]);
        let mut pace = None;
        (0..200).for_each(|burst| pace = Pace::lowered(pace, 100, at(burst * 1_000)));
        assert!((10..20).contains(&Pace::limit(pace, 100, at(199_000))));
        assert_eq!(Pace::limit(pace, 100, at(199_000 + 600_000)), 100);
        assert_eq!(Pace::lowered(None, 0, at(0)), None, "no limit stays none");
        assert_eq!(Pace::limit(Some(Pace { kept: 1, since: at(5) }), 1, at(5)), 1);
    }

    proptest! {
        /// Where answers take under half a second and there is always work, 98 % of what is allowed is used.
        #[test]
        fn the_budget_is_used(limit in 1u32..120, answers in prop::collection::vec(1u64..500, 400..600)) {
            let (mut now, mut slots, mut left) = (at(0), Vec::<Slot>::new(), 0u64);
            for delay in &answers {
                while let Leave::At(moment) = may_leave(&slots, Rate::Window(limit), now) {
                    now = moment;
                }
                slots.push(Slot { taken_at: now, answered_at: Some(now + Duration::from_millis(*delay)) });
                slots.retain(|slot| slot.free_at() > now);
                left += 1;
            }
            // What may leave in whole windows up to the last one, by the contract.
            let windows = now.millis() / 60_000;
            let allowed = u64::from(limit) * u64::try_from(windows).expect("positive");
            prop_assert!(left as f64 >= 0.98 * allowed as f64, "{} of {} in {} windows", left, allowed, windows);
        }

        /// Whatever the delays on the way there and back, no window of arrivals holds more than the limit.
        #[test]
        fn no_window_holds_more_than_the_limit(
            limit in 1u32..6,
            delays in prop::collection::vec((0i64..2_000, 0i64..2_000, 0i64..40_000), 1..80),
        ) {
            let mut now = at(0);
            let mut requests: Vec<(Timestamp, Timestamp)> = Vec::new();
            let mut arrivals: Vec<i64> = Vec::new();
            let known = |requests: &[(Timestamp, Timestamp)], now| -> Vec<Slot> {
                let seen = |answer| (answer <= now).then_some(answer);
                requests.iter().map(|(taken_at, answer)| Slot { taken_at: *taken_at, answered_at: seen(*answer) }).collect()
            };
            for (there, back, idle) in delays {
                now = now + Duration::from_millis(idle.unsigned_abs());
                while let Leave::At(moment) = may_leave(&known(&requests, now), Rate::Window(limit), now) {
                    prop_assert!(moment > now);
                    now = moment;
                }
                arrivals.push(now.millis() + there);
                requests.push((now, at(now.millis() + there + back)));
            }
            arrivals.sort_unstable();
            for (first, arrival) in arrivals.iter().enumerate() {
                let held = arrivals[first..].iter().take_while(|other| **other < arrival + 60_000).count();
                prop_assert!(held <= limit as usize);
            }
        }
    }
}
