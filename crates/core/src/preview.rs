//! What would be added to a list and removed from it, as people and programs are told before it happens.

use serde::{Deserialize, Serialize};

use crate::report::Requests;
use crate::timestamp::Timestamp;

/// How many numbers are added or removed for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reason {
    /// `add`, `remove`, or `refuse`: not sent, because the tenant's lists cannot hold such numbers.
    pub change: String,
    /// The feed that is the reason; absent where it is the campaign's own numbers, or a feed that is not taken any more.
    pub feed: Option<String>,
    /// Why: `profile.country`, `claimed`, `withdrawn by a load`, `removed by hand`, `ended`, `rolled back`, `only`, `feed not taken`.
    pub reason: String,
    /// How many. A number that several feeds claim counts for each.
    pub numbers: u64,
}

/// What a plan would do. The keys are a public interface.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    /// Always `DNC_PLAN`.
    pub event_type: String,
    /// The campaign, where the list was named for one.
    pub campaign_id: Option<String>,
    /// The id CXone gave the list; absent where it has no such list yet.
    pub list_id: Option<String>,
    /// The list's name.
    pub list_name: String,
    /// The list's scope.
    pub scope: String,
    /// The feeds that it takes.
    pub feeds: Vec<String>,
    /// The file of the campaign's own numbers, where it is kept to them.
    pub only: Option<String>,
    /// What the list should hold.
    pub desired: u64,
    /// What it is believed to hold.
    pub listed: u64,
    /// Desired and listed.
    pub right: u64,
    /// To be added.
    pub additions: u64,
    /// To be removed, because no feed claims them any more.
    pub removals: u64,
    /// To be removed, because they are not among the campaign's own numbers.
    pub left_out: u64,
    /// Listed, not desired and not put there by dncsync: left alone.
    pub foreign: u64,
    /// Desired, and CXone would not take them.
    pub refused: u64,
    /// Sent or removed by runs that are not finished.
    pub under_way: u64,
    /// By feed and reason.
    pub reasons: Vec<Reason>,
    /// Why `apply` would stop before its first removal; absent where it would not.
    pub guard: Option<String>,
    /// Why `apply` would stop before its first request: the tenant has no room. Absent where it has, or where none is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<String>,
    /// What lost a stored piece: a feed, or `--only`. Until it is given whole again, numbers may be missing from `additions`
    /// and nothing is removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub damaged: Option<String>,
    /// The digest of what the plan was made from.
    pub base: String,
    /// What looking at the list cost.
    pub requests: Requests,
    /// When it was made.
    pub timestamp: Timestamp,
    /// Where dncsync remembers.
    pub state: String,
}

impl Preview {
    /// The value of `eventType`.
    pub const EVENT_TYPE: &'static str = "DNC_PLAN";

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.additions + self.removals + self.left_out == 0
    }
}
