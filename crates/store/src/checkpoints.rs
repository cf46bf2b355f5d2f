//! Checkpoints of the log: the tree over its lines is taken on from the last one.

use dncsync_core::digest::Digest;
use dncsync_core::event::Event;
use dncsync_core::merkle::{Frontier, Hash};
use dncsync_core::run::RunId;
use dncsync_core::timestamp::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::error::StoreError;
use crate::events::append;
use crate::open::Store;
use crate::rows::{count, signed};

/// A checkpoint as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// How many events it covers.
    pub size: u64,
    /// The signed note.
    pub note: String,
}

impl Store {
    /// The newest checkpoint.
    pub fn newest_checkpoint(&self) -> Result<Option<Kept>, StoreError> {
        let sql = "SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1";
        Ok(self.connection.prepare_cached(sql)?.query_row([], kept).optional()?)
    }

    /// All checkpoints, the smallest first.
    pub fn checkpoints(&self) -> Result<Vec<Kept>, StoreError> {
        let mut select = self.connection.prepare_cached("SELECT size, note FROM checkpoint ORDER BY size")?;
        let all = select.query_map([], kept)?;
        Ok(all.collect::<Result<_, _>>()?)
    }

    /// Covers all events by a checkpoint, where they are not: the newest one. With it everything that was committed before survives a
    /// power cut. `sign`: makes the signed note of a size and a root, with the key `by`.
    ///
    /// # Errors
    /// [`StoreError::OtherKey`] where the log has another key by now.
    pub fn cover(&mut self, by: &str, sign: impl FnOnce(u64, Hash) -> String) -> Result<Option<Kept>, StoreError> {
        let newest = self.newest_checkpoint()?;
        let covered = newest.as_ref().map_or(0, |newest| newest.size);
        if self.last_event()? == covered {
            return Ok(newest);
        }
        let made = self.write_beside_queue(|transaction| {
            if newest_key(transaction)?.as_deref() != Some(by) {
                return Err(StoreError::OtherKey);
            }
            // Another process may have been faster.
            let mut tree = newest_tree(transaction)?;
            let before = tree.size();
            grow(transaction, &mut tree)?;
            if tree.size() == before {
                return Ok(None);
            }
            let (size, note) = (tree.size(), sign(tree.size(), tree.root()));
            let peaks: Vec<u8> = tree.peaks().iter().flat_map(|hash| hash.0).collect();
            let sql = "INSERT INTO checkpoint (size, peaks, note, digest) VALUES (?1, ?2, ?3, ?4)";
            transaction.execute(sql, params![signed(size), peaks, note, Digest::of(note.as_bytes())])?;
            Ok(Some(Kept { size, note }))
        })?;
        made.map_or_else(|| self.newest_checkpoint(), |made| Ok(Some(made)))
    }

    /// The root over the first `size` events; `None` where there are not so many.
    pub fn root_at(&self, size: u64) -> Result<Option<Hash>, StoreError> {
        let mut tree = Frontier::default();
        self.each_event_after(0, |_, line| {
            if tree.size() < size {
                tree.push(Hash::of_leaf(line), |_, _| ());
            }
            tree.size() < size
        })?;
        Ok((tree.size() == size).then(|| tree.root()))
    }

    /// The keys of the log, in the order of their use.
    pub fn log_keys(&self) -> Result<Vec<String>, StoreError> {
        let mut select = self.connection.prepare_cached("SELECT key FROM log_key ORDER BY since")?;
        let keys = select.query_map([], |row| row.get(0))?;
        Ok(keys.collect::<Result<_, _>>()?)
    }

    /// The log's first key. Where it has one already, that stays.
    pub fn begin_log(&self, key: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO log_key (since, key) SELECT 0, ?1 WHERE NOT EXISTS (SELECT 1 FROM log_key)";
        self.connection.execute(sql, [key])?;
        Ok(())
    }
}

impl Store {
    /// Another key signs from now on, and an event of both says so: checkpoints that hold it are signed by the new one. All events
    /// before it are under a checkpoint of the old one.
    ///
    /// # Errors
    /// [`StoreError::OtherKey`] where `old` does not sign any more.
    pub fn rotate(&mut self, old: &str, new: &str, now: Timestamp, event: &Event) -> Result<(), StoreError> {
        self.write(|transaction| {
            if newest_key(transaction)?.as_deref() != Some(old) {
                return Err(StoreError::OtherKey);
            }
            append(transaction, now, &RunId::new(""), std::slice::from_ref(event))?;
            let sql = "INSERT INTO log_key (since, key) SELECT max(seq), ?1 FROM event";
            transaction.execute(sql, [new])?;
            Ok(())
        })
    }
}

fn newest_key(connection: &Connection) -> Result<Option<String>, StoreError> {
    let sql = "SELECT key FROM log_key ORDER BY since DESC LIMIT 1";
    Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?)
}

fn kept(row: &rusqlite::Row<'_>) -> rusqlite::Result<Kept> {
    Ok(Kept { size: count(row.get(0)?), note: row.get(1)? })
}

/// The digest of the checkpoint of this size, where there is one.
pub(crate) fn digest_at(connection: &Connection, size: u64) -> Result<Option<String>, StoreError> {
    let sql = "SELECT digest FROM checkpoint WHERE size = ?1";
    Ok(connection.prepare_cached(sql)?.query_row([signed(size)], |row| row.get(0)).optional()?)
}

fn newest_tree(connection: &Connection) -> Result<Frontier, StoreError> {
    let sql = "SELECT size, peaks FROM checkpoint ORDER BY size DESC LIMIT 1";
    let found = connection.prepare_cached(sql)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((size, peaks)) = found else { return Ok(Frontier::default()) };
    let peaks: Vec<u8> = peaks;
    let hashes = peaks.chunks_exact(32).map(|hash| Hash(hash.try_into().unwrap_or_default()));
    Frontier::of(count(size), hashes.collect()).ok_or(StoreError::Damaged("a checkpoint is not whole"))
}

fn grow(transaction: &Transaction<'_>, tree: &mut Frontier) -> Result<(), StoreError> {
    let mut select = transaction.prepare_cached("SELECT line FROM event WHERE seq > ?1 ORDER BY seq")?;
    let mut rows = select.query([signed(tree.size())])?;
    while let Some(row) = rows.next()? {
        let line = row.get_ref(0)?.as_bytes().map_err(|_| StoreError::Damaged("a line of the log is no text"))?;
        tree.push(Hash::of_leaf(line), |_, _| ());
    }
    Ok(())
}
