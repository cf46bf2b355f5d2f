//! What must hold of lists: which numbers they should hold, who put what there, and what a plan comes to.

use std::collections::{BTreeMap, BTreeSet};

use dncsync_core::number::Number;
use dncsync_core::profile::Reach;

use crate::model::{Claim, Feed, Set};
use crate::rows::Row;

/// A list as whoever plays the world knows it.
#[derive(Clone, Debug, Default)]
pub(crate) struct List {
    pub(crate) exists: bool,
    /// The feeds that it takes beside its own.
    pub(crate) feeds: BTreeSet<String>,
    pub(crate) only: Option<Set>,
    pub(crate) holds: Set,
    /// What dncsync sent there or adopted, and did not remove since.
    pub(crate) ours: Set,
    /// Whether others added numbers since dncsync last read it whole.
    pub(crate) edited: bool,
}

/// Everything.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub(crate) reach: Reach,
    pub(crate) feeds: BTreeMap<String, Feed>,
    pub(crate) lists: BTreeMap<&'static str, List>,
    pub(crate) loads: u64,
}

/// What a plan must come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    pub(crate) add: Set,
    pub(crate) withdrawn: Set,
    pub(crate) left_out: Set,
    pub(crate) foreign: Set,
}

/// The name of a list's own feed.
pub(crate) fn own(campaign: &str) -> String {
    format!("list:CAMPAIGN_DNC_{campaign}")
}

impl Model {
    /// The place of the next load.
    pub(crate) fn next(&mut self) -> u64 {
        self.loads += 1;
        self.loads
    }

    pub(crate) fn list(&mut self, campaign: &'static str) -> &mut List {
        self.feeds.entry(own(campaign)).or_default();
        self.lists.entry(campaign).or_default()
    }

    /// The names of the feeds that a list takes.
    pub(crate) fn taken(&self, campaign: &str) -> Vec<String> {
        let others = self.lists.get(campaign).into_iter().flat_map(|list| list.feeds.iter().cloned());
        std::iter::once(own(campaign)).chain(others).collect()
    }

    fn claimed(&self, campaign: &str) -> Set {
        let feeds = self.taken(campaign).into_iter().filter_map(|name| self.feeds.get(&name));
        feeds.flat_map(Feed::set).collect()
    }

    /// What a list should hold.
    pub(crate) fn desired(&self, campaign: &str) -> Set {
        let claimed = self.claimed(campaign);
        match self.lists.get(campaign).and_then(|list| list.only.as_ref()) {
            Some(only) => claimed.intersection(only).copied().collect(),
            None => claimed,
        }
    }

    /// Whether the tenant's lists can hold it.
    pub(crate) fn can_hold(&self, number: u64) -> bool {
        Number::from_e164(&format!("+{number}")).is_some_and(|number| self.reach.holds(number))
    }

    /// Rows as a list takes them in: what it cannot hold is rejected.
    pub(crate) fn within(&self, mut rows: Vec<Row>) -> Vec<Row> {
        rows.iter_mut().for_each(|row| row.number = row.number.filter(|number| self.can_hold(*number)));
        rows
    }

    /// Claims of a list's feeds end.
    pub(crate) fn expire(&mut self, campaign: &str, today: i32) {
        for name in self.taken(campaign) {
            if let Some(feed) = self.feeds.get_mut(&name) {
                feed.expire(today);
            }
        }
    }

    /// What a plan comes to.
    pub(crate) fn figures(&self, campaign: &str) -> Figures {
        let (desired, claimed, list) = (self.desired(campaign), self.claimed(campaign), &self.lists[campaign]);
        let unwanted: Set = list.holds.difference(&desired).copied().collect();
        let (ours, foreign): (Set, Set) = unwanted.into_iter().partition(|number| list.ours.contains(number));
        let (left_out, withdrawn) = ours.into_iter().partition(|number| claimed.contains(number));
        let add = desired.difference(&list.holds).filter(|number| self.can_hold(**number)).copied().collect();
        Figures { add, withdrawn, left_out, foreign }
    }

    /// The claim that was made first, of all feeds of a list.
    pub(crate) fn first_claim(&self, campaign: &str, number: u64) -> Option<&Claim> {
        let feeds = self.taken(campaign).into_iter().filter_map(|name| self.feeds.get(&name));
        feeds.filter_map(|feed| feed.claims.get(&number)).min_by_key(|claim| claim.since)
    }

    /// All runs that can be undone.
    pub(crate) fn runs(&self) -> Vec<String> {
        let deeds = self.feeds.values().flat_map(|feed| &feed.deeds);
        deeds.map(|deed| deed.run.clone()).filter(|run| !run.is_empty()).collect()
    }

    /// The feeds and deeds that a run made.
    pub(crate) fn deed_of(&self, run: &str) -> Option<(String, usize)> {
        self.feeds.iter().find_map(|(name, feed)| {
            let at = feed.deeds.iter().position(|deed| deed.run == run)?;
            Some((name.clone(), at))
        })
    }
}

impl List {
    /// dncsync sends numbers: what was there already stays whose it is.
    pub(crate) fn sent(&mut self, numbers: &Set) {
        self.exists = true;
        for number in numbers {
            if self.holds.insert(*number) {
                self.ours.insert(*number);
            }
        }
    }

    pub(crate) fn removed(&mut self, numbers: &Set) {
        self.holds.retain(|number| !numbers.contains(number));
        self.ours.retain(|number| !numbers.contains(number));
    }
}
