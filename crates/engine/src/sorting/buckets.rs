//! Rows in buckets by their number: what is in one fits a core's cache and is sorted there.
//!
//! A row goes to the end of its bucket, so that those of a number stay in their order. When memory is full, all buckets go
//! to the disk, one behind the other, and each is put together again when its turn comes.

use std::collections::HashMap;
use std::fs::File;
use std::hash::BuildHasherDefault;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::iter::Peekable;
use std::path::{Path, PathBuf};
use std::vec::IntoIter;

use dncsync_core::change::Said;
use dncsync_core::number::Number;
use dncsync_core::spread::Spread;

use super::record;
use super::rows::{self, RowSorter, Sorted};

/// A bucket holds the numbers that share their upper bits down to this one.
const BITS: u32 = 22;

/// So many bytes of rows are held in memory.
const BYTES: usize = 192 << 20;

/// A bucket of more bytes than this is sorted on the disk: there may be any number of rows of one number.
const LARGE: usize = 64 << 20;

/// What an empty bucket takes, with its place in the table.
const EMPTY: usize = 64;

/// How much is held in memory; tests take less.
#[derive(Clone, Copy)]
pub(super) struct Budget {
    /// Bytes of rows in memory.
    pub(super) bytes: usize,
    /// Bytes of a bucket that is sorted in memory.
    pub(super) large: usize,
    /// Rows of a larger one that are sorted in memory at once.
    pub(super) rows: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { bytes: BYTES, large: LARGE, rows: rows::MOST }
    }
}

/// Takes rows in the order of the input, and gives them sorted by number, those of one number in their order.
pub(super) struct Buckets {
    directory: PathBuf,
    budget: Budget,
    bytes: usize,
    buckets: HashMap<u64, Vec<u8>, BuildHasherDefault<Spread>>,
    spilled: Vec<Spilled>,
}

/// Buckets on the disk, in the order of their numbers.
struct Spilled {
    file: BufReader<File>,
    sections: Peekable<IntoIter<(u64, usize)>>,
}

impl Buckets {
    /// None yet. Files lie in `directory`, without a name.
    pub(super) fn new(directory: &Path, budget: Budget) -> Self {
        let buckets = HashMap::default();
        Self { directory: directory.to_owned(), budget, bytes: 0, buckets, spilled: Vec::new() }
    }

    /// Takes a row, the how-manieth of the input it is.
    pub(super) fn push(&mut self, row: u64, said: &Said<&str>) -> io::Result<()> {
        if self.bytes >= self.budget.bytes {
            self.spill()?;
        }
        let number = said.number.get();
        let bytes = &mut self.bytes;
        let bucket = self.buckets.entry(number >> BITS).or_insert_with(|| {
            *bytes += EMPTY;
            Vec::new()
        });
        let (held, room) = (bucket.capacity(), record::room_for(said));
        if held - bucket.len() < room {
            // By a quarter and not by twice: there are thousands of buckets, and half of each would lie idle.
            bucket.reserve_exact(room.max(held / 4));
        }
        record::write(bucket, (number & ((1 << BITS) - 1)) as u32, row, said);
        self.bytes += bucket.capacity() - held;
        Ok(())
    }

    fn spill(&mut self) -> io::Result<()> {
        let mut file = BufWriter::with_capacity(1 << 18, tempfile::tempfile_in(&self.directory)?);
        let mut sections = Vec::new();
        for (id, bytes) in sorted(std::mem::take(&mut self.buckets)) {
            file.write_all(&bytes)?;
            sections.push((id, bytes.len()));
        }
        self.bytes = 0;
        let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        let file = BufReader::with_capacity(1 << 18, file);
        self.spilled.push(Spilled { file, sections: sections.into_iter().peekable() });
        Ok(())
    }

    /// All rows, sorted, each with its place in the input.
    pub(super) fn finish(self) -> SortedRows {
        SortedRows {
            directory: self.directory,
            budget: self.budget,
            spilled: self.spilled,
            memory: sorted(self.buckets).into_iter().peekable(),
            bucket: Bucket::default(),
            on_disk: None,
            ahead: None,
            given: None,
        }
    }
}

fn sorted(buckets: HashMap<u64, Vec<u8>, BuildHasherDefault<Spread>>) -> Vec<(u64, Vec<u8>)> {
    let mut sorted: Vec<_> = buckets.into_iter().collect();
    sorted.sort_unstable_by_key(|(id, _)| *id);
    sorted
}

/// Sorted rows, each with its place in the input.
pub(super) struct SortedRows {
    directory: PathBuf,
    budget: Budget,
    spilled: Vec<Spilled>,
    memory: Peekable<IntoIter<(u64, Vec<u8>)>>,
    bucket: Bucket,
    /// A bucket that is too large; its next row, and the one that was given last.
    on_disk: Option<Sorted>,
    ahead: Option<(u64, Said)>,
    given: Option<(u64, Said)>,
}

/// A bucket while its rows are handed out.
#[derive(Default)]
struct Bucket {
    id: u64,
    bytes: Vec<u8>,
    /// The lower bits of each row's number, and where it lies.
    order: IntoIter<u64>,
}

impl SortedRows {
    /// Puts the next bucket together; false where there is none.
    fn open(&mut self) -> io::Result<bool> {
        let ids = self.spilled.iter_mut().filter_map(|spilled| spilled.sections.peek().map(|(id, _)| *id));
        let Some(id) = ids.chain(self.memory.peek().map(|(id, _)| *id)).min() else { return Ok(false) };
        let sections = self.spilled.iter_mut().filter_map(|spilled| spilled.sections.peek());
        let bytes: usize = sections.filter(|(of, _)| *of == id).map(|(_, length)| *length).sum();
        let memory = self.memory.next_if(|(of, _)| *of == id).map(|(_, bytes)| bytes).unwrap_or_default();
        if bytes + memory.len() > self.budget.large {
            self.on_disk = Some(self.sort_on_disk(id, &memory)?);
            return Ok(true);
        }
        let mut all = std::mem::take(&mut self.bucket.bytes);
        all.clear();
        for spilled in &mut self.spilled {
            if let Some((_, length)) = spilled.sections.next_if(|(of, _)| *of == id) {
                let start = all.len();
                all.resize(start + length, 0);
                spilled.file.read_exact(&mut all[start..])?;
            }
        }
        all.extend_from_slice(&memory);
        self.bucket = Bucket { id, order: order(&all).into_iter(), bytes: all };
        Ok(true)
    }

    /// Hands a bucket over, row by row, to who sorts however many there are.
    fn sort_on_disk(&mut self, id: u64, memory: &[u8]) -> io::Result<Sorted> {
        let mut sorter = RowSorter::new(&self.directory, self.budget.rows);
        for spilled in &mut self.spilled {
            let Some((_, length)) = spilled.sections.next_if(|(of, _)| *of == id) else { continue };
            let mut rest = (&mut spilled.file).take(length as u64);
            let mut bytes = Vec::new();
            while record::read_from(&mut rest, &mut bytes)? {
                let (row, said) = record::said(id << BITS, &bytes);
                sorter.push(row, &said)?;
            }
        }
        let mut rest = memory;
        while !rest.is_empty() {
            let (row, said) = record::said(id << BITS, rest);
            sorter.push(row, &said)?;
            rest = &rest[record::length(rest)..];
        }
        sorter.finish()
    }
}

/// In which order the rows of a bucket go: by number, those of one number as they lie.
fn order(bytes: &[u8]) -> Vec<u64> {
    let (mut order, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        order.push(u64::from(record::low(&bytes[at..])) << 32 | at as u64);
        at += record::length(&bytes[at..]);
    }
    order.sort_unstable();
    order
}

impl SortedRows {
    /// The number of the next row.
    pub(super) fn next_number(&mut self) -> io::Result<Option<Number>> {
        loop {
            if let Some((_, said)) = &self.ahead {
                return Ok(Some(said.number));
            }
            if let Some(sorted) = &mut self.on_disk {
                match sorted.next() {
                    Some(row) => self.ahead = Some(row?),
                    None => self.on_disk = None,
                }
                continue;
            }
            if let Some(next) = self.bucket.order.as_slice().first() {
                return Ok(Some(Number::from_stored(self.bucket.id << BITS | next >> 32)));
            }
            if !self.open()? {
                return Ok(None);
            }
        }
    }

    /// The next row, with its place in the input, where it is of such a number.
    pub(super) fn next_of(&mut self, such: impl Fn(Number) -> bool) -> io::Result<Option<(u64, Said<&str>)>> {
        if !self.next_number()?.is_some_and(such) {
            return Ok(None);
        }
        if let Some(row) = self.ahead.take() {
            let (place, said) = self.given.insert(row);
            return Ok(Some((*place, said.lent())));
        }
        let at = self.bucket.order.next().map(|next| (next & u64::from(u32::MAX)) as usize);
        Ok(at.map(|at| record::said(self.bucket.id << BITS, &self.bucket.bytes[at..])))
    }
}
