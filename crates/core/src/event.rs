//! What happened: the one log that audit trail, webhooks and console read (design decision 7).
//!
//! Events hold counts, ids and digests, never numbers or secrets: no field here is a [`crate::number::Number`].

use serde::Serialize;

use crate::load::LoadCounts;
use crate::report::Report;
use crate::run::RunId;
use crate::timestamp::Timestamp;

/// One thing that happened. Committed in the transaction of the change it tells of.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "eventType", rename_all_fields = "camelCase")]
pub enum Event {
    /// An input was read, checked and made durable.
    #[serde(rename = "run.loaded")]
    Loaded {
        /// Its files.
        files: Vec<LoadedFile>,
        /// The list it is for.
        list_name: String,
        /// The list's scope.
        scope: String,
        /// Rows read.
        rows: u64,
        /// Rows that named a number again.
        duplicates_in_input: u64,
        /// Rows that did not pass.
        rejected: u64,
    },
    /// A feed was changed: an input was read into it, or a command said so.
    #[serde(rename = "feed.changed")]
    FeedChanged {
        /// Its name.
        feed: String,
        /// `input`, `remove`, `adopt`, `expiry` or `rollback`.
        kind: &'static str,
        /// What its input meant for it.
        mode: &'static str,
        /// Its files.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        files: Vec<LoadedFile>,
        /// How the rows came out.
        #[serde(flatten)]
        counts: LoadCounts,
        /// Numbers that it claims now.
        numbers: u64,
        /// Who ran it.
        who: String,
        /// The registry account that the input was downloaded under.
        #[serde(skip_serializing_if = "Option::is_none")]
        account: Option<String>,
        /// What somebody noted of it.
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    /// Somebody said which feeds a target takes.
    #[serde(rename = "target.set")]
    TargetSet {
        /// The list's name.
        list_name: String,
        /// The list's scope.
        scope: String,
        /// The feeds, beside its own.
        feeds: Vec<String>,
        /// How many numbers of its own the campaign is kept to.
        #[serde(skip_serializing_if = "Option::is_none")]
        only: Option<u64>,
    },
    /// The list was found or made.
    #[serde(rename = "list.resolved")]
    Resolved {
        /// Its id.
        list_id: String,
        /// Whether it was made just now.
        created: bool,
        /// Whether dncsync met it for the first time.
        first_contact: bool,
    },
    /// The list was read whole: on first contact, or where it did not show what was believed of it.
    #[serde(rename = "list.read")]
    ListRead {
        /// Its id.
        list_id: String,
        /// Numbers seen there.
        listed: u64,
        /// Numbers that were seen before and not now. Nothing is claimed of them: a list may change under one reading.
        #[serde(skip_serializing_if = "is_zero")]
        unseen: u64,
    },
    /// Somebody says which skills a list scrubs: this is about to be changed.
    #[serde(rename = "skills.changing")]
    SkillsChanging {
        /// Its id.
        list_id: String,
        /// Skills that are added.
        add: Vec<String>,
        /// Skills that are taken out: their calls are not blocked by the list any more.
        remove: Vec<String>,
        /// Who does it.
        who: String,
    },
    /// The skills of a list were changed, and read back.
    #[serde(rename = "skills.changed")]
    SkillsChanged {
        /// Its id.
        list_id: String,
        /// The skills that it scrubs now.
        skills: Vec<String>,
    },
    /// A list was compared with what was asked for.
    #[serde(rename = "list.verified")]
    Verified {
        /// Its id; absent where CXone has no such list.
        list_id: Option<String>,
        /// Asked for and listed.
        right: u64,
        /// Asked for and not listed, in two whole reads.
        missing: u64,
        /// Listed, and nobody asked for it here.
        foreign: u64,
    },
    /// Stored data did not fit its checksum: nothing is believed of what it told.
    #[serde(rename = "state.damaged")]
    Damaged {
        /// Pieces of what is believed of lists.
        beliefs: u64,
        /// Runs that are planned anew.
        replanned: u64,
    },
    /// The plan was made.
    #[serde(rename = "run.planned")]
    Planned {
        /// The plan's digest.
        plan: String,
        /// The list it was made against.
        list_id: String,
        /// Batches in it.
        batches: u64,
        /// Numbers in it.
        to_send: u64,
        /// Numbers that the list held already.
        already_listed: u64,
        /// Numbers that were seen too long ago to be believed.
        #[serde(skip_serializing_if = "is_zero")]
        doubted: u64,
        /// Numbers that are removed.
        #[serde(skip_serializing_if = "is_zero")]
        to_remove: u64,
        /// Numbers that are not removed, because that needs approval.
        #[serde(skip_serializing_if = "is_zero")]
        withheld: u64,
    },
    /// The list was read for numbers seen too long ago.
    #[serde(rename = "batch.looked")]
    Looked {
        /// Batch of the run.
        batch: u32,
        /// Still listed.
        already_listed: u64,
        /// Gone: they are sent again.
        gone: u64,
    },
    /// Numbers that were accepted did not show up: they are sent again.
    #[serde(rename = "batch.lost")]
    Lost {
        /// Batch of the run.
        batch: u32,
        /// How many.
        items: u64,
        /// The how-manieth time.
        resend: u32,
    },
    /// A request with items is about to leave.
    #[serde(rename = "batch.sending")]
    Sending {
        /// Batch of the run.
        batch: u32,
        /// Digest of the whole batch.
        digest: String,
        /// Items in this request.
        items: u64,
        /// 1 for the first time.
        attempt: u32,
        /// Whether they are removed from the list.
        #[serde(skip_serializing_if = "is_false")]
        removal: bool,
    },
    /// What came back.
    #[serde(rename = "batch.answered")]
    Answered {
        /// Batch of the run.
        batch: u32,
        /// `applied`, `refused`, `comeBack`, `unknown`, ...
        answer: &'static str,
        /// Why, where there is a why.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// Items that were set aside.
        #[serde(skip_serializing_if = "is_zero")]
        refused: u64,
    },
    /// Every item of a batch has its outcome.
    #[serde(rename = "batch.settled")]
    Settled {
        /// Batch of the run.
        batch: u32,
        /// Its digest.
        digest: String,
        /// Items in it.
        items: u64,
        /// Seen by read-back, new.
        successes: u64,
        /// Seen before it was first sent.
        already_listed: u64,
        /// Not taken.
        refused: u64,
        /// Accepted, never seen.
        unconfirmed: u64,
        /// From first send to now.
        latency_ms: u64,
        /// Whether they are removed: then successes are gone, those already listed are claimed again and stay, and
        /// unconfirmed ones are still there.
        #[serde(skip_serializing_if = "is_false")]
        removal: bool,
    },
    /// The aggregator took a webhook.
    #[serde(rename = "webhook.delivered")]
    WebhookDelivered {
        /// Its id.
        webhook_id: String,
        /// Batch of the run.
        batch: u32,
    },
    /// A webhook is not tried again until somebody says so.
    #[serde(rename = "webhook.parked")]
    WebhookParked {
        /// Its id.
        webhook_id: String,
        /// Batch of the run.
        batch: u32,
        /// Why, without any address: an address may hold a secret.
        reason: String,
    },
    /// A run ended before its work did.
    #[serde(rename = "run.stopped")]
    Stopped {
        /// The stable code of the reason.
        code: String,
        /// Rows without an outcome.
        pending: u64,
    },
    /// The record of a finished run.
    #[serde(untagged)]
    Finished(Box<Report>),
}

/// One input file of a load.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LoadedFile {
    /// Its name, without directories.
    pub name: String,
    /// SHA-256 of its bytes.
    pub digest: String,
    /// Its size.
    pub bytes: u64,
}

/// The line of the audit trail that tells of an event: one JSON object, without its line end.
pub fn line(seq: u64, at: Timestamp, run: &RunId, event: &Event) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Line<'a> {
        seq: u64,
        at: Timestamp,
        #[serde(skip_serializing_if = "Option::is_none")]
        run_id: Option<&'a str>,
        #[serde(flatten)]
        event: &'a Event,
    }
    // A report names its run itself.
    let run_id = (!matches!(event, Event::Finished(_))).then_some(run.as_str());
    serde_json::to_string(&Line { seq, at, run_id, event }).expect("an event is always JSON")
}

fn is_false(value: &bool) -> bool {
    !value
}

fn is_zero(value: &u64) -> bool {
    *value == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_flat_object() {
        let event = Event::Answered { batch: 2, answer: "unknown", reason: Some("timed out".into()), refused: 0 };
        let text = line(7, Timestamp::ZERO, &RunId::new("r1"), &event);
        let expected = r#"{"seq":7,"at":"1970-01-01T00:00:00.000Z","runId":"r1","eventType":"batch.answered","batch":2,"answer":"unknown","reason":"timed out"}"#;
        assert_eq!(text, expected);
    }
}
