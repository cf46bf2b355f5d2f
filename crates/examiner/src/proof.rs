//! Proofs: that a number was seen in a list, or seen gone from it.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::evidence::{Evidence, Leaf, path};
use crate::finding::Finding;
use crate::items;
use crate::key::Key;
use crate::moment;
use crate::spelling::from_hex;
use crate::statement::{self, StatementTold};
use crate::story::Story;
use crate::tree::{Hash, root_of_path};

/// What was handed over, once it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "there is one of it, and it is looked at once")]
pub enum Proven {
    /// A number was seen.
    Proof(ProofTold),
    /// The log's key says that nothing shows a number.
    Statement(StatementTold),
}

/// What a proof shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofTold {
    /// The number.
    pub number: String,
    /// The list.
    pub list: String,
    /// The list's scope.
    pub scope: String,
    /// Who said no.
    pub source: String,
    /// The moment that it is about.
    pub at: String,
    /// When a request first left that held the number.
    pub sent_at: String,
    /// What came back; absent where the log has no answer.
    pub answered: Option<AnswerTold>,
    /// When it was settled that the number was seen: in the list, or of a removal gone from it.
    pub seen_at: String,
    /// Whether it shows that the number was gone.
    pub removal: bool,
    /// The run.
    pub run: String,
    /// Which batch of the run.
    pub batch: u32,
    /// Which item of the batch, from 0.
    pub position: u64,
    /// Where the number stood. The log proves that this file was loaded, and not that the number stood in it.
    pub file: Option<FileTold>,
    /// How many lines the log had.
    pub size: u64,
}

/// An answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerTold {
    /// `applied`, `refused`, `comeBack`, `unknown`, ...
    pub answer: String,
    /// When it came.
    pub at: String,
}

/// A file that was loaded, and a line of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileTold {
    /// Its name.
    pub name: String,
    /// SHA-256 of its bytes, hexadecimal.
    pub digest: String,
    /// The line, where it is remembered.
    pub line: Option<u64>,
}

/// A proof as it is spelt.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Spelt {
    kind: String,
    number: String,
    list: String,
    scope: String,
    at: String,
    item: Item,
    file: Option<FileTold>,
    events: Vec<Leaf>,
    checkpoint: String,
}

/// An item of a batch, as a proof spells it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    source: String,
    salt: String,
    position: u64,
    count: u64,
    root: String,
    path: Vec<String>,
}

/// Only what tells the kinds apart.
#[derive(Deserialize)]
struct Kind {
    kind: String,
}

/// Checks what `dncsync prove` wrote, from its bytes and a key that is trusted.
///
/// # Errors
/// The first thing that is wrong. Nothing may be believed of it then.
pub fn check(proof: &[u8], key: &Key) -> Result<Proven, Finding> {
    let kind: Kind = read(proof)?;
    match kind.kind.as_str() {
        "proof" => canonical::<Spelt>(proof)?.check(key).map(Proven::Proof),
        "statement" => canonical::<statement::Spelt>(proof)?.check(key).map(Proven::Statement),
        other => Err(wrong(format!("it is of the kind `{other}`, which is none that is known"))),
    }
}

fn wrong(what: impl Into<String>) -> Finding {
    Finding::new("proof", what)
}

fn read<T: DeserializeOwned>(proof: &[u8]) -> Result<T, Finding> {
    serde_json::from_slice(proof).map_err(|error| wrong(format!("it is no proof: {error}")))
}

/// Reads what has the one form that it may have.
fn canonical<T: DeserializeOwned + Serialize>(proof: &[u8]) -> Result<T, Finding> {
    let read: T = read(proof)?;
    let mut form = serde_json::to_vec(&read).map_err(|error| wrong(error.to_string()))?;
    form.push(b'\n');
    if form != proof {
        return Err(wrong("it is not written as dncsync writes it: other spaces, another order, or another spelling"));
    }
    Ok(read)
}

impl Item {
    /// Whether this item of this number lies in the tree of its batch: the root of that.
    fn check(&self, number: &str) -> Result<Hash, String> {
        let salt = from_hex(&self.salt).ok_or("its salt is not 32 hexadecimal digits")?;
        let root: Hash = from_hex(&self.root).ok_or("its root is no hash in hexadecimal")?;
        let leaf = items::item(&salt, number, &self.source)?;
        let path = path(&self.path).ok_or("its path holds what is no hash in base64")?;
        if root_of_path(leaf, self.position, self.count, &path) != Some(root) {
            return Err("its path does not show that the number is this item of the batch".to_owned());
        }
        Ok(root)
    }
}

impl Spelt {
    fn check(&self, key: &Key) -> Result<ProofTold, Finding> {
        if !moment::is_one(&self.at) {
            return Err(wrong("`at` is no moment as dncsync writes them"));
        }
        let root = self.item.check(&self.number).map_err(|what| Finding::new("proof, item", what))?;
        let evidence = Evidence::read(&self.events, "event", &self.checkpoint, key)?;
        let story = Story::read(&evidence.shown, &self.at)?;
        story.is_of_batch(&root, self.item.count).map_err(wrong)?;
        let sent_at = story.sent_at(self.item.position).map_err(wrong)?;
        story.is_of_list(&self.list, &self.scope).map_err(wrong)?;
        if let Some(file) = &self.file {
            story.loaded(file).map_err(|what| Finding::new("proof, file", what))?;
        }
        Ok(ProofTold {
            number: self.number.clone(),
            list: self.list.clone(),
            scope: self.scope.clone(),
            source: self.item.source.clone(),
            at: self.at.clone(),
            sent_at: sent_at.to_owned(),
            answered: story.answered(),
            seen_at: story.seen_at().to_owned(),
            removal: story.settled().removal,
            run: story.settled().batch.run.clone(),
            batch: story.settled().batch.number,
            position: self.item.position,
            file: self.file.clone(),
            size: evidence.checkpoint.size,
        })
    }
}
