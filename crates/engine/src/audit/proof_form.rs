//! How proofs and statements are spelt: docs/audit.md, "Proofs".

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dncsync_core::merkle::Hash;
use dncsync_core::timestamp::Timestamp;
use serde::Serialize;

use super::tree::Tree;

/// A proof, with the keys in the order of docs/audit.md.
#[derive(Serialize)]
pub(super) struct Proof {
    pub(super) kind: &'static str,
    pub(super) number: String,
    pub(super) list: String,
    pub(super) scope: String,
    pub(super) at: Timestamp,
    pub(super) item: ProvenItem,
    pub(super) file: Option<ProvenFile>,
    pub(super) events: Vec<Line>,
    pub(super) checkpoint: String,
}

/// The item, and the way to its root.
#[derive(Serialize)]
pub(super) struct ProvenItem {
    pub(super) source: &'static str,
    pub(super) salt: String,
    pub(super) position: u32,
    pub(super) count: u64,
    pub(super) root: String,
    pub(super) path: Vec<String>,
}

/// Where the number stood.
#[derive(Serialize)]
pub(super) struct ProvenFile {
    pub(super) name: String,
    pub(super) digest: String,
    pub(super) line: Option<u64>,
}

/// A line of the log and its way to the root.
#[derive(Serialize)]
pub(super) struct Line {
    pub(super) line: String,
    pub(super) path: Vec<String>,
}

/// A statement, in the same way.
#[derive(Serialize)]
pub(super) struct Statement {
    pub(super) kind: &'static str,
    pub(super) text: String,
    pub(super) rotations: Vec<Line>,
    pub(super) checkpoint: String,
}

impl Line {
    /// A line of the log, and its way to the root of this tree. `seq`: its own.
    pub(super) fn of(line: String, seq: u64, tree: &Tree) -> Self {
        Self { path: encoded(tree.inclusion(seq - 1)), line }
    }
}

/// Hashes as a proof tells them.
pub(super) fn encoded(path: Vec<Hash>) -> Vec<String> {
    path.iter().map(|hash| STANDARD.encode(hash.0)).collect()
}

/// One object with its line end.
pub(super) fn json(value: &impl Serialize) -> String {
    format!("{}\n", serde_json::to_string(value).expect("it is JSON"))
}

/// A moment as events tell it.
pub(super) fn text_of(moment: Timestamp) -> String {
    serde_json::to_value(moment).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
