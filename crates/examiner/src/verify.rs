//! A whole pack: each file is what it must be, all belong together, and they add up.

use std::collections::{BTreeSet, HashSet};
use std::io;

use crate::chain::Chain;
use crate::checkpoints::{self, Checkpoints};
use crate::finding::{Finding, Findings};
use crate::key::Key;
use crate::lines::holds;
use crate::log::{self, Log};
use crate::pack::Pack;
use crate::spelling::hex;
use crate::tiles::Tile;
use crate::{consistency, items};

/// Explains the pack to people, and is no part of the record.
const README: &str = "README.md";

/// The keys of the log.
const KEYS: &str = "key.txt";

/// Which run the items are of, where they are of one.
const RUN: &str = "run.txt";

/// Longer than the id of any run.
const LONGEST_RUN: u64 = 1024;

/// What a pack holds, and what is wrong with it. It is right where nothing was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Lines of the log.
    pub events: u64,
    /// Checkpoints whose signatures are good, and whose sizes ascend.
    pub checkpoints: u64,
    /// Batches whose items were there, and came to the root that the log names.
    pub batches: u64,
    /// The items of those.
    pub items: u64,
    /// Finished runs, whose figures were added up.
    pub runs: u64,
    /// The root of the log as it is here, hexadecimal.
    pub root: String,
    /// What is wrong: the first few of each file.
    pub findings: Vec<Finding>,
}

/// Checks a pack from its bytes and a key that is trusted.
///
/// # Errors
/// Where a file cannot be read. What is wrong with the pack itself is in [`Verified::findings`].
pub fn verify(pack: &dyn Pack, key: &Key) -> io::Result<Verified> {
    let mut examination = Examination { pack, names: BTreeSet::new(), findings: Findings::default() };
    examination.list()?;
    let run = examination.run()?;
    let log = examination.log(run.as_deref())?;
    let chain = examination.chain(&log, key)?;
    let checkpoints = examination.checkpoints(&log, &chain)?;
    examination.compare_names(&log, &checkpoints);
    examination.tiles(&log)?;
    let (batches, items) = examination.items(&log)?;
    Ok(Verified {
        events: log.tree.size(),
        checkpoints: checkpoints.all.len() as u64,
        batches,
        items,
        runs: log.books.reported(),
        root: hex(&log.tree.root(log.tree.size())),
        findings: examination.findings.into_all(),
    })
}

struct Examination<'a> {
    pack: &'a dyn Pack,
    names: BTreeSet<String>,
    findings: Findings,
}

impl Examination<'_> {
    fn list(&mut self) -> io::Result<()> {
        for name in self.pack.names()? {
            if self.names.contains(&name) {
                self.findings.file(&name, "it is there twice");
            }
            self.names.insert(name);
        }
        Ok(())
    }

    fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// The run that the items are of, where the pack is of one.
    fn run(&mut self) -> io::Result<Option<String>> {
        if !self.has(RUN) {
            return Ok(None);
        }
        let mut text = Vec::new();
        io::Read::read_to_end(&mut io::Read::take(self.pack.open(RUN)?, LONGEST_RUN), &mut text)?;
        let text = String::from_utf8(text).unwrap_or_default();
        let run = text.strip_suffix('\n').filter(|run| !run.is_empty() && !run.contains('\n'));
        if run.is_none() {
            self.findings.file(RUN, "it is not the id of a run and a line end");
        }
        Ok(Some(run.unwrap_or_default().to_owned()))
    }

    fn log(&mut self, run: Option<&str>) -> io::Result<Log> {
        // That it is missing is told with all that is.
        if !self.has(log::FILE) {
            return Log::read(io::empty(), run, &mut self.findings);
        }
        let log = Log::read(self.pack.open(log::FILE)?, run, &mut self.findings)?;
        if let Some(run) = run.filter(|run| !run.is_empty() && !log.tells_of_run) {
            self.findings.file(RUN, format!("the log tells of no run {run}"));
        }
        Ok(log)
    }

    fn chain(&mut self, log: &Log, key: &Key) -> io::Result<Chain> {
        let (chain, broken) = Chain::of(key, &log.rotations);
        if let Some((place, what)) = broken {
            self.findings.line(log::FILE, place + 1, format!("this change of keys does not hold: {what}"));
        }
        if !chain.holds(key) {
            self.findings.file(KEYS, format!("the key that is trusted, {key}, is none of the log's"));
        }
        let expected: String = chain.keys().map(|key| format!("{key}\n")).collect();
        if self.has(KEYS) && !holds(self.pack.open(KEYS)?, expected.as_bytes())? {
            self.findings.file(KEYS, "its keys are not those that the log says were in use, one after another");
        }
        Ok(chain)
    }

    fn checkpoints(&mut self, log: &Log, chain: &Chain) -> io::Result<Checkpoints> {
        if !self.has(checkpoints::FILE) {
            return Ok(Checkpoints::default());
        }
        let source = self.pack.open(checkpoints::FILE)?;
        let read = Checkpoints::read(source, log, chain, &mut self.findings)?;
        read.compare_names(log, &mut self.findings);
        let (newest, size) = (read.all.last().map_or(0, |(size, _)| *size), log.tree.size());
        if newest != size {
            let what = format!("the newest checkpoint that holds is of {newest} lines, and the log has {size}");
            self.findings.file(checkpoints::FILE, what);
        }
        if self.has(checkpoints::NEWEST) && !holds(self.pack.open(checkpoints::NEWEST)?, &read.newest)? {
            self.findings.file(checkpoints::NEWEST, "it is not the newest one of checkpoints.txt");
        }
        if self.has(consistency::FILE) {
            let source = self.pack.open(consistency::FILE)?;
            consistency::check(source, &log.tree, &read, &mut self.findings)?;
        }
        Ok(read)
    }

    /// Whether all files are there that must be, and no others.
    fn compare_names(&mut self, log: &Log, checkpoints: &Checkpoints) {
        let mut expected: HashSet<String> =
            [KEYS, log::FILE, checkpoints::FILE, consistency::FILE].map(str::to_owned).into();
        if !checkpoints.newest.is_empty() || log.tree.size() > 0 {
            expected.insert(checkpoints::NEWEST.to_owned());
        }
        expected.extend(Tile::all(log.tree.size()).map(|tile| tile.to_string()));
        expected.extend(log.roots.wanted().map(|(root, _)| items_of(root)));
        let mut missing: Vec<&String> = expected.iter().filter(|name| !self.names.contains(*name)).collect();
        missing.sort_unstable();
        missing.into_iter().for_each(|name| self.findings.file(name, "it is missing"));
        for name in &self.names {
            if !expected.contains(name) && name != README && name != RUN {
                self.findings.file(name, "no such file belongs to this pack");
            }
        }
    }

    fn tiles(&mut self, log: &Log) -> io::Result<()> {
        for tile in Tile::all(log.tree.size()) {
            let name = tile.to_string();
            if !self.has(&name) {
                continue;
            }
            if let Some(fault) = tile.fault(&log.tree, self.pack.open(&name)?)? {
                self.findings.file(&name, fault);
            }
        }
        Ok(())
    }

    /// Batches and items that are what the log says.
    fn items(&mut self, log: &Log) -> io::Result<(u64, u64)> {
        let (mut batches, mut items) = (0, 0);
        for (root, count) in log.roots.wanted() {
            let name = items_of(root);
            if !self.has(&name) {
                continue;
            }
            match items::check(self.pack.open(&name)?, root, count)? {
                Ok(()) => (batches, items) = (batches + 1, items + count),
                Err((Some(line), what)) => self.findings.line(&name, line, what),
                Err((None, what)) => self.findings.file(&name, what),
            }
        }
        Ok((batches, items))
    }
}

fn items_of(root: &[u8; 32]) -> String {
    format!("items/{}", hex(root))
}
