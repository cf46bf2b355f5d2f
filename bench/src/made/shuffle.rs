//! A permutation that can be asked at any place: distinct numbers in random order, without holding them.

/// Mixes one half of a place into the other.
const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

/// A permutation of the places from 0 to a size.
///
/// A Feistel network over the next larger square power of two; what falls outside is sent through it again, until it
/// falls inside. So each place goes to exactly one other, and no two to the same.
#[derive(Clone, Debug)]
pub(crate) struct Shuffle {
    size: u64,
    half: u32,
    keys: [u64; 4],
}

impl Shuffle {
    /// A permutation of `0..size`; another for each seed.
    pub(crate) fn new(size: u64, seed: u64) -> Self {
        let bits = (u64::BITS - size.max(2).saturating_sub(1).leading_zeros()).next_multiple_of(2);
        let mut dice = fastrand::Rng::with_seed(seed);
        Self { size, half: bits / 2, keys: std::array::from_fn(|_| dice.u64(..)) }
    }

    /// Where a place goes.
    pub(crate) fn at(&self, place: u64) -> u64 {
        debug_assert!(place < self.size, "a place of this permutation");
        let mut place = self.once(place);
        while place >= self.size {
            place = self.once(place);
        }
        place
    }

    fn once(&self, place: u64) -> u64 {
        let mask = (1 << self.half) - 1;
        let (mut left, mut right) = (place >> self.half, place & mask);
        for key in self.keys {
            let mixed = (right ^ key).wrapping_mul(MULTIPLIER);
            (left, right) = (right, left ^ ((mixed >> 32) & mask));
        }
        left << self.half | right
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn each_place_goes_to_one_of_its_own() {
        for size in [1, 2, 3, 10, 1_000, 4_096, 5_000] {
            let shuffle = Shuffle::new(size, 7);
            let places: HashSet<u64> = (0..size).map(|place| shuffle.at(place)).collect();
            assert_eq!(places.len() as u64, size);
            assert!(places.iter().all(|place| *place < size));
        }
    }

    #[test]
    fn its_beginning_is_spread_over_the_whole() {
        let shuffle = Shuffle::new(2_640_000_000, 1);
        let mut tenths = [0; 10];
        for place in 0..10_000 {
            tenths[(shuffle.at(place) / 264_000_000) as usize] += 1;
        }
        assert!(tenths.iter().all(|count| (850..1150).contains(count)), "{tenths:?}");
    }
}
