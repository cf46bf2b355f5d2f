//! Feeds for the house: what inputs say of numbers, in few letters.

use std::collections::BTreeMap;

use dncsync_core::change::{Action, End, Said};
use dncsync_core::day::Day;
use dncsync_core::feed::{FeedName, Mode};
use dncsync_core::load::LoadCounts;
use dncsync_core::number::Number;
use dncsync_core::run::RunId;
use dncsync_core::source::SourceType;
use dncsync_core::told;
use dncsync_store::{Difference, Feed, Load, LoadEnd, LoadKind, NewLoad, StoreError, Undoing};

use crate::house::{House, at, happened, run, set};

/// A number in another chunk than the small ones.
pub(crate) const FAR: u64 = 442_071_838_750;

static NOTHING: BTreeMap<String, u64> = BTreeMap::new();

/// A load of an input that nobody noted anything of.
pub(crate) fn new_load(id: &RunId, mode: Mode) -> NewLoad<'_> {
    NewLoad {
        id,
        kind: LoadKind::Input,
        mode,
        who: "me",
        account: None,
        note: None,
        files: &[],
        digest: "digest",
        asked: "asked",
        source: SourceType::Regulatory,
        rows: 0,
        rejected: 0,
        warnings: &NOTHING,
        rejects: None,
        undid: None,
    }
}

/// What an input says: `1` adds a number, `-1` deletes it, `1@9` adds it through day 9, `c1` because a customer asked.
pub(crate) fn said(text: &str) -> Vec<Said> {
    text.split_whitespace().map(one).collect()
}

fn one(text: &str) -> Said {
    let (action, text) = text.strip_prefix('-').map_or((Action::Add, text), |rest| (Action::Delete, rest));
    let (source, text) = match text.strip_prefix('c') {
        Some(rest) => (SourceType::CustomerRequest, rest),
        None => (SourceType::Regulatory, text),
    };
    let (number, end) = text.split_once('@').map_or((text, None), |(number, day)| (number, Some(day)));
    let end = end.map_or(End::Never, |day| End::Day(Day::from_stored(day.parse().unwrap())));
    let number = Number::from_stored(number.parse().unwrap());
    Said { number, action, at: None, end, source, notes: Box::default() }
}

/// The same, shown.
pub(crate) fn shown(said: &[Said]) -> String {
    let show = |said: &Said| {
        let action = if said.action == Action::Delete { "-" } else { "" };
        let source = if said.source == SourceType::CustomerRequest { "c" } else { "" };
        let end = said.end.day().map(|day| format!("@{}", day.get())).unwrap_or_default();
        format!("{action}{source}{}{end}", said.number.get())
    };
    said.iter().map(show).collect::<Vec<_>>().join(" ")
}

/// Numbers as they are read in a test.
pub(crate) fn plain(numbers: &[Number]) -> Vec<u64> {
    numbers.iter().map(|number| number.get()).collect()
}

impl House {
    /// A feed as it stands.
    pub(crate) fn feed(&mut self, name: &str) -> Feed {
        self.store.feed(&FeedName::read(name).unwrap(), at(0)).unwrap()
    }

    /// A load of an input into a feed.
    pub(crate) fn give(&mut self, feed: &str, id: &str, mode: Mode, text: &str) -> LoadCounts {
        let said = said(text);
        match self.give_said(feed, &NewLoad { rows: said.len() as u64, ..new_load(&run(id), mode) }, said) {
            Ok(LoadEnd::Taken { counts, .. }) => counts,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn give_said(&mut self, feed: &str, load: &NewLoad<'_>, said: Vec<Said>) -> Result<LoadEnd, StoreError> {
        let feed = self.feed(feed).id;
        let told = told::by_chunk(said.into_iter().map(Ok));
        self.store.take_load(feed, load, told, &|_, _, _| None, at(1), &|_, _| happened())
    }

    /// All that a feed claims.
    pub(crate) fn claimed(&self, feed: &Feed) -> Vec<u64> {
        let mut claimed = Vec::new();
        let visit = |number: Number| -> Result<(), StoreError> {
            claimed.push(number.get());
            Ok(())
        };
        self.store.each_claimed(feed, visit).unwrap();
        claimed
    }

    pub(crate) fn claimed_by(&mut self, feed: &str) -> Vec<u64> {
        let feed = self.feed(feed);
        assert_eq!(self.claimed(&feed).len() as u64, feed.numbers, "the feed knows how many it claims");
        self.claimed(&feed)
    }

    /// The house's target takes these feeds, beside its own.
    pub(crate) fn takes(&mut self, feeds: &[&str]) {
        let feeds: Vec<_> = feeds.iter().map(|name| self.feed(name).id).collect();
        self.store.take_feeds(self.target, &feeds, at(0)).unwrap();
    }

    /// The numbers were sent by an earlier run, and seen.
    pub(crate) fn listed(&mut self, id: &str, numbers: impl IntoIterator<Item = u64>) {
        let entries = crate::house::entries(SourceType::Manual, numbers);
        let sorted: Vec<Number> = entries.iter().map(|entry| entry.number).collect();
        self.plan_alone(id, entries);
        while let Some(part) = self.send() {
            self.settle(&part.batch, 0..0, None, at(100)).unwrap();
        }
        self.store.see(self.list, &sorted, &[]).unwrap();
        self.finish(id, at(101));
    }

    pub(crate) fn difference(&self) -> Difference {
        self.store.difference(self.target, Some(self.list), &set([]), true).unwrap()
    }

    /// The load of a run.
    pub(crate) fn load_of(&self, id: &str) -> Load {
        self.store.loads_of_run(&run(id)).unwrap().remove(0)
    }

    pub(crate) fn undoing(&self, id: &str) -> Undoing {
        self.store.undoing(&self.load_of(id), false).unwrap()
    }

    /// How many rows a table has.
    pub(crate) fn rows(&self, table: &str) -> i64 {
        self.sql().query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    }
}
