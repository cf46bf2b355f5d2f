//! A row in a bucket, as bytes: the lower bits of its number, its place in the input, and what it tells.

use std::io::{self, Read};

use dncsync_core::change::{Action, End, Said};
use dncsync_core::day::Day;
use dncsync_core::number::Number;
use dncsync_core::source::SourceType;
use dncsync_core::timestamp::Timestamp;

/// Number, place, and which of the rest there is.
const HEAD: usize = 4 + 8 + 1;

/// The bits of the byte that says so, above those of source type and action.
const HAS_TIME: u8 = 1 << 3;
const HAS_END: u8 = 1 << 4;
const HAS_NOTES: u8 = 1 << 5;

/// No longer is the record of this row.
pub(super) fn room_for(said: &Said<&str>) -> usize {
    HEAD + 8 + 4 + 2 + said.notes.len()
}

/// Appends a row.
pub(super) fn write(into: &mut Vec<u8>, low: u32, row: u64, said: &Said<&str>) {
    let mut head = (said.source as u8) << 1 | u8::from(said.action == Action::Delete);
    let (time, end) = (said.at, said.end.day());
    for (has, bit) in [(time.is_some(), HAS_TIME), (end.is_some(), HAS_END), (!said.notes.is_empty(), HAS_NOTES)] {
        head |= if has { bit } else { 0 };
    }
    let mut first = [0; HEAD];
    first[..4].copy_from_slice(&low.to_le_bytes());
    first[4..12].copy_from_slice(&row.to_le_bytes());
    first[12] = head;
    into.extend_from_slice(&first);
    if let Some(time) = time {
        into.extend_from_slice(&time.millis().to_le_bytes());
    }
    if let Some(day) = end {
        into.extend_from_slice(&day.get().to_le_bytes());
    }
    if !said.notes.is_empty() {
        let length = u16::try_from(said.notes.len()).unwrap_or(u16::MAX);
        into.extend_from_slice(&length.to_le_bytes());
        into.extend_from_slice(&said.notes.as_bytes()[..length.into()]);
    }
}

/// The lower bits of its number.
pub(super) fn low(record: &[u8]) -> u32 {
    u32::from_le_bytes(array(record, 0))
}

/// How long it is, with whatever stands behind it.
pub(super) fn length(record: &[u8]) -> usize {
    let fixed = fixed(record[HEAD - 1]);
    if record[HEAD - 1] & HAS_NOTES == 0 { fixed } else { fixed + usize::from(notes_length(record, fixed)) }
}

/// The row, and its place in the input. `upper`: the upper bits of its number.
pub(super) fn said(upper: u64, record: &[u8]) -> (u64, Said<&str>) {
    let head = record[HEAD - 1];
    let mut at = HEAD;
    let mut part = |has: u8, length: usize| {
        let start = at;
        at += if head & has == 0 { 0 } else { length };
        (head & has != 0).then_some(start)
    };
    let (time, end, notes) = (part(HAS_TIME, 8), part(HAS_END, 4), part(HAS_NOTES, 2));
    let notes = notes.map_or(&b""[..], |start| &record[start + 2..length(record)]);
    let said = Said {
        number: Number::from_stored(upper | u64::from(low(record))),
        action: if head & 1 == 1 { Action::Delete } else { Action::Add },
        at: time.map(|start| Timestamp::from_millis(i64::from_le_bytes(array(record, start)))),
        end: end.map_or(End::Never, |start| End::Day(Day::from_stored(i32::from_le_bytes(array(record, start))))),
        source: SourceType::ALL[usize::from(head >> 1 & 3)],
        notes: std::str::from_utf8(notes).unwrap_or_default(),
    };
    (u64::from_le_bytes(array(record, 4)), said)
}

/// Reads the next record; false where there is none.
pub(super) fn read_from(from: &mut impl Read, record: &mut Vec<u8>) -> io::Result<bool> {
    record.resize(HEAD, 0);
    match from.read_exact(record) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
        read => read?,
    }
    let fixed = fixed(record[HEAD - 1]);
    record.resize(fixed, 0);
    from.read_exact(&mut record[HEAD..])?;
    if record[HEAD - 1] & HAS_NOTES != 0 {
        let all = fixed + usize::from(notes_length(record, fixed));
        record.resize(all, 0);
        from.read_exact(&mut record[fixed..])?;
    }
    Ok(true)
}

/// The length of a record with this head, without its notes.
fn fixed(head: u8) -> usize {
    let parts = [(HAS_TIME, 8), (HAS_END, 4), (HAS_NOTES, 2)];
    HEAD + parts.into_iter().filter(|(has, _)| head & has != 0).map(|(_, length)| length).sum::<usize>()
}

fn notes_length(record: &[u8], fixed: usize) -> u16 {
    u16::from_le_bytes(array(record, fixed - 2))
}

fn array<const N: usize>(record: &[u8], start: usize) -> [u8; N] {
    record[start..].first_chunk().copied().unwrap_or([0; N])
}
