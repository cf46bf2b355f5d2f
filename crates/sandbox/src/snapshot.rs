//! A list as its owner sees it, for tests.

use std::{collections::HashSet, time::Duration};

use crate::{
    Sandbox,
    item::{Item, write_e164},
    list::List,
};

/// All that a list has accepted; of a group, the active numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListSnapshot {
    /// The id that calls use.
    pub id: String,
    /// `GLOBAL`, `CAMPAIGN`, `REGION` or `QUEUE`.
    pub scope: String,
    /// Indexed first (in order), then those on their way into the index, then those that a fault swallowed.
    pub numbers: Vec<ListedNumber>,
}

/// One accepted number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedNumber {
    /// In E.164.
    pub phone_number: String,
    /// `MANUAL`, `REGULATORY`, `CUSTOMER_REQUEST` or `SYSTEM`.
    pub source: String,
    /// Empty where there are none.
    pub notes: String,
    /// Whether reads see it.
    pub standing: Standing,
}

/// What has become of an accepted number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Reads see it.
    Indexed,
    /// Reads will see it once its lag has passed.
    Queued,
    /// Accepted, but swallowed by a fault (`never-indexed`, `lose-once`): reads will never see it.
    Lost,
}

impl ListSnapshot {
    pub(crate) fn of(list: &mut List, now: Duration) -> ListSnapshot {
        let indexed: Vec<Item> = list.blocked(now);
        let staying = indexed.iter().filter(|item| list.stays(item.number)).map(|item| (item, Standing::Indexed));
        let queued = list.queued().into_iter().map(|item| (item, Standing::Queued));
        let lost = list.lost().map(|item| (item, Standing::Lost));
        let listed = staying.chain(queued).chain(lost).map(|(item, standing)| ListedNumber {
            phone_number: write_e164(item.number),
            source: item.source.as_str().to_owned(),
            notes: item.notes().to_owned(),
            standing,
        });
        ListSnapshot {
            id: list.about.id.clone(),
            scope: list.about.scope.as_str().to_owned(),
            numbers: listed.collect(),
        }
    }
}

impl Sandbox {
    /// Every number (without its plus) that a read of a list could ever see, by the list's id, which may be deleted
    /// since.
    #[must_use]
    pub fn ever_indexed(&self, id: &str) -> Option<HashSet<u64>> {
        let now = self.tenant.now();
        self.tenant.lists().ever(id).map(|list| list.ever_indexed(now))
    }

    /// The list of exactly that name: all accepted numbers, also those that are not indexed yet.
    #[must_use]
    pub fn list(&self, name: &str) -> Option<ListSnapshot> {
        let mut lists = self.tenant.lists();
        lists.named(name).map(|list| ListSnapshot::of(list, self.tenant.now()))
    }
}
