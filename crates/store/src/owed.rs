//! Owed: entries that a finished run could not confirm. The next run into their target begins with them.

use dncsync_core::entry::{self, Entry};
use rusqlite::{Transaction, params};

use dncsync_core::run::RunId;

use crate::batches::BatchKey;
use crate::error::StoreError;
use crate::lists::{TargetId, TenantId};
use crate::open::Store;
use crate::segments;

/// What one batch of a finished run owes.
#[derive(Clone, Debug, PartialEq)]
pub struct Owed {
    /// The batch.
    pub batch: BatchKey,
    /// Its entries that nobody saw.
    pub entries: Vec<Entry>,
}

impl Store {
    /// What finished runs owe to a target, oldest first.
    pub fn owed(&self, target: TargetId) -> Result<Vec<Owed>, StoreError> {
        self.owed_where("owed.target = ?1 AND run.stage = 'finished'", params![target.0])
    }

    /// What one run owes so far.
    pub fn owed_of(&self, run: &RunId) -> Result<Vec<Owed>, StoreError> {
        self.owed_where("owed.run = ?1", params![run.as_str()])
    }

    fn owed_where(&self, which: &str, of: &[&dyn rusqlite::ToSql]) -> Result<Vec<Owed>, StoreError> {
        let sql = format!(
            "SELECT owed.run, batch, entries, crc FROM owed JOIN run ON run.id = owed.run WHERE {which}
             ORDER BY owed.run, batch"
        );
        let mut select = self.connection.prepare_cached(&sql)?;
        let mut found = select.query(of)?;
        let mut owed = Vec::new();
        while let Some(row) = found.next()? {
            let batch = BatchKey { run: RunId::new(row.get::<_, String>(0)?), seq: row.get(1)? };
            let entries = segments::entries(row.get_ref(2)?.as_blob().unwrap_or_default(), row.get(3)?)?;
            owed.push(Owed { batch, entries });
        }
        Ok(owed)
    }

    /// The targets of a tenant to which finished runs owe something.
    pub fn owing_targets(&self, tenant: TenantId) -> Result<Vec<TargetId>, StoreError> {
        let mut select = self.connection.prepare_cached(
            "SELECT DISTINCT target.id FROM owed JOIN target ON target.id = owed.target JOIN run ON run.id = owed.run
             WHERE target.tenant = ?1 AND run.stage = 'finished' ORDER BY target.id",
        )?;
        let targets = select.query_map([tenant.0], |row| Ok(TargetId(row.get(0)?)))?;
        Ok(targets.collect::<Result<_, _>>()?)
    }
}

pub(crate) fn insert(transaction: &Transaction<'_>, batch: &BatchKey, entries: &[Entry]) -> Result<(), StoreError> {
    let bytes = entry::pack(entries);
    transaction.execute(
        "INSERT INTO owed (target, run, batch, entries, crc) SELECT target, id, ?2, ?3, ?4 FROM run WHERE id = ?1",
        params![batch.run.as_str(), batch.seq, bytes, crc32fast::hash(&bytes)],
    )?;
    Ok(())
}

/// All that is owed to a target is taken over: what of it is still desired is in the difference that is planned.
pub(crate) fn take_all(transaction: &Transaction<'_>, target: TargetId) -> Result<(), StoreError> {
    transaction.execute(
        "DELETE FROM owed WHERE target = ?1 AND run IN (SELECT id FROM run WHERE stage = 'finished')",
        [target.0],
    )?;
    Ok(())
}

/// A run takes over what was owed.
pub(crate) fn take(transaction: &Transaction<'_>, owed: &[BatchKey]) -> Result<(), StoreError> {
    for batch in owed {
        let sql = "DELETE FROM owed WHERE run = ?1 AND batch = ?2";
        transaction.prepare_cached(sql)?.execute(params![batch.run.as_str(), batch.seq])?;
    }
    Ok(())
}
