//! Numbers that are to expire by themselves.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    num::NonZeroU64,
    time::Duration,
};

use super::{List, Row};
use crate::item::Digits;

/// Milliseconds since the epoch, for each number that has such a date.
#[derive(Default)]
pub(super) struct Dates {
    of: HashMap<Digits, u64>,
    by_date: BTreeSet<(u64, Digits)>,
}

impl Dates {
    fn set(&mut self, number: Digits, at: u64) {
        self.clear(number);
        self.of.insert(number, at);
        self.by_date.insert((at, number));
    }

    pub(super) fn clear(&mut self, number: Digits) {
        if let Some(at) = self.of.remove(&number) {
            self.by_date.remove(&(at, number));
        }
    }

    fn get(&self, number: Digits) -> Option<u64> {
        self.of.get(&number).copied()
    }

    /// The next one that is over, which then has no date any more.
    fn pass(&mut self, now: Duration) -> Option<(Duration, Digits)> {
        let &(at, number) = self.by_date.first()?;
        let moment = Duration::from_millis(at);
        (moment <= now).then(|| {
            self.clear(number);
            (moment, number)
        })
    }
}

impl List {
    /// What of these it holds is to expire at these moments, in milliseconds since the epoch.
    pub(crate) fn set_dates(&mut self, dates: &[(Digits, u64)]) {
        for &(number, at) in dates {
            if self.accepted.contains(&number) {
                self.dates.set(number, at);
            }
        }
    }

    /// Lets expire what was to expire by `now`.
    pub(crate) fn pass_dates(&mut self, now: Duration) {
        while let Some((moment, number)) = self.dates.pass(now) {
            // Everyone could see the date coming: there is no lag.
            self.remove(HashSet::from([number]), moment);
        }
    }

    /// These records as they are shown: with the dates that they are to expire at.
    pub(crate) fn dated(&self, mut rows: Vec<Row>) -> Vec<Row> {
        for row in &mut rows {
            row.expired = row.expired.or_else(|| self.dates.get(row.number).and_then(NonZeroU64::new));
        }
        rows
    }
}
