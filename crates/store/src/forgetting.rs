//! Forgetting: what could identify a person goes, and so do items that are past their retention. Numbers stay blocked, and in the
//! place of each item the hash of its leaf stays, so that every root in the log can still be made.

use dncsync_core::entry::{Entry, Packed};
use dncsync_core::event::Event;
use dncsync_core::items::{self, Secret};
use dncsync_core::merkle::Hash;
use dncsync_core::number::Number;
use dncsync_core::row::Place;
use dncsync_core::run::RunId;
use dncsync_core::source::SourceType;
use dncsync_core::timestamp::Timestamp;
use rusqlite::{Transaction, params};

use crate::error::StoreError;
use crate::events::append;
use crate::evidence::{self, Evidence, Item};
use crate::lists::TenantId;
use crate::notes;
use crate::open::Store;
use crate::segments::{self, Draft, Segment};

/// What was forgotten of a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Items of batches, of which the leaf's hash is left.
    pub items: u64,
    /// Notes.
    pub notes: u64,
}

impl Store {
    /// The unfinished runs that bring a number: it has to be sent before it can be forgotten.
    pub fn runs_with(&self, number: Number) -> Result<Vec<RunId>, StoreError> {
        let mut found = Vec::new();
        for table in ["segment", "body"] {
            let column = if table == "segment" { "entries" } else { "items" };
            let sql = format!("SELECT run, {column}, crc FROM {table} ORDER BY run");
            let mut select = self.connection.prepare_cached(&sql)?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                let mut numbers = Vec::new();
                segments::numbers(row.get_ref(1)?.as_blob().unwrap_or_default(), row.get(2)?, &mut numbers)?;
                let run = RunId::new(row.get::<_, String>(0)?);
                if numbers.contains(&number) && !found.contains(&run) {
                    found.push(run);
                }
            }
        }
        Ok(found)
    }

    /// Erases the items of a number from what was sent, and its notes; `tell` makes the event. Afterwards neither the write-ahead log
    /// nor a free page of the database holds what was erased.
    pub fn forget(
        &mut self,
        number: Number,
        now: Timestamp,
        tell: impl FnOnce(Forgotten) -> Event,
    ) -> Result<Forgotten, StoreError> {
        let secrets = self.secrets()?;
        let forgotten = self.write(|transaction| {
            let mut forgotten = Forgotten { items: 0, notes: notes::erase(transaction, number)? };
            for evidence in holding(transaction, number)? {
                forgotten.items += erase(transaction, &evidence, number, &secrets)?;
            }
            forgotten.notes += strip_owed(transaction, number)?;
            append(transaction, now, &RunId::new(""), &[tell(forgotten)])?;
            Ok(forgotten)
        })?;
        self.write_anew()?;
        Ok(forgotten)
    }

    /// Of items that were kept before a moment only the leaves' hashes are left. How many batches, and items.
    pub fn expire_items(&mut self, before: Timestamp, now: Timestamp) -> Result<(u64, u64), StoreError> {
        let old = self.kept_before(before)?;
        if old.is_empty() {
            return Ok((0, 0));
        }
        let secrets = self.secrets()?;
        self.write_beside_queue(|transaction| {
            let (batches, items) = (old.len() as u64, leave_hashes(transaction, &old, &secrets)?);
            append(transaction, now, &RunId::new(""), &[Event::Expired { batches, items, before }])?;
            Ok((batches, items))
        })
    }

    /// Destroys what salts were derived from until now: of everything that was sent only the leaves' hashes are left, and nobody
    /// can guess or prove any of it. What is sent from now on has other salts. `tell` makes the event from how many batches and
    /// items that is.
    ///
    /// # Errors
    /// [`StoreError::UnderWay`] where a run is unfinished: its items are needed.
    pub fn destroy_secrets(
        &mut self,
        now: Timestamp,
        tell: impl FnOnce(u64, u64) -> Event,
    ) -> Result<(u64, u64), StoreError> {
        let all = self.kept_before(Timestamp::from_millis(i64::MAX))?;
        let secrets = self.secrets()?;
        let destroyed = self.write(|transaction| {
            let sql = "SELECT EXISTS (SELECT 1 FROM run WHERE stage <> 'finished')";
            if transaction.query_row(sql, [], |row| row.get(0))? {
                return Err(StoreError::UnderWay);
            }
            let (batches, items) = (all.len() as u64, leave_hashes(transaction, &all, &secrets)?);
            transaction.execute("UPDATE tenant SET secret = NULL", [])?;
            append(transaction, now, &RunId::new(""), &[tell(batches, items)])?;
            Ok((batches, items))
        })?;
        self.write_anew()?;
        Ok(destroyed)
    }

    fn kept_before(&self, moment: Timestamp) -> Result<Vec<i64>, StoreError> {
        let sql = "SELECT id FROM evidence WHERE kept_at < ?1 AND items IS NOT NULL ORDER BY id";
        let mut select = self.connection.prepare_cached(sql)?;
        let ids = select.query_map([moment.millis()], |row| row.get(0))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// What was deleted at any time may lie in free pages, and in the write-ahead log: all pages are written anew.
    fn write_anew(&self) -> Result<(), StoreError> {
        self.connection.execute_batch("VACUUM")?;
        Ok(self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }

    /// The paths of rejects that lie where users said.
    pub fn rejects_paths(&self) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT rejects FROM run WHERE rejects IS NOT NULL UNION SELECT rejects FROM load WHERE rejects IS NOT NULL";
        let mut select = self.connection.prepare_cached(sql)?;
        let paths = select.query_map([], |row| row.get(0))?;
        Ok(paths.collect::<Result<_, _>>()?)
    }

    fn secrets(&self) -> Result<Vec<(TenantId, Secret)>, StoreError> {
        let mut select = self.connection.prepare_cached("SELECT id, secret FROM tenant WHERE secret IS NOT NULL")?;
        let secrets = select.query_map([], |row| Ok((TenantId(row.get(0)?), Secret::of(row.get(1)?))))?;
        Ok(secrets.collect::<Result<_, _>>()?)
    }
}

/// What was sent with a number in it.
fn holding(transaction: &Transaction<'_>, number: Number) -> Result<Vec<Evidence>, StoreError> {
    let mut found = Vec::new();
    let mut select = transaction.prepare(&evidence::select_from("SELECT * FROM evidence WHERE items IS NOT NULL"))?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let mut numbers = Vec::new();
        segments::numbers(row.get_ref(6)?.as_blob().unwrap_or_default(), row.get(7)?, &mut numbers)?;
        if numbers.contains(&number) {
            found.push(evidence::of_row(row)?);
        }
    }
    Ok(found)
}

/// Of these pieces of evidence only the leaves' hashes are left; of how many items.
fn leave_hashes(
    transaction: &Transaction<'_>,
    evidence: &[i64],
    secrets: &[(TenantId, Secret)],
) -> Result<u64, StoreError> {
    let mut items = 0;
    for id in evidence {
        let sql = evidence::select_from(&format!("SELECT * FROM evidence WHERE id = {id}"));
        let evidence = transaction.query_row_and_then(&sql, [], evidence::of_row)?;
        let leaves: Vec<u8> = leaves(&evidence, secrets)?.iter().flat_map(|leaf| leaf.0).collect();
        let sql = "UPDATE evidence SET items = NULL, crc = 0, leaves = ?2 WHERE id = ?1";
        transaction.prepare_cached(sql)?.execute(params![id, leaves])?;
        items += evidence.items.len() as u64;
    }
    Ok(items)
}

/// The leaves of what was sent, in their order.
fn leaves(evidence: &Evidence, secrets: &[(TenantId, Secret)]) -> Result<Vec<Hash>, StoreError> {
    // Where it was destroyed, nothing is whole any more.
    let secret = secrets.iter().find(|(tenant, _)| *tenant == evidence.tenant);
    let salts = secret.map(|(_, secret)| secret.salts(&evidence.batch.run, evidence.batch.seq, &evidence.digest));
    let leaf = |(position, item): (u32, &Item)| match (item, &salts) {
        (Item::Leaf(leaf), _) => Ok(*leaf),
        (Item::Whole(entry), Some(salts)) => Ok(items::leaf(&salts.at(position), entry.number, entry.source)),
        (Item::Whole(_), None) => Err(StoreError::Damaged("the secret of the salts is missing")),
    };
    (0u32..).zip(&evidence.items).map(leaf).collect()
}

/// Puts the hashes of leaves in the place of a number's items; how many.
fn erase(
    transaction: &Transaction<'_>,
    evidence: &Evidence,
    number: Number,
    secrets: &[(TenantId, Secret)],
) -> Result<u64, StoreError> {
    let (mut draft, mut left, mut erased) = (Draft::default(), Vec::new(), 0);
    for (item, leaf) in evidence.items.iter().zip(leaves(evidence, secrets)?) {
        match item {
            Item::Whole(entry) if entry.number != number => draft.push(entry.lent()),
            item => {
                erased += u64::from(matches!(item, Item::Whole(_)));
                draft.push(NOBODY);
                left.extend_from_slice(&leaf.0);
            }
        }
    }
    let segment = draft.close()?;
    let sql = "UPDATE evidence SET items = ?2, crc = ?3, leaves = ?4 WHERE root = ?1";
    transaction.prepare_cached(sql)?.execute(params![evidence.root.0, segment.bytes, segment.crc, left])?;
    Ok(erased)
}

/// What stands in the place of an erased item.
const NOBODY: Packed<'static> =
    Packed { number: Number::NOBODY, source: SourceType::Manual, place: Place { file: 0, line: 0 }, notes: "" };

/// What is owed is sent again, without its notes; of how many entries they went.
fn strip_owed(transaction: &Transaction<'_>, number: Number) -> Result<u64, StoreError> {
    let mut select = transaction.prepare("SELECT target, run, batch, entries, crc FROM owed")?;
    let mut rows = select.query([])?;
    let mut stripped = 0u64;
    while let Some(row) = rows.next()? {
        let mut entries = segments::entries(row.get_ref(3)?.as_blob().unwrap_or_default(), row.get(4)?)?;
        let told = |entry: &&mut Entry| entry.number == number && !entry.notes.is_empty();
        let before = stripped;
        for entry in entries.iter_mut().filter(told) {
            entry.notes = "".into();
            stripped += 1;
        }
        if stripped > before {
            let (target, run, batch): (i64, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let Segment { bytes, crc } = Segment::of(&entries)?;
            let sql = "UPDATE owed SET entries = ?4, crc = ?5 WHERE target = ?1 AND run = ?2 AND batch = ?3";
            transaction.prepare_cached(sql)?.execute(params![target, run, batch, bytes, crc])?;
        }
    }
    Ok(stripped)
}
