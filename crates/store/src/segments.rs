//! Entries of a run, packed and compressed: a run of ten million rows holds a tenth of a gigabyte of them in memory, and as
//! much on the disk.

use dncsync_core::entry::{self, Entry};
use dncsync_core::number::Number;

use crate::error::StoreError;

/// Entries in one stored segment: large enough to be few, small enough to be read one at a time.
pub const SEGMENT: usize = 10_000;

/// The fastest level. Notes repeat themselves, and a load should not wait for better.
const LEVEL: i32 = 1;

/// What compressed bytes begin with (RFC 8878, 3.1.1). Packed entries never do: they begin with a number, whose first byte
/// says that others follow.
const MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

/// No segment is larger, once it is unpacked: [`SEGMENT`] entries with the longest notes and what stands beside them.
const LARGEST: usize = SEGMENT * (4 * dncsync_core::notes::MAX_CHARACTERS + 64);

/// A segment as it lies in the store.
#[derive(Clone, Debug)]
pub struct Segment {
    pub(crate) bytes: Vec<u8>,
    pub(crate) crc: u32,
}

impl Segment {
    /// The segment of packed entries ([`entry::pack`]), [`SEGMENT`] at most.
    ///
    /// # Errors
    /// Memory ran out.
    pub fn of(packed: &[u8]) -> Result<Self, StoreError> {
        let bytes = zstd::bulk::compress(packed, LEVEL).map_err(StoreError::Spool)?;
        let crc = crc32fast::hash(&bytes);
        Ok(Self { bytes, crc })
    }

    /// Its entries.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where it is not what was made.
    pub fn entries(&self) -> Result<Vec<Entry>, StoreError> {
        entries(&self.bytes, self.crc)
    }
}

/// Entries back from SQLite, if they are what was written.
pub(crate) fn entries(bytes: &[u8], crc: u32) -> Result<Vec<Entry>, StoreError> {
    let mut all = Vec::new();
    each(bytes, crc, |entry| all.push(entry.to_entry()))?;
    Ok(all)
}

/// The numbers of entries, in their order.
pub(crate) fn numbers(bytes: &[u8], crc: u32, into: &mut Vec<Number>) -> Result<(), StoreError> {
    each(bytes, crc, |entry| into.push(entry.number))
}

/// Goes over packed entries without making each.
pub(crate) fn each(bytes: &[u8], crc: u32, mut take: impl FnMut(entry::Packed<'_>)) -> Result<(), StoreError> {
    if crc32fast::hash(bytes) != crc {
        return Err(StoreError::Damaged("entries of a run do not fit their checksum"));
    }
    let unpacked;
    let mut packed = bytes;
    if bytes.starts_with(&MAGIC) {
        unpacked = zstd::bulk::decompress(bytes, LARGEST)
            .map_err(|_| StoreError::Damaged("entries of a run cannot be read"))?;
        packed = &unpacked;
    }
    while let Some(entry) = entry::Packed::take(&mut packed)? {
        take(entry);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use dncsync_core::row::Place;
    use dncsync_core::source::SourceType;

    #[test]
    fn a_segment_holds_what_was_packed_and_older_ones_can_be_read() {
        let place = Place { file: 0, line: 7 };
        let notes = "said no ".repeat(100);
        let entry = |number| Entry {
            number: Number::from_stored(number),
            source: SourceType::System,
            notes: notes.as_str().into(),
            place,
        };
        let all: Vec<Entry> = (12_025_550_000..12_025_551_000).map(entry).collect();
        let packed = entry::pack(&all);
        let segment = Segment::of(&packed).expect("room");
        assert!(segment.bytes.len() < packed.len() / 10);
        assert_eq!(segment.entries().expect("entries"), all);
        assert_eq!(entries(&packed, crc32fast::hash(&packed)).expect("entries"), all, "as they lay before");
        let mut found = Vec::new();
        numbers(&segment.bytes, segment.crc, &mut found).expect("numbers");
        assert!(found.iter().eq(all.iter().map(|entry| &entry.number)));
        assert!(matches!(entries(&packed, 1), Err(StoreError::Damaged(_))));
    }
}
