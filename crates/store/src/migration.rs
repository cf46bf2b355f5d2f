//! What a new schema needs beside SQL.

use std::collections::BTreeMap;

use dncsync_core::chunk::Chunk;
use dncsync_core::feed::Mode;
use dncsync_core::load::LoadCounts;
use dncsync_core::timestamp::Timestamp;
use rusqlite::{Transaction, params};

use crate::error::StoreError;
use crate::feeds;
use crate::lists::TargetId;
use crate::rows::{count, signed};
use crate::sets::{self, SetId};

/// Schema 3: what finished runs had asked for in a target is what its own feed claims. One load for each source type.
/// All of it counts as put there by us: what was listed before us is not known any more.
pub(crate) fn claims_to_feeds(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    let sql = "SELECT DISTINCT target, source FROM claim ORDER BY target, source";
    let of: Vec<(i64, String)> = transaction
        .prepare(sql)?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (target, source) in of {
        let numbers = one_source(transaction, TargetId(target), &source)?;
        count_more(transaction, TargetId(target), numbers)?;
    }
    transaction.execute_batch("DROP TABLE claim")?;
    Ok(())
}

fn count_more(transaction: &Transaction<'_>, target: TargetId, more: u64) -> Result<(), StoreError> {
    let sql = "UPDATE feed SET numbers = numbers + ?2 WHERE target = ?1";
    transaction.execute(sql, params![target.0, signed(more)])?;
    Ok(())
}

/// Claims of one source type become a load; how many of them are new to the feed.
fn one_source(transaction: &Transaction<'_>, target: TargetId, source: &str) -> Result<u64, StoreError> {
    let feed = feeds::own(transaction, target, Timestamp::ZERO)?;
    let set = sets::make(transaction, "load")?;
    let put = put_set(transaction, target)?;
    let mut new = 0;
    for (key, claims) in chunks(transaction, target, source)? {
        let mut after = feed.chunk(transaction, key)?;
        let first = claims.without(&after);
        new += first.len();
        after.add(&first);
        sets::put(transaction, set, key, &first)?;
        sets::put(transaction, feed.claimed, key, &after)?;
        if let Some(put) = put {
            let numbers: Vec<_> = first.numbers(key).collect();
            sets::add(transaction, put, &numbers)?;
        }
    }
    let counts = LoadCounts { rows: new, claimed: new, ..LoadCounts::default() };
    transaction.execute(
        "INSERT INTO load (run, feed, kind, mode, at, who, files, digest, asked, source, counts, warnings, claimed)
         VALUES ('earlier', ?1, 'claims', ?2, 0, '', '[]', '', '', ?3, ?4, '{}', ?5)",
        params![
            feed.id.0,
            Mode::Add.name(),
            source,
            serde_json::to_string(&counts).expect("counts are JSON"),
            set.0
        ],
    )?;
    Ok(new)
}

fn put_set(transaction: &Transaction<'_>, target: TargetId) -> Result<Option<SetId>, StoreError> {
    let sql = "SELECT put FROM target LEFT JOIN list ON list.id = target.list WHERE target.id = ?1";
    Ok(transaction.query_row(sql, [target.0], |row| row.get::<_, Option<i64>>(0))?.map(SetId))
}

/// A damaged chunk is nothing known, as it was before.
fn chunks(
    transaction: &Transaction<'_>,
    target: TargetId,
    source: &str,
) -> Result<BTreeMap<u64, Chunk>, StoreError> {
    let sql = "SELECT key, bits, crc FROM claim WHERE target = ?1 AND source = ?2 ORDER BY key";
    let mut select = transaction.prepare(sql)?;
    let mut rows = select.query(params![target.0, source])?;
    let mut chunks = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let chunk = Chunk::from_stored(row.get_ref(1)?.as_blob().unwrap_or_default(), row.get(2)?);
        chunks.insert(count(row.get(0)?), chunk.unwrap_or_default());
    }
    Ok(chunks)
}
