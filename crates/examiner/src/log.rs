//! The log, read once from its beginning to its end. Of its lines only the hashes are kept.

use std::io::{self, Read};

use crate::books::Books;
use crate::chain::Rotated;
use crate::event::{Event, Head};
use crate::finding::Findings;
use crate::lines::Lines;
use crate::roots::Roots;
use crate::spelling::from_hex;
use crate::tree::{Hash, Tree, leaf};

/// The file.
pub(crate) const FILE: &str = "log.jsonl";

/// No line is longer: an entry bundle has two bytes for its length.
pub(crate) const LONGEST: usize = 65_535;

/// What the log says.
pub(crate) struct Log {
    pub(crate) tree: Tree,
    /// Which checkpoint a line names, by the line's place among the leaves.
    pub(crate) named: Vec<(u64, Hash)>,
    pub(crate) rotations: Vec<(u64, Rotated)>,
    pub(crate) roots: Roots,
    pub(crate) books: Books,
    /// Whether it tells of the run that is asked for.
    pub(crate) tells_of_run: bool,
}

impl Log {
    /// Reads it. `run`: the only one whose items are wanted.
    pub(crate) fn read(source: impl Read, run: Option<&str>, findings: &mut Findings) -> io::Result<Self> {
        let mut log = Self {
            tree: Tree::default(),
            named: Vec::new(),
            rotations: Vec::new(),
            roots: Roots::default(),
            books: Books::default(),
            tells_of_run: false,
        };
        let mut lines = Lines::of(source, LONGEST);
        while let Some(line) = lines.read()? {
            let seq = log.tree.size() + 1;
            match line {
                Err(fault) => {
                    findings.line(FILE, seq, fault.to_string());
                    break;
                }
                Ok(line) => {
                    log.tree.push(leaf(&[line]));
                    log.take(line, seq, run).unwrap_or_else(|what| findings.line(FILE, seq, what));
                }
            }
        }
        Ok(log)
    }

    fn take(&mut self, line: &[u8], seq: u64, run: Option<&str>) -> Result<(), String> {
        let head = Head::read(line)?;
        if head.seq != seq {
            return Err(format!("its `seq` is {}: lines are missing, repeated or out of order", head.seq));
        }
        if let Some(named) = &head.checkpoint {
            self.named.push((seq - 1, from_hex(named).ok_or("`checkpoint` is no hash in hexadecimal")?));
        }
        let of = head.run_id.as_deref();
        self.tells_of_run |= run.is_some() && of == run;
        let event = head.event(line)?;
        let wanted = run.is_none() || of == run;
        let taken = self.roots.take(&event, wanted);
        self.books.take(of, &event)?;
        if let Event::Rotated(rotated) = event {
            self.rotations.push((seq - 1, rotated));
        }
        taken
    }
}
