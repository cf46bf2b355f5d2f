//! A national registry: distinct numbers, one a line, spread over all area codes in random order; and the one of the month
//! after.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use dncsync_core::number::Number;
use dncsync_core::numbers::Numbers;

use super::places::Places;
use super::shuffle::Shuffle;

const SEED: u64 = 20_261_125;

/// One number in so many is replaced by the month after: 0.5 %.
const REPLACED: u64 = 200;

/// Bytes of a line: `+1`, ten digits, a line feed.
const LINE: usize = 13;

/// Written at once.
const BUFFER: usize = LINE << 16;

/// Which month's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Month {
    /// The first.
    First,
    /// The one after it, in which some numbers are replaced by others, in an order of its own.
    After,
}

/// A registry of so many numbers.
pub(crate) struct Registry {
    places: Places,
    numbers: Shuffle,
    order: Shuffle,
    size: u64,
}

impl Registry {
    /// A registry of `size` numbers.
    pub(crate) fn new(size: u64) -> Self {
        let places = Places::nanp();
        assert!(size + size / REPLACED <= places.len(), "there are not so many numbers");
        let (numbers, order) = (Shuffle::new(places.len(), SEED), Shuffle::new(size, SEED + 1));
        Self { places, numbers, order, size }
    }

    /// How many numbers the month after replaces: as many are added as are removed.
    pub(crate) fn replaced(&self) -> u64 {
        self.size / REPLACED
    }

    /// The number in a line of a month's file.
    pub(crate) fn number(&self, month: Month, line: u64) -> u64 {
        let index = match month {
            Month::First => line,
            Month::After => {
                let index = self.order.at(line);
                // The last of each two hundred makes room for one that the first month does not have.
                if index % REPLACED == REPLACED - 1 { self.size + index / REPLACED } else { index }
            }
        };
        self.places.number(self.numbers.at(index))
    }

    /// Writes a month's file; how many bytes it has.
    pub(crate) fn write(&self, month: Month, path: &Path) -> io::Result<u64> {
        let mut file = File::create(path)?;
        let mut buffer = Vec::with_capacity(BUFFER);
        for line in 0..self.size {
            push_line(self.number(month, line), &mut buffer);
            if buffer.len() == BUFFER {
                file.write_all(&buffer)?;
                buffer.clear();
            }
        }
        file.write_all(&buffer)?;
        // Else whoever is measured next pays for the writing.
        file.sync_all()?;
        Ok(self.size * LINE as u64)
    }

    /// All numbers of the first month, as a list would hold them. By way of one bit for each place, because sets are built
    /// fast from sorted numbers only.
    pub(crate) fn set(&self) -> Numbers {
        let mut bits = vec![0u64; self.places.len().div_ceil(64) as usize];
        for index in 0..self.size {
            let place = self.numbers.at(index);
            bits[(place / 64) as usize] |= 1 << (place % 64);
        }
        let places = (0u64..).zip(&bits).flat_map(|(word, bits)| ones(*bits).map(move |bit| word * 64 + bit));
        places.map(|place| Number::from_stored(self.places.number(place))).collect()
    }
}

fn ones(mut bits: u64) -> impl Iterator<Item = u64> {
    std::iter::from_fn(move || {
        let lowest = u64::from(bits.trailing_zeros());
        (bits != 0).then(|| {
            bits &= bits - 1;
            lowest
        })
    })
}

fn push_line(number: u64, buffer: &mut Vec<u8>) {
    let mut line = *b"+00000000000\n";
    let (high, low) = line[1..LINE - 1].split_at_mut(5);
    // Two short chains of divisions in place of a long one: the processor does both at a time.
    for (digits, mut rest) in [(high, number / 1_000_000), (low, number % 1_000_000)] {
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
    }
    buffer.extend_from_slice(&line);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::made::places::is_valid;
    use std::collections::HashSet;

    #[test]
    fn a_registry_and_the_month_after() {
        let registry = Registry::new(1_000);
        let month = |month| (0..1_000).map(|line| registry.number(month, line)).collect::<Vec<u64>>();
        let [first, after] = [Month::First, Month::After].map(month);
        assert!(first.iter().chain(&after).all(|number| is_valid(*number)));
        assert!(!first.is_sorted());
        let [first, after] = [first, after].map(|numbers| numbers.into_iter().collect::<HashSet<u64>>());
        assert_eq!((first.len(), after.len()), (1_000, 1_000), "distinct");
        assert_eq!(after.difference(&first).count() as u64, registry.replaced());
        assert_eq!(first.difference(&after).count() as u64, registry.replaced());
        let areas: HashSet<u64> = first.iter().map(|number| number / 10_000_000).collect();
        assert!(areas.len() > 250, "{} area codes", areas.len());
        let set: HashSet<u64> = registry.set().iter().map(Number::get).collect();
        assert_eq!(set, first);
    }

    #[test]
    fn its_file_has_a_number_a_line() {
        let registry = Registry::new(1_000);
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("registry.txt");
        assert_eq!(registry.write(Month::First, &path).expect("room"), 13_000);
        let text = std::fs::read_to_string(&path).expect("a file");
        let numbers: Vec<u64> = text.lines().map(|line| line[1..].parse().expect("a number")).collect();
        assert_eq!(numbers, (0..1_000).map(|line| registry.number(Month::First, line)).collect::<Vec<u64>>());
    }
}
