//! What the record costs: roots over items, items kept for later, checkpoints, events in groups.

use std::path::Path;

use dncsync_core::checkpoint::Checkpoint;
use dncsync_core::entry::{Entry, Packed};
use dncsync_core::event::Event;
use dncsync_core::items::{self, Secret};
use dncsync_core::log_key::LogKey;
use dncsync_core::merkle::Hash;
use dncsync_core::number::Number;
use dncsync_core::row::Place;
use dncsync_core::run::RunId;
use dncsync_core::source::SourceType;
use dncsync_core::timestamp::Timestamp;
use dncsync_store::{Draft, Store, StoreError};

use crate::bench::Bench;
use crate::clock;
use crate::figure::{Figure, Measured, Target};
use crate::growth::Growth;

/// Items of a batch, as many as CXone takes.
const BATCH: u32 = 10_000;

/// Batches of which the median is told.
const BATCHES: u32 = 101;

/// Events in one change, as a busy minute has them.
const GROUP: usize = 100;
const GROUPS: u64 = 200;

/// The figures of the record.
pub(crate) fn figures(bench: &Bench, _: &mut Growth) -> Vec<Figure> {
    let items = batch();
    let (rooted, hashed, kept) =
        (per_item(|at| root(&items, at)), per_item(|_| plain(&items)), per_item(|_| keep(&items)));
    let both = Measured::Is(rooted + kept);
    let mut rows = vec![
        Figure::new("record", "a number's leaf, salt and place in its batch's tree, and its keeping", both, "µs")
            .beside("SHA-256 of each number alone", Some(hashed))
            .target(Target::AtMost(0.6)),
    ];
    let directory = bench.work.join("record");
    let (latency, events) = match logged(&directory) {
        Ok((latency, events)) => (Measured::Is(latency), Measured::Is(events)),
        Err(error) => (Measured::Wrong(error.to_string()), Measured::Wrong(error.to_string())),
    };
    rows.push(
        Figure::new("record", "an event and the checkpoint over it, on the disk", latency, "ms")
            .target(Target::AtMost(20.0)),
    );
    let name = format!("events in groups of {GROUP}, a checkpoint after each group");
    rows.push(Figure::new("record", name, events, "events/s").target(Target::AtLeast(10_000.0)));
    let _ = std::fs::remove_dir_all(directory);
    rows
}

fn batch() -> Vec<Entry> {
    let entry = |at: u32| Entry {
        number: Number::from_stored(12_022_000_000 + u64::from(at) * 7),
        source: if at.is_multiple_of(3) { SourceType::CustomerRequest } else { SourceType::Manual },
        notes: format!("said no, call {at}").into(),
        place: Place { file: 0, line: u64::from(at) },
    };
    (0..BATCH).map(entry).collect()
}

/// Microseconds an item, the median of many batches.
fn per_item(mut work: impl FnMut(u32) -> u64) -> f64 {
    let mut times = Vec::new();
    for at in 0..BATCHES {
        let began = clock::now();
        std::hint::black_box(work(at));
        times.push(began.elapsed().as_secs_f64() * 1e6 / f64::from(BATCH));
    }
    median(times)
}

fn root(items: &[Entry], batch: u32) -> u64 {
    let salts = Secret::of([7; 32]).salts(&RunId::new("run"), batch, "digest");
    let root = items::root(salts.leaves(items.iter().map(Entry::lent)));
    u64::from(root.0[0])
}

fn plain(items: &[Entry]) -> u64 {
    let hash = |item: &Entry| u64::from(Hash::of_leaf(&item.number.get().to_be_bytes()).0[0]);
    items.iter().map(hash).sum()
}

fn keep(items: &[Entry]) -> u64 {
    let mut draft = Draft::default();
    items.iter().map(Entry::lent).for_each(|item: Packed<'_>| draft.push(item));
    draft.close().map_or(0, |_| 1)
}

/// Milliseconds of an event with its checkpoint, and events a second in groups.
fn logged(directory: &Path) -> Result<(f64, f64), StoreError> {
    let _ = std::fs::remove_dir_all(directory);
    let (mut store, key, run) = (Store::open(directory)?, LogKey::first([7; 32]), RunId::new("run"));
    store.begin_log(&key.public().to_string())?;
    let event = |batch: u32| Event::Answered { batch, answer: "applied", reason: None, refused: 0 };
    let cover = |store: &mut Store| {
        store.cover(&key.public().to_string(), |size, root| Checkpoint { size, root }.signed(&key)).map(drop)
    };
    let mut times = Vec::new();
    for batch in 0..BATCHES {
        let began = clock::now();
        store.log(Timestamp::ZERO, &run, &[event(batch)])?;
        cover(&mut store)?;
        times.push(began.elapsed().as_secs_f64() * 1e3);
    }
    let group: Vec<Event> = (0..GROUP as u32).map(event).collect();
    let began = clock::now();
    for _ in 0..GROUPS {
        store.log(Timestamp::ZERO, &run, &group)?;
        cover(&mut store)?;
    }
    let events = GROUPS * GROUP as u64;
    Ok((median(times), events as f64 / began.elapsed().as_secs_f64()))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}
