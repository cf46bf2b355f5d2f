//! What happened: the one log that audit trail, webhooks and console read (design decision 7).
//!
//! Events hold counts, ids and digests, never numbers or secrets: no field here is a [`crate::number::Number`].

use serde::Serialize;

use crate::load::LoadCounts;
use crate::merkle::Hash;
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
        /// What stands for the plan's digest ([`crate::items::Secret::veil`]).
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
        /// The root over its items ([`crate::items`]), and how many they are.
        #[serde(flatten)]
        of: Rooted,
        /// Items in this request.
        items: u64,
        /// Which of the batch they are, where they are not all of it ([`crate::positions`]).
        #[serde(skip_serializing_if = "Option::is_none")]
        positions: Option<String>,
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
        /// The root over its items, and how many they are.
        #[serde(flatten)]
        of: Rooted,
        /// Items in it.
        items: u64,
        /// Which of them a read-back saw, or of a removal saw gone, where not all of them.
        #[serde(skip_serializing_if = "Option::is_none")]
        seen: Option<String>,
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
    /// Another key signs from now on; both say so.
    #[serde(rename = "key.rotated")]
    KeyRotated {
        /// The key until now.
        old: String,
        /// The key from now on.
        new: String,
        /// The old key's signature, base64.
        old_signature: String,
        /// The new key's signature, base64.
        new_signature: String,
    },
    /// The state directory was older than its witness says, and somebody took that upon himself.
    #[serde(rename = "log.rolledBack")]
    RolledBack {
        /// How many events the witness has seen.
        witnessed: u64,
        /// The root over them, hexadecimal.
        root: String,
        /// How many events there are.
        found: u64,
        /// Why, in his words.
        reason: String,
        /// Who he is.
        who: String,
    },
    /// What could identify a person was erased; the number stays blocked.
    #[serde(rename = "person.forgotten")]
    Forgotten {
        /// Items of batches, of which only the leaf's hash is left.
        items: u64,
        /// Notes and rows elsewhere in the state directory.
        rows: u64,
        /// Why.
        reason: String,
        /// Who did it.
        who: String,
    },
    /// What the salts of items were derived from is destroyed: none of them can be guessed or proven any more.
    #[serde(rename = "secret.destroyed")]
    SecretDestroyed {
        /// Of how many batches.
        batches: u64,
        /// How many items.
        items: u64,
        /// Why.
        reason: String,
        /// Who did it.
        who: String,
    },
    /// Items of batches are past their retention: only the leaves' hashes are left.
    #[serde(rename = "items.expired")]
    Expired {
        /// Of how many batches.
        batches: u64,
        /// How many items.
        items: u64,
        /// They were kept before this.
        before: Timestamp,
    },
    /// The record of a finished run.
    #[serde(untagged)]
    Finished(Box<Report>),
}

/// Items of a batch that the log names by the root of the tree over them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Rooted {
    /// The root.
    #[serde(serialize_with = "as_text")]
    pub root: Hash,
    /// How many leaves the tree has.
    pub count: u64,
}

fn as_text<S: serde::Serializer>(hash: &Hash, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(hash)
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

/// No line of the log may be longer than 65,535 bytes, for which C2SP's tlog-tiles has room: what names files has so much of it.
const MOST_FILES: usize = 50_000;

/// How the log names the files of a load: each, or where they are too many for one line, all of them by the digest over their digests.
pub fn named(files: Vec<LoadedFile>, digest: &str) -> Vec<LoadedFile> {
    let bytes = |file: &LoadedFile| serde_json::to_string(file).map_or(0, |text| text.len() + 1);
    if files.iter().map(bytes).sum::<usize>() <= MOST_FILES {
        return files;
    }
    let bytes = files.iter().map(|file| file.bytes).sum();
    vec![LoadedFile { name: format!("{} files", files.len()), digest: digest.to_owned(), bytes }]
}

/// The line of the audit trail that tells of an event: one JSON object, without its line end. `checkpoint`: the digest of the one
/// that was made just before it.
pub fn line(seq: u64, at: Timestamp, checkpoint: Option<&str>, run: &RunId, event: &Event) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Line<'a> {
        seq: u64,
        at: Timestamp,
        #[serde(skip_serializing_if = "Option::is_none")]
        checkpoint: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        run_id: Option<&'a str>,
        #[serde(flatten)]
        event: &'a Event,
    }
    // A report names its run itself; some events are of none.
    let run_id = (!matches!(event, Event::Finished(_))).then_some(run.as_str()).filter(|run| !run.is_empty());
    serde_json::to_string(&Line { seq, at, checkpoint, run_id, event }).expect("an event is always JSON")
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
    fn a_thousand_files_are_named_together() {
        let file = |at: u64| LoadedFile { name: format!("{at}.csv"), digest: "d".repeat(64), bytes: at };
        assert_eq!(named((0..100).map(file).collect(), "all").len(), 100);
        let all = LoadedFile { name: "1000 files".into(), digest: "all".into(), bytes: 499_500 };
        assert_eq!(named((0..1_000).map(file).collect(), "all"), [all]);
    }

    #[test]
    fn an_event_is_one_flat_object() {
        let event = Event::Answered { batch: 2, answer: "unknown", reason: Some("timed out".into()), refused: 0 };
        let text = line(7, Timestamp::ZERO, None, &RunId::new("r1"), &event);
        let expected = r#"{"seq":7,"at":"1970-01-01T00:00:00.000Z","runId":"r1","eventType":"batch.answered","batch":2,"answer":"unknown","reason":"timed out"}"#;
        assert_eq!(text, expected);
    }
}
