//! Checkpoints: how large the log was and what its root was, signed. The form is that of C2SP's tlog-checkpoint
//! (<https://c2sp.org/tlog-checkpoint>).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::log_key::{LogKey, PublicKey};
use crate::merkle::Hash;

/// The log as it was at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// How many events it had.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Hash,
}

impl Checkpoint {
    /// The signed note.
    pub fn signed(&self, key: &LogKey) -> String {
        let Self { size, root } = self;
        key.note(&format!("{}\n{size}\n{}\n", key.public().name(), STANDARD.encode(root.0)))
    }

    /// What a note says that one of these keys signed; `None` where it is none.
    pub fn open(note: &str, keys: &[PublicKey]) -> Option<Self> {
        keys.iter().find_map(|key| {
            let mut lines = key.open(note)?.lines();
            let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
            let root = STANDARD.decode(root).ok()?.try_into().ok()?;
            (origin == key.name()).then_some(Self { size: size.parse().ok()?, root: Hash(root) })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_is_three_lines_and_a_signature() {
        let key = LogKey::first([7; 32]);
        let checkpoint = Checkpoint { size: 3, root: Hash::of_leaf(b"leaf") };
        let note = checkpoint.signed(&key);
        let lines: Vec<&str> = note.lines().collect();
        assert_eq!(lines[..4], [key.public().name(), "3", "DSfif3gnzNdFGZ6Os6avNo4QZK9Crp+DdA6YEh4rwCU=", ""][..4]);
        assert!(lines[4].starts_with(&format!("\u{2014} {} ", key.public().name())));
        assert_eq!(lines.len(), 5);
        let other = LogKey::first([8; 32]);
        assert_eq!(Checkpoint::open(&note, &[other.public().clone(), key.public().clone()]), Some(checkpoint));
        assert_eq!(Checkpoint::open(&note, &[other.public().clone()]), None);
    }
}
