//! `checkpoints.txt` and `checkpoint`: what the log committed to, one after another, and that it says so itself.

use std::io::{self, Read};

use crate::chain::Chain;
use crate::finding::Findings;
use crate::lines::Lines;
use crate::log::{self, LONGEST, Log};
use crate::note::Checkpoint;
use crate::spelling::hex;
use crate::tree::{Hash, digest};

/// The file of all of them.
pub(crate) const FILE: &str = "checkpoints.txt";

/// The file of the newest one.
pub(crate) const NEWEST: &str = "checkpoint";

/// A note has five lines, and an empty one after it.
const LINES: u64 = 6;

/// The checkpoints of a log.
#[derive(Default)]
pub(crate) struct Checkpoints {
    /// Sizes, ascending, and the digest of each note.
    pub(crate) all: Vec<(u64, Hash)>,
    /// The newest note as it stands.
    pub(crate) newest: Vec<u8>,
}

impl Checkpoints {
    /// Reads them, and compares each with the log.
    pub(crate) fn read(source: impl Read, log: &Log, chain: &Chain, findings: &mut Findings) -> io::Result<Self> {
        let mut read = Self::default();
        let mut lines = Lines::of(source, LONGEST);
        let mut differs = false;
        for first in (1..).step_by(LINES as usize) {
            let note = match next(&mut lines)? {
                Ok(None) => break,
                Ok(Some(note)) => note,
                Err(what) => {
                    findings.line(FILE, first, what);
                    break;
                }
            };
            match Checkpoint::read(&note, chain) {
                Err(what) => findings.line(FILE, first, format!("this checkpoint does not hold: {what}")),
                Ok(checkpoint) => {
                    if let Err(what) = read.take(&checkpoint, &note, log, &mut differs) {
                        findings.line(FILE, first, what);
                    }
                }
            }
            read.newest = note;
        }
        Ok(read)
    }

    fn take(&mut self, checkpoint: &Checkpoint, note: &[u8], log: &Log, differs: &mut bool) -> Result<(), String> {
        let (before, size, has) = (self.all.last().map_or(0, |(size, _)| *size), checkpoint.size, log.tree.size());
        if size <= before {
            return Err(format!("it is of {size} lines, and the one before it of {before}: sizes must ascend"));
        }
        if size > has {
            return Err(format!("it is of {size} lines, and the log has {has}: lines were cut off its end"));
        }
        self.all.push((size, digest(note)));
        // Once a line is another one, no later root fits: that is told once.
        if !*differs && log.tree.root(size) != checkpoint.root {
            *differs = true;
            return Err(format!(
                "the first {size} lines of the log do not come to the root that was signed: one of the lines {} to {size} \
                 is not what it was",
                before + 1
            ));
        }
        Ok(())
    }

    /// Whether the log names each of them but the newest, in the event that follows it, and no other.
    pub(crate) fn compare_names(&self, log: &Log, findings: &mut Findings) {
        let mut named = log.named.iter().copied().peekable();
        for (place, digest) in self.all.iter().filter(|(size, _)| *size < log.tree.size()) {
            while let Some((other, _)) = named.next_if(|(at, _)| at < place) {
                names_none(other, findings);
            }
            match named.next_if(|(at, _)| at == place) {
                Some((_, named)) if named == *digest => {}
                found => {
                    let found = found.map_or_else(|| "none".to_owned(), |(_, found)| hex(&found));
                    let what = format!(
                        "it is the first event after the checkpoint of {place} lines and must name it, {}; it names {found}",
                        hex(digest)
                    );
                    findings.line(log::FILE, place + 1, what);
                }
            }
        }
        named.for_each(|(other, _)| names_none(other, findings));
    }
}

fn names_none(place: u64, findings: &mut Findings) {
    let what = "it names a checkpoint, but none that is here is of the lines before it";
    findings.line(log::FILE, place + 1, what);
}

/// The bytes of the next note.
fn next(lines: &mut Lines<impl Read>) -> io::Result<Result<Option<Vec<u8>>, String>> {
    let mut note = Vec::new();
    for number in 1..=LINES {
        match lines.read()? {
            None if number == 1 => return Ok(Ok(None)),
            None => return Ok(Err("the file ends within a checkpoint, or without the empty line after it".to_owned())),
            Some(Err(fault)) => return Ok(Err(fault.to_string())),
            Some(Ok(b"")) if number == LINES => {}
            Some(Ok(_)) if number == LINES => {
                return Ok(Err("an empty line must stand after the five lines of a checkpoint".to_owned()));
            }
            Some(Ok(line)) => {
                note.extend_from_slice(line);
                note.push(b'\n');
            }
        }
    }
    Ok(Ok(Some(note)))
}
