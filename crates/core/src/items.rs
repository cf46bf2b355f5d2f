//! The tree over a batch's items: what the log says of numbers without naming any.
//!
//! Each leaf has a salt. Without it nobody can try all numbers against a root; with it one number is shown, and no other.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use crate::entry::Packed;
use crate::merkle::{Frontier, Hash};
use crate::number::Number;
use crate::run::RunId;
use crate::source::SourceType;

/// A salt: as long as guessing it is hopeless.
pub type Salt = [u8; 16];

/// What all salts of a tenant are derived from. Once it is destroyed, nothing of what lies in the log can be guessed any more,
/// nor proven.
#[derive(Clone)]
pub struct Secret([u8; 32]);

impl Secret {
    /// A secret of these bytes.
    pub fn of(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes, for the store.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The salts of a batch. `digest`: its own, so that a batch that takes another one's place has other salts.
    pub fn salts(&self, run: &RunId, batch: u32, digest: &str) -> Salts {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(format!("{run}\n{batch}\n{digest}").as_bytes());
        Salts(Hmac::new_from_slice(&mac.finalize().into_bytes()).expect("HMAC takes a key of any length"))
    }

    /// What stands in the log for something that could be guessed: a digest over few numbers.
    pub fn veil(&self, what: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(format!("veil\n{what}").as_bytes());
        Hash(mac.finalize().into_bytes().into()).to_string()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(•••)")
    }
}

/// The salts of one batch.
#[derive(Clone)]
pub struct Salts(Hmac<Sha256>);

impl Salts {
    /// The salt of one position.
    pub fn at(&self, position: u32) -> Salt {
        let [even, odd] = self.pair(position / 2);
        if position.is_multiple_of(2) { even } else { odd }
    }

    /// One digest is as long as two salts.
    fn pair(&self, of: u32) -> [Salt; 2] {
        let digest: [u8; 32] = self.0.clone().chain_update(of.to_be_bytes()).finalize().into_bytes().into();
        let mut pair = [[0; 16]; 2];
        pair[0].copy_from_slice(&digest[..16]);
        pair[1].copy_from_slice(&digest[16..]);
        pair
    }

    /// The leaves of items in their order.
    pub fn leaves<'a>(&self, items: impl Iterator<Item = Packed<'a>>) -> impl Iterator<Item = Hash> {
        let mut pair = [[0; 16]; 2];
        (0u32..).zip(items).map(move |(position, item)| {
            if position.is_multiple_of(2) {
                pair = self.pair(position / 2);
            }
            leaf(&pair[position as usize % 2], item.number, item.source)
        })
    }
}

impl fmt::Debug for Salts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salts(•••)")
    }
}

/// The leaf of an item: SHA-256(0x00 ‖ salt ‖ number as `+` and digits ‖ source type).
pub fn leaf(salt: &Salt, number: Number, source: SourceType) -> Hash {
    let (mut digits, mut left, mut begin) = ([0; 21], number.get(), 21);
    loop {
        begin -= 1;
        digits[begin] = b'0' + u8::try_from(left % 10).unwrap_or(0);
        left /= 10;
        if left == 0 {
            break;
        }
    }
    let salted = Sha256::new().chain_update([0]).chain_update(salt).chain_update(b"+").chain_update(&digits[begin..]);
    Hash(salted.chain_update(source.name()).finalize().into())
}

/// The root over leaves.
pub fn root(leaves: impl Iterator<Item = Hash>) -> Hash {
    let mut tree = Frontier::default();
    leaves.for_each(|leaf| tree.push(leaf, |_, _| ()));
    tree.root()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::Place;

    fn salts() -> Salts {
        Secret::of([7; 32]).salts(&RunId::new("r1"), 3, "d")
    }

    #[test]
    fn a_leaf_is_the_hash_of_what_the_documentation_says() {
        let number = Number::from_stored(12_025_550_123);
        let bytes = [&[9; 16][..], b"+12025550123", b"CUSTOMER_REQUEST"].concat();
        assert_eq!(leaf(&[9; 16], number, SourceType::CustomerRequest), Hash::of_leaf(&bytes));
    }

    #[test]
    fn every_position_has_a_salt_of_its_own() {
        let all: std::collections::BTreeSet<Salt> = (0..1_000).map(|position| salts().at(position)).collect();
        assert_eq!(all.len(), 1_000);
        let place = Place { file: 0, line: 1 };
        let item = |position: u32| Packed {
            number: Number::from_stored(12_025_550_000 + u64::from(position)),
            source: SourceType::System,
            place,
            notes: "",
        };
        let leaves: Vec<Hash> = salts().leaves((0..5).map(item)).collect();
        let one_by_one = (0..5).map(|position| leaf(&salts().at(position), item(position).number, SourceType::System));
        assert_eq!(leaves, one_by_one.collect::<Vec<_>>());
    }

    #[test]
    fn another_batch_has_other_salts_and_secrets_are_not_shown() {
        let secret = Secret::of([7; 32]);
        let run = RunId::new("r1");
        let first: Vec<Salt> = [("r1", 3, "d"), ("r2", 3, "d"), ("r1", 4, "d"), ("r1", 3, "e")]
            .iter()
            .map(|(run, batch, digest)| secret.salts(&RunId::new(*run), *batch, digest).at(0))
            .collect();
        assert_eq!(first.iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
        assert_eq!(format!("{secret:?} {:?}", secret.salts(&run, 3, "d")), "Secret(•••) Salts(•••)");
        assert_ne!(secret.veil("d"), Secret::of([8; 32]).veil("d"));
    }
}
