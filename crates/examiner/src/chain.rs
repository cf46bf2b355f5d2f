//! The keys of a log, one after another.

use serde::Deserialize;

use crate::key::Key;
use crate::spelling::from_base64;

/// The event that a new key takes over, as it stands in the log.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rotated {
    old: String,
    new: String,
    old_signature: String,
    new_signature: String,
}

/// The first key, and from which leaf on each of the others signs.
#[derive(Debug)]
pub(crate) struct Chain {
    first: Key,
    turns: Vec<(u64, Key)>,
}

impl Chain {
    /// The keys of a log in which they change by these events, each with its place among the leaves. A log in which none
    /// does has the trusted key alone. What does not go on from the key before it is told, and ends the chain.
    pub(crate) fn of(trusted: &Key, rotations: &[(u64, Rotated)]) -> (Self, Option<(u64, String)>) {
        let mut chain = Self { first: trusted.clone(), turns: Vec::new() };
        for (place, rotated) in rotations {
            match chain.take(*place, rotated, trusted) {
                Ok(()) => {}
                Err(what) => return (chain, Some((*place, what))),
            }
        }
        (chain, None)
    }

    fn take(&mut self, place: u64, rotated: &Rotated, trusted: &Key) -> Result<(), String> {
        let old = Key::parse(&rotated.old).map_err(|what| format!("the old key cannot be read: {what}"))?;
        let new = Key::parse(&rotated.new).map_err(|what| format!("the new key cannot be read: {what}"))?;
        if [&old, &new].iter().any(|key| key.name() != trusted.name()) {
            return Err(format!("both keys must have the name {}", trusted.name()));
        }
        // Whichever of a log's keys is trusted: the first one is named by the first change.
        let first = if self.turns.is_empty() { &old } else { &self.first };
        if !self.turns.is_empty() && *self.last() != old {
            return Err(format!("the old key is not the one in use, which was {}", self.last()));
        }
        if std::iter::once(first).chain(self.turns.iter().map(|(_, key)| key)).any(|key| *key == new) {
            return Err("the new key has been in use before".to_owned());
        }
        let text = format!("dncsync key rotation\n{}\n{old}\n{new}\n", trusted.name());
        let signed = |key: &Key, signature: &str| {
            from_base64(signature).is_some_and(|signature| key.signed(text.as_bytes(), &signature))
        };
        if !signed(&old, &rotated.old_signature) {
            return Err("the old key did not sign that it is followed by the new one".to_owned());
        }
        if !signed(&new, &rotated.new_signature) {
            return Err("the new key did not sign that it follows the old one".to_owned());
        }
        if self.turns.is_empty() {
            self.first = old;
        }
        self.turns.push((place, new));
        Ok(())
    }

    /// All of them, in the order of their use.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.first).chain(self.turns.iter().map(|(_, key)| key))
    }

    /// The one in use now.
    pub(crate) fn last(&self) -> &Key {
        self.turns.last().map_or(&self.first, |(_, key)| key)
    }

    /// The one that signs checkpoints of this size: those that hold the change are signed by the new key.
    pub(crate) fn at(&self, size: u64) -> &Key {
        let turned = self.turns.partition_point(|(place, _)| *place < size);
        turned.checked_sub(1).map_or(&self.first, |turn| &self.turns[turn].1)
    }

    /// The name of the log, which all its keys have.
    pub(crate) fn origin(&self) -> &str {
        self.first.name()
    }

    /// Whether a key is one of them.
    pub(crate) fn holds(&self, key: &Key) -> bool {
        self.keys().any(|of| of == key)
    }
}
