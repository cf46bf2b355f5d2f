//! The fields of one record.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};

use crate::limits::MAX_ROW_BYTES;

/// Splits records into fields and holds those of the last one.
pub(super) struct Splitter {
    reader: Reader,
    text: Box<[u8]>,
    ends: Vec<usize>,
    text_length: usize,
    count: usize,
}

impl Splitter {
    pub(super) fn new() -> Self {
        // Lines are cut already; a lone CR within one is text.
        let reader = ReaderBuilder::new().terminator(Terminator::Any(b'\n')).build();
        // Fields are never longer than the record. The last byte is for the line end fed after it.
        let text = vec![0; MAX_ROW_BYTES + 2].into();
        Self { reader, text, ends: vec![0; 32], text_length: 0, count: 0 }
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
    fn feed(&mut self, mut input: &[u8]) -> bool {
        let at_end = input.is_empty();
        loop {
            let (result, read, written, ended) =
                self.reader.read_record(input, &mut self.text[self.text_length..], &mut self.ends[self.count..]);
            input = &input[read..];
            self.text_length += written;
            self.count += ended;
            match result {
                ReadRecordResult::Record => return true,
                ReadRecordResult::OutputEndsFull => {
                    self.ends.resize(2 * self.ends.len(), 0);
                    // Going round again with nothing left would tell csv-core that the record is at its end.
                    if input.is_empty() && !at_end {
                        return false;
                    }
                }
                // The text cannot be full: it has room for the longest record.
                ReadRecordResult::InputEmpty | ReadRecordResult::OutputFull | ReadRecordResult::End => return false,
            }
        }
    }
}
