//! Reading a list page by page, whatever the server tells of its paging.
//!
//! A server may cap the page size and may tell neither `total` nor `pageCount`. Then a short page proves nothing: it may
//! be the cap. Reading ends only where the server says so or with an empty page.

use crate::number::Number;

/// What one page told, beside its numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PageFacts {
    /// How many entries were on it, readable or not.
    pub count: u64,
    /// The page size the server says it used.
    pub size: Option<u64>,
    /// How many entries the server says there are.
    pub total: Option<u64>,
    /// How many pages the server says there are.
    pub pages: Option<u64>,
}

/// The size to ask for after a server refused a page of this one. It is a tenth each time: a cap is found in a few requests.
pub fn smaller(size: u64) -> u64 {
    (size / 10).max(1)
}

/// One reading under way: which page to ask for next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paging {
    page: u64,
    size: u64,
    /// The size that was asked for at first.
    asked: u64,
    before: u64,
    last: Option<(Number, Number, usize)>,
}

impl Paging {
    /// From the first page.
    pub fn whole(size: u64) -> Self {
        let size = size.max(1);
        Self { page: 1, size, asked: size, before: 0, last: None }
    }

    /// From the page on which entry number `listed` (counted from 0) lies or will lie.
    pub fn tail(size: u64, listed: u64) -> Self {
        let size = size.max(1);
        let full = listed / size;
        Self { page: full + 1, size, asked: size, before: full * size, last: None }
    }

    /// The page to ask for, counted from 1, and its size.
    pub fn ask(&self) -> (u64, u64) {
        (self.page, self.size)
    }

    /// Whether it began, or begins, at the first page.
    pub fn at_start(&self) -> bool {
        self.page == 1
    }

    /// How many entries lie before the page asked for.
    pub fn before(&self) -> u64 {
        self.before
    }

    /// The facts of a page with these sorted numbers, where it is no repetition. A server that knows no pages shows the
    /// same one whatever is asked for: then there is nothing behind it, and asking on would never end.
    pub fn judge(&mut self, facts: PageFacts, numbers: &[Number]) -> PageFacts {
        let shown = numbers.first().zip(numbers.last()).map(|(first, last)| (*first, *last, numbers.len()));
        let again = shown.is_some() && shown == self.last;
        self.last = shown;
        if again { PageFacts { count: 0, ..facts } } else { facts }
    }

    /// Takes a page's facts in; true where there is another page to read.
    ///
    /// The answer's own size governs: after a capped page the cap is what we ask for, so that a server that places
    /// pages by the size asked and one that places them by its cap give the same entries.
    pub fn advance(&mut self, facts: PageFacts) -> bool {
        let end = self.before + facts.count;
        let more = match (facts.total, facts.pages) {
            _ if facts.count == 0 => false,
            (Some(total), _) => end < total,
            (None, Some(pages)) => self.page < pages,
            (None, None) => true,
        };
        if !more {
            // Nothing stands behind the first page: it was short because the list is, and shows no cap.
            if facts.count == 0 && self.page == 2 {
                self.size = self.asked;
            }
            return false;
        }
        let used = facts.size.unwrap_or(facts.count).min(facts.count).max(1);
        if used < self.size {
            // `used` divides what was read so far only when this is the first page of a reading; further on, a short
            // page in the middle means that entries went away behind us, and the next page is asked as before.
            if self.page == 1 {
                self.size = used;
            }
        }
        self.before = end;
        self.page += 1;
        true
    }

    /// The size in use: the one asked for, or the server's cap once it showed.
    pub fn size(&self) -> u64 {
        self.size
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A server with `cap` that tells what `tells` says.
    fn serve(listed: u64, cap: u64, ask: (u64, u64), totals: bool, size: bool) -> (std::ops::Range<u64>, PageFacts) {
        let used = ask.1.min(cap);
        let start = ((ask.0 - 1) * used).min(listed);
        let end = (start + used).min(listed);
        let facts = PageFacts {
            count: end - start,
            size: size.then_some(used),
            total: totals.then_some(listed),
            pages: totals.then_some(listed.div_ceil(used)),
        };
        (start..end, facts)
    }

    proptest! {
        #[test]
        fn every_entry_is_read_once(listed in 0u64..500, cap in 1u64..200, asked in 1u64..300, totals: bool, size: bool) {
            let mut paging = Paging::whole(asked);
            let mut read = Vec::new();
            for _ in 0..=listed + 2 {
                let (entries, facts) = serve(listed, cap, paging.ask(), totals, size);
                read.extend(entries);
                if !paging.advance(facts) {
                    break;
                }
            }
            prop_assert_eq!(read, (0..listed).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_server_without_pages_is_read_once() {
        let numbers: Vec<Number> = (1..=30).map(Number::from_stored).collect();
        let facts = PageFacts { count: 30, ..PageFacts::default() };
        let mut paging = Paging::whole(100);
        let first = paging.judge(facts, &numbers);
        assert!(paging.advance(first));
        let second = paging.judge(facts, &numbers);
        assert!(!paging.advance(second));
        assert_eq!(paging.before(), 30);
    }

    #[test]
    fn a_short_list_shows_no_cap() {
        let short = PageFacts { count: 3, ..PageFacts::default() };
        let mut paging = Paging::whole(10_000);
        assert!(paging.advance(short), "without totals a short page proves nothing");
        assert!(!paging.advance(PageFacts::default()));
        assert_eq!(paging.size(), 10_000, "else a list that grows would be read three by three");

        let mut capped = Paging::whole(10_000);
        assert!(capped.advance(PageFacts { count: 100, ..PageFacts::default() }));
        assert!(capped.advance(PageFacts { count: 40, ..PageFacts::default() }));
        assert!(!capped.advance(PageFacts::default()));
        assert_eq!(capped.size(), 100);
    }

    #[test]
    fn the_tail_begins_on_the_page_of_the_next_entry() {
        assert_eq!(Paging::tail(100, 0).ask(), (1, 100));
        assert_eq!(Paging::tail(100, 99).ask(), (1, 100));
        assert_eq!(Paging::tail(100, 100).ask(), (2, 100));
        assert_eq!(Paging::tail(100, 250).ask(), (3, 100));
    }

    #[test]
    fn an_echoed_page_size_does_not_hide_a_cap() {
        let mut paging = Paging::whole(10_000);
        let facts = PageFacts { count: 700, size: Some(10_000), total: Some(5_000), pages: None };
        assert!(paging.advance(facts));
        assert_eq!(paging.ask(), (2, 700));
    }
}
