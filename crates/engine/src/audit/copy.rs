//! The file of the trail: the log of the store, written out, append-only.
//!
//! The store is the truth; the file is its copy for people and their tools. It may lag behind (its process died): then
//! it is completed. It may have holes (the power went before it was synced): then it is written again from the first one.
//! It may never differ: then somebody edited it, and that is said before anything else is done.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use dncsync_store::{Logged, Store, private_options};

use crate::trouble::Trouble;

/// The file's name in the state directory; the tutorial's.
const FILE: &str = "dnc_ingestion_audit.jsonl";

/// Lines read from the store at a time.
const CHUNK: u32 = 1_000;

/// So much of the file is read at a time.
const WINDOW: usize = 64 * 1024;

/// Compares the file with the log, completes it and makes it durable.
///
/// # Errors
/// Kind `Lasting`, code `audit.differs`, where the file holds anything else than the log.
pub(super) fn write_out(store: &Store) -> Result<(), Trouble> {
    let path = store.directory().join(FILE);
    let unusable = |error: io::Error| Trouble::file("audit.unusable", &path, &error);
    // Two processes must not append the same line both.
    let file = locked(store.directory())?;
    if let Some(hole) = compare(store, &file, &path)? {
        tracing::warn!(hole, "the trail has a hole, as a power cut leaves one; it is written again from there");
        file.set_len(hole).map_err(unusable)?;
        compare(store, &file, &path)?;
    }
    Ok(())
}

/// The file, for this process alone until it is closed.
pub(super) fn locked(state: &Path) -> Result<File, Trouble> {
    let path = path(state);
    let open = || {
        let file = private_options().create(true).read(true).append(true).open(&path)?;
        file.lock().map(|()| file)
    };
    open().map_err(|error| Trouble::file("audit.unusable", &path, &error))
}

/// Compares the file with the log, and completes it. Where it has holes but does not differ: where the first one is.
fn compare(store: &Store, file: &File, path: &Path) -> Result<Option<u64>, Trouble> {
    let unusable = |error: io::Error| Trouble::file("audit.unusable", path, &error);
    let mut copy = Copy::new(file).map_err(unusable)?;
    // Each start compares all that is there, so this must be quick: what is there whole is compared line by line as it
    // lies in the store, and only what follows is taken out of it.
    let (mut seq, mut differing, mut failed) = (0, None, None);
    store.each_event_after(0, |line_seq, line| {
        if line.len() as u64 >= copy.left {
            return false;
        }
        match copy.holds(line) {
            Ok(true) => seq = line_seq,
            Ok(false) => differing = Some(line_seq),
            Err(error) => failed = Some(error),
        }
        seq == line_seq
    })?;
    failed.map_or(Ok(()), Err).map_err(unusable)?;
    if let Some(seq) = differing {
        return Err(differs(path, seq));
    }
    loop {
        let lines = store.events_after(seq, CHUNK)?;
        let Some(last) = lines.last() else { break };
        seq = last.seq;
        // What a power cut takes out of the log must not stand in the file.
        if copy.lacks(&lines) {
            store.make_durable()?;
        }
        for logged in &lines {
            if !copy.holds(logged.line.as_bytes()).map_err(unusable)? {
                return Err(differs(path, logged.seq));
            }
        }
    }
    let hole = copy.hole;
    if !copy.complete().map_err(unusable)? {
        return Err(differs(path, seq + 1));
    }
    Ok(hole)
}

fn differs(path: &Path, line: u64) -> Trouble {
    Trouble::lasting(
        "audit.differs",
        format!("{}: line {line} is not what dncsync wrote", path.display()),
        "somebody edited the trail: keep this file as evidence under another name; the next run writes the trail anew from the store",
    )
}

/// The file, compared as far as it reaches and appended to from there.
struct Copy<'a> {
    reader: BufReader<&'a File>,
    writer: BufWriter<&'a File>,
    at: u64,
    left: u64,
    appended: bool,
    hole: Option<u64>,
    /// The line that is compared, with its end; and what stands in its place.
    expected: Vec<u8>,
    found: Vec<u8>,
}

impl<'a> Copy<'a> {
    fn new(file: &'a File) -> io::Result<Self> {
        let left = file.metadata()?.len();
        let mut reader = BufReader::with_capacity(WINDOW, file);
        reader.seek(SeekFrom::Start(0))?;
        let (expected, found) = (Vec::new(), Vec::new());
        Ok(Self { reader, writer: BufWriter::new(file), at: 0, left, appended: false, hole: None, expected, found })
    }

    /// Whether the file ends before these lines do.
    fn lacks(&self, lines: &[Logged]) -> bool {
        lines.iter().map(|logged| logged.line.len() as u64 + 1).sum::<u64>() > self.left
    }

    /// Compares the next line, or what there is of it, and appends the rest; false where they differ.
    fn holds(&mut self, line: &[u8]) -> io::Result<bool> {
        self.expected.clear();
        self.expected.extend_from_slice(line);
        self.expected.push(b'\n');
        let there = usize::try_from(self.left).unwrap_or(usize::MAX).min(self.expected.len());
        self.found.resize(there, 0);
        self.reader.read_exact(&mut self.found)?;
        let (expected, found) = (&self.expected, &self.found);
        self.left -= there as u64;
        // A block that never reached the disk reads as zeros. No line holds one, and nobody edits by writing them: at
        // worst this writes again what the store has anyway.
        let differing = |(found, expected): (&u8, &u8)| found != expected;
        if found[..] != expected[..there]
            && let Some(first) = found.iter().zip(expected).position(differing)
        {
            if found.iter().zip(expected).any(|(&found, &expected)| found != expected && found != 0) {
                return Ok(false);
            }
            self.hole.get_or_insert(self.at + first as u64);
        }
        self.at += there as u64;
        if there < expected.len() {
            self.writer.write_all(&expected[there..])?;
            self.appended = true;
        }
        Ok(true)
    }

    /// Makes what was appended durable; false where the file goes on after the log ended.
    fn complete(mut self) -> io::Result<bool> {
        self.writer.flush()?;
        if self.appended {
            self.writer.get_ref().sync_all()?;
        }
        Ok(self.left == 0)
    }
}

/// Where the trail lies.
pub(crate) fn path(state: &Path) -> PathBuf {
    state.join(FILE)
}
