//! Numbers gathered in whatever order they come, as the chunks of a set.
//!
//! A registry's 260 million numbers come in no order. Sorting them means writing them to the disk and reading them back;
//! inserting each into a compressed set costs a microsecond, most of it waiting for memory. So they wait in small buckets,
//! one for each 64 neighbouring chunks, and a full bucket goes into its chunks at once, while those are near.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use crate::chunk::{Chunk, key};
use crate::number::Number;
use crate::spread::Spread;

/// A bucket holds the numbers that share their upper bits down to this one: 64 chunks, half a MiB of bits, which a core's
/// cache holds.
const BUCKET_BITS: u32 = 22;

/// How many chunks lie in a bucket.
const CHUNKS: usize = 1 << (BUCKET_BITS - 16);

/// So many numbers wait in a bucket, 64 KiB of them: then most of its bits' cache lines are fetched for more than one.
const WAITING: usize = 1 << 14;

/// So many numbers of a chunk are kept one by one; with more distinct ones than half of that, it is cheaper as bits.
const FEW: usize = 1024;

/// Words of a chunk's bits.
const WORDS: usize = (1 << 16) / 64;

/// Numbers gathered so far.
#[derive(Default)]
pub struct Gathering {
    buckets: HashMap<u64, Bucket, BuildHasherDefault<Spread>>,
    bytes: usize,
}

struct Bucket {
    /// The lower bits of numbers that are not in their chunk yet.
    waiting: Vec<u32>,
    chunks: Vec<Low>,
}

/// The lower 16 bits of a chunk's numbers.
enum Low {
    /// In the order in which they came, some perhaps more than once.
    Few(Vec<u16>),
    Many(Box<[u64; WORDS]>),
}

impl Gathering {
    /// Takes numbers in.
    pub fn insert(&mut self, numbers: &[Number]) {
        for number in numbers {
            let bytes = &mut self.bytes;
            let bucket = self.buckets.entry(number.get() >> BUCKET_BITS).or_insert_with(|| {
                *bytes += size_of::<Bucket>() + CHUNKS * size_of::<Low>();
                Bucket::new()
            });
            let waiting = &mut bucket.waiting;
            if waiting.len() == waiting.capacity() {
                *bytes += if waiting.capacity() < WAITING { grow(waiting) } else { bucket.settle() };
            }
            bucket.waiting.push((number.get() & ((1 << BUCKET_BITS) - 1)) as u32);
        }
    }

    /// Whether it was taken in.
    pub fn contains(&mut self, number: Number) -> bool {
        let Some(bucket) = self.buckets.get_mut(&(number.get() >> BUCKET_BITS)) else { return false };
        self.bytes += bucket.settle();
        let (chunk, low) = place((number.get() & ((1 << BUCKET_BITS) - 1)) as u32);
        bucket.chunks[chunk].contains(low)
    }

    /// About how much memory it takes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether nothing was taken in.
    pub fn is_empty(&self) -> bool {
        self.buckets.is_empty()
    }

    /// The chunks that hold a number, with their keys, in order. Their memory is let go one by one.
    pub fn into_chunks(self) -> impl Iterator<Item = (u64, Chunk)> {
        let mut buckets: Vec<(u64, Bucket)> = self.buckets.into_iter().collect();
        buckets.sort_unstable_by_key(|(upper, _)| *upper);
        buckets.into_iter().flat_map(|(upper, mut bucket)| {
            bucket.settle();
            let first = key(Number::from_stored(upper << BUCKET_BITS));
            (first..)
                .zip(bucket.chunks)
                .map(|(key, low)| (key, low.into_chunk()))
                .filter(|(_, chunk)| !chunk.is_empty())
        })
    }
}

impl Bucket {
    fn new() -> Self {
        let chunks = std::iter::repeat_with(|| Low::Few(Vec::new())).take(CHUNKS).collect();
        Self { waiting: Vec::new(), chunks }
    }

    /// Puts what waits into its chunks; how many bytes they grew by.
    fn settle(&mut self) -> usize {
        let mut grown = 0;
        for waiting in self.waiting.drain(..) {
            let (chunk, low) = place(waiting);
            match &mut self.chunks[chunk] {
                Low::Many(words) => words[usize::from(low) / 64] |= 1 << (low % 64),
                few => grown += few.push(low),
            }
        }
        grown
    }
}

/// Makes room for more; how many bytes that took.
#[cold]
fn grow(waiting: &mut Vec<u32>) -> usize {
    let before = waiting.capacity();
    waiting.reserve_exact(before.clamp(WAITING / 256, WAITING - before));
    (waiting.capacity() - before) * size_of::<u32>()
}

/// Which of a bucket's chunks, and where in it.
fn place(waiting: u32) -> (usize, u16) {
    ((waiting >> 16) as usize, (waiting & 0xFFFF) as u16)
}

impl Low {
    /// Takes one in, where there were few so far; how many bytes that took.
    fn push(&mut self, low: u16) -> usize {
        let Self::Few(few) = self else { return 0 };
        let before = few.capacity();
        if few.len() == FEW {
            few.sort_unstable();
            few.dedup();
            if few.len() > FEW / 2 {
                let mut words: Box<[u64; WORDS]> = Box::new([0; WORDS]);
                few.iter().chain([&low]).for_each(|low| words[usize::from(*low) / 64] |= 1 << (low % 64));
                *self = Self::Many(words);
                return WORDS * size_of::<u64>() - before * size_of::<u16>();
            }
        }
        few.push(low);
        (few.capacity() - before) * size_of::<u16>()
    }

    fn contains(&self, low: u16) -> bool {
        match self {
            Self::Few(few) => few.contains(&low),
            Self::Many(words) => words[usize::from(low) / 64] & 1 << (low % 64) != 0,
        }
    }

    fn into_chunk(self) -> Chunk {
        match self {
            Self::Few(mut few) => {
                few.sort_unstable();
                few.dedup();
                Chunk::of_low(few)
            }
            Self::Many(words) => Chunk::of_words(&words),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        /// Whatever the order, and however dense: what comes out is what went in.
        #[test]
        fn what_was_gathered_comes_out_sorted(
            dense in prop::collection::vec(0u64..3000, 0..4000),
            wide in prop::collection::vec(0u64..1 << 24, 0..600),
            far in prop::collection::vec(0u64..1 << 60, 0..20),
            asked in 0u64..3000,
        ) {
            let mut gathering = Gathering::default();
            let all: Vec<u64> = dense.into_iter().chain(wide).chain(far).collect();
            let expected: BTreeSet<u64> = all.iter().copied().collect();
            for (row, number) in all.iter().enumerate() {
                gathering.insert(&[Number::from_stored(*number)]);
                if row % 97 == 0 {
                    prop_assert!(gathering.contains(Number::from_stored(*number)));
                }
            }
            prop_assert_eq!(gathering.contains(Number::from_stored(asked)), expected.contains(&asked));
            let mut keys = Vec::new();
            let mut found = Vec::new();
            for (key, chunk) in gathering.into_chunks() {
                keys.push(key);
                found.extend(chunk.numbers(key).map(Number::get));
            }
            prop_assert!(keys.is_sorted_by(|a, b| a < b));
            prop_assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
        }
    }

    #[test]
    fn what_is_dense_takes_a_bit_for_each_number_that_there_could_be() {
        let mut gathering = Gathering::default();
        (0..200_000u64).for_each(|number| gathering.insert(&[Number::from_stored(number * 7 % 200_000)]));
        assert!(gathering.bytes() < 5 * 8192 + 4 * WAITING + 4096, "{}", gathering.bytes());
        let sizes: Vec<u64> = gathering.into_chunks().map(|(_, chunk)| chunk.len()).collect();
        assert_eq!(sizes, [65_536, 65_536, 65_536, 3_392]);
    }
}
