//! Claims: what finished runs asked to be blocked in a target, one set for each source type.
//!
//! They outlive the list itself: where it is deleted and made anew, they tell what belongs into it.

use dncsync_core::numbers::{Chunk, Numbers};
use dncsync_core::source::SourceType;
use rusqlite::{OptionalExtension, Transaction, params};

use crate::error::StoreError;
use crate::lists::TargetId;
use crate::open::Store;
use crate::rows::{count, signed};

impl Store {
    /// What is claimed in a target, by source type.
    pub fn claims(&self, target: TargetId) -> Result<Vec<(SourceType, Numbers)>, StoreError> {
        let sql = "SELECT key, bits, crc FROM claim WHERE target = ?1 AND source = ?2 ORDER BY key";
        let mut select = self.connection.prepare_cached(sql)?;
        let mut claims = Vec::new();
        for source in SourceType::ALL {
            let mut numbers = Numbers::default();
            let mut rows = select.query(params![target.0, source.name()])?;
            while let Some(row) = rows.next()? {
                let chunk = Chunk::from_stored(row.get_ref(1)?.as_blob().unwrap_or_default(), row.get(2)?)?;
                numbers.add_chunk(count(row.get(0)?), &chunk);
            }
            claims.push((source, numbers));
        }
        Ok(claims)
    }
}

/// Adds claims of a source type to a target.
pub(crate) fn add(
    transaction: &Transaction<'_>,
    target: TargetId,
    source: SourceType,
    numbers: &Numbers,
) -> Result<(), StoreError> {
    let sql = "SELECT bits, crc FROM claim WHERE target = ?1 AND source = ?2 AND key = ?3";
    let mut select = transaction.prepare_cached(sql)?;
    let mut upsert = transaction.prepare_cached(
        "INSERT INTO claim (target, source, key, bits, crc) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO UPDATE SET bits = excluded.bits, crc = excluded.crc",
    )?;
    for (key, mut chunk) in numbers.chunks() {
        let place = params![target.0, source.name(), signed(key)];
        let found: Option<(Vec<u8>, u32)> = select.query_row(place, |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        if let Some((bits, crc)) = found {
            let before = Chunk::from_stored(&bits, crc)?;
            chunk.add(&before);
            if chunk == before {
                continue;
            }
        }
        let (bits, crc) = chunk.to_stored();
        upsert.execute(params![target.0, source.name(), signed(key), bits, crc])?;
    }
    Ok(())
}
