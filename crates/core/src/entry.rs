//! A row that passed.

use crate::number::Number;
use crate::row::Place;
use crate::source::SourceType;

/// A row that passed: what CXone is to know, and where it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The number.
    pub number: Number,
    /// Who said no.
    pub source: SourceType,
    /// At most [`crate::notes::MAX_CHARACTERS`] characters, without controls.
    pub notes: Box<str>,
    /// Where it stood.
    pub place: Place,
}

/// An entry as it lies in the store, lent by its bytes.
#[derive(Clone, Copy, Debug)]
pub struct Packed<'a> {
    /// The number.
    pub number: Number,
    /// Who said no.
    pub source: SourceType,
    /// Where it stood.
    pub place: Place,
    /// The notes.
    pub notes: &'a str,
}

/// What is written of an entry: number, source, file, line, notes.
type Fields<'a> = (u64, u8, u32, u64, &'a str);

/// Bytes in the store that are no entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored entries cannot be read")]
pub struct Unreadable;

impl<'a> Packed<'a> {
    /// Takes the next entry off packed bytes; `None` at their end.
    ///
    /// # Errors
    /// [`Unreadable`] where the bytes are not what [`pack`] wrote.
    pub fn take(bytes: &mut &'a [u8]) -> Result<Option<Self>, Unreadable> {
        if bytes.is_empty() {
            return Ok(None);
        }
        let ((number, source, file, line, notes), rest) =
            postcard::take_from_bytes::<Fields<'a>>(bytes).map_err(|_| Unreadable)?;
        *bytes = rest;
        let source = *SourceType::ALL.get(source as usize).ok_or(Unreadable)?;
        Ok(Some(Self { number: Number::from_stored(number), source, place: Place { file, line }, notes }))
    }

    /// The entry, by itself.
    pub fn to_entry(self) -> Entry {
        Entry { number: self.number, source: self.source, notes: self.notes.into(), place: self.place }
    }
}

/// Entries as bytes for the store. Not `Serialize`, on purpose: a number must not slip into an event or an answer
/// because somebody derived it.
pub fn pack(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(entries.len() * 16);
    entries.iter().for_each(|entry| pack_one(&mut bytes, entry));
    bytes
}

/// Appends one entry to packed ones. As postcard writes it, which takes four times as long; postcard reads it.
pub fn pack_one(bytes: &mut Vec<u8>, entry: &Entry) {
    varint(bytes, entry.number.get());
    bytes.push(entry.source as u8);
    varint(bytes, entry.place.file.into());
    varint(bytes, entry.place.line);
    varint(bytes, entry.notes.len() as u64);
    bytes.extend_from_slice(entry.notes.as_bytes());
}

/// Seven bits a byte, the lowest first; all but the last say that more follow.
fn varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// Entries back from [`pack`].
///
/// # Errors
/// [`Unreadable`] where the bytes are not what `pack` wrote.
pub fn unpack(mut bytes: &[u8]) -> Result<Vec<Entry>, Unreadable> {
    let mut entries = Vec::new();
    while let Some(entry) = Packed::take(&mut bytes)? {
        entries.push(entry.to_entry());
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: u64, line: u64, notes: &str) -> Entry {
        let place = Place { file: 0, line };
        Entry { number: Number::from_stored(number), source: SourceType::System, notes: notes.into(), place }
    }

    #[test]
    fn entries_are_packed_as_postcard_writes_them() {
        for (number, line, notes) in [(1, 0, ""), (127, 128, "said no"), (u64::MAX, u64::MAX, &*"ü".repeat(1024))] {
            let entry = entry(number, line, notes);
            let fields: Fields<'_> = (number, entry.source as u8, 0, line, notes);
            assert_eq!(pack(&[entry]), postcard::to_extend(&fields, Vec::new()).expect("room"));
        }
    }

    #[test]
    fn packing_keeps_everything() {
        let entries = vec![entry(12_025_551_234, 1, ""), entry(442_071_838_750, 70_000, "said no – zweimal")];
        assert_eq!(unpack(&pack(&entries)), Ok(entries));
        assert_eq!(unpack(&[255; 40]), Err(Unreadable));
    }
}
