//! Sets of numbers as compressed chunks (design decision 1): key = number >> 16, value = a roaring container of the low
//! 16 bits with a checksum. Three numbers touch three chunks; a look-up reads one.

use roaring::{RoaringBitmap, RoaringTreemap};

use crate::number::Number;

/// The part of a set that shares the upper bits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chunk(RoaringBitmap);

/// A stored chunk that is damaged: nothing is known of its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a stored set of numbers is damaged")]
pub struct Damaged;

impl Chunk {
    /// Adds a number of this chunk; true where it was not in it.
    pub fn insert(&mut self, number: Number) -> bool {
        self.0.insert(low(number))
    }

    /// Takes a number out; true where it was in it.
    pub fn remove(&mut self, number: Number) -> bool {
        self.0.remove(low(number))
    }

    /// Takes in all of another chunk of the same key.
    pub fn add(&mut self, other: &Self) {
        self.0 |= &other.0;
    }

    /// Whether the number is in it.
    pub fn contains(&self, number: Number) -> bool {
        self.0.contains(low(number))
    }

    /// How many of its numbers are not in the other.
    pub fn len_without(&self, other: &Self) -> u64 {
        self.0.difference_len(&other.0)
    }

    /// How many numbers it holds.
    pub fn len(&self) -> u64 {
        self.0.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Its bytes, in roaring's portable format, and their CRC-32.
    pub fn to_stored(&self) -> (Vec<u8>, u32) {
        let mut bytes = Vec::with_capacity(self.0.serialized_size());
        self.0.serialize_into(&mut bytes).expect("a vector takes every byte");
        let checksum = crc32fast::hash(&bytes);
        (bytes, checksum)
    }

    /// A chunk from its bytes.
    ///
    /// # Errors
    /// [`Damaged`] where the checksum does not fit.
    pub fn from_stored(bytes: &[u8], checksum: u32) -> Result<Self, Damaged> {
        if crc32fast::hash(bytes) != checksum {
            return Err(Damaged);
        }
        RoaringBitmap::deserialize_from(bytes).map(Self).map_err(|_| Damaged)
    }
}

/// A whole set of numbers in memory: what one reading of a list saw, what a batch confirmed.
#[derive(Clone, Default, PartialEq)]
pub struct Numbers(RoaringTreemap);

impl Numbers {
    /// Adds a number; true where it was not in it.
    pub fn insert(&mut self, number: Number) -> bool {
        self.0.insert(number.get())
    }

    /// Whether the number is in it.
    pub fn contains(&self, number: Number) -> bool {
        self.0.contains(number.get())
    }

    /// How many numbers it holds.
    pub fn len(&self) -> u64 {
        self.0.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The numbers in order.
    pub fn iter(&self) -> impl Iterator<Item = Number> + '_ {
        self.0.iter().map(Number::from_stored)
    }

    /// Takes in all of another set.
    pub fn add(&mut self, other: &Self) {
        self.0 |= &other.0;
    }

    /// What is in this one and not in the other.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        Self(&self.0 - &other.0)
    }

    /// What is in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self(&self.0 & &other.0)
    }

    /// Its chunks in order, each with its key.
    pub fn chunks(&self) -> impl Iterator<Item = (u64, Chunk)> + '_ {
        let mut numbers = self.iter().peekable();
        std::iter::from_fn(move || {
            let key = key(*numbers.peek()?);
            let mut chunk = Chunk::default();
            while let Some(number) = numbers.next_if(|number| self::key(*number) == key) {
                chunk.insert(number);
            }
            Some((key, chunk))
        })
    }

    /// Takes in a chunk.
    pub fn add_chunk(&mut self, key: u64, chunk: &Chunk) {
        self.0.extend(chunk.0.iter().map(|low| key << 16 | u64::from(low)));
    }

    /// Its bytes, in roaring's portable format, and their CRC-32.
    pub fn to_stored(&self) -> (Vec<u8>, u32) {
        let mut bytes = Vec::with_capacity(self.0.serialized_size());
        self.0.serialize_into(&mut bytes).expect("a vector takes every byte");
        let checksum = crc32fast::hash(&bytes);
        (bytes, checksum)
    }

    /// A set from its bytes.
    ///
    /// # Errors
    /// [`Damaged`] where the checksum does not fit.
    pub fn from_stored(bytes: &[u8], checksum: u32) -> Result<Self, Damaged> {
        if crc32fast::hash(bytes) != checksum {
            return Err(Damaged);
        }
        RoaringTreemap::deserialize_from(bytes).map(Self).map_err(|_| Damaged)
    }
}

/// Shows how many, never which.
impl std::fmt::Debug for Numbers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Numbers({})", self.len())
    }
}

impl FromIterator<Number> for Numbers {
    fn from_iter<T: IntoIterator<Item = Number>>(numbers: T) -> Self {
        Self(numbers.into_iter().map(Number::get).collect())
    }
}

impl Extend<Number> for Numbers {
    fn extend<T: IntoIterator<Item = Number>>(&mut self, numbers: T) {
        self.0.extend(numbers.into_iter().map(Number::get));
    }
}

/// The chunk a number lies in.
pub fn key(number: Number) -> u64 {
    number.get() >> 16
}

fn low(number: Number) -> u32 {
    (number.get() & 0xFFFF) as u32
}

/// Sorted numbers cut where the chunk changes: each piece with its key.
pub fn by_chunk(sorted: &[Number]) -> impl Iterator<Item = (u64, &[Number])> {
    sorted.chunk_by(|a, b| key(*a) == key(*b)).map(|piece| (key(piece[0]), piece))
}

/// Takes from `unseen` (sorted) what `seen` (sorted) holds, and returns it.
pub fn take_seen(unseen: &mut Vec<Number>, seen: &[Number]) -> Vec<Number> {
    let mut taken = Vec::new();
    let mut seen = seen.iter().peekable();
    unseen.retain(|number| {
        while seen.next_if(|other| *other < number).is_some() {}
        let hit = seen.peek() == Some(&number);
        if hit {
            taken.push(*number);
        }
        !hit
    });
    taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn numbers(values: impl IntoIterator<Item = u64>) -> Vec<Number> {
        values.into_iter().map(Number::from_stored).collect()
    }

    #[test]
    fn a_chunk_survives_the_store_and_damage_is_seen() {
        let mut chunk = Chunk::default();
        for number in numbers([0x1_0001, 0x1_0002, 0x1_FFFF]) {
            assert!(chunk.insert(number));
        }
        let (mut bytes, checksum) = chunk.to_stored();
        assert_eq!(Chunk::from_stored(&bytes, checksum), Ok(chunk));
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        assert_eq!(Chunk::from_stored(&bytes, checksum), Err(Damaged));
    }

    #[test]
    fn a_set_survives_the_store_and_falls_into_chunks() {
        let set: Numbers = numbers([0x2_0001, 0x1_0001, 0x1_FFFF]).into_iter().collect();
        let (bytes, checksum) = set.to_stored();
        assert_eq!(Numbers::from_stored(&bytes, checksum), Ok(set.clone()));
        assert_eq!(Numbers::from_stored(&bytes[1..], checksum), Err(Damaged));
        assert_eq!(set.chunks().map(|(key, chunk)| (key, chunk.len())).collect::<Vec<_>>(), [(1, 2), (2, 1)]);
        let mut again = Numbers::default();
        set.chunks().for_each(|(key, chunk)| again.add_chunk(key, &chunk));
        assert_eq!(again, set);
    }

    proptest! {
        #[test]
        fn taking_what_was_seen_is_set_difference(
            unseen in prop::collection::btree_set(0u64..200, 0..50),
            seen in prop::collection::btree_set(0u64..200, 0..50),
        ) {
            let mut left = numbers(unseen.iter().copied());
            let taken = take_seen(&mut left, &numbers(seen.iter().copied()));
            let both: BTreeSet<u64> = unseen.intersection(&seen).copied().collect();
            let only: BTreeSet<u64> = unseen.difference(&seen).copied().collect();
            prop_assert_eq!(taken, numbers(both));
            prop_assert_eq!(left, numbers(only));
        }
    }
}
