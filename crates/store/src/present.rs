//! What is believed to be in a list: numbers that a read-back has seen there, as chunks, and when they were seen.
//!
//! Sight is kept per whole read and per confirmed batch, never per number: a number was last seen when the last whole
//! read began, or later, when a batch with it was confirmed.

use dncsync_core::event::Event;
use dncsync_core::number::Number;
use dncsync_core::numbers::{Chunk, Numbers, by_chunk};
use dncsync_core::run::RunId;
use dncsync_core::timestamp::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};

use crate::error::StoreError;
use crate::events::append;
use crate::lists::ListKey;
use crate::open::Store;
use crate::rows::{count, signed};

impl Store {
    /// Of sorted numbers, those that were seen in the list, in order. Reads only the chunks it needs.
    pub fn present_among(&self, list: ListKey, sorted: &[Number]) -> Result<Vec<Number>, StoreError> {
        let mut present = Vec::new();
        let mut select = self.connection.prepare_cached("SELECT bits, crc FROM chunk WHERE list = ?1 AND key = ?2")?;
        for (key, numbers) in by_chunk(sorted) {
            let found = select
                .query_row(params![list.0, signed(key)], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get(1)?)))
                .optional()?;
            if let Some((bits, crc)) = found {
                let chunk = Chunk::from_stored(&bits, crc)?;
                present.extend(numbers.iter().copied().filter(|number| chunk.contains(*number)));
            }
        }
        Ok(present)
    }

    /// All that is believed to be in a list.
    pub fn present(&self, list: ListKey) -> Result<Numbers, StoreError> {
        let mut select =
            self.connection.prepare_cached("SELECT key, bits, crc FROM chunk WHERE list = ?1 ORDER BY key")?;
        let mut rows = select.query([list.0])?;
        let mut present = Numbers::default();
        while let Some(row) = rows.next()? {
            let chunk = Chunk::from_stored(row.get_ref(1)?.as_blob().unwrap_or_default(), row.get(2)?)?;
            present.add_chunk(count(row.get(0)?), &chunk);
        }
        Ok(present)
    }

    /// The numbers of a list that were confirmed by batches since a moment.
    pub fn seen_since(&self, list: ListKey, moment: Timestamp) -> Result<Numbers, StoreError> {
        let mut select =
            self.connection.prepare_cached("SELECT numbers, crc FROM sight WHERE list = ?1 AND seen_at >= ?2")?;
        let mut found = select.query(params![list.0, moment.millis()])?;
        let mut seen = Numbers::default();
        while let Some(row) = found.next()? {
            seen.add(&Numbers::from_stored(row.get_ref(0)?.as_blob().unwrap_or_default(), row.get(1)?)?);
        }
        Ok(seen)
    }

    /// The list was read whole: what was seen is all that is believed of it from now on. How many numbers were
    /// believed before and not seen now.
    pub fn seen_whole(
        &mut self,
        list: ListKey,
        began: Timestamp,
        seen: &Numbers,
        now: Timestamp,
        run: &RunId,
    ) -> Result<u64, StoreError> {
        self.write(|transaction| {
            let sql = "SELECT cxone_id, known FROM list WHERE id = ?1";
            let (list_id, known): (String, bool) =
                transaction.query_row(sql, [list.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let unseen = replace(transaction, list, seen)?;
            let sql = "UPDATE list SET known = 1, listed = ?2, seen_whole_at = ?3 WHERE id = ?1";
            transaction.execute(sql, params![list.0, signed(seen.len()), began.millis()])?;
            let sql = "DELETE FROM sight WHERE list = ?1 AND seen_at <= ?2";
            transaction.execute(sql, params![list.0, began.millis()])?;
            if !known || unseen > 0 {
                append(transaction, now, run, &[Event::ListRead { list_id, listed: seen.len(), unseen }])?;
            }
            Ok(unseen)
        })
    }
}

/// Adds sorted numbers to what was seen in a list.
pub(crate) fn add(transaction: &Transaction<'_>, list: ListKey, sorted: &[Number]) -> Result<(), StoreError> {
    let mut added = 0;
    for (key, numbers) in by_chunk(sorted) {
        let mut chunk = chunk(transaction, list, key)?;
        let before = chunk.len();
        for number in numbers {
            chunk.insert(*number);
        }
        if chunk.len() > before {
            added += chunk.len() - before;
            put(transaction, list, key, &chunk)?;
        }
    }
    transaction.execute("UPDATE list SET listed = listed + ?2 WHERE id = ?1", params![list.0, signed(added)])?;
    Ok(())
}

/// Sorted numbers are not believed to be in a list any more.
pub(crate) fn disbelieve(transaction: &Transaction<'_>, list: ListKey, sorted: &[Number]) -> Result<(), StoreError> {
    let mut removed = 0;
    for (key, numbers) in by_chunk(sorted) {
        let mut chunk = chunk(transaction, list, key)?;
        let before = chunk.len();
        for number in numbers {
            chunk.remove(*number);
        }
        if chunk.len() < before {
            removed += before - chunk.len();
            put(transaction, list, key, &chunk)?;
        }
    }
    transaction
        .execute("UPDATE list SET listed = max(0, listed - ?2) WHERE id = ?1", params![list.0, signed(removed)])?;
    Ok(())
}

/// Remembers when the numbers of a confirmed batch were seen.
pub(crate) fn sight(
    transaction: &Transaction<'_>,
    list: ListKey,
    seen_at: Timestamp,
    seen: &Numbers,
) -> Result<(), StoreError> {
    if seen.is_empty() {
        return Ok(());
    }
    let (bytes, crc) = seen.to_stored();
    let sql = "INSERT INTO sight (list, seen_at, numbers, crc) VALUES (?1, ?2, ?3, ?4)";
    transaction.prepare_cached(sql)?.execute(params![list.0, seen_at.millis(), bytes, crc])?;
    Ok(())
}

/// Makes the chunks of a list those of `seen`; how many numbers went away.
fn replace(transaction: &Transaction<'_>, list: ListKey, seen: &Numbers) -> Result<u64, StoreError> {
    let mut gone = 0;
    let mut stored = std::collections::BTreeMap::new();
    let mut select = transaction.prepare_cached("SELECT key, bits, crc FROM chunk WHERE list = ?1")?;
    let mut rows = select.query([list.0])?;
    while let Some(row) = rows.next()? {
        // A damaged one is replaced like any other; what was in it is not known.
        let chunk = Chunk::from_stored(row.get_ref(1)?.as_blob().unwrap_or_default(), row.get(2)?).unwrap_or_default();
        stored.insert(row.get::<_, i64>(0)?, chunk);
    }
    drop(rows);
    for (key, chunk) in seen.chunks() {
        match stored.remove(&signed(key)) {
            Some(before) if before == chunk => continue,
            before => gone += before.map_or(0, |before| before.len_without(&chunk)),
        }
        put(transaction, list, key, &chunk)?;
    }
    let mut delete = transaction.prepare_cached("DELETE FROM chunk WHERE list = ?1 AND key = ?2")?;
    for (key, chunk) in stored {
        gone += chunk.len();
        delete.execute(params![list.0, key])?;
    }
    Ok(gone)
}

fn chunk(transaction: &Transaction<'_>, list: ListKey, key: u64) -> Result<Chunk, StoreError> {
    let mut select = transaction.prepare_cached("SELECT bits, crc FROM chunk WHERE list = ?1 AND key = ?2")?;
    let found = select
        .query_row(params![list.0, signed(key)], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get(1)?)))
        .optional()?;
    Ok(found.map(|(bits, crc)| Chunk::from_stored(&bits, crc)).transpose()?.unwrap_or_default())
}

fn put(transaction: &Transaction<'_>, list: ListKey, key: u64, chunk: &Chunk) -> Result<(), StoreError> {
    let (bits, crc) = chunk.to_stored();
    let sql = "INSERT INTO chunk (list, key, bits, crc) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT DO UPDATE SET bits = excluded.bits, crc = excluded.crc";
    transaction.prepare_cached(sql)?.execute(params![list.0, signed(key), bits, crc])?;
    Ok(())
}
