//! Damage: what does not fit its checksum is nothing known.
//!
//! A piece of a set that cannot be read is dropped, so that its numbers are looked at again and sent again. A run with a
//! batch or a part that cannot be read is planned anew from its entries. Nothing here is ever repaired by guessing.

use dncsync_core::chunk::Chunk;
use dncsync_core::event::Event;
use dncsync_core::numbers::Numbers;
use dncsync_core::run::RunId;
use dncsync_core::timestamp::Timestamp;
use rusqlite::Transaction;

use crate::error::StoreError;
use crate::events::append;
use crate::open::Store;
use crate::rows;
use crate::segments;

/// What was found damaged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mended {
    /// Pieces of sets that were dropped.
    pub beliefs: u64,
    /// Runs that are planned anew.
    pub replanned: Vec<RunId>,
    /// Unfinished runs whose entries cannot be read: their input is needed again.
    pub needed_again: Vec<RunId>,
}

impl Store {
    /// Looks at everything that has a checksum and drops what does not fit.
    pub fn mend(&mut self, now: Timestamp, run: &RunId) -> Result<Mended, StoreError> {
        self.write(|transaction| {
            let chunk = |bits: &[u8], crc| Chunk::from_stored(bits, crc).is_ok();
            let set = |bits: &[u8], crc| Numbers::from_stored(bits, crc).is_ok();
            let entries = |bits: &[u8], crc| segments::entries(bits, crc).is_ok();
            distrust(transaction, &chunk)?;
            let sets = drop_damaged(transaction, "chunk", "number_set, key", "bits", &chunk)?;
            let ends = drop_damaged(transaction, "ending", "feed, key, day", "bits", &chunk)?;
            let lifted = drop_damaged(transaction, "lifted_end", "load, key, day", "bits", &chunk)?;
            let fates = drop_damaged(transaction, "fate", "id", "numbers", &set)?;
            let notes =
                drop_damaged(transaction, "note", "load, first", "body", &|body, crc| crc32fast::hash(body) == crc)?;
            let owed = drop_damaged(transaction, "owed", "target, run, batch", "entries", &entries)?;
            let beliefs = sets + ends + lifted + fates + notes + owed;
            let mut replanned = damaged_runs(transaction, "body", "items", "= 'planned'", &entries)?;
            replanned.extend(runs_with_damaged_parts(transaction)?);
            replanned.sort_unstable();
            replanned.dedup();
            for id in &replanned {
                transaction.execute("UPDATE run SET stage = 'loaded' WHERE id = ?1", [id.as_str()])?;
            }
            let needed_again = damaged_runs(transaction, "segment", "entries", "<> 'finished'", &entries)?;
            if beliefs > 0 || !replanned.is_empty() {
                append(transaction, now, run, &[Event::Damaged { beliefs, replanned: replanned.len() as u64 }])?;
            }
            Ok(Mended { beliefs, replanned, needed_again })
        })
    }
}

/// A feed that loses a piece claims less than it did, and a target that loses a piece of the campaign's own numbers
/// desires less: that must not remove anybody's protection. Nothing is removed on account of either until it is given
/// whole again. What a load told is a piece of its feed: what undoes an earlier load asks it what has to stay.
fn distrust(transaction: &Transaction<'_>, sound: Sound<'_>) -> Result<(), StoreError> {
    let mut select = transaction.prepare(
        "SELECT bits, crc, number_set FROM chunk JOIN number_set ON number_set.id = number_set WHERE what IN ('feed', 'load', 'only')",
    )?;
    let mut found = select.query([])?;
    let mut damaged: Vec<i64> = Vec::new();
    while let Some(row) = found.next()? {
        if !fits(row, sound)? {
            damaged.push(row.get(2)?);
        }
    }
    damaged.dedup();
    for set in damaged {
        transaction.execute(
            "UPDATE feed SET damaged = 1 WHERE claimed = ?1 OR base = ?1 OR id IN
             (SELECT feed FROM load LEFT JOIN load_source ON load_source.load = load.seq
              WHERE ?1 IN (claimed, again, withdrawn, number_set))",
            [set],
        )?;
        transaction.execute("UPDATE target SET only_damaged = 1 WHERE only_numbers = ?1", [set])?;
    }
    Ok(())
}

/// Whether bytes fit a checksum.
type Sound<'a> = &'a dyn Fn(&[u8], u32) -> bool;

/// Whether the bytes in the first column fit the checksum in the second, which may be damaged itself.
fn fits(row: &rusqlite::Row<'_>, sound: Sound<'_>) -> Result<bool, StoreError> {
    let bytes = row.get_ref(0)?.as_blob().unwrap_or_default();
    Ok(row.get(1).is_ok_and(|crc| sound(bytes, crc)))
}

fn drop_damaged(
    transaction: &Transaction<'_>,
    table: &str,
    key: &str,
    column: &str,
    sound: Sound<'_>,
) -> Result<u64, StoreError> {
    let mut select = transaction.prepare(&format!("SELECT {column}, crc, {key} FROM {table}"))?;
    let columns = select.column_count();
    let mut found = select.query([])?;
    let mut damaged: Vec<Vec<rusqlite::types::Value>> = Vec::new();
    while let Some(row) = found.next()? {
        if !fits(row, sound)? {
            damaged.push((2..columns).map(|column| row.get(column)).collect::<Result<_, _>>()?);
        }
    }
    let marks = vec!["?"; columns - 2].join(", ");
    let mut delete = transaction.prepare(&format!("DELETE FROM {table} WHERE ({key}) = ({marks})"))?;
    for key in &damaged {
        delete.execute(rusqlite::params_from_iter(key))?;
    }
    Ok(damaged.len() as u64)
}

/// The runs at such a stage that have a damaged row in a table.
fn damaged_runs(
    transaction: &Transaction<'_>,
    table: &str,
    column: &str,
    stage: &str,
    sound: Sound<'_>,
) -> Result<Vec<RunId>, StoreError> {
    let mut select = transaction.prepare(&format!(
        "SELECT {column}, crc, run FROM {table} JOIN run ON run.id = {table}.run WHERE stage {stage} ORDER BY run"
    ))?;
    let mut found = select.query([])?;
    let mut damaged = Vec::new();
    while let Some(row) = found.next()? {
        if !fits(row, sound)? {
            damaged.push(RunId::new(row.get::<_, String>(2)?));
        }
    }
    damaged.dedup();
    Ok(damaged)
}

/// The planned runs that have a part whose members cannot be read, or are no items of its batch.
fn runs_with_damaged_parts(transaction: &Transaction<'_>) -> Result<Vec<RunId>, StoreError> {
    let mut select = transaction.prepare(
        "SELECT members, count, part.run FROM part JOIN batch ON batch.run = part.run AND batch.seq = part.batch
         JOIN run ON run.id = part.run WHERE stage = 'planned'",
    )?;
    let mut found = select.query([])?;
    let mut damaged = Vec::new();
    while let Some(row) = found.next()? {
        let members = rows::members(row.get_ref(0)?.as_blob().unwrap_or_default());
        let count = rows::count(row.get(1)?);
        if !members.is_ok_and(|members| members.max().is_none_or(|last| u64::from(last) < count)) {
            damaged.push(RunId::new(row.get::<_, String>(2)?));
        }
    }
    Ok(damaged)
}
