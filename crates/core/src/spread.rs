//! Hashing of numbers, for tables that hold millions of them.

use std::hash::Hasher;

/// Spreads integers: neighbours must not fall together. It withstands nobody who chooses numbers to make it slow; he would
/// get no further than a slow load of his own file.
#[derive(Default)]
pub struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, value: u64) {
        // By the golden ratio; the rotation brings what it spread best to where a table looks for its place.
        self.0 = (self.0 ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(26);
    }
}
