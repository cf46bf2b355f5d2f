//! One DNC list: what was accepted, what reads see of it, and what is still on its way into the index.

mod dates;
mod due;
mod group;
mod rows;

use std::{
    collections::{HashMap, HashSet, VecDeque},
    time::Duration,
};

use serde::{Deserialize, Serialize};

use crate::item::{Digits, Item, ItemMaker, Source};

use dates::Dates;
pub(crate) use due::Due;
pub(crate) use group::{Group, Role};
pub(crate) use rows::Row;
use rows::Rows;

/// `scope` of a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ListScope {
    Global,
    Campaign,
    Region,
    Queue,
}

impl ListScope {
    pub(crate) const CHOICE: &str = "GLOBAL, CAMPAIGN, REGION or QUEUE";

    pub(crate) fn parse(text: &str) -> Option<ListScope> {
        [ListScope::Global, ListScope::Campaign, ListScope::Region, ListScope::Queue]
            .into_iter()
            .find(|scope| scope.as_str() == text)
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            ListScope::Global => "GLOBAL",
            ListScope::Campaign => "CAMPAIGN",
            ListScope::Region => "REGION",
            ListScope::Queue => "QUEUE",
        }
    }
}

/// What a list is, apart from its items.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct About {
    pub(crate) id: String,
    pub(crate) list_name: String,
    pub(crate) description: String,
    pub(crate) source_type: Source,
    pub(crate) scope: ListScope,
}

/// Changes wait in a queue until their lag has passed and are then applied to `indexed`, in order of acceptance: so
/// an addition costs its batch, a page costs its page, and only a removal walks the list. A group applies them to
/// `rows` instead, where a removal costs its batch, too.
pub(crate) struct List {
    pub(crate) about: About,
    /// Seconds since the epoch.
    pub(crate) created: u32,
    /// What the list counts as its own: indexed or on its way there. Says what is a duplicate.
    accepted: HashSet<Digits>,
    indexed: Vec<Item>,
    /// Where reads show `indexed` in an order of their own: how many items are in it already.
    shuffled: Option<usize>,
    /// The records of a group.
    rows: Option<Rows>,
    pub(crate) group: Group,
    dates: Dates,
    /// Was indexed once and is not any more.
    left: HashSet<Digits>,
    queue: VecDeque<Queued>,
    /// Accepted and then lost by fault. The list knows nothing of them: a later post of one is told `added` again.
    lost: HashMap<Digits, Item>,
}

struct Queued {
    due: Due,
    change: Change,
}

enum Change {
    Add(Vec<Item>),
    Remove(HashSet<Digits>),
}

impl List {
    pub(crate) fn new(about: About, created: u32) -> List {
        List {
            about,
            created,
            accepted: HashSet::new(),
            indexed: Vec::new(),
            shuffled: None,
            rows: None,
            group: Group::new(created),
            dates: Dates::default(),
            left: HashSet::new(),
            queue: VecDeque::new(),
            lost: HashMap::new(),
        }
    }

    /// A DNC group, whose expired records are seen for as long as `linger`.
    pub(crate) fn group(about: About, created: u32, linger: Duration) -> List {
        List { rows: Some(Rows::new(linger)), ..List::new(about, created) }
    }

    /// A list that does not keep the order in which items come.
    pub(crate) fn shuffled(about: About, created: u32) -> List {
        List { shuffled: Some(0), ..List::new(about, created) }
    }

    /// How many numbers it counts as its own.
    pub(crate) fn active(&self) -> usize {
        self.accepted.len()
    }

    pub(crate) fn holds(&self, number: Digits) -> bool {
        self.accepted.contains(&number)
    }

    pub(crate) fn has_lost(&self, number: Digits) -> bool {
        self.lost.contains_key(&number)
    }

    /// Takes items that it does not hold; they show up once `due` has passed.
    pub(crate) fn add(&mut self, items: Vec<Item>, due: impl Into<Due>) {
        for item in &items {
            self.accepted.insert(item.number);
            self.lost.remove(&item.number);
        }
        self.enqueue(due.into(), Change::Add(items));
    }

    /// Takes items that will never show up.
    pub(crate) fn lose(&mut self, items: Vec<Item>) {
        self.lost.extend(items.into_iter().map(|item| (item.number, item)));
    }

    /// Drops numbers that it holds; they stay visible until `due` has passed.
    pub(crate) fn remove(&mut self, numbers: HashSet<Digits>, due: impl Into<Due>) {
        for number in &numbers {
            self.accepted.remove(number);
            self.dates.clear(*number);
        }
        self.enqueue(due.into(), Change::Remove(numbers));
    }

    fn enqueue(&mut self, due: Due, change: Change) {
        self.queue.push_back(Queued { due, change });
    }

    /// What a read sees at `now`, of a list that is no group.
    pub(crate) fn indexed(&mut self, now: Duration) -> &[Item] {
        self.settle(now);
        if let Some(in_order) = self.shuffled.filter(|in_order| *in_order < self.indexed.len()) {
            // Not with each post: a list of millions would be sorted a thousand times.
            self.indexed[in_order..].sort_unstable_by_key(|item| scramble(item.number));
            self.indexed.sort_by_key(|item| scramble(item.number));
            self.shuffled = Some(self.indexed.len());
        }
        &self.indexed
    }

    /// The records that a read sees at `now`, of a group.
    pub(crate) fn rows(&mut self, now: Duration) -> &[Row] {
        self.settle(now);
        self.rows.as_ref().map_or(&[], Rows::all)
    }

    /// What a search at `now` finds of a number, in a group.
    pub(crate) fn search(&mut self, number: Digits, now: Duration) -> Option<Row> {
        self.settle(now);
        let found = self.rows.as_mut().and_then(|rows| rows.search(number, now))?;
        self.dated(vec![found]).pop()
    }

    /// What a read at `now` sees as blocked, of either kind.
    pub(crate) fn blocked(&mut self, now: Duration) -> Vec<Item> {
        self.settle(now);
        let Some(rows) = &self.rows else {
            return self.indexed.clone();
        };
        let active = rows.all().iter().filter(|row| row.expired.is_none());
        active.map(|row| ItemMaker::new(row.updated).make(&(row.number, Source::Manual, "".into()))).collect()
    }

    /// Applies what is due.
    fn settle(&mut self, now: Duration) {
        while self.queue.front().is_some_and(|queued| queued.due.read <= now) {
            let Some(Queued { due, change }) = self.queue.pop_front() else { break };
            match (&mut self.rows, change) {
                (Some(rows), Change::Add(items)) => rows.add(&items, due),
                (Some(rows), Change::Remove(numbers)) => rows.expire(&numbers, due),
                (None, Change::Add(items)) => self.indexed.extend(items),
                (None, Change::Remove(numbers)) => {
                    let left = self.indexed.extract_if(.., |item| numbers.contains(&item.number));
                    self.left.extend(left.map(|item| item.number));
                    self.shuffled = self.shuffled.map(|_| 0);
                }
            }
        }
        if let Some(rows) = &mut self.rows {
            rows.forget(now);
        }
    }

    /// Every number that a read could ever see, until `now`.
    pub(crate) fn ever_indexed(&mut self, now: Duration) -> HashSet<Digits> {
        let mut ever: HashSet<Digits> = self.indexed(now).iter().map(|item| item.number).collect();
        ever.extend(&self.left);
        ever.extend(self.rows.iter().flat_map(Rows::ever));
        ever
    }

    /// What is accepted and will show up, but does not yet.
    pub(crate) fn queued(&self) -> Vec<&Item> {
        let mut waiting: Vec<&Item> = Vec::new();
        for queued in &self.queue {
            match &queued.change {
                Change::Add(items) => waiting.extend(items),
                Change::Remove(numbers) => waiting.retain(|item| !numbers.contains(&item.number)),
            }
        }
        waiting
    }

    /// Whether what is indexed of a number stays, or leaves with a removal in the queue.
    pub(crate) fn stays(&self, number: Digits) -> bool {
        !self.queue.iter().any(|queued| matches!(&queued.change, Change::Remove(numbers) if numbers.contains(&number)))
    }

    pub(crate) fn lost(&self) -> impl Iterator<Item = &Item> {
        self.lost.values()
    }
}

/// The place of a number in an order that has nothing to do with its digits (the finalizer of SplitMix64).
fn scramble(number: Digits) -> u64 {
    let mixed = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::ItemMaker;

    fn list() -> List {
        let about = About {
            id: "dnc-1".to_owned(),
            list_name: "L".to_owned(),
            description: String::new(),
            source_type: Source::System,
            scope: ListScope::Global,
        };
        List::new(about, 0)
    }

    fn items(numbers: &[Digits]) -> Vec<Item> {
        let mut maker = ItemMaker::new(0);
        numbers.iter().map(|&number| maker.make(&(number, Source::Manual, "".into()))).collect()
    }

    fn seen(list: &mut List, second: u64) -> Vec<Digits> {
        list.indexed(Duration::from_secs(second)).iter().map(|item| item.number).collect()
    }

    #[test]
    fn changes_show_up_when_they_are_due_and_in_order() {
        let mut list = list();
        list.add(items(&[1, 2, 3]), Duration::from_secs(10));
        list.remove(HashSet::from([2]), Duration::from_secs(20));
        list.add(items(&[2, 4]), Duration::from_secs(30));
        assert!(seen(&mut list, 9).is_empty());
        assert_eq!(seen(&mut list, 10), [1, 2, 3]);
        assert_eq!(list.queued().iter().map(|item| item.number).collect::<Vec<_>>(), [2, 4]);
        assert_eq!(seen(&mut list, 20), [1, 3]);
        assert_eq!(seen(&mut list, 30), [1, 3, 2, 4]);
        assert!(list.holds(2));
    }

    #[test]
    fn a_shuffled_list_has_one_order_whatever_came_when() {
        let about = list().about;
        let mut in_turn = List::shuffled(about.clone(), 0);
        for number in 1..50 {
            in_turn.add(items(&[number]), Duration::from_secs(number));
        }
        let early = seen(&mut in_turn, 20);
        assert_eq!(early.len(), 20);
        in_turn.remove(HashSet::from([3]), Duration::from_secs(60));
        let all = seen(&mut in_turn, 60);
        let mut at_once = List::shuffled(about, 0);
        at_once.add(items(&(1..50).filter(|number| *number != 3).rev().collect::<Vec<_>>()), Duration::ZERO);
        assert_eq!(all, seen(&mut at_once, 60));
        assert!(!all.is_sorted());
        assert_ne!(all[28..], (21..50).collect::<Vec<_>>(), "new ones lie anywhere");
        let still: Vec<Digits> = all.iter().copied().filter(|number| early.contains(number)).collect();
        assert_eq!(still, early.into_iter().filter(|number| *number != 3).collect::<Vec<_>>());
    }

    #[test]
    fn what_was_lost_is_not_held() {
        let mut list = list();
        list.lose(items(&[1]));
        assert!(!list.holds(1) && list.has_lost(1));
        list.add(items(&[1]), Duration::ZERO);
        assert!(list.holds(1) && !list.has_lost(1));
    }
}
