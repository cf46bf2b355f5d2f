//! Statements: what a log's key says that no event shows. They are signed words, and no proofs.

use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::evidence::{Evidence, Leaf, place};
use crate::finding::Finding;
use crate::key::Key;
use crate::note::Note;

/// What its first line must be: nobody may take it for a proof.
const FIRST: &str = "dncsync statement, not a proof";

/// A statement as it is spelt.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Spelt {
    kind: String,
    text: String,
    rotations: Vec<Leaf>,
    checkpoint: String,
}

/// What a statement says, in the words of whoever holds the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementTold {
    /// How many lines the log had.
    pub size: u64,
    /// What was searched, line by line.
    pub lines: Vec<String>,
}

impl Spelt {
    /// Whether the log's key signed it, and of which log.
    pub(crate) fn check(&self, key: &Key) -> Result<StatementTold, Finding> {
        let evidence = Evidence::read(&self.rotations, "rotation", &self.checkpoint, key)?;
        for (number, shown) in (1..).zip(&evidence.shown) {
            if !matches!(shown.event, Event::Rotated(_)) {
                return Err(place("rotation", number, "it is no change of keys"));
            }
        }
        let wrong = |what: String| Finding::new("proof, text", what);
        let note = Note::read(self.text.as_bytes()).map_err(wrong)?;
        note.check(evidence.chain.last()).map_err(wrong)?;
        let mut lines = note.lines();
        let [size, root] = evidence.checkpoint.lines();
        for (name, expected) in
            [("first", FIRST), ("second", evidence.chain.origin()), ("third", &size), ("fourth", &root)]
        {
            if lines.next() != Some(expected) {
                return Err(wrong(format!("its {name} line is not `{expected}`")));
            }
        }
        Ok(StatementTold { size: evidence.checkpoint.size, lines: lines.map(str::to_owned).collect() })
    }
}
