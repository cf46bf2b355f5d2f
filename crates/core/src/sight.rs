//! Watching a list until every accepted number was seen there.
//!
//! Accepted is not protected (design decision 5): a number counts when a read-back has seen it. The newest entries are
//! looked for where they most likely are, at the end of the list; where they are not found there, the list is read
//! whole. That a number is *absent* is claimed only after two whole reads that began when its time was up
//! (design decision 12).
//!
//! Each look costs a request, so a page is read when it is worth it. While more is on its way, that is once it is full: a
//! list that keeps the order in which entries came never changes a full page, so none is read twice. A list that turns out
//! not to keep that order shows nothing at its end that would be worth a look: it is read whole,
//! once all is sent and has had its time.

use std::time::Duration;

use crate::number::Number;
use crate::paging::{self, PageFacts, Paging};
use crate::timestamp::Timestamp;

/// What is accepted is looked for after so long, or after the longest index lag that was seen: a little over a second,
/// because indexes are said to lag by one, and a look that comes too early is a request lost.
const FIRST_WAIT: Duration = Duration::from_millis(1_050);

/// While only the lag is waited for, two looks are so far apart, or as far as the longest lag that was seen.
const SHORTEST_PAUSE: Duration = Duration::from_secs(2);

/// Each look in vain makes the next pause half as long again, up to so much or the longest lag: who has waited for long can wait
/// a little longer, and a look every 10 s costs 6 of 100 requests.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// So many looks at the tail in vain, then one at the whole list; more where that takes more pages. So whoever looks in the
/// wrong place has lost no more requests than the right place costs.
const TAIL_LOOKS: u64 = 3;

/// A reading that happens to begin at the first page counts as a whole one up to so many pages: what it saw is kept beside, and
/// of a long list only who asked for all of it wants that.
const WHOLE_BY_THE_WAY: u64 = 10;

/// How many whole reads must miss a number before it is called absent.
pub const ABSENT_AFTER: u8 = 2;

/// Where one entry in so many on the pages of new entries is an old one, the list does not keep the order of entries.
const OLD_AMONG_NEW: u64 = 4;

/// When what was accepted at a moment is worth a look: not before most of it has come through the index.
pub fn ripe_at(accepted: Timestamp, longest_lag: Duration) -> Timestamp {
    accepted + longest_lag.max(FIRST_WAIT)
}

/// How far apart two looks are at most that only wait for the lag.
pub fn longest_pause(longest_lag: Duration) -> Duration {
    longest_lag.max(LONGEST_PAUSE)
}

fn pause(longest_lag: Duration, in_vain: u64) -> Duration {
    let times = i32::try_from(in_vain.saturating_sub(1).min(20)).unwrap_or_default();
    longest_lag.max(SHORTEST_PAUSE.mul_f64(1.5f64.powi(times)).min(LONGEST_PAUSE))
}

/// What is waited for in one list, at the moment at which somebody thinks of looking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hopes {
    /// How many numbers were accepted long enough ago to be seen, and were not.
    pub ripe: u64,
    /// Whether more is on its way into the list, or waits to be sent there.
    pub more_to_come: bool,
    /// When the first of what was accepted is worth a look.
    pub first_ripe: Option<Timestamp>,
    /// When the last of it is.
    pub last_ripe: Option<Timestamp>,
    /// The longest index lag that was seen.
    pub longest_lag: Duration,
}

/// A page that came.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// What it told beside its numbers.
    pub facts: PageFacts,
    /// Its numbers, sorted.
    pub numbers: &'a [Number],
    /// Whether it held a number that was looked for.
    pub found: bool,
    /// How many of its numbers had been seen in this list before.
    pub old: u64,
}

/// A reading under way.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Reading {
    paging: Paging,
    /// Whether it began at the first page.
    from_start: bool,
    /// Whether at its end it has seen everything, and all of it at hand.
    whole: bool,
    /// Whether all of the list was asked for.
    demanded: bool,
    began: Timestamp,
    /// When its last page was asked for.
    asked: Timestamp,
    found: bool,
}

/// One list and what is being read of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {
    size: u64,
    /// So many entries were read, or are believed to be there: new ones come behind them.
    listed: u64,
    /// Whether `listed` was found by reading up to there.
    measured: bool,
    /// How many entries the server told of last.
    told: u64,
    scattered: bool,
    /// The list is shorter than believed: only reading all of it tells where its end is.
    shrunk: bool,
    reading: Option<Reading>,
    next_look: Timestamp,
    in_vain: u64,
    ended: Option<Timestamp>,
}

/// What a page came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turned {
    /// There are more pages.
    More,
    /// Nothing more is to be read for now.
    Enough,
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
        Self {
            size,
            listed,
            measured: listed == 0,
            told: 0,
            scattered: false,
            shrunk: false,
            reading: None,
            next_look: now,
            in_vain: 0,
            ended: None,
        }
    }

    /// When the next page is due; `None` where none is worth a request before something else happens.
    pub fn due(&self, hopes: Hopes) -> Option<Timestamp> {
        const AT_ONCE: Timestamp = Timestamp::from_millis(i64::MIN);
        if self.reading.as_ref().is_some_and(|reading| reading.demanded || !hopes.more_to_come) {
            return Some(AT_ONCE);
        }
        if hopes.more_to_come {
            let fills = !self.scattered && self.next_page_is_full(hopes);
            let due = if self.reading.is_some() { AT_ONCE } else { self.next_look };
            return fills.then_some(due);
        }
        // What is scattered is found by one whole read, once all of it can be seen.
        let ripe = if self.scattered { hopes.last_ripe } else { hopes.first_ripe };
        Some(ripe.map_or(self.next_look, |ripe| ripe.max(self.next_look)))
    }

    /// Whether the page that would be read next holds as many entries as a page can, as far as is known.
    fn next_page_is_full(&self, hopes: Hopes) -> bool {
        let before = match &self.reading {
            Some(reading) => reading.paging.before(),
            None => self.listed - self.listed % self.size.max(1),
        };
        (self.listed + hopes.ripe).max(self.told) >= before + self.size
    }

    /// Whether any reading is under way.
    pub fn is_reading(&self) -> bool {
        self.reading.is_some()
    }

    /// Whether a reading that began at the first page is under way.
    pub fn reads_whole(&self) -> bool {
        self.reading.as_ref().is_some_and(|reading| reading.whole)
    }

    /// Whether the page that was asked for may tell in which order the list is: it shows what was not read before.
    pub fn learns_order(&self) -> bool {
        let new = |reading: &Reading| reading.paging.before() + self.size > self.listed;
        self.measured && !self.scattered && self.reading.as_ref().is_some_and(new)
    }

    /// When the last page of the last reading was asked for that came to the end of the list: what had been accepted by
    /// then was looked for.
    pub fn looked_through(&self) -> Option<Timestamp> {
        self.ended
    }

    /// The page to ask for: page number and size. Begins a reading where none is under way; `whole` asks for a whole
    /// one.
    pub fn ask(&mut self, whole: bool, now: Timestamp) -> (u64, u64) {
        let whole = whole || self.is_to_be_read_whole();
        let (size, listed) = (self.size, self.listed);
        let reading = self.reading.get_or_insert_with(|| {
            let paging = if whole { Paging::whole(size) } else { Paging::tail(size, listed) };
            let from_start = paging.at_start();
            Reading { from_start, whole: from_start, demanded: whole, paging, began: now, asked: now, found: false }
        });
        reading.asked = now;
        reading.paging.ask()
    }

    fn is_to_be_read_whole(&self) -> bool {
        self.scattered || self.shrunk || self.in_vain == TAIL_LOOKS.max(self.listed.div_ceil(self.size.max(1)))
    }

    /// Takes a page in. `hopes`: what is still waited for after it.
    pub fn turn(&mut self, page: Page<'_>, hopes: Hopes, now: Timestamp) -> Turned {
        let Some(mut reading) = self.reading.take() else {
            return Turned::TailEnd;
        };
        let facts = reading.paging.judge(page.facts, page.numbers);
        reading.found |= page.found;
        reading.whole &= reading.demanded || (!hopes.more_to_come && reading.paging.ask().0 <= WHOLE_BY_THE_WAY);
        let (before, end) = (reading.paging.before(), reading.paging.before() + facts.count);
        let was_scattered = self.scattered;
        self.learn_order(before, facts.count, page.old);
        let more = reading.paging.advance(facts);
        self.size = reading.paging.size();
        self.told = facts.total.unwrap_or_default();
        if !more {
            return self.end(&reading, facts.count, hopes, now);
        }
        self.listed = self.listed.max(end);
        self.measured |= reading.whole || before == 0;
        if self.scattered && !was_scattered && !reading.demanded {
            return Turned::Enough;
        }
        self.reading = Some(reading);
        if self.due(hopes).is_some() {
            return Turned::More;
        }
        // The next page will be worth a look once it has filled.
        self.measured |= self.told > 0;
        if self.reading.take().is_some_and(|reading| reading.found) {
            self.in_vain = 0;
        }
        Turned::Enough
    }

    /// New entries are those behind all that were read before. Where many of them were seen before, the list is in
    /// another order, and where the next new ones will be nobody knows.
    fn learn_order(&mut self, before: u64, count: u64, old: u64) {
        let expected = self.listed.saturating_sub(before).min(count);
        self.scattered |= self.measured && old.saturating_sub(expected) * OLD_AMONG_NEW > count;
    }

    fn end(&mut self, reading: &Reading, count: u64, hopes: Hopes, now: Timestamp) -> Turned {
        let before = reading.paging.before();
        self.shrunk = count == 0 && before > 0 && !reading.found && !reading.from_start;
        (self.listed, self.measured, self.ended) = (before + count, true, Some(reading.asked));
        self.in_vain = if reading.found { 0 } else { self.in_vain + 1 };
        // What did not show is still on its way through the index, as far as anybody knows: only time helps.
        self.next_look = now + pause(hopes.longest_lag, self.in_vain);
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
        let whole = whole || self.is_to_be_read_whole();
        let entries = if whole { self.listed } else { self.listed % size } + more;
        entries.div_ceil(size).max(1)
    }

    /// Numbers were asked for one by one. `found`: at least one of them was there.
    pub fn asked(&mut self, found: bool, longest_lag: Duration, now: Timestamp) {
        self.in_vain = if found { 0 } else { self.in_vain + 1 };
        self.next_look = now + pause(longest_lag, self.in_vain);
    }

    /// Something was accepted just now: it will be at the end.
    pub fn nudge(&mut self) {
        self.in_vain = 0;
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

#[cfg(test)]
mod tests;
