//! Somebody outside who keeps what he was shown of the record: it stays true, it verifies, and it holds what was called done.
//!
//! Trees are counted here once more, plainly; whole records are examined by `dncsync_examiner`.

use std::cell::{Cell, RefCell};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dncsync_core::timestamp::Timestamp;
use dncsync_engine::{Ledger, Record, World};
use rusqlite::Connection;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::place::directory;

type Checked = Result<(), String>;
type Hash = [u8; 32];

/// One check in so many examines the whole record, beside those after a death and at rest.
const WHOLE_IN: u64 = 8;

/// The newest checkpoint that anybody was shown, and how many webhooks he has looked at.
#[derive(Default)]
pub(crate) struct Witness {
    newest: RefCell<Option<Note>>,
    webhooks: Cell<usize>,
    checks: Cell<u64>,
}

/// What a checkpoint says.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Note {
    size: usize,
    root: Hash,
}

/// The log of a state directory as it stands, read without the engine.
struct Log {
    store: Connection,
    lines: Vec<String>,
    leaves: Vec<Hash>,
}

impl Witness {
    /// What must hold after every step; `told`: all webhooks that came so far, each an id and a body.
    pub(crate) fn holds(&self, state: &Path, told: &[(String, String)]) -> Checked {
        let Some(log) = Log::read(state) else { return Ok(()) };
        if let Some(seen) = *self.newest.borrow() {
            log.begins_with(seen, "a checkpoint that was shown before")?;
        }
        for (id, body) in &told[self.webhooks.get()..] {
            self.look(&log, log.told_rightly(id, body)?);
        }
        self.webhooks.set(told.len());
        if let Some(kept) = log.newest()? {
            log.begins_with(kept, "the newest checkpoint")?;
            self.look(&log, kept);
        }
        if let Some(published) = published(state)? {
            log.begins_with(published, "the file `checkpoint`")?;
            self.look(&log, published);
        }
        Ok(())
    }

    /// The same, and from time to time the whole record is examined; where it is to be, surely.
    pub(crate) fn holds_whole(&self, state: &Path, told: &[(String, String)], surely: bool) -> Checked {
        self.holds(state, told)?;
        self.checks.set(self.checks.get() + 1);
        if surely || is_long() || self.checks.get().is_multiple_of(WHOLE_IN) { examined(state) } else { Ok(()) }
    }

    fn look(&self, log: &Log, seen: Note) {
        let newest = self.newest.borrow().map_or(0, |newest| newest.size);
        if (newest + 1..=log.lines.len()).contains(&seen.size) {
            *self.newest.borrow_mut() = Some(seen);
        }
    }
}

/// A run was reported as finished just now: its end is in the log, and under a checkpoint that people find.
pub(crate) fn holds_end(state: &Path, run: &str) -> Checked {
    let log = Log::read(state).ok_or("a report, and no log")?;
    let end = log
        .place("DNC_INGESTION", |event| event["runId"] == run)
        .ok_or_else(|| format!("run {run} was reported, and the log does not hold its end"))?;
    for (what, note) in [("newest checkpoint", log.newest()?), ("file `checkpoint`", published(state)?)] {
        let size = note.map_or(0, |note| note.size);
        if size < end {
            return Err(format!("run {run} was reported; it ends with event {end}, and the {what} covers {size}"));
        }
    }
    Ok(())
}

/// The whole record is examined on a copy: whoever opens it completes it, and the next process must meet what is there.
pub(crate) fn examined(state: &Path) -> Checked {
    let Some(there) = Log::read(state).map(|log| log.lines.len()) else { return Ok(()) };
    let copy = directory();
    for entry in std::fs::read_dir(state).expect("a directory").flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_file()) {
            std::fs::copy(entry.path(), copy.path().join(entry.file_name())).expect("a copy");
        }
    }
    let world = World::simulated(0, Timestamp::ZERO);
    let ledger = Ledger::open(copy.path(), &Record::default(), "witness", world);
    let ledger = ledger.map_err(|trouble| format!("the next process would not start: {} {trouble}", trouble.code))?;
    let verified = ledger.ok_or("the state is gone")?.verify(None).map_err(|trouble| trouble.to_string())?;
    if !verified.findings.is_empty() {
        return Err(format!("the record does not verify: {:?}", verified.findings));
    }
    let found = verified.events;
    if found == there as u64 { Ok(()) } else { Err(format!("{found} events were examined, of {there}")) }
}

impl Log {
    fn read(state: &Path) -> Option<Self> {
        let file = state.join("dncsync.db");
        let store = file.is_file().then(|| Connection::open(file).expect("a database"))?;
        let lines: Vec<String> = {
            let mut select = store.prepare("SELECT line FROM event ORDER BY seq").expect("a query");
            let lines = select.query_map([], |row| row.get(0)).expect("rows");
            lines.collect::<Result<_, _>>().expect("lines")
        };
        let leaves = lines.iter().map(|line| hash(0, &[line.as_bytes()])).collect();
        Some(Self { store, lines, leaves })
    }

    /// Where an event stands, from 1.
    fn place(&self, kind: &str, is_it: impl Fn(&Value) -> bool) -> Option<usize> {
        let found = |line: &String| {
            line.contains(kind) && {
                let event: Value = serde_json::from_str(line).expect("JSON");
                event["eventType"] == kind && is_it(&event)
            }
        };
        self.lines.iter().position(found).map(|index| index + 1)
    }

    fn newest(&self) -> Result<Option<Note>, String> {
        let sql = "SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1";
        let found = self.store.query_row(sql, [], |row| row.get::<_, String>(0));
        found.ok().map(|note| Note::read(&note)).transpose()
    }

    /// The log still begins as somebody was shown.
    fn begins_with(&self, seen: Note, what: &str) -> Checked {
        let leaves = self.leaves.get(..seen.size);
        let leaves = leaves.ok_or_else(|| format!("{what} is of {} events, of {}", seen.size, self.leaves.len()))?;
        let holds = root(leaves) == seen.root;
        if holds { Ok(()) } else { Err(format!("{what}, of {} events, is not of this log", seen.size)) }
    }

    /// A webhook carries a checkpoint of this log, which covers that the batch was settled as it tells.
    fn told_rightly(&self, id: &str, body: &str) -> Result<Note, String> {
        let told: Value = serde_json::from_str(body).map_err(|error| format!("{error}: {body}"))?;
        let note = told["checkpoint"].as_str().ok_or_else(|| format!("no checkpoint in webhook {id}: {body}"))?;
        let note = Note::read(note)?;
        self.begins_with(note, "the checkpoint of a webhook")?;
        let sql = "SELECT batch FROM webhook WHERE id = ?1";
        let batch: u64 = self.store.query_row(sql, [id], |row| row.get::<_, u32>(0)).expect("it is stored").into();
        let settled = |event: &Value| {
            (&event["runId"], &event["batch"]) == (&told["runId"], &batch.into())
                && event["items"] == told["batchSize"]
                && event["successes"] == told["indexed"]
        };
        match self.place("batch.settled", settled) {
            Some(place) if place <= note.size => Ok(note),
            place => {
                Err(format!("a webhook tells of event {place:?}, and carries a checkpoint of {}: {body}", note.size))
            }
        }
    }
}

impl Note {
    fn read(note: &str) -> Result<Self, String> {
        let lines: Vec<&str> = note.lines().collect();
        let read = || {
            let root = STANDARD.decode(lines.get(2)?).ok()?.try_into().ok()?;
            Some(Self { size: lines.get(1)?.parse().ok()?, root })
        };
        read().ok_or_else(|| format!("no checkpoint: {note:?}"))
    }
}

/// The file that shows people the newest checkpoint.
fn published(state: &Path) -> Result<Option<Note>, String> {
    std::fs::read_to_string(state.join("checkpoint")).ok().map(|note| Note::read(&note)).transpose()
}

/// RFC 6962, 2.1, to the letter.
fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            hash(1, &[&root(left), &root(right)])
        }
    }
}

fn hash(kind: u8, of: &[&[u8]]) -> Hash {
    of.iter().fold(Sha256::new_with_prefix([kind]), Sha256::chain_update).finalize().into()
}

#[expect(clippy::disallowed_methods, reason = "asked for by the environment")]
fn is_long() -> bool {
    std::env::var_os("DNCSYNC_LONG").is_some()
}
