//! What was sent, kept for as long as somebody may ask: the items of each root that the log names.
//!
//! While a run is under way they are the bodies of its batches. Afterwards they lie here, compressed, until their retention is
//! over or somebody is forgotten; then the hash of the leaf stands in the place of the item, so that every root can be made again.

use dncsync_core::entry::Entry;
use dncsync_core::items::Secret;
use dncsync_core::merkle::Hash;
use dncsync_core::number::Number;
use dncsync_core::run::RunId;
use dncsync_core::timestamp::Timestamp;
use rusqlite::types::ValueRef;
use rusqlite::{Transaction, params};

use crate::batches::BatchKey;
use crate::error::StoreError;
use crate::lists::TenantId;
use crate::open::Store;
use crate::rows::{count, signed};
use crate::segments::{self, Draft};

/// What is left of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// All of it.
    Whole(Entry),
    /// The hash of its leaf: it was erased, or is past its retention.
    Leaf(Hash),
}

/// The items of a root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The root.
    pub root: Hash,
    /// The batch.
    pub batch: BatchKey,
    /// The batch's digest, from which its salts follow.
    pub digest: String,
    /// Whose batch it is.
    pub tenant: TenantId,
    /// The items, in their order.
    pub items: Vec<Item>,
}

/// So many batches are compressed in one change.
const SOME: u64 = 16;

/// The columns of what is kept, in the order in which [`of_row`] reads them.
pub(crate) fn select_from(kept: &str) -> String {
    format!("SELECT root, tenant, run, batch, digest, count, items, crc, leaves FROM ({kept})")
}

/// Where the items of a root lie: once they are kept, there, also while the run is not finished.
const FOUND: &str = "SELECT root, tenant, run, batch, digest, count, items, crc, leaves FROM evidence
    UNION ALL
    SELECT root, tenant, batch.run, seq, batch.digest, count, body.items, body.crc, x'' FROM batch
    JOIN run ON run.id = batch.run JOIN target ON target.id = run.target
    JOIN body ON body.run = batch.run AND body.batch = seq
    WHERE root IS NOT NULL AND root NOT IN (SELECT root FROM evidence)";

impl Store {
    /// The secret of a tenant; `fresh` becomes it where there is none.
    pub fn secret(&mut self, tenant: TenantId, fresh: [u8; 32]) -> Result<Secret, StoreError> {
        // Each write waits for the disk, and mostly there is one.
        if let Some(known) = self.known_secret(tenant)? {
            return Ok(known);
        }
        let sql = "UPDATE tenant SET secret = coalesce(secret, ?2) WHERE id = ?1 RETURNING secret";
        let bytes: Vec<u8> = self.connection.query_row(sql, params![tenant.0, fresh], |row| row.get(0))?;
        Ok(Secret::of(bytes.try_into().map_err(|_| StoreError::Damaged("a secret is not whole"))?))
    }

    /// The secret of a tenant that has one.
    pub fn known_secret(&self, tenant: TenantId) -> Result<Option<Secret>, StoreError> {
        let sql = "SELECT secret FROM tenant WHERE id = ?1";
        let known: Option<Vec<u8>> = self.connection.query_row(sql, [tenant.0], |row| row.get(0))?;
        Ok(known.and_then(|bytes| bytes.try_into().ok()).map(Secret::of))
    }

    /// The roots that the log names, each with its run.
    pub fn roots(&self) -> Result<Vec<(Hash, RunId)>, StoreError> {
        let mut select = self.connection.prepare_cached(&format!("SELECT DISTINCT root, run FROM ({FOUND})"))?;
        let roots = select.query_map([], |row| Ok((row.get(0).map(Hash)?, RunId::new(row.get::<_, String>(1)?))))?;
        Ok(roots.collect::<Result<_, _>>()?)
    }

    /// The items of a root.
    pub fn evidence(&self, root: Hash) -> Result<Option<Evidence>, StoreError> {
        let mut select = self.connection.prepare_cached(&format!("SELECT * FROM ({FOUND}) WHERE root = ?1"))?;
        let mut rows = select.query([root.0])?;
        rows.next()?.map(of_row).transpose()
    }

    /// All that is there of a batch: more than once where it was planned anew after something of it was sent.
    pub fn evidence_of(&self, batch: &BatchKey) -> Result<Vec<Evidence>, StoreError> {
        let sql = format!("SELECT * FROM ({FOUND}) WHERE run = ?1 AND batch = ?2");
        let mut select = self.connection.prepare_cached(&sql)?;
        let mut rows = select.query(params![batch.run.as_str(), batch.seq])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(of_row(row)?);
        }
        Ok(found)
    }

    /// The items of a run's batches are kept from now on, whatever becomes of the run. Some at a time: who waits for the store should
    /// not wait for millions to be compressed.
    pub fn keep_evidence(&mut self, run: &RunId, now: Timestamp) -> Result<(), StoreError> {
        loop {
            let kept = self.write_soon_beside_queue(|transaction| keep(transaction, run, SOME, now))?;
            if kept < SOME {
                return Ok(());
            }
        }
    }
}

pub(crate) fn of_row(row: &rusqlite::Row<'_>) -> Result<Evidence, StoreError> {
    let leaves = row.get_ref(8)?.as_blob().unwrap_or_default();
    let mut leaves = leaves.chunks_exact(32).map(|hash| Hash(hash.try_into().unwrap_or_default()));
    let items = match row.get_ref(6)? {
        ValueRef::Null => leaves.map(Item::Leaf).collect(),
        bytes => {
            let whole = |entry: Entry| match entry.number {
                Number::NOBODY => leaves.next().map(Item::Leaf),
                _ => Some(Item::Whole(entry)),
            };
            segments::entries(bytes.as_blob().unwrap_or_default(), row.get(7)?)?
                .into_iter()
                .map_while(whole)
                .collect::<Vec<_>>()
        }
    };
    if items.len() as u64 != count(row.get(5)?) {
        return Err(StoreError::Damaged("items of a batch are missing"));
    }
    Ok(Evidence {
        root: Hash(row.get(0)?),
        tenant: TenantId(row.get(1)?),
        batch: BatchKey { run: RunId::new(row.get::<_, String>(2)?), seq: row.get(3)? },
        digest: row.get(4)?,
        items,
    })
}

/// At most so many batches of a run are kept from now on, those that the log names; how many that were. What cannot be read is nothing that
/// could be kept.
pub(crate) fn keep(transaction: &Transaction<'_>, run: &RunId, most: u64, now: Timestamp) -> Result<u64, StoreError> {
    let sql = "SELECT root, tenant, seq, batch.digest, count, body.items, body.crc FROM batch
               JOIN run ON run.id = batch.run JOIN target ON target.id = run.target
               JOIN body ON body.run = batch.run AND body.batch = seq
               WHERE batch.run = ?1 AND root IS NOT NULL AND root NOT IN (SELECT root FROM evidence) LIMIT ?2";
    let mut select = transaction.prepare_cached(sql)?;
    let mut rows = select.query(params![run.as_str(), signed(most)])?;
    let sql = "INSERT INTO evidence (root, tenant, run, batch, digest, count, kept_at, items, crc)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let mut insert = transaction.prepare_cached(sql)?;
    let mut kept = 0;
    while let Some(row) = rows.next()? {
        let mut draft = Draft::default();
        match segments::each(row.get_ref(5)?.as_blob().unwrap_or_default(), row.get(6)?, |entry| draft.push(entry)) {
            Err(StoreError::Damaged(_)) => continue,
            read => read?,
        }
        let (root, tenant, seq): ([u8; 32], i64, u32) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (digest, items, segment): (String, i64, _) = (row.get(3)?, row.get(4)?, draft.close()?);
        let values = params![root, tenant, run.as_str(), seq, digest, items, now.millis(), segment.bytes, segment.crc];
        insert.execute(values)?;
        kept += 1;
    }
    Ok(kept)
}
