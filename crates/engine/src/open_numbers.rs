//! Numbers that are taken out one after another, until none is left: those of a batch that nobody has seen yet.
//!
//! A page of a list may name a few numbers of each of a thousand batches. So a number is marked where it stands, which costs a
//! search, and not cut out of its batch, which would cost the batch.

use dncsync_core::number::Number;

/// A sorted set that only shrinks.
#[derive(Clone, Debug, Default)]
pub(crate) struct OpenNumbers {
    /// All of them.
    sorted: Vec<Number>,
    /// A bit for each, set while it is open.
    open: Vec<u64>,
    left: u64,
}

impl OpenNumbers {
    /// Sorted numbers, all open.
    pub(crate) fn of_sorted(sorted: Vec<Number>) -> Self {
        debug_assert!(sorted.is_sorted());
        let open = vec![u64::MAX; sorted.len().div_ceil(64)];
        Self { left: sorted.len() as u64, open, sorted }
    }

    /// All that were open at first, in order.
    pub(crate) fn all(&self) -> &[Number] {
        &self.sorted
    }

    /// How many are left.
    pub(crate) fn len(&self) -> u64 {
        self.left
    }

    /// Whether none is left.
    pub(crate) fn is_empty(&self) -> bool {
        self.left == 0
    }

    /// Whether this one is left.
    pub(crate) fn contains(&self, number: Number) -> bool {
        self.sorted.binary_search(&number).is_ok_and(|place| self.is_open(place))
    }

    /// What is left, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Number> + '_ {
        self.sorted.iter().enumerate().filter(|(place, _)| self.is_open(*place)).map(|(_, number)| *number)
    }

    /// Takes out what of these sorted numbers is left, and returns it.
    pub(crate) fn take(&mut self, numbers: &[Number]) -> Vec<Number> {
        let mut taken = Vec::new();
        let mut from = 0;
        for number in numbers {
            from += ahead(&self.sorted[from..], *number);
            if from == self.sorted.len() {
                break;
            }
            if self.sorted[from] == *number && self.is_open(from) {
                self.open[from / 64] &= !(1 << (from % 64));
                taken.push(*number);
            }
        }
        self.left -= taken.len() as u64;
        taken
    }

    fn is_open(&self, place: usize) -> bool {
        self.open[place / 64] >> (place % 64) & 1 == 1
    }
}

/// How many of these sorted numbers lie before `number`: found in steps that double, so that near ones are found fast and far
/// ones are, too.
pub(crate) fn ahead(sorted: &[Number], number: Number) -> usize {
    let mut step = 1;
    while step <= sorted.len() && sorted[step - 1] < number {
        step *= 2;
    }
    let (low, high) = (step / 2, step.min(sorted.len()));
    low + sorted[low..high].partition_point(|other| *other < number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn numbers(values: impl IntoIterator<Item = u64>) -> Vec<Number> {
        values.into_iter().map(Number::from_stored).collect()
    }

    #[test]
    fn what_is_taken_is_gone_and_the_rest_stays() {
        let mut dice = fastrand::Rng::with_seed(20_261_125);
        for _ in 0..500 {
            let mut draw = |most: usize| (0..dice.usize(..most)).map(|_| dice.u64(..300)).collect::<BTreeSet<u64>>();
            let mut left = draw(200);
            let mut open = OpenNumbers::of_sorted(numbers(left.iter().copied()));
            for _ in 0..4 {
                let asked = draw(150);
                let both: Vec<u64> = left.intersection(&asked).copied().collect();
                assert_eq!(open.take(&numbers(asked.iter().copied())), numbers(both.iter().copied()));
                left.retain(|number| !asked.contains(number));
                assert_eq!(open.iter().collect::<Vec<_>>(), numbers(left.iter().copied()));
                assert_eq!((open.len(), open.is_empty()), (left.len() as u64, left.is_empty()));
                assert!((0..300).all(|it| open.contains(Number::from_stored(it)) == left.contains(&it)));
            }
        }
    }
}
