//! Sets of numbers as they lie in the store: one row for each chunk, small ones for three numbers, 8 KiB at most.

use dncsync_core::chunk::{Chunk, by_chunk};
use dncsync_core::number::Number;
use dncsync_core::numbers::Numbers;
use rusqlite::{Connection, OptionalExtension, Rows, Transaction, params};

use crate::error::StoreError;
use crate::rows::{count, signed};

/// A set in this store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct SetId(pub(crate) i64);

/// A chunk of a set, and its checksum, by which a base is told from another.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    pub(crate) chunk: Chunk,
    pub(crate) crc: u32,
}

/// Makes an empty set. `what` says for whom.
pub(crate) fn make(transaction: &Transaction<'_>, what: &str) -> Result<SetId, StoreError> {
    transaction.prepare_cached("INSERT INTO number_set (what) VALUES (?1)")?.execute([what])?;
    Ok(SetId(transaction.last_insert_rowid()))
}

/// The chunk of a set, where it has one.
pub(crate) fn find(connection: &Connection, set: SetId, key: u64) -> Result<Option<Chunk>, StoreError> {
    let mut select = connection.prepare_cached("SELECT bits, crc FROM chunk WHERE number_set = ?1 AND key = ?2")?;
    let found = select
        .query_row(params![set.0, signed(key)], |row| {
            Ok((row.get_ref(0)?.as_blob().unwrap_or_default().to_vec(), row.get(1)?))
        })
        .optional()?;
    Ok(found.map(|(bits, crc)| Chunk::from_stored(&bits, crc)).transpose()?)
}

/// The chunk of a set; empty where it has none.
pub(crate) fn chunk(connection: &Connection, set: SetId, key: u64) -> Result<Chunk, StoreError> {
    Ok(find(connection, set, key)?.unwrap_or_default())
}

/// Keeps a chunk in place of the one that the set has.
pub(crate) fn put(transaction: &Transaction<'_>, set: SetId, key: u64, chunk: &Chunk) -> Result<(), StoreError> {
    let (bits, crc) = chunk.to_stored();
    let sql = "INSERT INTO chunk (number_set, key, bits, crc) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT DO UPDATE SET bits = excluded.bits, crc = excluded.crc";
    transaction.prepare_cached(sql)?.execute(params![set.0, signed(key), bits, crc])?;
    Ok(())
}

/// A set has no chunk of a key any more.
pub(crate) fn drop_chunk(transaction: &Transaction<'_>, set: SetId, key: u64) -> Result<(), StoreError> {
    let sql = "DELETE FROM chunk WHERE number_set = ?1 AND key = ?2";
    transaction.prepare_cached(sql)?.execute(params![set.0, signed(key)])?;
    Ok(())
}

/// Whether a set holds nothing.
pub(crate) fn is_empty(connection: &Connection, set: SetId) -> Result<bool, StoreError> {
    let mut select = connection.prepare_cached("SELECT NOT EXISTS (SELECT 1 FROM chunk WHERE number_set = ?1)")?;
    Ok(select.query_row([set.0], |row| row.get(0))?)
}

/// Empties a set.
pub(crate) fn clear(transaction: &Transaction<'_>, set: SetId) -> Result<(), StoreError> {
    transaction.execute("DELETE FROM chunk WHERE number_set = ?1", [set.0])?;
    Ok(())
}

/// Adds sorted numbers; how many were not in it.
pub(crate) fn add(transaction: &Transaction<'_>, set: SetId, sorted: &[Number]) -> Result<u64, StoreError> {
    change(transaction, set, sorted, Chunk::add)
}

/// Takes sorted numbers out; how many were in it.
pub(crate) fn take_out(transaction: &Transaction<'_>, set: SetId, sorted: &[Number]) -> Result<u64, StoreError> {
    change(transaction, set, sorted, Chunk::take_out)
}

fn change(
    transaction: &Transaction<'_>,
    set: SetId,
    sorted: &[Number],
    change: impl Fn(&mut Chunk, &Chunk),
) -> Result<u64, StoreError> {
    let mut changed = 0;
    for (key, numbers) in by_chunk(sorted) {
        let mut chunk = chunk(transaction, set, key)?;
        let before = chunk.len();
        change(&mut chunk, &Chunk::of_sorted(numbers.iter().copied()));
        if chunk.len() != before {
            changed += chunk.len().abs_diff(before);
            if chunk.is_empty() {
                drop_chunk(transaction, set, key)?;
            } else {
                put(transaction, set, key, &chunk)?;
            }
        }
    }
    Ok(changed)
}

/// Of sorted numbers, those in the set, in order. Reads only the chunks it needs.
pub(crate) fn among(connection: &Connection, set: SetId, sorted: &[Number]) -> Result<Vec<Number>, StoreError> {
    let mut among = Vec::new();
    for (key, numbers) in by_chunk(sorted) {
        if let Some(chunk) = find(connection, set, key)? {
            among.extend(numbers.iter().copied().filter(|number| chunk.contains(*number)));
        }
    }
    Ok(among)
}

/// The whole set in memory.
pub(crate) fn all(connection: &Connection, set: SetId) -> Result<Numbers, StoreError> {
    let mut numbers = Numbers::default();
    walk(connection, &[set], |key, pieces| {
        if let Some(piece) = &pieces[0] {
            numbers.add_chunk(key, &piece.chunk);
        }
        Ok(())
    })?;
    Ok(numbers)
}

/// The keys of the chunks of some sets, in order, each once.
pub(crate) fn keys(connection: &Connection, sets: &[SetId]) -> Result<Vec<u64>, StoreError> {
    let mut keys = Vec::new();
    let mut select = connection.prepare_cached("SELECT key FROM chunk WHERE number_set = ?1")?;
    for set in sets {
        let found = select.query_map([set.0], |row| row.get(0).map(count))?;
        for key in found {
            keys.push(key?);
        }
    }
    keys.sort_unstable();
    keys.dedup();
    Ok(keys)
}

/// Visits the chunks of some sets in the order of their keys, those of one key together: constant memory, whatever the
/// sets hold. `None` where a set has no chunk of the key.
pub(crate) fn walk(
    connection: &Connection,
    sets: &[SetId],
    mut visit: impl FnMut(u64, &[Option<Piece>]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let sql = "SELECT key, bits, crc FROM chunk WHERE number_set = ?1 ORDER BY key";
    let mut selects = sets.iter().map(|_| connection.prepare(sql)).collect::<Result<Vec<_>, _>>()?;
    let mut cursors = Vec::new();
    for (select, set) in selects.iter_mut().zip(sets) {
        let mut rows = select.query([set.0])?;
        let next = next(&mut rows)?;
        cursors.push((rows, next));
    }
    while let Some(key) = cursors.iter().filter_map(|(_, next)| next.as_ref().map(|(key, _)| *key)).min() {
        let mut pieces = Vec::with_capacity(cursors.len());
        for (rows, ahead) in &mut cursors {
            pieces.push(match ahead.take() {
                Some((at, piece)) if at == key => {
                    *ahead = next(rows)?;
                    Some(piece)
                }
                other => {
                    *ahead = other;
                    None
                }
            });
        }
        visit(key, &pieces)?;
    }
    Ok(())
}

fn next(rows: &mut Rows<'_>) -> Result<Option<(u64, Piece)>, StoreError> {
    let Some(row) = rows.next()? else { return Ok(None) };
    let crc = row.get(2)?;
    let chunk = Chunk::from_stored(row.get_ref(1)?.as_blob().unwrap_or_default(), crc)?;
    Ok(Some((count(row.get(0)?), Piece { chunk, crc })))
}
