//! From the files of an order to checked entries, each number once, packed as they come: what is held of ten million rows is
//! a tenth of a gigabyte.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, ScopedJoinHandle};
use std::vec::IntoIter;

use dncsync_core::check::Passed;
use dncsync_core::entry::{Entry, Packed};
use dncsync_core::named::Named;
use dncsync_core::number::Number;
use dncsync_core::numbers::Numbers;
use dncsync_core::report::Tally;
use dncsync_core::run::RunId;
use dncsync_core::source::SourceType;
use dncsync_feed::Asked;
use dncsync_store::{Draft, SEGMENT, Segment, StoreError};

use crate::desk::{Desk, Judged, Sink};
use crate::inputs::Input;
use crate::order::Order;
use crate::progress::Observer;
use crate::sorting::{Sorter, Standing};
use crate::trouble::Trouble;
use crate::world::World;

/// So many segments wait to be compressed.
const WAITING: usize = 2;

/// What came of reading and checking.
pub(crate) struct Loaded {
    /// Each number once, in the order of the input; those that go first before them.
    pub(crate) segments: Vec<Segment>,
    /// What the input says in the end, for the list's own feed.
    pub(crate) told: Standing,
    /// The source type of most of it.
    pub(crate) source: SourceType,
    /// Of the numbers that go first, those that the input names.
    pub(crate) first: Numbers,
    /// Rows, repetitions, rejections.
    pub(crate) tally: Tally,
    /// What was mended.
    pub(crate) warnings: BTreeMap<String, u64>,
    /// The rejects file and its length.
    pub(crate) rejects: Option<(PathBuf, u64)>,
}

impl Loaded {
    /// All entries, made one by one.
    pub(crate) fn entries(&self) -> Result<Vec<Entry>, StoreError> {
        let mut entries = Vec::new();
        for segment in &self.segments {
            entries.extend(segment.entries()?);
        }
        Ok(entries)
    }
}

/// Reads and checks all inputs. Numbers that are in `first` go before all others.
pub(crate) fn load(
    inputs: &mut [Input],
    order: &Order,
    first: &Numbers,
    run: &RunId,
    state: &Path,
    world: &World,
    observer: &mut Observer<'_>,
) -> Result<Loaded, Trouble> {
    let path = order.rejects.clone().unwrap_or_else(|| state.join("rejects").join(format!("{run}.csv")));
    let mut desk = Desk::open(state, path, &order.sources, order.rules, Asked::format(order.format))?;
    thread::scope(|scope| {
        // Compressing takes as long as checking: it is done on another core.
        let (packed, waiting) = sync_channel::<Draft>(WAITING);
        let compressing = scope.spawn(move || waiting.iter().map(Draft::close).collect());
        let mut intake = Intake {
            named: Named::default(),
            fresh: Vec::new().into_iter(),
            first,
            rest: Packing { draft: Draft::default(), full: packed },
            sorter: Sorter::of_distinct(state),
            early: Early::default(),
            repeated: 0,
        };
        desk.read_all(inputs, world, observer, &mut intake)?;
        let judged = desk.close(order.allow_empty)?;
        intake.finish(judged, order.rules.default_source, compressing)
    })
}

/// Entries on their way into segments.
struct Intake<'a> {
    named: Named,
    /// Of the rows that come next: whether they name their number first.
    fresh: IntoIter<bool>,
    first: &'a Numbers,
    early: Early,
    rest: Packing,
    sorter: Sorter,
    repeated: u64,
}

/// What goes before all others: next to nothing, mostly.
#[derive(Default)]
struct Early {
    entries: Vec<Entry>,
    numbers: Numbers,
}

impl Sink for Intake<'_> {
    fn expect(&mut self, numbers: &mut dyn Iterator<Item = Number>) {
        let numbers: Vec<Number> = numbers.collect();
        let mut fresh = Vec::with_capacity(numbers.len());
        self.named.first_of(&numbers, &mut fresh);
        self.fresh = fresh.into_iter();
    }

    fn row(&mut self, passed: Passed<'_>) -> Result<(), Trouble> {
        // The row that names a number first stands, with its source type and notes.
        if !self.fresh.next().unwrap_or(true) {
            self.repeated += 1;
            return Ok(());
        }
        if !self.first.is_empty() && self.first.contains(passed.number) {
            self.early.numbers.insert(passed.number);
            self.early.entries.push(passed.entry().to_entry());
        } else {
            self.rest.push(passed.entry());
        }
        Ok(self.sorter.push(&passed.said()).map_err(StoreError::Spool)?)
    }
}

impl Intake<'_> {
    fn finish(
        self,
        judged: Judged,
        default: SourceType,
        compressing: ScopedJoinHandle<'_, Result<Vec<Segment>, StoreError>>,
    ) -> Result<Loaded, Trouble> {
        self.rest.close();
        let compressed = compressing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        let early = self.early.entries.chunks(SEGMENT).map(Segment::of);
        let segments = early.chain(compressed.into_iter().map(Ok)).collect::<Result<_, _>>()?;
        let Judged { rows, rejected, warnings, rejects } = judged;
        Ok(Loaded {
            segments,
            source: self.sorter.usual_source(default),
            told: self.sorter.finish().map_err(StoreError::Spool)?,
            first: self.early.numbers,
            tally: Tally { rows, rejected, repeated: self.repeated, ..Tally::default() },
            warnings,
            rejects,
        })
    }
}

/// Packs entries and hands them on, a segment at a time.
struct Packing {
    draft: Draft,
    full: SyncSender<Draft>,
}

impl Packing {
    fn push(&mut self, entry: Packed<'_>) {
        self.draft.push(entry);
        if self.draft.is_full() {
            self.hand_on();
        }
    }

    fn hand_on(&mut self) {
        // Who compresses ends only when this does; if it panicked, that is told when it is joined.
        let _ = self.full.send(std::mem::take(&mut self.draft));
    }

    fn close(mut self) {
        if self.draft.count() > 0 {
            self.hand_on();
        }
    }
}
