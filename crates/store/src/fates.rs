//! What became of numbers, for good: which batch confirmed, refused or removed them, and when.
//!
//! Years later somebody asks when a number was blocked. Numbers of one batch lie far apart, so they are kept as gaps,
//! three bytes each.

use dncsync_core::number::Number;
use dncsync_core::numbers::Numbers;
use dncsync_core::timestamp::Timestamp;
use rusqlite::{Transaction, params};

use crate::batches::BatchKey;
use crate::error::StoreError;
use crate::lists::ListKey;
use crate::open::Store;
use crate::rows::signed;

/// What became of some numbers of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Seen in the list.
    Confirmed,
    /// CXone would not take them.
    Refused,
    /// Accepted and not seen; or to be removed, and still there.
    Unconfirmed,
    /// Gone from the list.
    Removed,
}

impl Fate {
    const ALL: [Self; 4] = [Self::Confirmed, Self::Refused, Self::Unconfirmed, Self::Removed];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Refused => "refused",
            Self::Unconfirmed => "unconfirmed",
            Self::Removed => "removed",
        }
    }

    fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fate| fate.name() == text)
    }
}

/// What became of one number at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    /// What.
    pub fate: Fate,
    /// When.
    pub at: Timestamp,
    /// By which batch.
    pub batch: BatchKey,
}

impl Store {
    /// What became of a number in a list, oldest first.
    pub fn fates_of(&self, list: ListKey, number: Number) -> Result<Vec<Happened>, StoreError> {
        let sql = "SELECT what, at, run, batch, numbers, crc FROM fate
                   WHERE list = ?1 AND first <= ?2 AND last >= ?2 ORDER BY at, id";
        let mut select = self.connection.prepare_cached(sql)?;
        let mut rows = select.query(params![list.0, signed(number.get())])?;
        let mut happened = Vec::new();
        while let Some(row) = rows.next()? {
            let numbers = Numbers::from_stored(row.get_ref(4)?.as_blob().unwrap_or_default(), row.get(5)?)?;
            let fate = Fate::read(&row.get::<_, String>(0)?);
            if let Some(fate) = fate.filter(|_| numbers.contains(number)) {
                let run = dncsync_core::run::RunId::new(row.get::<_, String>(2)?);
                let at = Timestamp::from_millis(row.get(1)?);
                happened.push(Happened { fate, at, batch: BatchKey { run, seq: row.get(3)? } });
            }
        }
        Ok(happened)
    }

    /// The numbers of a list that batches confirmed which were first sent since a moment.
    pub fn seen_since(&self, list: ListKey, moment: Timestamp) -> Result<Numbers, StoreError> {
        let sql = "SELECT numbers, crc FROM fate WHERE list = ?1 AND what = 'confirmed' AND seen_at >= ?2";
        let mut select = self.connection.prepare_cached(sql)?;
        let mut found = select.query(params![list.0, moment.millis()])?;
        let mut seen = Numbers::default();
        while let Some(row) = found.next()? {
            seen.add(&Numbers::from_stored(row.get_ref(0)?.as_blob().unwrap_or_default(), row.get(1)?)?);
        }
        Ok(seen)
    }
}

/// Keeps what became of numbers of a batch whose first request left at `seen_at`.
pub(crate) fn keep(
    transaction: &Transaction<'_>,
    (list, batch): (ListKey, &BatchKey),
    fate: Fate,
    seen_at: Timestamp,
    now: Timestamp,
    numbers: &Numbers,
) -> Result<(), StoreError> {
    let Some((first, last)) = numbers.ends() else { return Ok(()) };
    let (bytes, crc) = numbers.to_stored();
    let sql = "INSERT INTO fate (list, run, batch, what, seen_at, at, first, last, numbers, crc)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    transaction.prepare_cached(sql)?.execute(params![
        list.0,
        batch.run.as_str(),
        batch.seq,
        fate.name(),
        seen_at.millis(),
        now.millis(),
        signed(first.get()),
        signed(last.get()),
        bytes,
        crc,
    ])?;
    Ok(())
}
