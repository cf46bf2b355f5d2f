//! Entries of a run, packed and compressed: a run of ten million rows holds a tenth of a gigabyte of them in memory, and as
//! much on the disk.

use dncsync_core::entry::{self, Entry};
use dncsync_core::number::Number;
use dncsync_core::varint;

use crate::error::StoreError;

/// Entries in one stored segment: large enough to be few, small enough to be read one at a time.
pub const SEGMENT: usize = 10_000;

/// The fastest level. Notes repeat themselves, and a load should not wait for better.
const LEVEL: i32 = 1;

/// What compressed bytes begin with (RFC 8878, 3.1.1). Packed entries never do: they begin with a number, whose first byte
/// says that others follow.
const MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

/// What a segment begins with whose numbers lie by themselves. No number does.
const COLUMNS: u8 = 0;

const CANNOT_BE_READ: StoreError = StoreError::Damaged("entries of a run cannot be read");

/// No segment is larger, once it is unpacked: [`SEGMENT`] entries with the longest notes and what stands beside them.
const LARGEST: usize = SEGMENT * (4 * dncsync_core::notes::MAX_CHARACTERS + 64);

/// Entries on their way into a segment: the numbers by themselves, which do not compress and are asked for alone, and what else
/// there is of each.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    numbers: Vec<u8>,
    others: Vec<u8>,
    count: usize,
}

impl Draft {
    /// Takes the next entry in.
    #[inline]
    pub fn push(&mut self, entry: entry::Packed<'_>) {
        varint::put(&mut self.numbers, entry.number.get());
        entry.put_rest(&mut self.others);
        self.count += 1;
    }

    /// How many they are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Whether a segment should hold no more.
    pub fn is_full(&self) -> bool {
        self.count >= SEGMENT
    }

    /// The segment.
    ///
    /// # Errors
    /// Memory ran out.
    pub fn close(self) -> Result<Segment, StoreError> {
        let mut bytes = vec![COLUMNS];
        varint::put(&mut bytes, self.numbers.len() as u64);
        bytes.extend_from_slice(&self.numbers);
        bytes.extend(zstd::bulk::compress(&self.others, LEVEL).map_err(StoreError::Spool)?);
        let crc = crc32fast::hash(&bytes);
        Ok(Segment { bytes, crc })
    }
}

/// A segment as it lies in the store.
#[derive(Clone, Debug)]
pub struct Segment {
    pub(crate) bytes: Vec<u8>,
    pub(crate) crc: u32,
}

impl Segment {
    /// The segment of entries, [`SEGMENT`] at most.
    ///
    /// # Errors
    /// Memory ran out.
    pub fn of(entries: &[Entry]) -> Result<Self, StoreError> {
        let mut draft = Draft::default();
        entries.iter().for_each(|entry| draft.push(entry.lent()));
        draft.close()
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
    if crc32fast::hash(bytes) == crc
        && let Some((numbers, _)) = columns(bytes)?
    {
        return each_number(numbers, |number| {
            into.push(number);
            Ok(())
        });
    }
    each(bytes, crc, |entry| into.push(entry.number))
}

/// Goes over packed entries without making each.
pub(crate) fn each(bytes: &[u8], crc: u32, mut take: impl FnMut(entry::Packed<'_>)) -> Result<(), StoreError> {
    if crc32fast::hash(bytes) != crc {
        return Err(StoreError::Damaged("entries of a run do not fit their checksum"));
    }
    if let Some((numbers, others)) = columns(bytes)? {
        let others = unpacked(others)?;
        let mut others = others.as_slice();
        return each_number(numbers, |number| {
            take(entry::Packed::take_rest(number, &mut others)?);
            Ok(())
        });
    }
    let compressed;
    let mut packed = bytes;
    if bytes.starts_with(&MAGIC) {
        compressed = unpacked(bytes)?;
        packed = &compressed;
    }
    while let Some(entry) = entry::Packed::take(&mut packed)? {
        take(entry);
    }
    Ok(())
}

/// The numbers, and what else there is of each, compressed.
type Columns<'a> = (&'a [u8], &'a [u8]);

/// Where the two lie; `None` where they lie as earlier versions wrote them, each entry whole.
fn columns(bytes: &[u8]) -> Result<Option<Columns<'_>>, StoreError> {
    let Some((&COLUMNS, mut rest)) = bytes.split_first() else { return Ok(None) };
    let length = usize::try_from(varint::take(&mut rest).map_err(|_| CANNOT_BE_READ)?).unwrap_or(usize::MAX);
    Ok(Some(rest.split_at_checked(length).ok_or(CANNOT_BE_READ)?))
}

fn each_number(mut numbers: &[u8], mut take: impl FnMut(Number) -> Result<(), StoreError>) -> Result<(), StoreError> {
    while !numbers.is_empty() {
        take(Number::from_stored(varint::take(&mut numbers).map_err(|_| CANNOT_BE_READ)?))?;
    }
    Ok(())
}

fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
    zstd::bulk::decompress(bytes, LARGEST).map_err(|_| CANNOT_BE_READ)
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
        let segment = Segment::of(&all).expect("room");
        assert!(segment.bytes.len() < packed.len() / 10);
        let compressed = zstd::bulk::compress(&packed, LEVEL).expect("room");
        // As they are, and as they lay before, twice.
        for bytes in [segment.bytes, compressed, packed.clone()] {
            let crc = crc32fast::hash(&bytes);
            assert_eq!(entries(&bytes, crc).expect("entries"), all);
            let mut found = Vec::new();
            numbers(&bytes, crc, &mut found).expect("numbers");
            assert!(found.iter().eq(all.iter().map(|entry| &entry.number)));
        }
        assert!(matches!(entries(&packed, 1), Err(StoreError::Damaged(_))));
    }
}
