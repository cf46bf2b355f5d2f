//! Numbers of which nothing is told but that they are claimed, gathered as chunks: in memory up to a budget, beyond it on
//! the disk.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::iter::Peekable;
use std::path::{Path, PathBuf};

use dncsync_core::chunk::Chunk;
use dncsync_core::gathering::Gathering;
use dncsync_core::number::Number;

/// So much memory they take: a registry of 330 area codes is 412 MB of bits, however many of its numbers it holds.
const BYTES: usize = 640 << 20;

/// Gathers them. What was gathered until memory was full is an age: ages follow each other as the rows do.
pub(super) struct PlainNumbers {
    directory: PathBuf,
    most_bytes: usize,
    now: Gathering,
    before: Vec<Age<File>>,
}

/// What was gathered of the rows before this one.
struct Age<T> {
    before_row: u64,
    chunks: T,
}

impl PlainNumbers {
    /// None yet. Files lie in `directory`, without a name.
    pub(super) fn new(directory: &Path, most_bytes: Option<usize>) -> Self {
        Self {
            directory: directory.to_owned(),
            most_bytes: most_bytes.unwrap_or(BYTES),
            now: Gathering::default(),
            before: Vec::new(),
        }
    }

    /// Takes numbers in, which rows of the input name from this one on: few enough to be of one age.
    pub(super) fn push(&mut self, row: u64, numbers: &[Number]) -> io::Result<()> {
        if self.now.bytes() >= self.most_bytes {
            self.spill(row)?;
        }
        self.now.insert(numbers);
        Ok(())
    }

    /// Whether a row of this age named it.
    pub(super) fn names(&mut self, number: Number) -> bool {
        !self.now.is_empty() && self.now.contains(number)
    }

    fn spill(&mut self, before_row: u64) -> io::Result<()> {
        let mut file = BufWriter::with_capacity(1 << 18, tempfile::tempfile_in(&self.directory)?);
        for (key, chunk) in std::mem::take(&mut self.now).into_chunks() {
            let (bytes, checksum) = chunk.to_stored();
            file.write_all(&key.to_le_bytes())?;
            file.write_all(&(bytes.len() as u64).to_le_bytes())?;
            file.write_all(&u64::from(checksum).to_le_bytes())?;
            file.write_all(&bytes)?;
        }
        let mut chunks = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        chunks.rewind()?;
        self.before.push(Age { before_row, chunks });
        Ok(())
    }

    /// All of them, chunk by chunk. `rows`: how many the input had.
    pub(super) fn finish(self, rows: u64) -> io::Result<PlainChunks> {
        let mut ages: Vec<Age<Peekable<Box<Chunks>>>> = Vec::new();
        let mut age = |before_row, chunks: Box<Chunks>| ages.push(Age { before_row, chunks: chunks.peekable() });
        for before in self.before {
            age(before.before_row, Box::new(Stored(BufReader::with_capacity(1 << 18, before.chunks))));
        }
        age(rows, Box::new(self.now.into_chunks().map(Ok)));
        Ok(PlainChunks { ages })
    }
}

type Chunks = dyn Iterator<Item = io::Result<(u64, Chunk)>> + Send;

/// The chunks of all ages, in order of their keys.
pub(super) struct PlainChunks {
    ages: Vec<Age<Peekable<Box<Chunks>>>>,
}

impl PlainChunks {
    /// The key of the next chunk.
    pub(super) fn next_key(&mut self) -> io::Result<Option<u64>> {
        let mut least = None;
        for age in &mut self.ages {
            match age.chunks.peek() {
                Some(Ok((key, _))) => least = Some(least.map_or(*key, |least: u64| least.min(*key))),
                // Only what comes next can be taken out, and an error cannot be copied.
                Some(Err(_)) => return age.chunks.next().map_or(Ok(None), |next| next.map(|(key, _)| Some(key))),
                None => {}
            }
        }
        Ok(least)
    }

    /// What each age holds of this key, which is the next one: with the row before which that age ended.
    pub(super) fn of_key(&mut self, key: u64) -> io::Result<Vec<(u64, Chunk)>> {
        let mut found = Vec::new();
        for age in &mut self.ages {
            let next = age.chunks.next_if(|next| next.as_ref().map_or(true, |(at, _)| *at == key));
            if let Some(next) = next {
                found.push((age.before_row, next?.1));
            }
        }
        Ok(found)
    }
}

/// Chunks on the disk.
struct Stored(BufReader<File>);

impl Stored {
    fn word(&mut self) -> io::Result<u64> {
        let mut word = [0; 8];
        self.0.read_exact(&mut word)?;
        Ok(u64::from_le_bytes(word))
    }

    fn rest(&mut self, key: u64) -> io::Result<(u64, Chunk)> {
        let (length, checksum) = (self.word()?, self.word()?);
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
        self.0.read_exact(&mut bytes)?;
        let chunk = Chunk::from_stored(&bytes, u32::try_from(checksum).unwrap_or(0)).map_err(io::Error::other)?;
        Ok((key, chunk))
    }
}

impl Iterator for Stored {
    type Item = io::Result<(u64, Chunk)>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.word() {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => None,
            Err(error) => Some(Err(error)),
            Ok(key) => Some(self.rest(key)),
        }
    }
}
