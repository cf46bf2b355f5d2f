//! Which batches of a run the numbers of a page belong to.
//!
//! In a list that keeps the order of entries a page holds numbers of one batch or of two, and these are the oldest that are
//! still waited for: they are tried first. In any other order it holds some of each batch; then the numbers of all batches are
//! sorted once, and each number is found by a search.

use std::collections::{BTreeMap, HashSet};

use dncsync_core::number::Number;
use dncsync_core::numbers::take_seen;
use dncsync_core::run::RunId;
use dncsync_store::{BatchKey, ListKey};

use crate::awaited::{Awaited, see_in};
use crate::open_numbers::ahead;

/// So many batches are tried before their numbers are sorted together.
const TRIED: usize = 16;

/// The numbers of the batches of each run, where they were sorted together.
#[derive(Default)]
pub(crate) struct Finder {
    runs: BTreeMap<RunId, Directory>,
}

/// Numbers in order, and the batch of each.
#[derive(Default)]
struct Directory {
    numbers: Vec<Number>,
    batches: Vec<u32>,
    holds: HashSet<u32>,
}

impl Finder {
    /// The batches of a run are others from now on.
    pub(crate) fn forget(&mut self, run: &RunId) {
        self.runs.remove(run);
    }

    /// Takes the seen numbers (sorted) out of the batches of one run; each batch with what was taken out of it, in order of
    /// the plan. No number is in two batches of one run.
    pub(crate) fn take(
        &mut self,
        awaited: &mut BTreeMap<BatchKey, Awaited>,
        list: ListKey,
        run: &RunId,
        seen: &[Number],
    ) -> Vec<(BatchKey, Vec<Number>)> {
        let first = BatchKey { run: run.clone(), seq: 0 };
        let mut found: Vec<(BatchKey, Vec<Number>)> = Vec::new();
        let mut left = seen.to_vec();
        let directory = self.runs.get(run);
        let known = |key: &BatchKey| directory.is_some_and(|directory| directory.holds.contains(&key.seq));
        let (mut tried, mut passed_over) = (0, false);
        let of_run = awaited.range_mut(first..).take_while(|(key, _)| key.run == *run);
        for (key, batch) in of_run.filter(|(_, batch)| batch.list == list && !batch.unseen.is_empty()) {
            if left.is_empty() {
                break;
            }
            if known(key) {
                passed_over = true;
                continue;
            }
            tried += 1;
            let taken = see_in(batch, &left);
            if !taken.is_empty() {
                take_seen(&mut left, &taken);
                found.push((key.clone(), taken));
            }
        }
        if !left.is_empty() && passed_over {
            found.extend(self.take_sorted(awaited, run, &left));
        }
        // More than are in the directory already: so each batch is put there a few times at most.
        let held = self.runs.get(run).map_or(0, |directory| directory.holds.len());
        if tried > TRIED.max(held) && !left.is_empty() {
            self.runs.insert(run.clone(), Directory::of(awaited, list, run));
        }
        found.sort_by_key(|(key, _)| key.seq);
        found
    }

    fn take_sorted(
        &self,
        awaited: &mut BTreeMap<BatchKey, Awaited>,
        run: &RunId,
        left: &[Number],
    ) -> Vec<(BatchKey, Vec<Number>)> {
        let Some(directory) = self.runs.get(run) else { return Vec::new() };
        let mut hits = directory.find(left);
        hits.sort_by_key(|(batch, _)| *batch);
        let mut found = Vec::new();
        for hits in hits.chunk_by(|a, b| a.0 == b.0) {
            let key = BatchKey { run: run.clone(), seq: hits[0].0 };
            let numbers: Vec<Number> = hits.iter().map(|(_, number)| *number).collect();
            let taken = awaited.get_mut(&key).map(|batch| see_in(batch, &numbers)).unwrap_or_default();
            if !taken.is_empty() {
                found.push((key, taken));
            }
        }
        found
    }
}

impl Directory {
    fn of(awaited: &BTreeMap<BatchKey, Awaited>, list: ListKey, run: &RunId) -> Self {
        let first = BatchKey { run: run.clone(), seq: 0 };
        let of_run = || {
            let of_run = awaited.range(first.clone()..).take_while(|(key, _)| key.run == *run);
            of_run.filter(|(_, batch)| batch.list == list)
        };
        let numbers = |(key, batch): (&BatchKey, &'_ Awaited)| {
            let seq = key.seq;
            batch.unseen.iter().map(move |number| (number, seq)).collect::<Vec<_>>()
        };
        let mut all: Vec<(Number, u32)> = of_run().flat_map(numbers).collect();
        all.sort_unstable();
        let holds = of_run().map(|(key, _)| key.seq).collect();
        let (numbers, batches) = all.into_iter().unzip();
        Self { numbers, batches, holds }
    }

    /// The batches of those of these sorted numbers that are in it.
    fn find(&self, sorted: &[Number]) -> Vec<(u32, Number)> {
        let (mut hits, mut from) = (Vec::new(), 0);
        for number in sorted {
            from += ahead(&self.numbers[from..], *number);
            if self.numbers.get(from) == Some(number) {
                hits.push((self.batches[from], *number));
            }
        }
        hits
    }
}
