//! Which numbers an input has named so far.

use std::collections::HashSet;
use std::hash::BuildHasherDefault;

use crate::number::Number;
use crate::spread::Spread;

/// The numbers that were named so far: 9 bytes and some room each. A compressed set would take three, and ten times as long
/// to find one in it.
#[derive(Default)]
pub struct Named(HashSet<u64, BuildHasherDefault<Spread>>);

impl Named {
    /// Takes a number in; true where it is named for the first time.
    pub fn first(&mut self, number: Number) -> bool {
        self.0.insert(number.get())
    }

    /// Takes numbers in, and says of each, in their order, whether it is named for the first time.
    pub fn first_of(&mut self, numbers: impl Iterator<Item = Number>, fresh: &mut Vec<bool>) {
        fresh.extend(numbers.map(|number| self.first(number)));
    }

    /// How many they are.
    pub fn count(&self) -> u64 {
        self.0.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_named_first_once() {
        let mut named = Named::default();
        let first = [5, 7, 5, 5, 7].map(|number| named.first(Number::from_stored(number)));
        assert_eq!(first, [true, true, false, false, false]);
        assert_eq!(named.count(), 2);
    }
}
