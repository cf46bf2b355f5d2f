//! The records of a group as reads see them. What is expired stays where it is for a while, with the moment of its
//! expiry, and then vanishes; until then it may become active again in its old place.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    num::NonZeroU64,
    time::Duration,
};

use super::due::Due;
use crate::{
    clock::seconds,
    item::{Digits, Item},
};

/// A record: 32 bytes, because a group may hold a million. Times are seconds since the epoch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Row {
    pub(crate) number: Digits,
    /// Milliseconds since the epoch; `None` while it is active.
    pub(crate) expired: Option<NonZeroU64>,
    /// Counted from 1 in order of first acceptance, and never given twice.
    pub(crate) id: u32,
    pub(crate) collected: u32,
    pub(crate) updated: u32,
}

pub(crate) struct Rows {
    /// By id.
    rows: Vec<Row>,
    place: HashMap<Digits, usize>,
    /// What expired and when, the earliest first; some of it has become active again since.
    expired: VecDeque<(NonZeroU64, Digits)>,
    linger: Duration,
    last_id: u32,
    vanished: HashSet<Digits>,
    /// What searches do not see yet, in order of acceptance.
    unsearched: VecDeque<Unsearched>,
}

/// What a change found, for the searches that see it later than reads do.
struct Unsearched {
    due: Duration,
    before: HashMap<Digits, Option<Row>>,
}

impl Rows {
    pub(crate) fn new(linger: Duration) -> Rows {
        Rows {
            rows: Vec::new(),
            place: HashMap::new(),
            expired: VecDeque::new(),
            linger,
            last_id: 0,
            vanished: HashSet::new(),
            unsearched: VecDeque::new(),
        }
    }

    pub(crate) fn add(&mut self, items: &[Item], due: Due) {
        // What was over when this took effect gets a new row, also where nobody looked in between.
        self.forget(due.read);
        self.keep_for_searches(items.iter().map(|item| item.number), due);
        for item in items {
            match self.place.get(&item.number) {
                Some(&at) => {
                    let row = &mut self.rows[at];
                    (row.expired, row.updated) = (None, item.added);
                }
                None => self.push(item),
            }
        }
    }

    fn push(&mut self, item: &Item) {
        self.last_id += 1;
        let (number, at) = (item.number, item.added);
        self.place.insert(number, self.rows.len());
        self.rows.push(Row { number, expired: None, id: self.last_id, collected: at, updated: at });
    }

    pub(crate) fn expire(&mut self, numbers: &HashSet<Digits>, due: Due) {
        self.forget(due.read);
        self.keep_for_searches(numbers.iter().copied(), due);
        let moment = u64::try_from(due.accepted.as_millis()).unwrap_or(u64::MAX);
        let moment = NonZeroU64::new(moment).unwrap_or(NonZeroU64::MIN);
        for &number in numbers {
            let Some(&at) = self.place.get(&number) else { continue };
            let row = &mut self.rows[at];
            (row.expired, row.updated) = (Some(moment), seconds(due.accepted));
            self.expired.push_back((moment, number));
        }
    }

    fn keep_for_searches(&mut self, numbers: impl Iterator<Item = Digits>, due: Due) {
        if due.searched > due.read {
            let before = numbers.map(|number| (number, self.get(number))).collect();
            self.unsearched.push_back(Unsearched { due: due.searched, before });
        }
    }

    /// Lets vanish what has lingered for long enough.
    pub(crate) fn forget(&mut self, now: Duration) {
        let mut over = HashSet::new();
        while let Some(&(moment, number)) = self.expired.front() {
            if Duration::from_millis(moment.get()).saturating_add(self.linger) > now {
                break;
            }
            self.expired.pop_front();
            // It may have become active since, and expired again.
            if self.get(number).is_some_and(|row| row.expired == Some(moment)) {
                over.insert(number);
            }
        }
        if over.is_empty() {
            return;
        }
        let first = over.iter().filter_map(|number| self.place.remove(number)).min().unwrap_or_default();
        self.rows.retain(|row| !over.contains(&row.number));
        self.place.extend((first..).zip(&self.rows[first..]).map(|(at, row)| (row.number, at)));
        self.vanished.extend(over);
    }

    pub(crate) fn all(&self) -> &[Row] {
        &self.rows
    }

    fn get(&self, number: Digits) -> Option<Row> {
        self.place.get(&number).map(|&at| self.rows[at])
    }

    /// What a search at `now` finds of a number.
    pub(crate) fn search(&mut self, number: Digits, now: Duration) -> Option<Row> {
        while self.unsearched.front().is_some_and(|change| change.due <= now) {
            self.unsearched.pop_front();
        }
        let unseen = self.unsearched.iter().find_map(|change| change.before.get(&number));
        unseen.copied().unwrap_or_else(|| self.get(number))
    }

    /// Every number that there ever was.
    pub(crate) fn ever(&self) -> impl Iterator<Item = Digits> {
        self.rows.iter().map(|row| row.number).chain(self.vanished.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::{ItemMaker, Source};

    fn at(second: u64) -> Due {
        Duration::from_secs(second).into()
    }

    fn items(numbers: &[Digits]) -> Vec<Item> {
        let mut maker = ItemMaker::new(0);
        numbers.iter().map(|&number| maker.make(&(number, Source::Manual, "".into()))).collect()
    }

    fn shown(rows: &Rows) -> Vec<(Digits, u32, bool)> {
        rows.all().iter().map(|row| (row.number, row.id, row.expired.is_none())).collect()
    }

    #[test]
    fn what_expires_lingers_in_its_place_and_comes_back_there() {
        let mut rows = Rows::new(Duration::from_secs(100));
        rows.add(&items(&[7, 8, 9]), at(1));
        rows.expire(&HashSet::from([7, 8]), at(2));
        assert_eq!(shown(&rows), [(7, 1, false), (8, 2, false), (9, 3, true)]);
        rows.add(&items(&[7]), at(50));
        rows.forget(Duration::from_secs(101));
        assert_eq!(shown(&rows), [(7, 1, true), (8, 2, false), (9, 3, true)]);
        rows.forget(Duration::from_secs(102));
        assert_eq!(shown(&rows), [(7, 1, true), (9, 3, true)]);
        rows.expire(&HashSet::from([9]), at(103));
        rows.add(&items(&[8, 9]), at(203));
        assert_eq!(shown(&rows), [(7, 1, true), (8, 4, true), (9, 5, true)]);
        assert_eq!(rows.ever().collect::<HashSet<_>>(), HashSet::from([7, 8, 9]));
    }

    #[test]
    fn searches_may_see_later_what_reads_see() {
        let due = |second| Due { searched: Duration::from_secs(second + 10), ..at(second) };
        let mut rows = Rows::new(Duration::from_secs(100));
        rows.add(&items(&[7]), due(1));
        rows.expire(&HashSet::from([7]), due(5));
        let mut active = |second| rows.search(7, Duration::from_secs(second)).map(|row| row.expired.is_none());
        assert_eq!([10, 11, 14, 15].map(&mut active), [None, Some(true), Some(true), Some(false)]);
    }

    #[test]
    fn a_row_is_small() {
        assert_eq!(size_of::<Row>(), 32);
    }
}
