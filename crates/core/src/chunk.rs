//! Chunks: the pieces in which sets of numbers are stored and reckoned with (design decision 1).
//!
//! key = number >> 16, value = a roaring container of the low 16 bits with a checksum. Three numbers touch three chunks;
//! a look-up reads one; union, difference and intersection go chunk by chunk, in constant memory.

use std::ops::RangeInclusive;

use roaring::RoaringBitmap;

use crate::number::Number;

/// The part of a set that shares the upper bits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chunk(RoaringBitmap);

/// A stored set, or a piece of one, that is damaged: nothing is known of its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a stored set of numbers is damaged")]
pub struct Damaged;

impl Chunk {
    /// The chunk of sorted numbers that share a key.
    pub fn of_sorted(numbers: impl IntoIterator<Item = Number>) -> Self {
        let mut bits = RoaringBitmap::new();
        // Pushing in order is an order of magnitude faster than inserting; what is out of order is inserted.
        for low in numbers.into_iter().map(low) {
            if bits.try_push(low).is_err() {
                bits.insert(low);
            }
        }
        Self(bits)
    }

    /// The chunk of these lower 16 bits, which are sorted, each once.
    pub(crate) fn of_low(low: Vec<u16>) -> Self {
        let mut bits = RoaringBitmap::new();
        bits.append(low.into_iter().map(u32::from)).expect("they are sorted");
        Self(bits)
    }

    /// The chunk whose lower 16 bits are set in these words, the lowest first.
    pub(crate) fn of_words(words: &[u64; 1024]) -> Self {
        let mut bytes = [0; 8192];
        for (bytes, word) in bytes.as_chunks_mut().0.iter_mut().zip(words) {
            *bytes = word.to_le_bytes();
        }
        Self(RoaringBitmap::from_lsb0_bytes(0, &bytes))
    }

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

    /// Takes out all of another chunk of the same key.
    pub fn take_out(&mut self, other: &Self) {
        self.0 -= &other.0;
    }

    /// What is in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self(&self.0 & &other.0)
    }

    /// What is in this one and not in the other.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        Self(&self.0 - &other.0)
    }

    /// What of it lies within a range, as the chunk with this key.
    #[must_use]
    pub fn within(&self, key: u64, range: &RangeInclusive<u64>) -> Self {
        let (first, last) = (key << 16, key << 16 | 0xFFFF);
        if range.contains(&first) && range.contains(&last) {
            return self.clone();
        }
        Self::of_sorted(self.numbers(key).filter(|number| range.contains(&number.get())))
    }

    /// Whether the number is in it.
    pub fn contains(&self, number: Number) -> bool {
        self.0.contains(low(number))
    }

    /// How many of its numbers are not in the other.
    pub fn len_without(&self, other: &Self) -> u64 {
        self.0.difference_len(&other.0)
    }

    /// How many of its numbers are in the other, too.
    pub fn len_and(&self, other: &Self) -> u64 {
        self.0.intersection_len(&other.0)
    }

    /// How many numbers it holds.
    pub fn len(&self) -> u64 {
        self.0.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Its numbers in order, as those of the chunk with this key.
    pub fn numbers(&self, key: u64) -> impl Iterator<Item = Number> + '_ {
        self.0.iter().map(move |low| Number::from_stored(key << 16 | u64::from(low)))
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
        let chunk = Chunk::of_sorted(numbers([0x1_0001, 0x1_0002, 0x1_FFFF]));
        let (mut bytes, checksum) = chunk.to_stored();
        assert_eq!(Chunk::from_stored(&bytes, checksum), Ok(chunk));
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        assert_eq!(Chunk::from_stored(&bytes, checksum), Err(Damaged));
    }

    #[test]
    fn a_range_cuts_a_chunk() {
        let chunk = Chunk::of_sorted(numbers([0x1_0001, 0x1_0002, 0x1_FFFF]));
        assert_eq!(chunk.within(1, &(0..=u64::MAX)), chunk);
        assert_eq!(chunk.within(1, &(0x1_0002..=0x2_0000)), Chunk::of_sorted(numbers([0x1_0002, 0x1_FFFF])));
        assert!(chunk.within(1, &(0..=0xFFFF)).is_empty());
    }

    proptest! {
        #[test]
        fn chunks_reckon_as_sets_do(
            one in prop::collection::btree_set(0u64..300, 0..80),
            other in prop::collection::btree_set(0u64..300, 0..80),
        ) {
            let chunk = |set: &BTreeSet<u64>| Chunk::of_sorted(numbers(set.iter().copied()));
            let (a, b) = (chunk(&one), chunk(&other));
            prop_assert_eq!(a.and(&b), chunk(&(&one & &other)));
            prop_assert_eq!(a.without(&b), chunk(&(&one - &other)));
            prop_assert_eq!(a.len_without(&b), (&one - &other).len() as u64);
            prop_assert_eq!(a.len_and(&b), (&one & &other).len() as u64);
            let (mut both, mut less) = (a.clone(), a.clone());
            both.add(&b);
            less.take_out(&b);
            prop_assert_eq!(&both, &chunk(&(&one | &other)));
            prop_assert_eq!(less, chunk(&(&one - &other)));
            prop_assert_eq!(both.numbers(7).map(|number| number.get() - (7 << 16)).collect::<BTreeSet<_>>(), &one | &other);
        }
    }
}
