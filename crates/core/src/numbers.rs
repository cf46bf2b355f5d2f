//! A whole set of numbers in memory. In the store sets lie as chunks ([`crate::chunk`]); small ones that are read whole,
//! such as those of a batch, as the gaps between their numbers.

use roaring::RoaringTreemap;

use crate::chunk::{Chunk, Damaged, key};
use crate::number::Number;
use crate::varint;

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
            Some((key, Chunk::of_sorted(std::iter::from_fn(|| numbers.next_if(|number| self::key(*number) == key)))))
        })
    }

    /// Takes in a chunk.
    pub fn add_chunk(&mut self, key: u64, chunk: &Chunk) {
        self.extend(chunk.numbers(key));
    }

    /// The smallest and the largest number.
    pub fn ends(&self) -> Option<(Number, Number)> {
        self.0.min().zip(self.0.max()).map(|(low, high)| (Number::from_stored(low), Number::from_stored(high)))
    }

    /// Its bytes, the gaps between its numbers as variable-length integers, and their CRC-32. Numbers of one batch lie
    /// far apart: three bytes each, where a container of its own for each would take ten.
    pub fn to_stored(&self) -> (Vec<u8>, u32) {
        let (mut bytes, mut last) = (Vec::new(), 0);
        for number in self.0.iter() {
            varint::put(&mut bytes, number - last);
            last = number;
        }
        let checksum = crc32fast::hash(&bytes);
        (bytes, checksum)
    }

    /// A set from its bytes.
    ///
    /// # Errors
    /// [`Damaged`] where the checksum does not fit.
    pub fn from_stored(mut bytes: &[u8], checksum: u32) -> Result<Self, Damaged> {
        if crc32fast::hash(bytes) != checksum {
            return Err(Damaged);
        }
        let (mut numbers, mut last) = (RoaringTreemap::new(), 0u64);
        while !bytes.is_empty() {
            let gap = varint::take(&mut bytes).map_err(|_| Damaged)?;
            last = last.checked_add(gap).ok_or(Damaged)?;
            numbers.insert(last);
        }
        Ok(Self(numbers))
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
        let mut set = Self::default();
        set.extend(numbers);
        set
    }
}

impl Extend<Number> for Numbers {
    fn extend<T: IntoIterator<Item = Number>>(&mut self, numbers: T) {
        // What comes in order is pushed, several times faster than it would be inserted.
        for number in numbers {
            if self.0.try_push(number.get()).is_err() {
                self.0.insert(number.get());
            }
        }
    }
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
