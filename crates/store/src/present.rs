//! What is believed to be in a list: numbers that a read-back has seen there; and which of them dncsync put there.
//!
//! Sight is kept per whole read and per confirmed batch (`fates.rs`), never per number: a number was last seen when the
//! last whole read began, or later, when a batch with it was confirmed.

use dncsync_core::chunk::Chunk;
use dncsync_core::event::Event;
use dncsync_core::number::Number;
use dncsync_core::numbers::Numbers;
use dncsync_core::run::RunId;
use dncsync_core::timestamp::Timestamp;
use rusqlite::{Transaction, params};

use crate::error::StoreError;
use crate::events::append;
use crate::lists::{self, ListKey};
use crate::open::Store;
use crate::rows::signed;
use crate::sets::{self, SetId};

/// SQLite's pages in memory while batches are on their way, in KiB: a list of ten million numbers is 25 MiB, and what pages of it
/// show lies all over it.
const CACHE_KIB: i64 = 48 << 10;

impl Store {
    /// Much of a list's set will be asked for and changed: as much of it stays in memory.
    pub fn keep_at_hand(&self) -> Result<(), StoreError> {
        Ok(self.connection.pragma_update(None, "cache_size", -CACHE_KIB)?)
    }

    /// Of sorted numbers, those that were seen in the list, in order. Reads only the chunks it needs.
    pub fn present_among(&self, list: ListKey, sorted: &[Number]) -> Result<Vec<Number>, StoreError> {
        sets::among(&self.connection, lists::sets(&self.connection, list)?[0], sorted)
    }

    /// All that is believed to be in a list.
    pub fn present(&self, list: ListKey) -> Result<Numbers, StoreError> {
        sets::all(&self.connection, lists::sets(&self.connection, list)?[0])
    }

    /// Of sorted numbers, those that dncsync put or adopted in the list, in order.
    pub fn put_among(&self, list: ListKey, sorted: &[Number]) -> Result<Vec<Number>, StoreError> {
        sets::among(&self.connection, lists::sets(&self.connection, list)?[1], sorted)
    }

    /// What CXone would not take into a list.
    pub fn not_taken(&self, list: ListKey) -> Result<Numbers, StoreError> {
        sets::all(&self.connection, lists::sets(&self.connection, list)?[2])
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
            let unseen = replace(transaction, lists::sets(transaction, list)?[0], seen)?;
            let sql = "UPDATE list SET known = 1, listed = ?2, seen_whole_at = ?3 WHERE id = ?1";
            transaction.execute(sql, params![list.0, signed(seen.len()), began.millis()])?;
            if !known || unseen > 0 {
                append(transaction, now, run, &[Event::ListRead { list_id, listed: seen.len(), unseen }])?;
            }
            Ok(unseen)
        })
    }
}

/// Adds sorted numbers to what was seen in a list.
pub(crate) fn add(transaction: &Transaction<'_>, list: ListKey, sorted: &[Number]) -> Result<(), StoreError> {
    let [present, _, refused] = lists::sets(transaction, list)?;
    let added = sets::add(transaction, present, sorted)?;
    // What is listed was taken after all.
    if !sets::is_empty(transaction, refused)? {
        sets::take_out(transaction, refused, sorted)?;
    }
    transaction.execute("UPDATE list SET listed = listed + ?2 WHERE id = ?1", params![list.0, signed(added)])?;
    Ok(())
}

/// Sorted numbers are not believed to be in a list any more.
pub(crate) fn disbelieve(transaction: &Transaction<'_>, list: ListKey, sorted: &[Number]) -> Result<(), StoreError> {
    let removed = sets::take_out(transaction, lists::sets(transaction, list)?[0], sorted)?;
    transaction
        .execute("UPDATE list SET listed = max(0, listed - ?2) WHERE id = ?1", params![list.0, signed(removed)])?;
    Ok(())
}

/// Makes the chunks of a set those of `seen`; how many numbers went away.
fn replace(transaction: &Transaction<'_>, set: SetId, seen: &Numbers) -> Result<u64, StoreError> {
    let mut gone = 0;
    let stored = sets::keys(transaction, &[set])?;
    // A damaged chunk is replaced like any other; what was in it is not known.
    let find = |key| match sets::find(transaction, set, key) {
        Err(StoreError::Damaged(_)) => Ok(Some(Chunk::default())),
        found => found,
    };
    let mut kept = std::collections::BTreeSet::new();
    for (key, chunk) in seen.chunks() {
        kept.insert(key);
        match find(key)? {
            Some(before) if before == chunk => continue,
            before => gone += before.map_or(0, |before| before.len_without(&chunk)),
        }
        sets::put(transaction, set, key, &chunk)?;
    }
    for key in stored.into_iter().filter(|key| !kept.contains(key)) {
        gone += find(key)?.map_or(0, |chunk| chunk.len());
        sets::drop_chunk(transaction, set, key)?;
    }
    Ok(gone)
}
