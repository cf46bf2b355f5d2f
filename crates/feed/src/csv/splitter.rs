//! The fields of one record.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};
use memchr::{memchr, memchr_iter};

use crate::limits::MAX_ROW_BYTES;

/// Splits records into fields and holds those of the last one.
pub(super) struct Splitter {
    reader: Reader,
    text: Box<[u8]>,
    ends: Box<[usize]>,
    text_length: usize,
    count: usize,
    /// Bytes between two fields of `text`: the comma, where the record was cut and not split.
    gap: usize,
}

impl Splitter {
    pub(super) fn new() -> Self {
        // Lines are cut already; a lone CR within one is text.
        let reader = ReaderBuilder::new().terminator(Terminator::Any(b'\n')).build();
        // Fields are never longer than the record. The last byte is for the line end fed after it.
        let text = vec![0; MAX_ROW_BYTES + 2].into();
        // Nor can there be more of them than its bytes and one. Memory that no record reached is never touched.
        let ends = vec![0; MAX_ROW_BYTES + 2].into();
        Self { reader, text, ends, text_length: 0, count: 0, gap: 0 }
    }

    /// The field at this index; empty where the record is shorter.
    pub(super) fn get(&self, index: usize) -> &[u8] {
        if index >= self.count {
            return &[];
        }
        let start = if index == 0 { 0 } else { self.ends[index - 1] + self.gap };
        &self.text[start..self.ends[index]]
    }

    /// All fields in their order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.count).map(|index| self.get(index))
    }

    /// Splits a record without its line end. False, and no fields, where a quote is open at its end.
    pub(super) fn split(&mut self, record: &[u8]) -> bool {
        if memchr(b'"', record).is_none() && !record.is_empty() {
            self.cut(record);
            return true;
        }
        self.start();
        self.feed(record);
        let closed = self.feed(b"\n");
        if !closed {
            self.start();
        }
        closed
    }

    /// Splits a line as if a quote that is open at its end were closed there.
    pub(super) fn split_leniently(&mut self, line: &[u8]) {
        self.start();
        self.feed(line);
        self.feed(b"");
    }

    /// Cuts a record without quotes at its commas: of most rows that is all there is to it, and it is five times faster.
    fn cut(&mut self, record: &[u8]) {
        self.text[..record.len()].copy_from_slice(record);
        self.count = 0;
        for end in memchr_iter(b',', record).chain([record.len()]) {
            self.ends[self.count] = end;
            self.count += 1;
        }
        self.gap = 1;
    }

    fn start(&mut self) {
        self.reader.reset();
        (self.text_length, self.count, self.gap) = (0, 0, 0);
    }

    /// Feeds all of `input`, the end of the record where that is empty; true when the record ended.
    fn feed(&mut self, input: &[u8]) -> bool {
        let (text, ends) = (&mut self.text[self.text_length..], &mut self.ends[self.count..]);
        let (result, _read, written, ended) = self.reader.read_record(input, text, ends);
        self.text_length += written;
        self.count += ended;
        // Text and ends have room for the longest record, so neither is ever full.
        matches!(result, ReadRecordResult::Record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fields(splitter: &Splitter) -> Vec<Vec<u8>> {
        splitter.iter().map(<[u8]>::to_vec).collect()
    }

    proptest! {
        /// A record without quotes is cut into the very fields that it would be split into.
        #[test]
        fn cutting_is_splitting_where_there_are_no_quotes(record in "[a-c, \r\u{e4}]{1,30}") {
            let (mut cut, mut split) = (Splitter::new(), Splitter::new());
            prop_assert!(cut.split(record.as_bytes()));
            split.start();
            split.feed(record.as_bytes());
            prop_assert!(split.feed(b"\n"));
            prop_assert_eq!(fields(&cut), fields(&split));
        }
    }
}
