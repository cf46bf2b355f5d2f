//! The log: appended in the transaction of the change, read by whoever has a cursor.

use dncsync_core::event::{self, Event};
use dncsync_core::run::RunId;
use dncsync_core::timestamp::Timestamp;
use rusqlite::{Transaction, params};

use crate::checkpoints;
use crate::error::StoreError;
use crate::open::Store;
use crate::rows::{count, signed};

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// Its place, from 1 without gaps.
    pub seq: u64,
    /// The JSON object, without its line end.
    pub line: String,
}

/// Appends events of one run within a change.
pub(crate) fn append(
    transaction: &Transaction<'_>,
    now: Timestamp,
    run: &RunId,
    events: &[Event],
) -> Result<(), StoreError> {
    if events.is_empty() {
        return Ok(());
    }
    let last: i64 = transaction.query_row("SELECT coalesce(max(seq), 0) FROM event", [], |row| row.get(0))?;
    // The first event after a checkpoint names it: nobody can change or drop one that is named.
    let mut named = checkpoints::digest_at(transaction, count(last))?;
    let mut insert = transaction.prepare_cached("INSERT INTO event (seq, run, line) VALUES (?1, ?2, ?3)")?;
    for (seq, event) in (count(last) + 1..).zip(events) {
        let line = event::line(seq, now, named.take().as_deref(), run, event);
        insert.execute(params![signed(seq), run.as_str(), line])?;
    }
    Ok(())
}

impl Store {
    /// At most `most` lines that come after `seq`, in order.
    pub fn events_after(&self, seq: u64, most: u32) -> Result<Vec<Logged>, StoreError> {
        let mut select =
            self.connection.prepare_cached("SELECT seq, line FROM event WHERE seq > ?1 ORDER BY seq LIMIT ?2")?;
        let lines = select
            .query_map(params![signed(seq), most], |row| Ok(Logged { seq: count(row.get(0)?), line: row.get(1)? }))?;
        Ok(lines.collect::<Result<_, _>>()?)
    }

    /// Hands the lines that come after `seq` to `each`, in order and without their line ends, as long as it wants more.
    /// Nothing may be written meanwhile.
    pub fn each_event_after(&self, seq: u64, mut each: impl FnMut(u64, &[u8]) -> bool) -> Result<(), StoreError> {
        let mut select = self.connection.prepare_cached("SELECT seq, line FROM event WHERE seq > ?1 ORDER BY seq")?;
        let mut rows = select.query([signed(seq)])?;
        while let Some(row) = rows.next()? {
            let line = row.get_ref(1)?.as_bytes().map_err(|_| StoreError::Damaged("a line of the log is no text"))?;
            if !each(count(row.get(0)?), line) {
                break;
            }
        }
        Ok(())
    }

    /// The lines of a run, in order.
    pub fn events_of(&self, run: &RunId) -> Result<Vec<Logged>, StoreError> {
        let mut select = self.connection.prepare_cached("SELECT seq, line FROM event WHERE run = ?1 ORDER BY seq")?;
        let lines =
            select.query_map([run.as_str()], |row| Ok(Logged { seq: count(row.get(0)?), line: row.get(1)? }))?;
        Ok(lines.collect::<Result<_, _>>()?)
    }

    /// The seq of the newest line; 0 where there is none.
    pub fn last_event(&self) -> Result<u64, StoreError> {
        Ok(count(self.connection.query_row("SELECT coalesce(max(seq), 0) FROM event", [], |row| row.get(0))?))
    }

    /// Logs what changed nothing else.
    pub fn log(&mut self, now: Timestamp, run: &RunId, events: &[Event]) -> Result<(), StoreError> {
        self.write(|transaction| append(transaction, now, run, events))
    }
}
