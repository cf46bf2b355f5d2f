//! Notes of the numbers that a load claimed, as compressed segments in the order of the numbers.

use dncsync_core::number::Number;
use dncsync_core::varint;
use rusqlite::{Connection, Transaction, params};

use crate::error::StoreError;
use crate::rows::signed;

/// A segment is closed at so many notes, or so many bytes of them: small enough to be read for one number.
const MOST: usize = 4_096;
const MOST_BYTES: usize = 256 * 1024;

/// The fastest level. Notes repeat themselves, and a load should not wait for better.
const LEVEL: i32 = 1;

/// No body is larger: [`MOST_BYTES`] and one note more.
const LARGEST: usize = MOST_BYTES + 64 * 1024;

const UNREADABLE: StoreError = StoreError::Damaged("notes cannot be read");

/// Writes the notes of a load, in the order of its numbers.
#[derive(Default)]
pub(crate) struct Writer {
    body: Vec<u8>,
    count: usize,
    first: u64,
    last: u64,
}

impl Writer {
    /// Adds a note. Empty ones are none.
    pub(crate) fn add(
        &mut self,
        transaction: &Transaction<'_>,
        load: i64,
        number: Number,
        notes: &str,
    ) -> Result<(), StoreError> {
        if notes.is_empty() {
            return Ok(());
        }
        if self.count == 0 {
            (self.first, self.last) = (number.get(), 0);
        }
        let gap = number.get().saturating_sub(self.last);
        varint::put(&mut self.body, gap);
        varint::put_text(&mut self.body, notes);
        self.last = number.get();
        self.count += 1;
        if self.count == MOST || self.body.len() >= MOST_BYTES {
            self.close(transaction, load)?;
        }
        Ok(())
    }

    /// Writes what is left.
    pub(crate) fn close(&mut self, transaction: &Transaction<'_>, load: i64) -> Result<(), StoreError> {
        if self.count == 0 {
            return Ok(());
        }
        let body = zstd::bulk::compress(&self.body, LEVEL).map_err(StoreError::Spool)?;
        let (first, last) = (signed(self.first), signed(self.last));
        transaction
            .prepare_cached("INSERT INTO note (load, first, last, body, crc) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![load, first, last, body, crc32fast::hash(&body)])?;
        self.body.clear();
        self.count = 0;
        Ok(())
    }
}

/// The notes of sorted numbers that a load claimed: those that have any, in order.
pub(crate) fn of(connection: &Connection, load: i64, sorted: &[Number]) -> Result<Vec<(Number, Box<str>)>, StoreError> {
    let mut found = Vec::new();
    let mut wanted = sorted.iter().copied().peekable();
    // From the segment that begins last before them: one look-up, and no body read in vain.
    let sql = "SELECT body, crc, last FROM note WHERE load = ?1 AND first <= ?3
               AND first >= coalesce((SELECT max(first) FROM note WHERE load = ?1 AND first <= ?2), 0) ORDER BY first";
    let (Some(low), Some(high)) = (sorted.first(), sorted.last()) else { return Ok(found) };
    let mut select = connection.prepare_cached(sql)?;
    let mut rows = select.query(params![load, signed(low.get()), signed(high.get())])?;
    while let Some(row) = rows.next()? {
        let last: i64 = row.get(2)?;
        if wanted.peek().is_none_or(|number| signed(number.get()) > last) {
            continue;
        }
        let body = open(row.get_ref(0)?.as_blob().unwrap_or_default(), row.get(1)?)?;
        pick(&body, &mut wanted, &mut found)?;
    }
    Ok(found)
}

/// Erases the notes of a number, whichever load brought them; how many.
pub(crate) fn erase(transaction: &Transaction<'_>, number: Number) -> Result<u64, StoreError> {
    let sql = "SELECT load, first, body, crc FROM note WHERE first <= ?1 AND last >= ?1";
    let mut select = transaction.prepare(sql)?;
    let mut rows = select.query([signed(number.get())])?;
    let mut erased = 0;
    while let Some(row) = rows.next()? {
        let (load, first): (i64, i64) = (row.get(0)?, row.get(1)?);
        let body = open(row.get_ref(2)?.as_blob().unwrap_or_default(), row.get(3)?)?;
        let Some(left) = without(&body, number)? else { continue };
        let left = zstd::bulk::compress(&left, LEVEL).map_err(StoreError::Spool)?;
        let sql = "UPDATE note SET body = ?3, crc = ?4 WHERE load = ?1 AND first = ?2";
        transaction.prepare_cached(sql)?.execute(params![load, first, left, crc32fast::hash(&left)])?;
        erased += 1;
    }
    Ok(erased)
}

/// A body without the note of a number; `None` where it holds none.
fn without(mut body: &[u8], number: Number) -> Result<Option<Vec<u8>>, StoreError> {
    let (mut left, mut at, mut last, mut held) = (Vec::with_capacity(body.len()), 0u64, 0u64, false);
    while !body.is_empty() {
        at = at.saturating_add(varint::take(&mut body).map_err(|_| UNREADABLE)?);
        let notes = varint::take_text(&mut body).map_err(|_| UNREADABLE)?;
        if at == number.get() {
            held = true;
            continue;
        }
        varint::put(&mut left, at - last);
        varint::put_text(&mut left, notes);
        last = at;
    }
    Ok(held.then_some(left))
}

fn open(body: &[u8], crc: u32) -> Result<Vec<u8>, StoreError> {
    const DAMAGED: StoreError = StoreError::Damaged("notes do not fit their checksum");
    if crc32fast::hash(body) != crc {
        return Err(DAMAGED);
    }
    zstd::bulk::decompress(body, LARGEST).map_err(|_| DAMAGED)
}

fn pick(
    mut body: &[u8],
    wanted: &mut std::iter::Peekable<impl Iterator<Item = Number>>,
    found: &mut Vec<(Number, Box<str>)>,
) -> Result<(), StoreError> {
    let mut at = 0u64;
    while !body.is_empty() {
        at = at.saturating_add(varint::take(&mut body).map_err(|_| UNREADABLE)?);
        let notes = varint::take_text(&mut body).map_err(|_| UNREADABLE)?;
        while wanted.next_if(|number| number.get() < at).is_some() {}
        if wanted.next_if(|number| number.get() == at).is_some() {
            found.push((Number::from_stored(at), notes.into()));
        }
    }
    Ok(())
}
