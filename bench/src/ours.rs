//! The way of dncsync.

use dncsync_core::batch::Limits;
use dncsync_core::belief::Belief;
use dncsync_core::check::{self, Rules};
use dncsync_core::chunk::by_chunk;
use dncsync_core::entry::{Entries, Entry};
use dncsync_core::feed::Mode;
use dncsync_core::number::Number;
use dncsync_core::plan;
use dncsync_core::profile::Reach;
use dncsync_core::row::Row;
use dncsync_core::source::SourceType;
use dncsync_feed::{Asked, Next, Reader};

use crate::{Outcome, World};

const RULES: Rules = Rules { country: None, default_source: SourceType::Manual, mode: Mode::Add, reach: Reach::World };

/// Those of the client, but for the escaping of notes, which is its own.
const LIMITS: Limits = Limits { items: 10_000, bytes: 4_718_592, item_bytes: |entry| 64 + entry.notes.len() };

/// Reads.
pub(crate) fn read(world: &World) -> Outcome {
    let rows = each_row(world, |_| ());
    Outcome { rows, ..Outcome::default() }
}

/// Reads and checks.
pub(crate) fn check(world: &World) -> Outcome {
    let mut passed = 0;
    let rows = each_row(world, |row| passed += usize::from(check::check(row, 0, &RULES).is_ok()));
    Outcome { rows, passed, ..Outcome::default() }
}

/// Reads, checks, drops repetitions and plans.
pub(crate) fn plan(world: &World) -> Outcome {
    let mut entries = Vec::new();
    let rows = each_row(world, |row| entries.extend(check::check(row, 0, &RULES).map(|passed| passed.entry)));
    let passed = entries.len();
    let entries = Entries::first_of_each(entries).into_unique();
    let unique = entries.len();
    let beliefs = beliefs(world, &entries);
    let plan = plan::plan(entries, &beliefs, Vec::new(), LIMITS);
    Outcome {
        rows,
        passed,
        repeated: passed - unique,
        listed: usize::try_from(plan.already_listed).expect("fewer than there are rows"),
        to_send: plan.batches.iter().map(|batch| batch.items().len()).sum(),
    }
}

/// Of each entry, what is believed of its number: by chunks, as the store looks them up. All was seen lately.
fn beliefs(world: &World, entries: &[Entry]) -> Vec<Belief> {
    let sorted = sorted(entries);
    let mut present = Vec::new();
    for (key, numbers) in by_chunk(&sorted) {
        if let Some(chunk) = world.chunks.get(&key) {
            present.extend(numbers.iter().filter(|number| chunk.contains(**number)));
        }
    }
    let believed = |entry: &Entry| present.binary_search(&entry.number).map_or(Belief::Absent, |_| Belief::Listed);
    entries.iter().map(believed).collect()
}

fn sorted(entries: &[Entry]) -> Vec<Number> {
    let mut sorted: Vec<Number> = entries.iter().map(|entry| entry.number).collect();
    sorted.sort_unstable();
    sorted
}

/// Puts 85 % of the file's numbers into the list.
pub(crate) fn list_most(world: &mut World) {
    let mut entries = Vec::new();
    each_row(world, |row| entries.extend(check::check(row, 0, &RULES).map(|passed| passed.entry)));
    let numbers = sorted(Entries::first_of_each(entries).unique());
    let mut dice = fastrand::Rng::with_seed(85);
    let numbers: Vec<Number> = numbers.into_iter().filter(|_| dice.u32(..100) < 85).collect();
    for (key, numbers) in by_chunk(&numbers) {
        let chunk = world.chunks.entry(key).or_default();
        for number in numbers {
            chunk.insert(*number);
        }
    }
    world.listed = numbers.iter().map(|number| number.e164()).collect();
}

fn each_row(world: &World, mut act: impl FnMut(&Row)) -> usize {
    let mut reader = Reader::open(world.csv.as_slice(), &Asked::default()).expect("a CSV");
    let mut row = Row::default();
    let mut rows = 0;
    while let Next::Row = reader.read(&mut row).expect("memory is always readable") {
        act(&row);
        rows += 1;
    }
    rows
}
