//! Lines of a log that a proof shows, in the tree of a checkpoint that a trusted key leads to.

use serde::{Deserialize, Serialize};

use crate::chain::Chain;
use crate::event::{Event, Head};
use crate::finding::Finding;
use crate::key::Key;
use crate::log::LONGEST;
use crate::note::Checkpoint;
use crate::spelling::from_base64;
use crate::tree::{Hash, leaf, root_of_path};

/// A line and its path, as a proof spells them.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Leaf {
    line: String,
    path: Vec<String>,
}

/// A line that is in the log.
pub(crate) struct Shown {
    pub(crate) head: Head,
    pub(crate) event: Event,
}

/// Lines that are in the log, in its order, and the checkpoint whose tree they are in.
pub(crate) struct Evidence {
    pub(crate) shown: Vec<Shown>,
    pub(crate) checkpoint: Checkpoint,
    pub(crate) chain: Chain,
}

impl Evidence {
    /// Checks lines against a signed checkpoint. `of`: what the proof calls one of them.
    pub(crate) fn read(leaves: &[Leaf], of: &str, checkpoint: &str, key: &Key) -> Result<Self, Finding> {
        let mut shown: Vec<Shown> = Vec::with_capacity(leaves.len());
        for (number, leaf) in (1..).zip(leaves) {
            let read = Shown::read(&leaf.line).map_err(|what| place(of, number, &what))?;
            if read.head.seq <= shown.last().map_or(0, |before| before.head.seq) {
                return Err(place(of, number, "it does not come after the one before it"));
            }
            shown.push(read);
        }
        let chain = chain(&shown, of, key)?;
        let checkpoint = Checkpoint::read(checkpoint.as_bytes(), &chain)
            .map_err(|what| Finding::new("proof, checkpoint", format!("this checkpoint does not hold: {what}")))?;
        for ((number, leaf), shown) in (1..).zip(leaves).zip(&shown) {
            if !leaf.lies_in(shown.head.seq - 1, &checkpoint) {
                return Err(place(of, number, "its path does not show that the line is in the log of the checkpoint"));
            }
        }
        Ok(Self { shown, checkpoint, chain })
    }
}

impl Shown {
    fn read(line: &str) -> Result<Self, String> {
        if line.contains('\n') || line.len() > LONGEST {
            return Err("it is no line of a log".to_owned());
        }
        let head = Head::read(line.as_bytes())?;
        let event = head.event(line.as_bytes())?;
        Ok(Self { head, event })
    }
}

impl Leaf {
    fn lies_in(&self, index: u64, checkpoint: &Checkpoint) -> bool {
        let hash = leaf(&[self.line.as_bytes()]);
        path(&self.path).is_some_and(|path| root_of_path(hash, index, checkpoint.size, &path) == Some(checkpoint.root))
    }
}

/// The hashes of a path.
pub(crate) fn path(spelt: &[String]) -> Option<Vec<Hash>> {
    spelt.iter().map(|hash| from_base64(hash)).collect()
}

/// What is wrong with one of several things that a proof holds.
pub(crate) fn place(of: &str, number: u64, what: &str) -> Finding {
    Finding::new(format!("proof, {of} {number}"), what)
}

/// The keys that the changes among the lines lead to. The trusted one must be among them, an earlier or a later one.
fn chain(shown: &[Shown], of: &str, key: &Key) -> Result<Chain, Finding> {
    let rotated = |shown: &Shown| match &shown.event {
        Event::Rotated(rotated) => Some((shown.head.seq.saturating_sub(1), rotated.clone())),
        _ => None,
    };
    let rotations: Vec<_> = shown.iter().filter_map(rotated).collect();
    let (chain, broken) = Chain::of(key, &rotations);
    if let Some((at, what)) = broken {
        let number = shown.iter().position(|shown| shown.head.seq == at + 1).unwrap_or_default() as u64 + 1;
        return Err(place(of, number, &format!("this change of keys does not hold: {what}")));
    }
    if !chain.holds(key) {
        return Err(Finding::new("proof", format!("the key that is trusted, {key}, is none of those that it shows")));
    }
    Ok(chain)
}
