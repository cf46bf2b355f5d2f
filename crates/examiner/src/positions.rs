//! Positions of items in their batch: `0-4,7,9-12`.

use crate::note::number;

/// Some positions of a batch, as ranges in order: both ends are in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Positions(Vec<(u64, u64)>);

impl Positions {
    /// All of a batch of so many items.
    pub(crate) fn all(count: u64) -> Self {
        Self(count.checked_sub(1).map(|last| (0, last)).into_iter().collect())
    }

    /// Reads those that are named of a batch of so many items. There is one form: ascending, nothing twice, ranges as
    /// long as they can be, and no text at all where it is all of them.
    pub(crate) fn read(text: &str, count: u64) -> Result<Self, String> {
        let mut ranges: Vec<(u64, u64)> = Vec::new();
        let parts = (!text.is_empty()).then(|| text.split(',')).into_iter().flatten();
        for part in parts {
            let range = match part.split_once('-') {
                None => number(part).map(|one| (one, one)),
                Some((first, last)) => number(first).zip(number(last)).filter(|(first, last)| first < last),
            };
            let (first, last) = range.ok_or_else(|| format!("`{part}` is no position and no range of them"))?;
            if ranges.last().is_some_and(|(_, before)| first <= *before || first - before == 1) {
                return Err(format!("`{part}` does not lie apart from what stands before it"));
            }
            if last >= count {
                return Err(format!("`{part}` lies beyond the last of {count} items"));
            }
            ranges.push((first, last));
        }
        let read = Self(ranges);
        if read == Self::all(count) {
            return Err("all positions are named, which is said by naming none".to_owned());
        }
        Ok(read)
    }

    /// How many they are.
    pub(crate) fn len(&self) -> u64 {
        self.0.iter().map(|(first, last)| last - first + 1).sum()
    }

    /// Whether one is among them.
    pub(crate) fn hold(&self, position: u64) -> bool {
        let after = self.0.partition_point(|(first, _)| *first <= position);
        after.checked_sub(1).is_some_and(|range| position <= self.0[range].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// The one form, number by number.
    fn spelt(positions: &BTreeSet<u64>) -> String {
        let starts = positions.iter().filter(|at| **at == 0 || !positions.contains(&(**at - 1)));
        let range = |first: &u64| {
            let last = (*first..).take_while(|at| positions.contains(at)).last().expect("the first itself");
            if last == *first { first.to_string() } else { format!("{first}-{last}") }
        };
        starts.map(range).collect::<Vec<_>>().join(",")
    }

    proptest! {
        #[test]
        fn what_is_spelt_is_read(positions in prop::collection::btree_set(0u64..30, 0..30)) {
            let text = spelt(&positions);
            let read = Positions::read(&text, 30);
            prop_assert_eq!(read.is_err(), positions.len() == 30);
            let Ok(read) = read else { return Ok(()) };
            prop_assert_eq!(read.len(), positions.len() as u64);
            (0..31).for_each(|at| assert_eq!(read.hold(at), positions.contains(&at)));
        }

        #[test]
        fn whatever_is_read_is_spelt_that_way(text in "[0-9,-]{0,7}") {
            if let Ok(read) = Positions::read(&text, 1000) {
                let all: BTreeSet<u64> = (0..1000).filter(|at| read.hold(*at)).collect();
                prop_assert_eq!(spelt(&all), text);
            }
        }
    }

    #[test]
    fn there_is_one_form() {
        for wrong in ["3-3", "4-3", "1,2", "1-3,4", "2,1", "1,1", "01", "1,", ",", "-", "1-", "9-10", "10", "0-9", "+1"]
        {
            assert!(Positions::read(wrong, 10).is_err(), "{wrong}");
        }
        assert_eq!(Positions::read("", 10).expect("none").len(), 0);
        assert_eq!(Positions::all(0).len(), 0);
        assert!(Positions::read("", 0).is_err());
    }
}
