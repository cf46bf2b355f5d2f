//! Rows sorted by number, however many they are: in memory up to a budget, beyond it in runs on the disk that are merged.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};

use dncsync_core::change::{Action, End, Said};
use dncsync_core::day::Day;
use dncsync_core::number::Number;
use dncsync_core::source::SourceType;
use dncsync_core::timestamp::Timestamp;

/// So many rows are sorted in memory: 48 MB of keys.
pub(super) const MOST: usize = 2_000_000;

/// And so many bytes of what rows tell beside their number.
const TOLD_BYTES: usize = 96 << 20;

/// What a row without notes, end or time tells lies in its key; the bit that says so.
const PLAIN: u64 = 1 << 63;

/// One row: where it belongs, and where the rest of it lies in `told`, or that rest itself.
#[derive(Clone, Copy)]
pub(super) struct Key {
    number: u64,
    row: u64,
    rest: u64,
}

/// Takes rows in the order of the input, and gives them sorted by number, those of one number in their order.
pub(super) struct RowSorter {
    directory: PathBuf,
    most_rows: usize,
    keys: Vec<Key>,
    told: Vec<u8>,
    runs: Vec<File>,
}

impl RowSorter {
    /// A sorter whose runs lie in `directory`, without a name, and that keeps so many rows in memory.
    pub(super) fn new(directory: &Path, most_rows: usize) -> Self {
        Self { directory: directory.to_owned(), most_rows, keys: Vec::new(), told: Vec::new(), runs: Vec::new() }
    }

    /// Takes a row, the how-manieth of the input it is.
    pub(super) fn push(&mut self, row: u64, said: &Said<&str>) -> io::Result<()> {
        if self.keys.len() >= self.most_rows || self.told.len() >= TOLD_BYTES {
            self.spill()?;
        }
        let rest = match plain(said) {
            Some(bits) => PLAIN | bits,
            None => {
                let at = self.told.len() as u64;
                tell(said, &mut self.told);
                at
            }
        };
        self.keys.push(Key { number: said.number.get(), row, rest });
        Ok(())
    }

    fn sort(&mut self) {
        self.keys.sort_unstable_by_key(|key| (key.number, key.row));
    }

    /// Writes what is in memory to the disk, sorted.
    fn spill(&mut self) -> io::Result<()> {
        self.sort();
        let mut run = BufWriter::with_capacity(1 << 18, tempfile::tempfile_in(&self.directory)?);
        let mut record = Vec::new();
        for key in self.keys.drain(..) {
            record.clear();
            record.extend_from_slice(&key.number.to_le_bytes());
            record.extend_from_slice(&key.row.to_le_bytes());
            if key.rest & PLAIN != 0 {
                record.extend_from_slice(&key.rest.to_le_bytes());
            } else {
                let told = told(&self.told[key.rest as usize..]);
                record.extend_from_slice(&(told.len() as u64).to_le_bytes());
                record.extend_from_slice(told);
            }
            run.write_all(&record)?;
        }
        self.told.clear();
        let mut file = run.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        self.runs.push(file);
        Ok(())
    }

    /// All rows, sorted, each with its place in the input.
    pub(super) fn finish(mut self) -> io::Result<Sorted> {
        if self.runs.is_empty() {
            self.sort();
            return Ok(Sorted::Memory { keys: self.keys.into_iter(), told: self.told });
        }
        if !self.keys.is_empty() {
            self.spill()?;
        }
        (self.keys, self.told) = (Vec::new(), Vec::new());
        Ok(Sorted::Disk(Merge::new(self.runs)?))
    }
}

/// Sorted rows, each with its place in the input.
pub(super) enum Sorted {
    Memory { keys: std::vec::IntoIter<Key>, told: Vec<u8> },
    Disk(Merge),
}

impl Iterator for Sorted {
    type Item = io::Result<(u64, Said)>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Memory { keys, told } => {
                let key = keys.next()?;
                let rest =
                    if key.rest & PLAIN != 0 { Rest::Plain(key.rest) } else { Rest::Told(&told[key.rest as usize..]) };
                Some(Ok((key.row, said(key.number, rest))))
            }
            Self::Disk(merge) => merge.next(),
        }
    }
}

/// Runs on the disk, merged.
pub(super) struct Merge {
    runs: Vec<BufReader<File>>,
    heap: BinaryHeap<Reverse<(u64, u64, usize)>>,
    told: Vec<u8>,
}

impl Merge {
    fn new(runs: Vec<File>) -> io::Result<Self> {
        let runs: Vec<_> = runs.into_iter().map(|run| BufReader::with_capacity(1 << 16, run)).collect();
        let mut merge = Self { heap: BinaryHeap::with_capacity(runs.len()), runs, told: Vec::new() };
        for run in 0..merge.runs.len() {
            merge.ahead(run)?;
        }
        Ok(merge)
    }

    /// Looks at the next key of a run.
    fn ahead(&mut self, run: usize) -> io::Result<()> {
        let mut number = [0; 8];
        match self.runs[run].read_exact(&mut number) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            read => read?,
        }
        let row = word(&mut self.runs[run])?;
        self.heap.push(Reverse((u64::from_le_bytes(number), row, run)));
        Ok(())
    }

    fn read(&mut self, number: u64, run: usize) -> io::Result<Said> {
        let rest = word(&mut self.runs[run])?;
        let said = if rest & PLAIN != 0 {
            said(number, Rest::Plain(rest))
        } else {
            self.told.resize(usize::try_from(rest).unwrap_or(0), 0);
            self.runs[run].read_exact(&mut self.told)?;
            said(number, Rest::Told(&self.told))
        };
        self.ahead(run)?;
        Ok(said)
    }
}

impl Iterator for Merge {
    type Item = io::Result<(u64, Said)>;

    fn next(&mut self) -> Option<Self::Item> {
        let Reverse((number, row, run)) = self.heap.pop()?;
        Some(self.read(number, run).map(|said| (row, said)))
    }
}

fn word(from: &mut impl Read) -> io::Result<u64> {
    let mut word = [0; 8];
    from.read_exact(&mut word)?;
    Ok(u64::from_le_bytes(word))
}

/// What a row tells beside its number.
enum Rest<'a> {
    Plain(u64),
    Told(&'a [u8]),
}

/// The two bits of the source type and the one of the action, where a row tells nothing else.
fn plain(said: &Said<&str>) -> Option<u64> {
    let plain = said.notes.is_empty() && said.at.is_none() && said.end == End::Never;
    plain.then(|| head(said))
}

fn head(said: &Said<&str>) -> u64 {
    (said.source as u64) << 1 | u64::from(said.action == Action::Delete)
}

/// Length of what follows, head, time, end, notes.
fn tell(said: &Said<&str>, into: &mut Vec<u8>) {
    const NONE: i64 = i64::MIN;
    let length = 4 + 1 + 8 + 8 + said.notes.len();
    into.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
    into.push(u8::try_from(head(said)).unwrap_or(0));
    into.extend_from_slice(&said.at.map_or(NONE, Timestamp::millis).to_le_bytes());
    into.extend_from_slice(&said.end.day().map_or(NONE, |day| day.get().into()).to_le_bytes());
    into.extend_from_slice(said.notes.as_bytes());
}

/// The piece of `bytes` that one row tells.
fn told(bytes: &[u8]) -> &[u8] {
    let length = bytes.first_chunk::<4>().map_or(0, |length| u32::from_le_bytes(*length) as usize);
    &bytes[..length.min(bytes.len())]
}

fn said(number: u64, rest: Rest<'_>) -> Said {
    let some = |bytes: &[u8]| {
        let value = bytes.first_chunk::<8>().map_or(i64::MIN, |bytes| i64::from_le_bytes(*bytes));
        (value != i64::MIN).then_some(value)
    };
    let (head, at, end, notes) = match rest {
        Rest::Plain(bits) => (bits & 7, None, None, ""),
        Rest::Told(bytes) => {
            let bytes = told(bytes);
            let notes = std::str::from_utf8(&bytes[21..]).unwrap_or_default();
            (u64::from(bytes[4]), some(&bytes[5..]), some(&bytes[13..]), notes)
        }
    };
    Said {
        number: Number::from_stored(number),
        action: if head & 1 == 1 { Action::Delete } else { Action::Add },
        at: at.map(Timestamp::from_millis),
        end: end.and_then(|day| i32::try_from(day).ok()).map_or(End::Never, |day| End::Day(Day::from_stored(day))),
        source: SourceType::ALL[(head >> 1) as usize & 3],
        notes: notes.into(),
    }
}
