//! How a tenant's API speaks: everything in which the profiles differ, as data and as addresses and bodies.

use dncsync_core::batch::Limits;
use dncsync_core::entry::Entry;
use dncsync_core::number::Number;
use dncsync_core::profile::Profile;
use dncsync_core::target::{ListId, Target};
use reqwest::Url;

use crate::admin::{self, calls::Calls};
use crate::reply::Reply;
use crate::settings::KeyAccess;
use crate::told::{FoundList, ItemsPage, ListsPage, Posted, Removed};
use crate::v2;

/// One of the profiles, with what of it is configured.
#[derive(Clone, Debug)]
pub struct Speech {
    /// Which one.
    pub profile: Profile,
    /// What one request may hold.
    pub limits: Limits,
    /// How many numbers to ask for on a page at first. The server's answer, or its refusal, teaches less.
    pub page_size: u64,
    /// Whether a list is looked for before it is made: where all come on one page, and a name that is taken is told by
    /// no status of its own.
    pub looks_first: bool,
    /// Whether a single number can be asked for.
    pub looks_up: bool,
    /// Whether a list blocks callers only through the skills that are scrubbed by it.
    pub scrubs: bool,
    calls: Calls,
}

impl Speech {
    /// Profile `v2`.
    pub fn v2() -> Self {
        Self {
            profile: Profile::V2,
            limits: v2::items::LIMITS,
            page_size: 10_000,
            looks_first: false,
            looks_up: false,
            scrubs: false,
            calls: Calls::new(0, ""),
        }
    }

    /// Profile `admin`.
    pub(crate) fn admin(settings: &KeyAccess) -> Self {
        Self {
            profile: Profile::Admin,
            limits: admin::records::limits(settings.batch),
            page_size: 10_000,
            looks_first: true,
            looks_up: true,
            scrubs: true,
            calls: Calls::new(settings.version, &settings.order_by),
        }
    }

    /// The body that adds these items, in the order given.
    pub fn body<'a>(&self, items: impl Iterator<Item = &'a Entry>) -> Vec<u8> {
        match self.profile {
            Profile::V2 => v2::items::body(items),
            Profile::Admin => admin::records::body(items),
        }
    }

    /// The body that removes these numbers, in the order given.
    pub fn removal(&self, numbers: impl Iterator<Item = Number>) -> Vec<u8> {
        match self.profile {
            Profile::V2 => v2::items::removal(numbers),
            Profile::Admin => admin::records::removal(numbers),
        }
    }

    /// The body that makes a list.
    pub(crate) fn new_list(&self, target: &Target) -> Vec<u8> {
        let description = "Kept by dncsync";
        let body = match self.profile {
            Profile::V2 => serde_json::json!({
                "listName": target.name(),
                "description": description,
                "sourceType": "SYSTEM",
                "scope": target.scope().name(),
            }),
            Profile::Admin => serde_json::json!({
                "dncGroupName": target.name(),
                "dncGroupDescription": description,
            }),
        };
        body.to_string().into()
    }

    pub(crate) fn lists_url(&self, base: &Url) -> Url {
        match self.profile {
            Profile::V2 => v2::calls::lists(base),
            Profile::Admin => self.calls.groups(base),
        }
    }

    pub(crate) fn find_url(&self, base: &Url, name: &str, page: u64, size: u64) -> Url {
        match self.profile {
            Profile::V2 => v2::calls::find_lists(base, name, page, size),
            Profile::Admin => self.calls.groups(base),
        }
    }

    pub(crate) fn items_url(&self, base: &Url, list: &ListId) -> Url {
        match self.profile {
            Profile::V2 => v2::calls::items(base, list),
            Profile::Admin => self.calls.records(base, list),
        }
    }

    pub(crate) fn read_url(&self, base: &Url, list: &ListId, page: u64, size: u64) -> Url {
        match self.profile {
            Profile::V2 => v2::calls::read_items(base, list, page, size),
            Profile::Admin => self.calls.read_records(base, list, page, size),
        }
    }

    /// Of lists and skills that only the Admin API has.
    pub(crate) fn calls(&self) -> &Calls {
        &self.calls
    }

    pub(crate) fn created(&self, body: &[u8], asked: &str) -> Option<FoundList> {
        match self.profile {
            Profile::V2 => v2::decode::created(body, asked),
            Profile::Admin => admin::decode::created(body, asked),
        }
    }

    pub(crate) fn lists(&self, body: &[u8]) -> Option<ListsPage> {
        match self.profile {
            Profile::V2 => v2::decode::lists(body),
            Profile::Admin => admin::decode::groups(body),
        }
    }

    pub(crate) fn posted(&self, body: &[u8]) -> Option<Posted> {
        match self.profile {
            Profile::V2 => v2::decode::posted(body),
            Profile::Admin => admin::results::posted(body),
        }
    }

    pub(crate) fn removed(&self, body: &[u8]) -> Option<Removed> {
        match self.profile {
            Profile::V2 => v2::decode::removed(body),
            Profile::Admin => admin::results::removed(body),
        }
    }

    pub(crate) fn items(&self, reply: &Reply, body: &[u8]) -> Option<ItemsPage> {
        match self.profile {
            Profile::V2 => v2::decode::items(body),
            Profile::Admin => admin::decode::records(body, reply.at),
        }
    }
}
