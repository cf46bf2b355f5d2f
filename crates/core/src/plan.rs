//! What is to be sent: desired minus present, cut into batches.

use crate::batch::{Batch, Limits};
use crate::belief::Belief;
use crate::digest::Digest;
use crate::entry::Entry;
use crate::source::SourceType;

/// What a run will send. The sender only obeys it. Two plans from the same entries and the same present set are equal
/// byte for byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// In the order they are to leave: customer requests first, then the order of the input.
    pub batches: Vec<Batch>,
    /// What was seen too long ago: looked for first, sent where it is gone.
    pub doubted: Vec<Batch>,
    /// What is removed from the list, once everything that is added to it has been sent.
    pub removals: Vec<Batch>,
    /// How many entries the list held already.
    pub already_listed: u64,
    /// SHA-256 over the batches' digests.
    pub digest: String,
}

/// Makes the plan from what is believed of each entry's number. `removals` are taken away.
pub fn plan(entries: Vec<Entry>, beliefs: &[Belief], removals: Vec<Entry>, limits: Limits) -> Plan {
    let mut beliefs = beliefs.iter().copied();
    let (mut absent, mut doubtful, mut already_listed) = (Vec::new(), Vec::new(), 0);
    for entry in entries {
        match beliefs.next().unwrap_or(Belief::Absent) {
            Belief::Absent => absent.push(entry),
            Belief::Doubtful => doubtful.push(entry),
            Belief::Listed => already_listed += 1,
        }
    }
    // They may share a batch: the urgent ones leave first all the same, and no request is wasted.
    let (urgent, usual): (Vec<Entry>, Vec<Entry>) =
        absent.into_iter().partition(|entry| entry.source == SourceType::CustomerRequest);
    let batches = cut(urgent.into_iter().chain(usual), limits);
    let doubted = cut(doubtful.into_iter(), limits);
    let removals = cut(removals.into_iter(), limits);
    let mut digest = Digest::default();
    for (kind, batches) in [(&b"add"[..], &batches), (b"look", &doubted), (b"remove", &removals)] {
        digest.field(kind);
        batches.iter().for_each(|batch| digest.field(batch.digest().as_bytes()));
    }
    Plan { batches, doubted, removals, already_listed, digest: digest.finish() }
}

fn cut(entries: impl Iterator<Item = Entry>, limits: Limits) -> Vec<Batch> {
    let mut batches = Vec::new();
    let mut items: Vec<Entry> = Vec::new();
    let mut bytes = 0;
    for entry in entries {
        let more = (limits.item_bytes)(&entry);
        if !items.is_empty() && (items.len() >= limits.items || bytes + more > limits.bytes) {
            batches.push(Batch::new(std::mem::take(&mut items)));
            bytes = 0;
        }
        bytes += more;
        items.push(entry);
    }
    if !items.is_empty() {
        batches.push(Batch::new(items));
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::belief::Belief::{Absent, Doubtful, Listed};
    use crate::number::Number;
    use crate::row::Place;
    use proptest::prelude::*;

    const LIMITS: Limits = Limits { items: 3, bytes: 100, item_bytes: |entry| 10 + entry.notes.len() };

    fn entry(number: u64, source: SourceType, notes: &str) -> Entry {
        let place = Place { file: 0, line: number };
        Entry { number: Number::from_stored(number), source, notes: notes.into(), place }
    }

    fn shape(batches: &[Batch]) -> Vec<Vec<u64>> {
        batches.iter().map(|batch| batch.items().iter().map(|item| item.number.get()).collect()).collect()
    }

    #[test]
    fn customer_requests_leave_first() {
        let entries = vec![
            entry(1, SourceType::Manual, ""),
            entry(2, SourceType::CustomerRequest, ""),
            entry(3, SourceType::Regulatory, ""),
            entry(4, SourceType::CustomerRequest, ""),
        ];
        let plan = plan(entries, &[Absent, Absent, Listed, Absent], Vec::new(), LIMITS);
        assert_eq!(shape(&plan.batches), [vec![2, 4, 1]]);
        assert_eq!(plan.already_listed, 1);
        assert!(plan.batches[0].urgent());
    }

    #[test]
    fn a_batch_ends_at_the_items_or_the_bytes() {
        let long = "x".repeat(75);
        let notes = ["", "", "", "", &long, ""];
        let entries = (1..).zip(notes).map(|(number, notes)| entry(number, SourceType::Manual, notes)).collect();
        assert_eq!(
            shape(&plan(entries, &[Absent; 6], Vec::new(), LIMITS).batches),
            [vec![1, 2, 3], vec![4, 5], vec![6]]
        );
    }

    proptest! {
        /// Nothing valid is lost, nothing is sent twice, and two plans from one state are equal.
        #[test]
        fn each_entry_is_sent_looked_for_or_listed(
            beliefs in prop::collection::vec(prop::sample::select(&[Absent, Doubtful, Listed][..]), 0..40),
        ) {
            let entries: Vec<Entry> = (0..beliefs.len() as u64)
                .map(|number| entry(number, SourceType::ALL[number as usize % 4], ""))
                .collect();
            let believed = |belief| -> Vec<u64> {
                (0..).zip(&beliefs).filter(|(_, other)| **other == belief).map(|(number, _)| number).collect()
            };
            let made = plan(entries.clone(), &beliefs, entries.clone(), LIMITS);
            let mut sent = shape(&made.batches).concat();
            sent.sort_unstable();
            prop_assert_eq!(&sent, &believed(Absent));
            prop_assert_eq!(&shape(&made.doubted).concat(), &believed(Doubtful));
            prop_assert_eq!(made.already_listed as usize, believed(Listed).len());
            prop_assert!(made.batches.iter().chain(&made.doubted).all(|batch| batch.items().len() <= LIMITS.items));
            prop_assert_eq!(shape(&made.removals).concat().len(), entries.len());
            prop_assert_eq!(plan(entries.clone(), &beliefs, entries, LIMITS), made);
        }
    }
}
