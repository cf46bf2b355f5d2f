//! What the tenant saw, for tests and for the curious.

use std::{collections::VecDeque, time::Duration};

use crate::{Profile, item::Digits, window::Window};

/// Arrivals kept: a sandbox may run for weeks, and a test needs far fewer.
const ARRIVALS_KEPT: usize = 100_000;

/// A snapshot of what the tenant saw since it started. Under the profile `admin`, what is said of `…/items` is true of
/// `…/records`; records that were refused are in none of the counts.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// All calls in order of arrival, token calls and refused ones too (the newest 100,000).
    pub arrivals: Vec<Arrival>,
    /// Calls that the rate limiter refused. Injected 429s are not in it.
    pub throttled: u64,
    /// Calls that an injected fault struck (the kinds that choose items are not in it).
    pub injected: u64,
    /// Tokens granted.
    pub tokens: u64,
    /// `POST …/items` calls that arrived, whatever came of them.
    pub posts: u64,
    /// `POST …/items` calls that were applied, whether the caller learnt of it or not.
    pub posts_applied: u64,
    /// Items of the applied posts, repeats included.
    pub items_received: u64,
    /// Items of the applied posts that were new to their list.
    pub items_added: u64,
    /// The `POST …/items` calls that were applied, and what was in them; only of a tenant in memory.
    pub applied: Vec<Post>,
    /// `DELETE …/items` calls that arrived, whatever came of them.
    pub removals: u64,
    /// `DELETE …/items` calls that were applied, whether the caller learnt of it or not.
    pub removals_applied: u64,
    /// The `DELETE …/items` calls that were applied, and what was in them; only of a tenant in memory.
    pub removed: Vec<Removal>,
    /// The most API calls, refused ones included, that arrived in any 60 s.
    pub max_in_window: usize,
}

/// One call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Milliseconds since the sandbox started.
    pub at_ms: u64,
    /// `GET`, `POST`, …
    pub method: String,
    /// Without the query.
    pub path: String,
    /// Of the answer; 0 = no answer (yet): the connection was closed without one, or the call is being worked on.
    pub status: u16,
}

/// One applied post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// Milliseconds since the sandbox started.
    pub at_ms: u64,
    /// Its place among all applied posts and removals, counted from 0: what took effect first has the smaller one.
    pub order: u64,
    /// The list's id.
    pub list: String,
    /// The numbers, without their plus.
    pub numbers: Vec<u64>,
}

/// One applied removal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// Milliseconds since the sandbox started.
    pub at_ms: u64,
    /// Its place among all applied posts and removals, as [`Post::order`].
    pub order: u64,
    /// The list's id.
    pub list: String,
    /// The numbers that were to leave, without their plus; also those that were not there, or that a fault kept.
    pub numbers: Vec<u64>,
}

/// The running account.
pub(crate) struct Ledger {
    window: Window,
    kept: VecDeque<Arrival>,
    /// How many arrivals were dropped from the front of `kept`.
    dropped: u64,
    pub(crate) counts: Observed,
    /// Whether posts and removals are kept with their numbers.
    keeps_numbers: bool,
    profile: Profile,
}

/// What the ledger says to an arrival.
pub(crate) struct Ticket {
    pub(crate) id: u64,
    /// Over the rate limit: how long until a slot is free.
    pub(crate) throttled: Option<Duration>,
}

impl Ledger {
    pub(crate) fn new(rate: u32, keeps_numbers: bool) -> Ledger {
        let window = Window::new(rate);
        Ledger {
            window,
            kept: VecDeque::new(),
            dropped: 0,
            counts: Observed::default(),
            keeps_numbers,
            profile: Profile::default(),
        }
    }

    /// Counts the calls of this profile.
    pub(crate) fn speaking(self, profile: Profile) -> Ledger {
        Ledger { profile, ..self }
    }

    /// One call arrives at `now`, which is `since_start` after the start.
    pub(crate) fn arrive(&mut self, now: Duration, since_start: Duration, method: &str, path: &str) -> Ticket {
        // The tenant's rate counts API calls; tokens are handed out by another host.
        let throttled = if self.profile.is_api(path) { self.window.arrive(now).err() } else { None };
        self.counts.throttled += u64::from(throttled.is_some());
        let items = self.profile.is_items(path);
        self.counts.posts += u64::from(method == "POST" && items);
        self.counts.removals += u64::from(method == "DELETE" && items);
        if self.kept.len() == ARRIVALS_KEPT {
            self.kept.pop_front();
            self.dropped += 1;
        }
        let id = self.dropped + u64::try_from(self.kept.len()).unwrap_or_default();
        let at_ms = milliseconds(since_start);
        self.kept.push_back(Arrival { at_ms, method: method.to_owned(), path: path.to_owned(), status: 0 });
        Ticket { id, throttled }
    }

    pub(crate) fn answered(&mut self, id: u64, status: u16) {
        let position = id.checked_sub(self.dropped).and_then(|position| usize::try_from(position).ok());
        if let Some(arrival) = position.and_then(|position| self.kept.get_mut(position)) {
            arrival.status = status;
        }
    }

    pub(crate) fn applied(&mut self, since_start: Duration, list: &str, numbers: &[Digits], added: usize) {
        if self.keeps_numbers {
            let (at_ms, order) = (milliseconds(since_start), self.order());
            self.counts.applied.push(Post { at_ms, order, list: list.to_owned(), numbers: numbers.to_vec() });
        }
        self.counts.posts_applied += 1;
        self.counts.items_received += u64::try_from(numbers.len()).unwrap_or_default();
        self.counts.items_added += u64::try_from(added).unwrap_or_default();
    }

    pub(crate) fn removed(&mut self, since_start: Duration, list: &str, numbers: &[Digits]) {
        if self.keeps_numbers {
            let (at_ms, order) = (milliseconds(since_start), self.order());
            self.counts.removed.push(Removal { at_ms, order, list: list.to_owned(), numbers: numbers.to_vec() });
        }
        self.counts.removals_applied += 1;
    }

    /// The place of the next one.
    fn order(&self) -> u64 {
        u64::try_from(self.counts.applied.len() + self.counts.removed.len()).unwrap_or(u64::MAX)
    }

    pub(crate) fn observed(&self) -> Observed {
        Observed {
            arrivals: self.kept.iter().cloned().collect(),
            max_in_window: self.window.most_seen(),
            ..self.counts.clone()
        }
    }
}

fn milliseconds(since_start: Duration) -> u64 {
    u64::try_from(since_start.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_arrivals_are_kept_and_find_their_status() {
        let mut ledger = Ledger::new(0, false);
        let mut last = 0;
        for _ in 0..ARRIVALS_KEPT + 5 {
            last = ledger.arrive(Duration::ZERO, Duration::ZERO, "GET", "/x").id;
        }
        ledger.answered(0, 200);
        ledger.answered(last, 404);
        let arrivals = ledger.observed().arrivals;
        assert_eq!(arrivals.len(), ARRIVALS_KEPT);
        assert_eq!(arrivals.iter().map(|arrival| arrival.status).max(), Some(404));
        assert_eq!(arrivals.last().map(|arrival| arrival.status), Some(404));
    }
}
