//! What a new schema needs beside SQL.

use std::collections::BTreeMap;

use dncsync_core::chunk::Chunk;
use dncsync_core::entry::Entry;
use dncsync_core::feed::Mode;
use dncsync_core::load::LoadCounts;
use dncsync_core::number::Number;
use dncsync_core::numbers::Numbers;
use dncsync_core::source::SourceType;
use dncsync_core::timestamp::Timestamp;
use rusqlite::{Transaction, params};

use crate::error::StoreError;
use crate::feeds;
use crate::lists::{self, ListKey, TargetId};
use crate::rows::count;
use crate::segments;
use crate::sets::{self, SetId};

/// Schema 3: what finished runs had asked for in a target is what its own feed claims, and so is what runs ask for that
/// are not finished. One load for each source type. All that was claimed counts as put there by us: what was listed
/// before us is not known any more.
pub(crate) fn claims_to_feeds(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    let sql = "SELECT DISTINCT target, source FROM claim ORDER BY target, source";
    let of: Vec<(i64, String)> =
        transaction.prepare(sql)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    for (target, source) in of {
        let target = TargetId(target);
        let claims = chunks(transaction, target, &source)?;
        let put = put_set(transaction, target)?;
        one_source(transaction, (target, "earlier"), &source, claims, put)?;
    }
    transaction.execute_batch("DROP TABLE claim")?;
    unfinished_runs(transaction)
}

/// Claims used to be kept when a run was finished. What an unfinished one sends would be claimed by nobody, and removed
/// again. What is planned to be sent is put there by us, as by a plan of today.
fn unfinished_runs(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    let sql = "SELECT id, target, list FROM run WHERE stage <> 'finished' ORDER BY started_at, id";
    let runs: Vec<(String, i64, Option<i64>)> = transaction
        .prepare(sql)?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    for (run, target, list) in runs {
        let entries = entries(transaction, "SELECT entries, crc FROM segment WHERE run = ?1", &run)?;
        for source in SourceType::ALL {
            let of_source = entries.iter().filter(|entry| entry.source == source).map(|entry| entry.number);
            let claims: Numbers = of_source.collect();
            if !claims.is_empty() {
                let claims = claims.chunks().collect();
                one_source(transaction, (TargetId(target), &run), source.name(), claims, None)?;
            }
        }
        if let Some(list) = list {
            let [_, put, _] = lists::sets(transaction, ListKey(list))?;
            let sent = entries_of_batches(transaction, &run)?;
            sets::add(transaction, put, &sent)?;
        }
    }
    Ok(())
}

fn entries_of_batches(transaction: &Transaction<'_>, run: &str) -> Result<Vec<Number>, StoreError> {
    let items = entries(transaction, "SELECT items, crc FROM batch WHERE run = ?1 AND doubted = 0", run)?;
    let mut numbers: Vec<Number> = items.into_iter().map(|item| item.number).collect();
    numbers.sort_unstable();
    Ok(numbers)
}

/// What cannot be read is nothing known: its input is needed again, and claims it then.
fn entries(transaction: &Transaction<'_>, sql: &str, run: &str) -> Result<Vec<Entry>, StoreError> {
    let mut select = transaction.prepare(sql)?;
    let mut found = select.query([run])?;
    let mut all = Vec::new();
    while let Some(row) = found.next()? {
        let crc = row.get(1).unwrap_or_default();
        all.extend(segments::entries(row.get_ref(0)?.as_blob().unwrap_or_default(), crc).unwrap_or_default());
    }
    Ok(all)
}

/// Claims of one source type become a load.
fn one_source(
    transaction: &Transaction<'_>,
    (target, run): (TargetId, &str),
    source: &str,
    claims: BTreeMap<u64, Chunk>,
    put: Option<SetId>,
) -> Result<(), StoreError> {
    let feed = feeds::own(transaction, target, Timestamp::ZERO)?;
    let set = sets::make(transaction, "load")?;
    let mut new = 0;
    for (key, claims) in claims {
        let mut after = feed.chunk(transaction, key)?;
        let first = claims.without(&after);
        if first.is_empty() {
            continue;
        }
        new += first.len();
        after.add(&first);
        sets::put(transaction, set, key, &first)?;
        sets::put(transaction, feed.claimed, key, &after)?;
        if let Some(put) = put {
            sets::add(transaction, put, &first.numbers(key).collect::<Vec<_>>())?;
        }
    }
    let counts = LoadCounts { rows: new, claimed: new, ..LoadCounts::default() };
    transaction.execute(
        "INSERT INTO load (run, feed, kind, mode, at, who, files, digest, asked, source, counts, warnings, claimed)
         VALUES (?1, ?2, 'claims', ?3, 0, '', '[]', '', '', ?4, ?5, '{}', ?6)",
        params![
            run,
            feed.id.0,
            Mode::Add.name(),
            source,
            serde_json::to_string(&counts).expect("counts are JSON"),
            set.0
        ],
    )?;
    feeds::count_numbers(transaction, feed.id, feed.numbers + new)
}

fn put_set(transaction: &Transaction<'_>, target: TargetId) -> Result<Option<SetId>, StoreError> {
    let sql = "SELECT put FROM target LEFT JOIN list ON list.id = target.list WHERE target.id = ?1";
    Ok(transaction.query_row(sql, [target.0], |row| row.get::<_, Option<i64>>(0))?.map(SetId))
}

/// A damaged chunk is nothing known, as it was before.
fn chunks(transaction: &Transaction<'_>, target: TargetId, source: &str) -> Result<BTreeMap<u64, Chunk>, StoreError> {
    let sql = "SELECT key, bits, crc FROM claim WHERE target = ?1 AND source = ?2 ORDER BY key";
    let mut select = transaction.prepare(sql)?;
    let mut rows = select.query(params![target.0, source])?;
    let mut chunks = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let crc = row.get(2).unwrap_or_default();
        let chunk = Chunk::from_stored(row.get_ref(1)?.as_blob().unwrap_or_default(), crc);
        chunks.insert(count(row.get(0)?), chunk.unwrap_or_default());
    }
    Ok(chunks)
}
