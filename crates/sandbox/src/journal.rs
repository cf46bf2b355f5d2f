//! The append-only file of accepted calls: JSON lines, each on the disk before its call is answered.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, BufRead, BufReader, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use crate::record::Record;

/// First line of every journal, so that a foreign file is refused and never cut as if its end were torn.
const HEADER: &str = "{\"dncsync-sandbox\":1}\n";

pub(crate) struct Journal {
    file: File,
    path: PathBuf,
    /// Where the next line goes.
    end: u64,
    /// A line may be half on the disk and could not be taken back: nothing may follow it.
    broken: bool,
}

impl Journal {
    /// Opens or creates the journal, locks it, and hands each of its records to `replay`.
    pub(crate) fn open(path: &Path, replay: impl FnMut(Record<'_>) -> Result<(), String>) -> io::Result<Journal> {
        let file = open_private(path).map_err(|e| tell(path, &e.to_string(), e.kind()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(tell(path, "another sandbox is using it", io::ErrorKind::ResourceBusy));
            }
            Err(TryLockError::Error(e)) => return Err(tell(path, &format!("cannot be locked: {e}"), e.kind())),
        }
        let mut journal = Journal { file, path: path.to_owned(), end: 0, broken: false };
        journal.read(replay)?;
        Ok(journal)
    }

    fn read(&mut self, mut replay: impl FnMut(Record<'_>) -> Result<(), String>) -> io::Result<()> {
        let mut reader = BufReader::with_capacity(1 << 20, &self.file);
        let mut line = Vec::new();
        let mut number = 0_u64;
        loop {
            line.clear();
            let length = reader.read_until(b'\n', &mut line)?;
            let torn = line.last() != Some(&b'\n');
            if number == 0 && !is_header(&line, torn) {
                return Err(damaged(&self.path, "is not a journal of this sandbox"));
            }
            if torn {
                break;
            }
            number += 1;
            if number > 1 {
                let at_end = reader.fill_buf()?.is_empty();
                match serde_json::from_slice(&line) {
                    Ok(record) => replay(record).map_err(|e| damaged(&self.path, &format!("line {number}: {e}")))?,
                    // Blocks of a last line may reach the disk out of order, its end before its middle.
                    Err(_) if at_end => break,
                    Err(e) => return Err(damaged(&self.path, &unreadable(number, &e))),
                }
            }
            self.end += u64::try_from(length).unwrap_or(u64::MAX);
        }
        drop(reader);
        self.cut_torn_tail()
    }

    /// What is behind the last whole line was never answered for.
    fn cut_torn_tail(&mut self) -> io::Result<()> {
        self.file.set_len(self.end)?;
        self.file.seek(SeekFrom::Start(self.end))?;
        if self.end == 0 {
            self.write(HEADER.as_bytes())?;
        }
        Ok(())
    }

    /// On return the record is on the disk, or it is not in the journal at all.
    pub(crate) fn append(&mut self, record: &Record<'_>) -> io::Result<()> {
        let mut line = serde_json::to_vec(record)?;
        line.push(b'\n');
        self.write(&line)
    }

    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        if self.broken {
            return Err(damaged(&self.path, "an earlier line could not be written whole; start the sandbox again"));
        }
        let written = self.file.write_all(line).and_then(|()| self.file.sync_data());
        if written.is_err() {
            let taken_back = self.file.set_len(self.end).and_then(|()| self.file.seek(SeekFrom::Start(self.end)));
            self.broken = taken_back.is_err();
            return written;
        }
        self.end += u64::try_from(line.len()).unwrap_or(u64::MAX);
        Ok(())
    }
}

fn is_header(line: &[u8], torn: bool) -> bool {
    match torn {
        true => HEADER.as_bytes().starts_with(line),
        false => line == HEADER.as_bytes(),
    }
}

fn open_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Place and kind of the fault only: serde's own words may quote the line, and the line holds numbers.
fn unreadable(line: u64, error: &serde_json::Error) -> String {
    format!("line {line}, column {}, is damaged ({:?} error)", error.column(), error.classify())
}

fn damaged(path: &Path, what: &str) -> io::Error {
    tell(path, what, io::ErrorKind::InvalidData)
}

fn tell(path: &Path, what: &str, kind: io::ErrorKind) -> io::Error {
    io::Error::new(kind, format!("sandbox journal {}: {what}", path.display()))
}
