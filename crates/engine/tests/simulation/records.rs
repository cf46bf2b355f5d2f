//! What the engine left on the disk, read without the engine: plain SQL, plain JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use roaring::RoaringBitmap;
use rusqlite::Connection;
use serde_json::Value;

#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) id: String,
    /// Made of what earlier runs could not confirm.
    pub(crate) owed: bool,
    pub(crate) campaign: String,
    pub(crate) list: Option<i64>,
    pub(crate) stage: String,
    /// rows, repeated, rejected
    pub(crate) loaded: (u64, u64, u64),
    pub(crate) already_listed: u64,
    pub(crate) report: Option<Value>,
}

#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) run: String,
    pub(crate) count: u64,
    pub(crate) settled: bool,
    pub(crate) successes: u64,
    pub(crate) already_listed: u64,
    pub(crate) refused: u64,
    pub(crate) unconfirmed: u64,
}

impl Batch {
    pub(crate) fn outcomes(&self) -> u64 {
        self.successes + self.already_listed + self.refused + self.unconfirmed
    }
}

#[derive(Debug)]
pub(crate) struct Webhook {
    pub(crate) id: String,
    pub(crate) run: String,
    pub(crate) batch: u64,
    pub(crate) body: String,
    pub(crate) delivered: bool,
}

/// Everything of one moment.
#[derive(Debug, Default)]
pub(crate) struct Records {
    pub(crate) runs: Vec<Run>,
    pub(crate) batches: Vec<Batch>,
    pub(crate) webhooks: Vec<Webhook>,
    /// By the store's key: CXone's id, and the numbers believed to be present.
    pub(crate) lists: BTreeMap<i64, (String, BTreeSet<u64>)>,
    /// The log.
    pub(crate) events: Vec<Value>,
    /// The audit file.
    pub(crate) trail: String,
    /// The log as it should stand in it.
    pub(crate) lines: String,
}

impl Records {
    /// What there is; nothing where no engine has been.
    pub(crate) fn read(state: &Path) -> Self {
        let file = state.join("dncsync.db");
        if !file.is_file() {
            return Self::default();
        }
        let store = Connection::open(file).expect("a database");
        let lines: Vec<String> = rows(&store, "SELECT line FROM event ORDER BY seq", |row| row.get(0));
        Self {
            runs: runs(&store),
            batches: batches(&store),
            webhooks: webhooks(&store),
            lists: lists(&store),
            events: lines.iter().map(|line| serde_json::from_str(line).expect("JSON")).collect(),
            trail: std::fs::read_to_string(state.join("dnc_ingestion_audit.jsonl")).unwrap_or_default(),
            lines: lines.iter().map(|line| format!("{line}\n")).collect(),
        }
    }

    /// The batches of a run.
    pub(crate) fn batches_of<'a>(&'a self, run: &'a str) -> impl Iterator<Item = &'a Batch> {
        self.batches.iter().filter(move |batch| batch.run == run)
    }
}

fn rows<T>(store: &Connection, sql: &str, read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>) -> Vec<T> {
    let mut select = store.prepare(sql).expect("a query");
    let found = select.query_map([], read).expect("rows");
    found.collect::<Result<_, _>>().expect("values")
}

fn unsigned(row: &rusqlite::Row<'_>, at: usize) -> rusqlite::Result<u64> {
    Ok(row.get::<_, i64>(at)?.unsigned_abs())
}

fn runs(store: &Connection) -> Vec<Run> {
    let sql = "SELECT run.id, target.campaign, run.list, stage, rows, repeated, rejected, already_listed, report, input = 'owed'
               FROM run JOIN target ON target.id = run.target ORDER BY run.id";
    rows(store, sql, |row| {
        let report: Option<String> = row.get(8)?;
        Ok(Run {
            id: row.get(0)?,
            owed: row.get(9)?,
            campaign: row.get(1)?,
            list: row.get(2)?,
            stage: row.get(3)?,
            loaded: (unsigned(row, 4)?, unsigned(row, 5)?, unsigned(row, 6)?),
            already_listed: unsigned(row, 7)?,
            report: report.map(|text| serde_json::from_str(&text).expect("JSON")),
        })
    })
}

fn batches(store: &Connection) -> Vec<Batch> {
    let sql = "SELECT run, count, settled_at IS NOT NULL, successes, already_listed, refused, unconfirmed FROM batch";
    rows(store, sql, |row| {
        Ok(Batch {
            run: row.get(0)?,
            count: unsigned(row, 1)?,
            settled: row.get(2)?,
            successes: unsigned(row, 3)?,
            already_listed: unsigned(row, 4)?,
            refused: unsigned(row, 5)?,
            unconfirmed: unsigned(row, 6)?,
        })
    })
}

fn webhooks(store: &Connection) -> Vec<Webhook> {
    rows(store, "SELECT id, run, batch, body, delivered_at IS NOT NULL FROM webhook", |row| {
        Ok(Webhook {
            id: row.get(0)?,
            run: row.get(1)?,
            batch: unsigned(row, 2)?,
            body: row.get(3)?,
            delivered: row.get(4)?,
        })
    })
}

fn lists(store: &Connection) -> BTreeMap<i64, (String, BTreeSet<u64>)> {
    let mut lists: BTreeMap<i64, (String, BTreeSet<u64>)> =
        rows(store, "SELECT id, cxone_id FROM list", |row| Ok((row.get(0)?, (row.get(1)?, BTreeSet::new()))))
            .into_iter()
            .collect();
    let chunks =
        rows(store, "SELECT list.id, key, bits FROM chunk JOIN list ON list.present = chunk.number_set", |row| {
            Ok((row.get::<_, i64>(0)?, unsigned(row, 1)?, row.get::<_, Vec<u8>>(2)?))
        });
    for (list, key, bits) in chunks {
        let low = RoaringBitmap::deserialize_from(&bits[..]).expect("a chunk");
        let present = &mut lists.get_mut(&list).expect("a list").1;
        present.extend(low.iter().map(|low| (key << 16) | u64::from(low)));
    }
    lists
}
