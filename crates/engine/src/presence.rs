//! What is believed to be in the lists, kept in memory while a sender is at work, and what pages showed and is not yet in the store.
//!
//! The numbers of a page lie in thousands of chunks of the stored set, one or two in each: to look each of them up, or to write
//! each of them, costs more than all the rest of a number's way. So a set that is asked for often is read whole, once, and
//! what pages showed is written for many pages together. What is not written yet counts nowhere: no batch is settled with it, and
//! after a crash its pages are read again.

use std::collections::BTreeMap;
use std::time::Duration;

use dncsync_core::number::Number;
use dncsync_core::numbers::Numbers;
use dncsync_core::timestamp::Timestamp;
use dncsync_store::{ListKey, Sighting, Store, StoreError};

use crate::world::World;

/// For so many numbers at a time it is worth while to read the whole set.
const MANY: usize = 1_000;

/// So many of a page tell whether it shows old numbers or new ones.
const SAMPLE: usize = 256;

/// What so many pages showed is written together at most: 20 MiB of numbers.
const PAGES: usize = 256;

/// What pages showed waits so long to be written, at least while more pages come,
const SHORTEST: Duration = Duration::from_secs(2);

/// and so many times as long as writing took last: to write takes a twentieth of the time, however large the list is.
const SHARE: u32 = 20;

/// What is present in the lists that a sender works on.
#[derive(Default)]
pub(crate) struct Presence {
    whole: BTreeMap<ListKey, Numbers>,
    unwritten: BTreeMap<ListKey, Unwritten>,
    /// How long the last writing took.
    took: Duration,
}

/// What pages of one list showed.
struct Unwritten {
    since: Timestamp,
    pages: usize,
    numbers: Vec<Number>,
    sightings: Vec<Sighting>,
}

impl Presence {
    /// Of sorted numbers, those that were seen in the list, in order.
    pub(crate) fn among(
        &mut self,
        store: &mut Store,
        list: ListKey,
        sorted: &[Number],
    ) -> Result<Vec<Number>, StoreError> {
        if sorted.len() >= MANY && !self.whole.contains_key(&list) {
            self.write(store, list)?;
            self.whole.insert(list, store.present(list)?);
        }
        match self.whole.get(&list) {
            Some(present) => Ok(sorted.iter().copied().filter(|number| present.contains(*number)).collect()),
            None => {
                self.write(store, list)?;
                store.present_among(list, sorted)
            }
        }
    }

    /// How many of sorted numbers were seen in the list before, about: of many some are asked for, evenly.
    pub(crate) fn about(&self, store: &Store, list: ListKey, sorted: &[Number]) -> Result<u64, StoreError> {
        let step = sorted.len().div_ceil(SAMPLE).max(1);
        let sample: Vec<Number> = sorted.iter().copied().step_by(step).collect();
        let mut seen: Vec<Number> = match self.whole.get(&list) {
            Some(present) => sample.iter().copied().filter(|number| present.contains(*number)).collect(),
            None => store.present_among(list, &sample)?,
        };
        let unwritten = self.unwritten.get(&list).map(|it| it.numbers.as_slice()).unwrap_or_default();
        seen.extend(unwritten.iter().filter(|number| sample.binary_search(number).is_ok()));
        seen.sort_unstable();
        seen.dedup();
        Ok((seen.len() * sorted.len() / sample.len().max(1)) as u64)
    }

    /// A page showed these sorted numbers, and this is what it means for batches.
    pub(crate) fn see(&mut self, list: ListKey, sorted: &[Number], sightings: Vec<Sighting>, now: Timestamp) {
        if let Some(present) = self.whole.get_mut(&list) {
            present.extend(sorted.iter().copied());
        }
        let fresh = || Unwritten { since: now, pages: 0, numbers: Vec::new(), sightings: Vec::new() };
        let unwritten = self.unwritten.entry(list).or_insert_with(fresh);
        unwritten.pages += 1;
        unwritten.numbers.extend_from_slice(sorted);
        unwritten.sightings.extend(sightings);
    }

    /// Nothing waits to be sent: until something does, nobody asks what is present.
    pub(crate) fn rest(&mut self) {
        self.whole.clear();
    }

    /// Whether what a list showed is in the store.
    pub(crate) fn is_written(&self, list: ListKey) -> bool {
        !self.unwritten.contains_key(&list)
    }

    /// Writes what is due; all of it where nothing else is to be done. Whether something was written.
    pub(crate) fn write_due(&mut self, store: &mut Store, idle: bool, world: &World) -> Result<bool, StoreError> {
        if self.unwritten.is_empty() {
            return Ok(false);
        }
        let (now, wait) = (world.now(), SHORTEST.max(self.took * SHARE));
        let is_due = |it: &Unwritten| idle || it.pages >= PAGES || now.since(it.since) >= wait || now < it.since;
        let due: Vec<ListKey> = self.unwritten.iter().filter(|(_, it)| is_due(it)).map(|(list, _)| *list).collect();
        due.iter().try_for_each(|list| self.write(store, *list))?;
        if !due.is_empty() {
            self.took = world.now().since(now);
        }
        Ok(!due.is_empty())
    }

    /// Writes what pages of a list showed.
    pub(crate) fn write(&mut self, store: &mut Store, list: ListKey) -> Result<(), StoreError> {
        let Some(Unwritten { mut numbers, sightings, .. }) = self.unwritten.remove(&list) else {
            return Ok(());
        };
        numbers.sort_unstable();
        numbers.dedup();
        store.see(list, &numbers, &sightings)
    }

    /// Writes what pages of all lists showed, and forgets what is in memory: the stored sets are about to change.
    pub(crate) fn let_go(&mut self, store: &mut Store) -> Result<(), StoreError> {
        self.whole.clear();
        let lists: Vec<ListKey> = self.unwritten.keys().copied().collect();
        lists.iter().try_for_each(|list| self.write(store, *list))
    }
}
