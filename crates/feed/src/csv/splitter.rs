//! The fields of one record.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};

use crate::limits::MAX_ROW_BYTES;

/// Splits records into fields and holds those of the last one.
pub(super) struct Splitter {
    reader: Reader,
    text: Box<[u8]>,
    ends: Box<[usize]>,
    text_length: usize,
    count: usize,
}

impl Splitter {
    pub(super) fn new() -> Self {
        // Lines are cut already; a lone CR within one is text.
        let reader = ReaderBuilder::new().terminator(Terminator::Any(b'\n')).build();
        // Fields are never longer than the record. The last byte is for the line end fed after it.
        let text = vec![0; MAX_ROW_BYTES + 2].into();
        // Nor can there be more of them than its bytes and one. Memory that no record reached is never touched.
        let ends = vec![0; MAX_ROW_BYTES + 2].into();
        Self { reader, text, ends, text_length: 0, count: 0 }
    }

    /// The field at this index; empty where the record is shorter.
    pub(super) fn get(&self, index: usize) -> &[u8] {
        if index >= self.count {
            return &[];
        }
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.text[start..self.ends[index]]
    }

    /// All fields in their order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.count).map(|index| self.get(index))
    }

    /// Splits a record without its line end. False, and no fields, where a quote is open at its end.
    pub(super) fn split(&mut self, record: &[u8]) -> bool {
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

    fn start(&mut self) {
        self.reader.reset();
        (self.text_length, self.count) = (0, 0);
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
