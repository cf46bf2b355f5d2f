//! What the aggregator is told when a batch is settled.

use serde::Serialize;

use crate::timestamp::Timestamp;

/// The body of a webhook `dnc.ingestion.complete`. The first six keys are the tutorial's.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Body {
    /// When the batch was settled.
    pub timestamp: Timestamp,
    /// The list it went into.
    pub list_id: String,
    /// Items sent.
    pub batch_size: u64,
    /// Items newly seen in the list by a read-back.
    pub indexed: u64,
    /// Items that were listed already.
    pub duplicates: u64,
    /// From the batch's first send to this.
    pub latency_ms: u64,
    /// The run it belongs to.
    pub run_id: String,
    /// The list's name.
    pub list_name: String,
    /// The campaign, where the list was named for one.
    pub campaign_id: Option<String>,
}

/// The value of the header `X-Event-Type`.
pub const EVENT_TYPE: &str = "dnc.ingestion.complete";
