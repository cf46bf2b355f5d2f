//! The sliding window of the rate limit.

use std::{collections::VecDeque, time::Duration};

/// The contract's window.
const WIDTH: Duration = Duration::from_secs(60);

/// Arrivals of the last 60 s. Refused arrivals do not fill it: a client that keeps knocking gets in as soon as a slot
/// is free, as with the usual gateways.
#[derive(Default)]
pub(crate) struct Window {
    rate: usize,
    taken: VecDeque<Duration>,
    /// All arrivals, refused ones too, only to tell how many there ever were in 60 s.
    seen: VecDeque<Duration>,
    most_seen: usize,
}

impl Window {
    /// `rate` 0 = no limit.
    pub(crate) fn new(rate: u32) -> Window {
        Window { rate: usize::try_from(rate).unwrap_or(usize::MAX), ..Window::default() }
    }

    /// One arrival; `Err` is how long until a slot is free.
    pub(crate) fn arrive(&mut self, now: Duration) -> Result<(), Duration> {
        forget_before(&mut self.seen, now);
        self.seen.push_back(now);
        self.most_seen = self.most_seen.max(self.seen.len());
        if self.rate == 0 {
            return Ok(());
        }
        forget_before(&mut self.taken, now);
        match self.taken.front() {
            Some(&oldest) if self.taken.len() >= self.rate => Err((oldest + WIDTH).saturating_sub(now)),
            _ => {
                self.taken.push_back(now);
                Ok(())
            }
        }
    }

    /// The most arrivals, refused ones included, that any 60 s held.
    pub(crate) fn most_seen(&self) -> usize {
        self.most_seen
    }
}

fn forget_before(arrivals: &mut VecDeque<Duration>, now: Duration) {
    while arrivals.front().is_some_and(|&at| at + WIDTH <= now) {
        arrivals.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn the_window_slides_and_refused_arrivals_do_not_fill_it() {
        let mut window = Window::new(2);
        assert_eq!(window.arrive(at(0)), Ok(()));
        assert_eq!(window.arrive(at(30)), Ok(()));
        assert_eq!(window.arrive(at(31)), Err(at(29)));
        assert_eq!(window.arrive(at(59)), Err(at(1)));
        assert_eq!(window.arrive(at(60)), Ok(()));
        assert_eq!(window.arrive(at(61)), Err(at(29)));
        assert_eq!(window.arrive(at(90)), Ok(()));
        assert_eq!(window.most_seen(), 5);
    }

    #[test]
    fn without_a_rate_all_pass_and_are_counted() {
        let mut window = Window::new(0);
        assert!((0..1000).all(|_| window.arrive(at(1)).is_ok()));
        assert_eq!(window.most_seen(), 1000);
    }
}
