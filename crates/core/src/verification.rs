//! What a list holds of what was asked for.

use serde::{Deserialize, Serialize};

use crate::report::{Report, Requests};
use crate::timestamp::Timestamp;

/// What a list holds of what was asked for. The keys are a public interface.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verification {
    /// Always `DNC_VERIFICATION`.
    pub event_type: String,
    /// Its own id.
    pub run_id: String,
    /// The campaign, where the list was named for one.
    pub campaign_id: Option<String>,
    /// The id CXone gave the list; absent where it has no such list.
    pub list_id: Option<String>,
    /// The list's name.
    pub list_name: String,
    /// The list's scope.
    pub scope: String,
    /// Numbers in the list.
    pub listed: u64,
    /// Asked for and listed.
    pub right: u64,
    /// Asked for and not listed, in two whole reads.
    pub missing: u64,
    /// Listed, and nobody asked for it here.
    pub foreign: u64,
    /// Listed, put there by dncsync, and claimed by no feed any more: the next `apply` removes them. Told where it is not 0.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub withdrawn: u64,
    /// Asked for by runs that are not finished: neither right nor missing yet.
    pub pending: u64,
    /// Whole reads that it took.
    pub reads: u64,
    /// What the reading cost.
    pub requests: Requests,
    /// Where the missing numbers are named; absent where there are none.
    pub missing_file: Option<String>,
    /// Where dncsync remembers.
    pub state: String,
    /// When it was done.
    pub timestamp: Timestamp,
    /// What came of sending the missing ones again.
    pub repair: Option<Report>,
}

impl Verification {
    /// The value of `eventType`.
    pub const EVENT_TYPE: &'static str = "DNC_VERIFICATION";
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}
