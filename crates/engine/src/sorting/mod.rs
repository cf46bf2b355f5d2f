//! What inputs say, sorted by number and put together to chunks, however much it is.
//!
//! A row that tells nothing but its number needs no place and no order among its like: it is a bit in a set. Only the others
//! are sorted as rows. Which of a number's rows stands is decided here, over both.

mod buckets;
mod plain;
mod record;
mod rows;

use std::io;
use std::path::Path;

use dncsync_core::change::{Action, End, Said, standing};
use dncsync_core::check::Passed;
use dncsync_core::chunk::key;
use dncsync_core::feed::Mode;
use dncsync_core::number::Number;
use dncsync_core::row::Place;
use dncsync_core::source::SourceType;
use dncsync_core::told::Told;
use dncsync_store::StoreError;

use self::buckets::{Buckets, Budget, SortedRows};
use self::plain::{PlainChunks, PlainNumbers};
use crate::desk::Sink;
use crate::trouble::Trouble;

/// Takes rows in the order of the input, and gives what is said of each number in the end.
pub(crate) struct Sorter {
    mode: Mode,
    /// Each number is named once: nothing is looked up.
    distinct: bool,
    taken: u64,
    /// The source type of the rows that tell nothing else; that of the first of them.
    plain_source: Option<SourceType>,
    plain: PlainNumbers,
    rows: Buckets,
    /// How many rows there are of each source type.
    sources: [u64; SourceType::ALL.len()],
}

impl Sorter {
    /// A sorter whose files lie in `directory`, without a name.
    pub(crate) fn new(mode: Mode, directory: &Path) -> Self {
        Self::with_budget(mode, directory, None, Budget::default())
    }

    /// A sorter of rows that only add, each number once.
    pub(crate) fn of_distinct(directory: &Path) -> Self {
        Self { distinct: true, ..Self::new(Mode::Add, directory) }
    }

    fn with_budget(mode: Mode, directory: &Path, plain_bytes: Option<usize>, rows: Budget) -> Self {
        Self {
            mode,
            distinct: false,
            taken: 0,
            plain_source: None,
            plain: PlainNumbers::new(directory, plain_bytes),
            rows: Buckets::new(directory, rows),
            sources: [0; SourceType::ALL.len()],
        }
    }

    /// Takes the next row.
    pub(crate) fn push(&mut self, said: &Said<&str>) -> io::Result<()> {
        let row = self.taken;
        self.taken += 1;
        if said.action == Action::Add {
            self.sources[said.source as usize] += 1;
        }
        if self.is_plain(said) {
            return self.plain.push(row, &[said.number]);
        }
        // Where rows only add, the first of a number stands, and one without an end outlasts any other.
        if self.mode != Mode::Changes && !self.distinct && self.plain.names(said.number) {
            return Ok(());
        }
        self.rows.push(row, said)
    }

    /// Takes the next rows, which tell nothing but these numbers.
    fn push_bare(&mut self, numbers: &[Number], source: SourceType) -> io::Result<()> {
        let bare = |number| Said { number, action: Action::Add, at: None, end: End::Never, source, notes: "" };
        let Some(first) = numbers.first() else { return Ok(()) };
        if !self.is_plain(&bare(*first)) {
            return numbers.iter().try_for_each(|number| self.push(&bare(*number)));
        }
        self.plain.push(self.taken, numbers)?;
        self.taken += numbers.len() as u64;
        self.sources[source as usize] += numbers.len() as u64;
        Ok(())
    }

    /// Where rows change, each may count by its place.
    fn is_plain(&mut self, said: &Said<&str>) -> bool {
        self.mode != Mode::Changes
            && said.action == Action::Add
            && said.notes.is_empty()
            && said.end == End::Never
            && *self.plain_source.get_or_insert(said.source) == said.source
    }

    /// The usual source type of rows that add: that of those which tell nothing else, where there are any; `default` where
    /// none add.
    pub(crate) fn usual_source(&self, default: SourceType) -> SourceType {
        let most =
            SourceType::ALL.into_iter().max_by_key(|source| (self.sources[*source as usize], *source == default));
        let most = most.filter(|source| self.sources[*source as usize] > 0);
        self.plain_source.or(most).unwrap_or(default)
    }

    /// What is said of each number in the end, chunk by chunk.
    pub(crate) fn finish(self) -> io::Result<Standing> {
        let (plain, rows) = (self.plain.finish(self.taken)?, self.rows.finish());
        Ok(Standing { mode: self.mode, plain, rows })
    }
}

impl Sink for Sorter {
    fn row(&mut self, passed: Passed<'_>) -> Result<(), Trouble> {
        Ok(self.push(&passed.said()).map_err(StoreError::Spool)?)
    }

    fn bare(&mut self, numbers: &[Number], _: Place, source: SourceType) -> Result<(), Trouble> {
        Ok(self.push_bare(numbers, source).map_err(StoreError::Spool)?)
    }
}

/// What inputs say of each number in the end, chunk by chunk.
pub(crate) struct Standing {
    mode: Mode,
    plain: PlainChunks,
    rows: SortedRows,
}

impl Standing {
    fn chunk(&mut self) -> io::Result<Option<Told>> {
        let of_rows = self.rows.next_number()?.map(key);
        let of_plain = self.plain.next_key()?;
        let Some(next) = [of_rows, of_plain].into_iter().flatten().min() else { return Ok(None) };
        let ages = self.plain.of_key(next)?;
        let mut told = Told::of(next);
        ages.iter().for_each(|(_, chunk)| told.plain.add(chunk));
        let mut group = Vec::new();
        while let Some((row, first)) = self.rows.next_of(|number| key(number) == next)? {
            let number = first.number;
            let notes = told.keep(first.notes);
            group.push(first.with(notes));
            while let Some((_, said)) = self.rows.next_of(|next| next == number)? {
                group.push(said.with(told.keep(said.notes)));
            }
            let named_before = ages.iter().any(|(before, chunk)| *before <= row && chunk.contains(number));
            if named_before {
                told.let_go(notes);
                group.clear();
                continue;
            }
            let alone = group.len() == 1;
            let mut stands = standing(self.mode, &mut group);
            if !ages.is_empty() && told.plain.remove(number) {
                stands.end = End::Never;
            }
            if alone {
                told.push(stands);
            } else {
                told.push_standing(stands, notes);
            }
        }
        Ok(Some(told))
    }
}

impl Iterator for Standing {
    type Item = io::Result<Told>;

    fn next(&mut self) -> Option<Self::Item> {
        self.chunk().transpose()
    }
}

#[cfg(test)]
mod tests;
