//! A row that passed.

use crate::number::Number;
use crate::row::Place;
use crate::source::SourceType;
use crate::varint;

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

/// An entry, lent by whoever holds its text: by its bytes in the store, for one.
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

impl Entry {
    /// The entry, lent.
    pub fn lent(&self) -> Packed<'_> {
        Packed { number: self.number, source: self.source, place: self.place, notes: &self.notes }
    }
}

impl From<varint::Cut> for Unreadable {
    fn from(_: varint::Cut) -> Self {
        Self
    }
}

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
        let number = varint::take(bytes)?;
        Self::take_rest(Number::from_stored(number), bytes).map(Some)
    }

    /// Takes all but its number off packed bytes, where that lies elsewhere.
    ///
    /// # Errors
    /// [`Unreadable`] where the bytes are not what [`Packed::put_rest`] wrote.
    #[inline]
    pub fn take_rest(number: Number, bytes: &mut &'a [u8]) -> Result<Self, Unreadable> {
        let (source, rest) = bytes.split_first().ok_or(Unreadable)?;
        *bytes = rest;
        let source = *SourceType::ALL.get(usize::from(*source)).ok_or(Unreadable)?;
        let file = u32::try_from(varint::take(bytes)?).map_err(|_| Unreadable)?;
        let place = Place { file, line: varint::take(bytes)? };
        Ok(Self { number, source, place, notes: varint::take_text(bytes)? })
    }

    /// Appends all but its number to packed bytes.
    #[inline]
    pub fn put_rest(self, bytes: &mut Vec<u8>) {
        bytes.reserve(LONGEST_HEAD + self.notes.len());
        bytes.push(self.source as u8);
        varint::put(bytes, self.place.file.into());
        varint::put(bytes, self.place.line);
        varint::put(bytes, self.notes.len() as u64);
        bytes.extend_from_slice(self.notes.as_bytes());
    }

    /// The entry, by itself.
    #[must_use]
    pub fn to_entry(self) -> Entry {
        Entry { number: self.number, source: self.source, notes: self.notes.into(), place: self.place }
    }
}

/// Entries as bytes for the store. Not `Serialize`, on purpose: a number must not slip into an event or an answer
/// because somebody derived it.
pub fn pack(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(entries.len() * 16);
    entries.iter().for_each(|entry| pack_one(&mut bytes, entry.lent()));
    bytes
}

/// Appends one entry to packed ones: number, source, file, line, length of the notes, notes. Integers as [`varint`] does.
#[inline]
pub fn pack_one(bytes: &mut Vec<u8>, entry: Packed<'_>) {
    varint::put(bytes, entry.number.get());
    entry.put_rest(bytes);
}

/// What stands before the notes of a packed entry is no longer.
const LONGEST_HEAD: usize = 10 + 1 + 5 + 10 + 10;

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
    fn entries_are_packed_as_postcard_writes_them_which_did_it_once() {
        for (number, line, notes) in [(1, 0, ""), (127, 128, "said no"), (u64::MAX, u64::MAX, &*"ü".repeat(1024))] {
            let entry = entry(number, line, notes);
            let fields = (number, entry.source as u8, 0u32, line, notes);
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
