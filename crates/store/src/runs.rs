//! Runs: planned against a list, finished with a report.

use std::collections::BTreeMap;

use dncsync_core::batch::Batch;
use dncsync_core::event::Event;
use dncsync_core::number::Number;
use dncsync_core::plan::Plan;
use dncsync_core::refusal::HALVING_BUDGET;
use dncsync_core::report::{Removals, Report, Requests, Tally};
use dncsync_core::run::{RunId, Stage};
use dncsync_core::timestamp::Timestamp;
use roaring::RoaringBitmap;
use rusqlite::{OptionalExtension, Transaction, params};

use crate::error::StoreError;
use crate::events::append;
use crate::lists::{self, ListKey, TargetId, TenantId};
use crate::loads::RunKind;
use crate::open::Store;
use crate::rows::{self, count, signed};
use crate::{evidence, owed, present, sets};

/// A run as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// The list it is for.
    pub target: TargetId,
    /// The list that its plan was made against.
    pub list: Option<ListKey>,
    /// How far it has come.
    pub stage: Stage,
    /// When it was loaded.
    pub started_at: Timestamp,
    /// The files' names.
    pub files: Vec<String>,
    /// How its rows came out so far.
    pub tally: Tally,
    /// What was mended.
    pub warnings: BTreeMap<String, u64>,
    /// Where the rejections are, and how long that file was when the run was loaded.
    pub rejects: Option<(String, u64)>,
    /// What it has cost so far.
    pub requests: Requests,
    /// Batches that were sent or are to be sent.
    pub batches: u64,
    /// Batches that are not settled.
    pub open: u64,
    /// Items sent again because no read-back had seen them.
    pub resent: u64,
    /// Milliseconds from first send to confirmation, of each settled batch with a confirmed number.
    pub latencies: Vec<f64>,
    /// What its items are.
    pub kind: RunKind,
    /// Whether its removals may go beyond the guards.
    pub approved: bool,
    /// The base of the plan that it must come to.
    pub expects: Option<String>,
    /// How its removals came out so far.
    pub removals: Removals,
    /// Why its removals were not planned, and how many they are.
    pub withheld: Option<(String, u64)>,
}

/// What is recorded with a plan beside its batches.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlanNotes<'a> {
    /// Sorted numbers that were seen too long ago and are sent again.
    pub disbelieved: &'a [Number],
    /// Sorted numbers that dncsync put there once and that are gone: should they come back, others put them there.
    pub gone: &'a [Number],
    /// How many rows the run has, where only its plan tells.
    pub rows: Option<u64>,
    /// Why removals were left out, and how many they are.
    pub withheld: Option<(&'a str, u64)>,
}

/// Which kind of request a run is charged for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// The run.
    pub run: RunId,
    /// `list`, `post` or `get`.
    pub kind: &'static str,
    /// Whether it repeats an earlier one.
    pub retried: bool,
    /// Whether it is spent on finding items that the server refused without naming them.
    pub halving: bool,
}

pub(crate) fn charge(transaction: &Transaction<'_>, charged: &Charge) -> Result<(), StoreError> {
    let kind = match charged.kind {
        "post" => "requests_post",
        "get" => "requests_get",
        _ => "requests_list",
    };
    let sql = format!(
        "UPDATE run SET {kind} = {kind} + 1, requests_retried = requests_retried + ?2,
                requests_halving = requests_halving + ?3 WHERE id = ?1"
    );
    let (retried, halving) = (i64::from(charged.retried), i64::from(charged.halving));
    transaction.prepare_cached(&sql)?.execute(params![charged.run.as_str(), retried, halving])?;
    Ok(())
}

impl Store {
    /// The unfinished run of this input into this target, if there is one.
    pub fn unfinished(&self, target: TargetId, input: &str) -> Result<Option<RunId>, StoreError> {
        let sql = "SELECT id FROM run WHERE target = ?1 AND input = ?2 AND stage <> 'finished' ORDER BY id LIMIT 1";
        let id = self.connection.query_row(sql, params![target.0, input], |row| row.get::<_, String>(0)).optional()?;
        Ok(id.map(RunId::new))
    }

    /// Whether any run into this target is not finished.
    pub fn has_unfinished(&self, target: TargetId) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM run WHERE target = ?1 AND stage <> 'finished')";
        Ok(self.connection.prepare_cached(sql)?.query_row([target.0], |row| row.get(0))?)
    }

    /// All unfinished runs of a tenant, oldest first.
    pub fn unfinished_runs(&self, tenant: TenantId) -> Result<Vec<RunId>, StoreError> {
        let mut select = self.connection.prepare_cached(
            "SELECT run.id FROM run JOIN target ON target.id = run.target
             WHERE target.tenant = ?1 AND stage <> 'finished' ORDER BY run.started_at, run.id",
        )?;
        let ids = select.query_map([tenant.0], |row| Ok(RunId::new(row.get::<_, String>(0)?)))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// Whether there is a run of this id.
    pub fn has_run(&self, id: &RunId) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM run WHERE id = ?1)";
        Ok(self.connection.query_row(sql, [id.as_str()], |row| row.get(0))?)
    }

    /// A run as it stands.
    pub fn run(&self, id: &RunId) -> Result<Run, StoreError> {
        let mut select = self.connection.prepare_cached("SELECT * FROM run WHERE id = ?1")?;
        let mut run = select.query_row([id.as_str()], run_of_row)?;
        let mut select = self.connection.prepare_cached(
            "SELECT first_sent_at, settled_at, successes, already_listed, refused, unconfirmed, doubted, removal, count
             FROM batch WHERE run = ?1",
        )?;
        let mut batches = select.query([id.as_str()])?;
        while let Some(row) = batches.next()? {
            let (sent, settled): (Option<i64>, Option<i64>) = (row.get(0)?, row.get(1)?);
            let successes = count(row.get(2)?);
            // One that was only looked for is no batch of the report: nothing of it was sent.
            run.batches += u64::from(sent.is_some() || !row.get::<_, bool>(6)?);
            run.open += u64::from(settled.is_none());
            if row.get(7)? {
                run.removals.planned += count(row.get(8)?);
                run.removals.removed += successes;
                run.removals.kept += count(row.get(3)?);
                run.removals.refused += count(row.get(4)?);
                run.removals.unconfirmed += count(row.get(5)?);
                continue;
            }
            run.tally.successes += successes;
            run.tally.already_listed += count(row.get(3)?);
            run.tally.refused += count(row.get(4)?);
            run.tally.unconfirmed += count(row.get(5)?);
            if let (Some(sent), Some(settled), 1..) = (sent, settled, successes) {
                run.latencies.push((settled - sent).max(0) as f64);
            }
        }
        Ok(run)
    }

    /// The report of a finished run.
    pub fn report(&self, run: &RunId) -> Result<Option<Report>, StoreError> {
        let sql = "SELECT report FROM run WHERE id = ?1";
        let text: Option<String> = self.connection.query_row(sql, [run.as_str()], |row| row.get(0))?;
        let report = text.map(|text| serde_json::from_str(&text)).transpose();
        report.map_err(|_| StoreError::Damaged("a report cannot be read"))
    }

    /// Keeps a plan, in place of an earlier one that lost its base. What it sends is ours from now on: it may be removed
    /// again, once no feed claims it any more. It is durable when its first batch leaves; forgotten, it is made anew.
    pub fn record_plan(
        &mut self,
        run: &RunId,
        list: ListKey,
        plan: &Plan,
        notes: &PlanNotes<'_>,
        now: Timestamp,
        event: &Event,
    ) -> Result<(), StoreError> {
        self.write_soon(|transaction| {
            evidence::keep(transaction, run, u64::MAX, now)?;
            for table in ["body", "part", "refusal", "owed", "batch"] {
                let sql = format!("DELETE FROM {table} WHERE run = ?1");
                transaction.execute(&sql, [run.as_str()])?;
            }
            let [present, put, _] = lists::sets(transaction, list)?;
            // What others had put there does not become ours by being sent because nobody looked.
            let theirs = sets::among(transaction, present, notes.disbelieved)?;
            present::disbelieve(transaction, list, notes.disbelieved)?;
            let kinds = [(&plan.batches, Sent::Added), (&plan.doubted, Sent::Doubted), (&plan.removals, Sent::Removed)];
            let batches = kinds.iter().flat_map(|(batches, sent)| batches.iter().map(move |batch| (batch, *sent)));
            for (seq, (batch, sent)) in (0i64..).zip(batches) {
                insert_batch(transaction, run, seq, batch, sent)?;
            }
            let sent = plan.batches.iter().flat_map(|batch| batch.items().map(|item| item.number));
            let mut sent: Vec<Number> = sent.filter(|number| theirs.binary_search(number).is_err()).collect();
            sent.sort_unstable();
            sets::take_out(transaction, put, notes.gone)?;
            sets::add(transaction, put, &sent)?;
            if let Some(rows) = notes.rows {
                let sql = "UPDATE run SET rows = ?2 WHERE id = ?1";
                transaction.execute(sql, params![run.as_str(), signed(rows)])?;
                let sql = "SELECT target FROM run WHERE id = ?1";
                owed::take_all(transaction, TargetId(transaction.query_row(sql, [run.as_str()], |row| row.get(0))?))?;
            }
            transaction.execute(
                "UPDATE run SET stage = 'planned', list = ?2, already_listed = ?3, withheld = ?4, withheld_numbers = ?5
                 WHERE id = ?1",
                params![
                    run.as_str(),
                    list.0,
                    signed(plan.already_listed),
                    notes.withheld.map(|(why, _)| why),
                    signed(notes.withheld.map_or(0, |(_, numbers)| numbers)),
                ],
            )?;
            append(transaction, now, run, std::slice::from_ref(event))
        })
    }

    /// Ends a run with its report. What only its work needed is dropped.
    pub fn finish(&mut self, run: &RunId, report: &Report, now: Timestamp) -> Result<(), StoreError> {
        self.write(|transaction| {
            let text = serde_json::to_string(report).expect("a report is JSON");
            transaction.execute(
                "UPDATE run SET stage = 'finished', ended_at = ?2, report = ?3 WHERE id = ?1",
                params![run.as_str(), now.millis(), text],
            )?;
            evidence::keep(transaction, run, u64::MAX, now)?;
            for table in ["segment", "body", "part", "refusal"] {
                transaction.execute(&format!("DELETE FROM {table} WHERE run = ?1"), [run.as_str()])?;
            }
            append(transaction, now, run, &[Event::Finished(Box::new(report.clone()))])
        })
    }
}

/// What is done with a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sent {
    Added,
    /// Looked for first.
    Doubted,
    Removed,
}

fn insert_batch(
    transaction: &Transaction<'_>,
    run: &RunId,
    seq: i64,
    batch: &Batch,
    sent: Sent,
) -> Result<(), StoreError> {
    let bytes = batch.packed();
    let members: RoaringBitmap = (0..u32::try_from(batch.count()).unwrap_or(u32::MAX)).collect();
    transaction
        .prepare_cached(
            "INSERT INTO batch (run, seq, count, urgent, digest, doubted, removal) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            run.as_str(),
            seq,
            signed(members.len()),
            batch.urgent(),
            batch.digest(),
            sent == Sent::Doubted,
            sent == Sent::Removed,
        ])?;
    transaction
        .prepare_cached("INSERT INTO body (run, batch, items, crc) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![run.as_str(), seq, bytes, crc32fast::hash(bytes)])?;
    let state = if sent == Sent::Doubted { "doubted" } else { "waiting" };
    transaction
        .prepare_cached("INSERT INTO part (run, batch, members, state) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![run.as_str(), seq, rows::members_to_bytes(&members), state])?;
    Ok(())
}

fn run_of_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Run> {
    let number = |name: &str| row.get::<_, i64>(name).map(count);
    let (list, post, get) = (number("requests_list")?, number("requests_post")?, number("requests_get")?);
    let halving = number("requests_halving")?;
    let json = |name: &str| row.get::<_, String>(name);
    let rejects_bytes = number("rejects_bytes")?;
    Ok(Run {
        id: RunId::new(row.get::<_, String>("id")?),
        target: TargetId(row.get("target")?),
        list: row.get::<_, Option<i64>>("list")?.map(ListKey),
        stage: Stage::read(&row.get::<_, String>("stage")?).unwrap_or(Stage::Loaded),
        started_at: Timestamp::from_millis(row.get("started_at")?),
        files: serde_json::from_str(&json("files")?).unwrap_or_default(),
        tally: Tally {
            rows: number("rows")?,
            repeated: number("repeated")?,
            rejected: number("rejected")?,
            already_listed: number("already_listed")?,
            ..Tally::default()
        },
        warnings: serde_json::from_str(&json("warnings")?).unwrap_or_default(),
        rejects: row.get::<_, Option<String>>("rejects")?.map(|path| (path, rejects_bytes)),
        requests: Requests {
            total: list + post + get,
            list,
            post,
            get,
            retried: number("requests_retried")?,
            throttled: number("requests_throttled")?,
            halving,
            halving_budget: if halving > 0 { HALVING_BUDGET } else { 0 },
        },
        batches: 0,
        open: 0,
        resent: number("resent")?,
        latencies: Vec::new(),
        kind: RunKind::read(&json("kind")?),
        approved: row.get("approved")?,
        expects: row.get("expects")?,
        removals: Removals::default(),
        withheld: row.get::<_, Option<String>>("withheld")?.zip(Some(number("withheld_numbers")?)),
    })
}
