//! Watching a list until every accepted number was seen there.
//!
//! Accepted is not protected (design decision 5): a number counts when a read-back has seen it. The newest entries are
//! looked for where they most likely are, at the end of the list; where they are not found there, the list is read
//! whole. That a number is *absent* is claimed only after two whole reads that began when its time was up
//! (design decision 12).

use std::time::Duration;

use crate::number::Number;
use crate::paging::{self, PageFacts, Paging};
use crate::timestamp::Timestamp;

/// First wait between two looks at a list that has not changed.
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// Longest wait between two looks: with 100 requests a minute a look every 10 s costs 6 % of them.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// So many looks at the tail in vain, then one at the whole list.
const TAIL_LOOKS: u32 = 3;

/// How many whole reads must miss a number before it is called absent.
pub const ABSENT_AFTER: u8 = 2;

/// A reading under way.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Reading {
    paging: Paging,
    whole: bool,
    began: Timestamp,
    found: bool,
}

/// One list and what is being read of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {
    size: u64,
    listed: u64,
    reading: Option<Reading>,
    next_look: Timestamp,
    in_vain: u32,
}

/// What a page came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turned {
    /// There are more pages.
    More,
    /// The end was reached of a reading of the tail.
    TailEnd,
    /// The end was reached of a whole reading that began at this moment.
    WholeEnd {
        /// When its first page was asked for.
        began: Timestamp,
    },
}

impl Watch {
    /// A list believed to hold `listed` entries, read in pages of `size`.
    pub fn new(size: u64, listed: u64, now: Timestamp) -> Self {
        // Not at once: what was accepted just now is hardly indexed yet, and the look would be wasted.
        Self { size, listed, reading: None, next_look: now + FIRST_WAIT, in_vain: 0 }
    }

    /// When the next page is due.
    pub fn due(&self) -> Timestamp {
        if self.reading.is_some() { Timestamp::from_millis(i64::MIN) } else { self.next_look }
    }

    /// Whether any reading is under way.
    pub fn is_reading(&self) -> bool {
        self.reading.is_some()
    }

    /// Whether a reading of the whole list is under way.
    pub fn reads_whole(&self) -> bool {
        self.reading.as_ref().is_some_and(|reading| reading.whole)
    }

    /// The page to ask for: page number and size. Begins a reading where none is under way; `whole` asks for a whole
    /// one.
    pub fn ask(&mut self, whole: bool, now: Timestamp) -> (u64, u64) {
        let (size, listed, in_vain) = (self.size, self.listed, self.in_vain);
        let reading = self.reading.get_or_insert_with(|| {
            let whole = whole || (in_vain > 0 && in_vain.is_multiple_of(TAIL_LOOKS));
            let paging = if whole { Paging::whole(size) } else { Paging::tail(size, listed) };
            Reading { whole: paging.at_start(), paging, began: now, found: false }
        });
        reading.paging.ask()
    }

    /// Takes a page with these sorted numbers in. `found`: it held a number that was looked for.
    pub fn turn(&mut self, facts: PageFacts, numbers: &[Number], found: bool, now: Timestamp) -> Turned {
        let Some(mut reading) = self.reading.take() else {
            return Turned::TailEnd;
        };
        let facts = reading.paging.judge(facts, numbers);
        reading.found |= found;
        let end = reading.paging.before() + facts.count;
        let more = reading.paging.advance(facts);
        self.size = reading.paging.size();
        if more {
            self.listed = self.listed.max(end);
            self.reading = Some(reading);
            return Turned::More;
        }
        // An empty tail: the list is shorter than believed, so the next look is at all of it.
        let shrunk = facts.count == 0 && reading.paging.before() > 0 && !reading.found;
        self.listed = end;
        self.in_vain = if reading.found { 0 } else { self.in_vain + 1 };
        if shrunk && !reading.whole {
            self.in_vain = self.in_vain.next_multiple_of(TAIL_LOOKS);
        }
        self.next_look = now + wait(self.in_vain);
        if reading.whole { Turned::WholeEnd { began: reading.began } } else { Turned::TailEnd }
    }

    /// The server refused the page that was asked for, perhaps for its size: the reading begins anew with smaller ones.
    pub fn ask_for_less(&mut self) {
        self.size = paging::smaller(self.size);
        self.reading = None;
    }

    /// How many pages the next reading would take, if the list holds `more` entries beside those that are known.
    pub fn cost(&self, whole: bool, more: u64) -> u64 {
        let size = self.size.max(1);
        let whole = whole || (self.in_vain > 0 && self.in_vain.is_multiple_of(TAIL_LOOKS));
        let entries = if whole { self.listed } else { self.listed % size } + more;
        entries.div_ceil(size).max(1)
    }

    /// Numbers were asked for one by one. `found`: at least one of them was there.
    pub fn asked(&mut self, found: bool, now: Timestamp) {
        self.in_vain = if found { 0 } else { self.in_vain + 1 };
        self.next_look = now + wait(self.in_vain);
    }

    /// Something was accepted just now: looking is worth while again soon.
    pub fn nudge(&mut self, now: Timestamp) {
        self.in_vain = 0;
        self.next_look = self.next_look.min(now + FIRST_WAIT);
    }

    /// Forgets the reading under way, because nobody waits for it any more.
    pub fn stop_reading(&mut self) {
        self.reading = None;
    }

    /// The page size in use.
    pub fn size(&self) -> u64 {
        self.size
    }
}

fn wait(in_vain: u32) -> Duration {
    FIRST_WAIT.mul_f64(1.5f64.powi(i32::try_from(in_vain.min(20)).unwrap_or(20))).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::ZERO;

    fn facts(count: u64, total: u64) -> PageFacts {
        PageFacts { count, total: Some(total), ..PageFacts::default() }
    }

    #[test]
    fn looks_at_the_tail_first_and_goes_on_from_there() {
        let mut watch = Watch::new(100, 250, NOW);
        assert_eq!(watch.ask(false, NOW), (3, 100));
        assert_eq!(watch.turn(facts(100, 320), &[], true, NOW), Turned::More);
        assert_eq!(watch.ask(false, NOW), (4, 100));
        assert_eq!(watch.turn(facts(20, 320), &[], true, NOW), Turned::TailEnd);
        assert_eq!(watch.ask(false, NOW), (4, 100));
    }

    #[test]
    fn looks_at_the_whole_list_after_some_looks_in_vain() {
        let mut watch = Watch::new(100, 250, NOW);
        for _ in 0..TAIL_LOOKS {
            assert_eq!(watch.ask(false, NOW), (3, 100));
            assert_eq!(watch.turn(facts(50, 250), &[], false, NOW), Turned::TailEnd);
        }
        assert_eq!(watch.ask(false, NOW), (1, 100));
    }

    #[test]
    fn a_list_shorter_than_believed_is_read_whole_at_once() {
        let mut watch = Watch::new(100, 250, NOW);
        assert_eq!(watch.ask(false, NOW), (3, 100));
        assert_eq!(watch.turn(facts(0, 120), &[], false, NOW), Turned::TailEnd);
        assert_eq!(watch.ask(false, NOW), (1, 100));
    }

    #[test]
    fn a_reading_that_begins_at_the_first_page_is_a_whole_one() {
        let mut watch = Watch::new(100, 20, NOW);
        watch.ask(false, NOW);
        assert_eq!(watch.turn(facts(20, 20), &[], false, NOW), Turned::WholeEnd { began: NOW });
    }

    #[test]
    fn the_next_reading_costs_the_pages_that_it_would_take() {
        let mut watch = Watch::new(100, 1_050, NOW);
        let costs =
            |watch: &Watch| [(false, 1), (false, 50), (false, 51), (true, 1)].map(|(all, new)| watch.cost(all, new));
        assert_eq!(costs(&watch), [1, 1, 2, 11], "the tail, then all of it");
        (0..TAIL_LOOKS).for_each(|_| watch.asked(false, NOW));
        assert_eq!(costs(&watch), [11, 11, 12, 11], "after looks in vain all of it is due");
        watch.asked(true, NOW);
        assert_eq!(watch.cost(false, 1), 1);
    }

    #[test]
    fn a_refused_page_begins_the_reading_anew_with_smaller_ones() {
        let mut watch = Watch::new(10_000, 25_000, NOW);
        assert_eq!(watch.ask(false, NOW), (3, 10_000));
        watch.ask_for_less();
        assert!(!watch.is_reading());
        assert_eq!(watch.ask(false, NOW), (26, 1_000));
    }

    #[test]
    fn waits_grow_while_nothing_is_found() {
        let mut watch = Watch::new(100, 0, NOW);
        let mut waits = Vec::new();
        for _ in 0..10 {
            watch.ask(false, NOW);
            watch.turn(facts(0, 0), &[], false, NOW);
            waits.push(watch.due().since(NOW).as_millis());
        }
        assert_eq!(waits, [750, 1125, 1687, 2531, 3796, 5695, 8542, 10_000, 10_000, 10_000]);
        watch.nudge(NOW);
        assert_eq!(watch.due().since(NOW), FIRST_WAIT);
    }
}
