//! What is to be sent: desired minus present, cut into batches.

use crate::batch::{Batch, Filling, Limits};
use crate::belief::Belief;
use crate::digest::Digest;
use crate::entry::{self, Entry, Packed};
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
pub fn plan(entries: &[Entry], beliefs: &[Belief], removals: &[Entry], limits: Limits) -> Plan {
    let mut planner = Planner::new(limits);
    let mut beliefs = beliefs.iter().copied();
    for entry in entries {
        planner.take(entry.lent(), beliefs.next().unwrap_or(Belief::Absent));
    }
    planner.finish(removals)
}

/// Makes a plan from entries as they come, however many.
#[derive(Debug)]
pub struct Planner {
    urgent: Cut,
    usual: Held,
    doubted: Cut,
    limits: Limits,
    already_listed: u64,
}

impl Planner {
    /// Nothing planned so far.
    pub fn new(limits: Limits) -> Self {
        Self { urgent: Cut::new(limits), usual: Held::default(), doubted: Cut::new(limits), limits, already_listed: 0 }
    }

    /// Takes the next entry of the input.
    pub fn take(&mut self, entry: Packed<'_>, belief: Belief) {
        match belief {
            Belief::Absent if entry.source == SourceType::CustomerRequest => self.urgent.push(entry),
            Belief::Absent => self.usual.push(entry),
            Belief::Doubtful => self.doubted.push(entry),
            Belief::Listed => self.already_listed += 1,
        }
    }

    /// The plan.
    pub fn finish(self, removals: &[Entry]) -> Plan {
        // They may share a batch: the urgent ones leave first all the same, and no request is wasted.
        let mut batches = self.urgent;
        self.usual.into_each(|entry| batches.push(entry));
        let mut removed = Cut::new(self.limits);
        removals.iter().for_each(|entry| removed.push(entry.lent()));
        let (batches, doubted, removals) = (batches.finish(), self.doubted.finish(), removed.finish());
        let mut digest = Digest::default();
        for (kind, batches) in [(&b"add"[..], &batches), (b"look", &doubted), (b"remove", &removals)] {
            digest.field(kind);
            batches.iter().for_each(|batch| digest.field(batch.digest().as_bytes()));
        }
        Plan { batches, doubted, removals, already_listed: self.already_listed, digest: digest.finish() }
    }
}

/// Entries cut into batches.
#[derive(Debug)]
struct Cut {
    limits: Limits,
    batches: Vec<Batch>,
    filling: Filling,
    bytes: usize,
}

impl Cut {
    fn new(limits: Limits) -> Self {
        Self { limits, batches: Vec::new(), filling: Filling::default(), bytes: 0 }
    }

    fn push(&mut self, entry: Packed<'_>) {
        let (more, held) = ((self.limits.item_bytes)(entry), self.filling.count());
        if held > 0 && (held >= self.limits.items || self.bytes + more > self.limits.bytes) {
            self.batches.push(self.filling.close());
            self.bytes = 0;
        }
        self.bytes += more;
        self.filling.push(entry);
    }

    fn finish(mut self) -> Vec<Batch> {
        if self.filling.count() > 0 {
            self.batches.push(self.filling.close());
        }
        self.batches
    }
}

/// Entries that wait until it is known what goes before them, in pieces: one of them all would be moved again and again.
#[derive(Debug, Default)]
struct Held(Vec<Vec<u8>>);

impl Held {
    /// Bytes of a piece.
    const PIECE: usize = 1 << 20;

    fn push(&mut self, entry: Packed<'_>) {
        match self.0.last_mut() {
            Some(piece) if piece.len() < Self::PIECE => entry::pack_one(piece, entry),
            _ => {
                let mut piece = Vec::new();
                entry::pack_one(&mut piece, entry);
                self.0.push(piece);
            }
        }
    }

    fn into_each(self, mut take: impl FnMut(Packed<'_>)) {
        for piece in self.0 {
            let mut rest = piece.as_slice();
            while let Some(entry) = Packed::take(&mut rest).expect("they were packed here") {
                take(entry);
            }
        }
    }
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
        batches.iter().map(|batch| batch.items().map(|item| item.number.get()).collect()).collect()
    }

    #[test]
    fn customer_requests_leave_first() {
        let entries = vec![
            entry(1, SourceType::Manual, ""),
            entry(2, SourceType::CustomerRequest, ""),
            entry(3, SourceType::Regulatory, ""),
            entry(4, SourceType::CustomerRequest, ""),
        ];
        let plan = plan(&entries, &[Absent, Absent, Listed, Absent], &[], LIMITS);
        assert_eq!(shape(&plan.batches), [vec![2, 4, 1]]);
        assert_eq!(plan.already_listed, 1);
        assert!(plan.batches[0].urgent());
    }

    #[test]
    fn a_batch_ends_at_the_items_or_the_bytes() {
        let long = "x".repeat(75);
        let notes = ["", "", "", "", &long, ""];
        let entries: Vec<Entry> =
            (1..).zip(notes).map(|(number, notes)| entry(number, SourceType::Manual, notes)).collect();
        assert_eq!(shape(&plan(&entries, &[Absent; 6], &[], LIMITS).batches), [vec![1, 2, 3], vec![4, 5], vec![6]]);
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
            let made = plan(&entries, &beliefs, &entries, LIMITS);
            let mut sent = shape(&made.batches).concat();
            sent.sort_unstable();
            prop_assert_eq!(&sent, &believed(Absent));
            prop_assert_eq!(&shape(&made.doubted).concat(), &believed(Doubtful));
            prop_assert_eq!(made.already_listed as usize, believed(Listed).len());
            prop_assert!(made.batches.iter().chain(&made.doubted).all(|batch| batch.count() <= LIMITS.items));
            prop_assert_eq!(shape(&made.removals).concat().len(), entries.len());
            prop_assert_eq!(plan(&entries, &beliefs, &entries, LIMITS), made);
        }
    }
}
