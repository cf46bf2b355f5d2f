//! Which numbers an input has named so far.

use crate::number::Number;

/// Tables, by the upper bits of a number's hash. Each grows by itself, so that twice as much memory is never held for them all.
const TABLES: usize = 1 << TABLE_BITS;
const TABLE_BITS: u32 = 8;

/// The fewest places of a table that holds anything.
const FEWEST: usize = 64;

/// The numbers that were named so far: 11 to 21 bytes each.
///
/// A place of its own for each in an open table, and nothing else: one look at memory tells whether it is there, and of many
/// looks one after another memory answers several at once. A compressed set takes three bytes a number, and ten times as long; the
/// set of the standard library four times.
pub struct Named {
    tables: Vec<Table>,
}

impl Default for Named {
    fn default() -> Self {
        Self { tables: (0..TABLES).map(|_| Table::default()).collect() }
    }
}

/// Numbers whose hash begins with the same bits. None is 0: that is an empty place.
#[derive(Default)]
struct Table {
    places: Vec<u64>,
    held: usize,
}

impl Named {
    /// Takes a number in; true where it is named for the first time.
    #[inline]
    pub fn first(&mut self, number: Number) -> bool {
        let hash = spread(number.get());
        self.tables[(hash >> (u64::BITS - TABLE_BITS)) as usize].insert(number.get(), hash)
    }

    /// Takes numbers in, and says of each, in their order, whether it is named for the first time.
    pub fn first_of(&mut self, numbers: &[Number], fresh: &mut Vec<bool>) {
        fresh.extend(numbers.iter().map(|number| self.first(*number)));
    }

    /// How many they are.
    pub fn count(&self) -> u64 {
        self.tables.iter().map(|table| table.held as u64).sum()
    }
}

/// Neighbours must not fall together. It withstands nobody who chooses numbers to make it slow; he would get no further than a
/// slow load of his own file.
#[inline]
fn spread(number: u64) -> u64 {
    let product = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    product ^ product >> 29
}

impl Table {
    #[inline]
    fn insert(&mut self, number: u64, hash: u64) -> bool {
        // Beyond three in four, numbers stand in long rows.
        if 4 * self.held >= 3 * self.places.len() {
            self.grow();
        }
        match find(&self.places, number, hash) {
            Ok(_) => false,
            Err(empty) => {
                self.places[empty] = number;
                self.held += 1;
                true
            }
        }
    }

    #[cold]
    fn grow(&mut self) {
        let places = vec![0; (2 * self.places.len()).max(FEWEST)];
        for number in std::mem::replace(&mut self.places, places) {
            if number != 0
                && let Err(empty) = find(&self.places, number, spread(number))
            {
                self.places[empty] = number;
            }
        }
    }
}

/// The place where a number is, or the empty one where it belongs. There is an empty one, and their count is a power of two.
#[inline]
fn find(places: &[u64], number: u64, hash: u64) -> Result<usize, usize> {
    let mask = places.len() - 1;
    let mut place = hash as usize & mask;
    loop {
        match places[place] {
            0 => return Err(place),
            there if there == number => return Ok(place),
            _ => place = (place + 1) & mask,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    proptest! {
        #[test]
        fn a_number_is_named_first_once(numbers in prop::collection::vec(prop_oneof![
            3 => 12_025_550_000u64..12_025_550_400,
            1 => 1u64..1 << 59,
        ], 0..3_000)) {
            let (mut named, mut expected) = (Named::default(), HashSet::new());
            let all: Vec<Number> = numbers.iter().map(|number| Number::from_stored(*number)).collect();
            let mut fresh = Vec::new();
            named.first_of(&all, &mut fresh);
            prop_assert_eq!(fresh, numbers.iter().map(|number| expected.insert(*number)).collect::<Vec<_>>());
            prop_assert_eq!(named.count(), expected.len() as u64);
        }
    }
}
