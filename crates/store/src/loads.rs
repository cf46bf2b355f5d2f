//! Loads: inputs that were read and checked, made durable; all of each or nothing.

use std::collections::BTreeMap;
use std::io;

use dncsync_core::change::{Action, End, Said};
use dncsync_core::entry::{Entry, Packed};
use dncsync_core::event::Event;
use dncsync_core::number::Number;
use dncsync_core::report::Tally;
use dncsync_core::run::RunId;
use dncsync_core::timestamp::Timestamp;
use dncsync_core::told::{Told, by_chunk};
use rusqlite::{Transaction, params};

use crate::batches::BatchKey;
use crate::error::StoreError;
use crate::events::append;
use crate::evidence;
use crate::feeds;
use crate::lists::{TargetId, TenantId};
use crate::open::Store;
use crate::owed;
use crate::rows::signed;
use crate::segments::{self, SEGMENT, Segment};
use crate::taking::{self, NewLoad};

/// What a run's items are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunKind {
    /// The rows of an input, or numbers that are named otherwise.
    Rows,
    /// The difference between what its target's list should hold and what it holds, taken when it is planned.
    Apply,
}

impl RunKind {
    /// The word in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rows => "rows",
            Self::Apply => "apply",
        }
    }

    /// From the word in the store.
    pub fn read(text: &str) -> Self {
        if text == Self::Apply.name() { Self::Apply } else { Self::Rows }
    }
}

/// The entries of a run.
#[derive(Clone, Copy, Debug)]
pub enum RunEntries<'a> {
    /// So few that they are at hand.
    Few(&'a [Entry]),
    /// However many.
    Segments(&'a [Segment]),
}

/// What an input says in the end, chunk by chunk in the order of their keys.
pub type Telling<'a> = &'a mut dyn Iterator<Item = io::Result<Told>>;

/// An input that was read and checked, about to become durable.
#[derive(Clone, Debug)]
pub struct NewRun<'a> {
    /// Its id.
    pub id: &'a RunId,
    /// The list it is for.
    pub target: TargetId,
    /// Digest of the files and of what was asked of them.
    pub input: &'a str,
    /// The files' names.
    pub files: &'a [String],
    /// Rows, repetitions and rejections; the rest is not known yet.
    pub tally: Tally,
    /// What was mended.
    pub warnings: &'a BTreeMap<String, u64>,
    /// Where the rejections are, and how long that file is.
    pub rejects: Option<(&'a str, u64)>,
    /// Each number once, in the order of the input.
    pub entries: RunEntries<'a>,
    /// What it is in the target's own feed, where it is an input of it.
    pub load: Option<&'a NewLoad<'a>>,
    /// What its items are.
    pub kind: RunKind,
    /// Whether its removals may go beyond the guards.
    pub approved: bool,
    /// The base of the plan that it must come to.
    pub expects: Option<&'a str>,
}

/// No warnings.
static NONE: BTreeMap<String, u64> = BTreeMap::new();

impl<'a> NewRun<'a> {
    /// A run that no input brings: each entry is a row that passed. `rejects` is where items go that CXone refuses.
    pub fn of_command(
        id: &'a RunId,
        target: TargetId,
        (input, files): (&'a str, &'a [String]),
        rejects: &'a str,
        entries: &'a [Entry],
    ) -> Self {
        Self {
            id,
            target,
            input,
            files,
            tally: Tally { rows: entries.len() as u64, ..Tally::default() },
            warnings: &NONE,
            rejects: Some((rejects, 0)),
            entries: RunEntries::Few(entries),
            load: None,
            kind: RunKind::Rows,
            approved: false,
            expects: None,
        }
    }
}

impl Store {
    /// Makes a load durable: all of it or nothing.
    pub fn record_load(&mut self, run: &NewRun<'_>, now: Timestamp, event: &Event) -> Result<(), StoreError> {
        self.record_loads(&[(run, event)], &[], None, now)
    }

    /// Makes loads durable that take over what earlier runs owe: all of it or nothing. `told`: what the input of the one
    /// with segments says.
    pub fn record_loads(
        &mut self,
        loads: &[(&NewRun<'_>, &Event)],
        taken_over: &[BatchKey],
        mut told: Option<Telling<'_>>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|transaction| {
            owed::take(transaction, taken_over)?;
            for (run, event) in loads {
                insert(transaction, run, now)?;
                if let Some(load) = run.load {
                    claim(transaction, run, load, &mut told, now)?;
                }
                append(transaction, now, run.id, std::slice::from_ref(*event))?;
            }
            Ok(())
        })
    }

    /// Forgets an unfinished run, because its input is at hand and read again. A finished one is left as it is.
    pub fn forget_run(&mut self, run: &RunId, now: Timestamp) -> Result<(), StoreError> {
        self.write(|transaction| {
            let sql = "SELECT count(*) FROM run WHERE id = ?1 AND stage <> 'finished'";
            if transaction.query_row(sql, [run.as_str()], |row| row.get::<_, i64>(0))? == 0 {
                return Ok(());
            }
            evidence::keep(transaction, run, u64::MAX, now)?;
            for table in ["body", "part", "refusal", "owed", "batch", "segment"] {
                transaction.execute(&format!("DELETE FROM {table} WHERE run = ?1"), [run.as_str()])?;
            }
            // Whose they are is told by the run: without it they would wait for ever.
            let sql = "DELETE FROM webhook WHERE run = ?1 AND delivered_at IS NULL";
            transaction.execute(sql, [run.as_str()])?;
            transaction.execute("DELETE FROM run WHERE id = ?1", [run.as_str()])?;
            Ok(())
        })
    }

    /// Whether everything that is needed to finish a run can be read.
    pub fn sound(&self, run: &RunId) -> Result<bool, StoreError> {
        match self.numbers_of(run) {
            Ok(_) => Ok(true),
            Err(StoreError::Damaged(_)) => Ok(false),
            Err(other) => Err(other),
        }
    }

    /// Nobody waits for a run: whoever sends finishes it before he ends.
    pub fn hand_over(&mut self, run: &RunId) -> Result<(), StoreError> {
        self.connection.execute("UPDATE run SET handed_over = 1 WHERE id = ?1", [run.as_str()])?;
        Ok(())
    }

    /// Unfinished runs of a tenant that nobody waits for.
    pub fn handed_over(&self, tenant: TenantId) -> Result<Vec<RunId>, StoreError> {
        let mut select = self.connection.prepare_cached(
            "SELECT run.id FROM run JOIN target ON target.id = run.target
             WHERE target.tenant = ?1 AND stage <> 'finished' AND handed_over = 1 ORDER BY run.id",
        )?;
        let ids = select.query_map([tenant.0], |row| Ok(RunId::new(row.get::<_, String>(0)?)))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// The entries of an unfinished run, in the order of the input.
    pub fn entries(&self, run: &RunId) -> Result<Vec<Entry>, StoreError> {
        let mut entries = Vec::new();
        self.each_packed(run, |entry| entries.push(entry.to_entry()))?;
        Ok(entries)
    }

    /// Goes over the entries of an unfinished run in the order of the input, without making each.
    pub fn each_packed(&self, run: &RunId, mut take: impl FnMut(Packed<'_>)) -> Result<(), StoreError> {
        self.each_segment(run, |bytes, crc| segments::each(bytes, crc, &mut take))
    }

    /// The numbers of an unfinished run, in the order of the input.
    pub fn numbers_of(&self, run: &RunId) -> Result<Vec<Number>, StoreError> {
        let mut numbers = Vec::new();
        self.each_segment(run, |bytes, crc| segments::numbers(bytes, crc, &mut numbers))?;
        Ok(numbers)
    }

    fn each_segment(
        &self,
        run: &RunId,
        mut take: impl FnMut(&[u8], u32) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut select =
            self.connection.prepare_cached("SELECT entries, crc FROM segment WHERE run = ?1 ORDER BY seq")?;
        let mut segments = select.query([run.as_str()])?;
        while let Some(row) = segments.next()? {
            take(row.get_ref(0)?.as_blob().unwrap_or_default(), row.get(1)?)?;
        }
        Ok(())
    }
}

fn insert(transaction: &Transaction<'_>, run: &NewRun<'_>, now: Timestamp) -> Result<(), StoreError> {
    let files = serde_json::to_string(run.files).expect("names are JSON");
    let warnings = serde_json::to_string(run.warnings).expect("counts are JSON");
    transaction.execute(
        "INSERT INTO run (id, target, input, stage, started_at, files, rows, repeated, rejected, warnings, rejects,
                          rejects_bytes, kind, approved, expects)
         VALUES (?1, ?2, ?3, 'loaded', ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        params![
            run.id.as_str(),
            run.target.0,
            run.input,
            now.millis(),
            files,
            signed(run.tally.rows),
            signed(run.tally.repeated),
            signed(run.tally.rejected),
            warnings,
            run.rejects.map(|(path, _)| path),
            signed(run.rejects.map_or(0, |(_, bytes)| bytes)),
            run.kind.name(),
            run.approved,
            run.expects,
        ],
    )?;
    let mut insert =
        transaction.prepare_cached("INSERT INTO segment (run, seq, entries, crc) VALUES (?1, ?2, ?3, ?4)")?;
    let mut keep = |seq: usize, segment: &Segment| {
        insert.execute(params![run.id.as_str(), signed(seq as u64), segment.bytes, segment.crc]).map(drop)
    };
    match run.entries {
        RunEntries::Segments(segments) => {
            for (seq, segment) in segments.iter().enumerate() {
                keep(seq, segment)?;
            }
        }
        RunEntries::Few(entries) => {
            for (seq, entries) in entries.chunks(SEGMENT).enumerate() {
                keep(seq, &Segment::of(entries)?)?;
            }
        }
    }
    Ok(())
}

/// What a run asks for is claimed by its target's own feed from the moment it is durable.
fn claim(
    transaction: &Transaction<'_>,
    run: &NewRun<'_>,
    load: &NewLoad<'_>,
    told: &mut Option<Telling<'_>>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let feed = feeds::own(transaction, run.target, now)?;
    if let (RunEntries::Segments(_), Some(told)) = (run.entries, told.take()) {
        return taking::take(transaction, feed.id, load, told, now).map(drop);
    }
    let mut said = match run.entries {
        RunEntries::Few(entries) => entries.iter().map(say).collect(),
        RunEntries::Segments(segments) => said_by(segments)?,
    };
    said.sort_unstable_by_key(|said| said.number);
    taking::take(transaction, feed.id, load, by_chunk(said.into_iter().map(Ok)), now).map(drop)
}

fn said_by(segments: &[Segment]) -> Result<Vec<Said>, StoreError> {
    let mut said = Vec::new();
    for segment in segments {
        said.extend(segment.entries()?.iter().map(say));
    }
    Ok(said)
}

fn say(entry: &Entry) -> Said {
    Said {
        number: entry.number,
        action: Action::Add,
        at: None,
        end: End::Never,
        source: entry.source,
        notes: entry.notes.clone(),
    }
}
