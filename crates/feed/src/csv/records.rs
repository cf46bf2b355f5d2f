//! Lines put together to records.

use std::io::{self, Read};

use super::quotes::{AtLineEnd, Quotes};
use super::splitter::Splitter;
use crate::fault::Fault;
use crate::limits::{MAX_ROW_BYTES, MAX_ROW_LINES};
use crate::lines::{Found, Line, Lines};
use crate::number_like::holds_number;

/// Puts records together and holds the fields of the last one.
pub(super) struct Records {
    pub(super) fields: Splitter,
    /// A record over several lines with more fields than this is none: an unclosed quote swallowed other rows.
    pub(super) most_fields: usize,
    /// The column that holds the number.
    pub(super) number: usize,
    /// For a second look at single lines of a record.
    aside: Splitter,
}

/// A record at the start of the window.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    /// Start of what stands behind it, in bytes from the start of the window.
    pub(super) next: usize,
    pub(super) lines: u64,
    /// What is wrong with it: then it is one line, and its fields are what could be made of that.
    pub(super) fault: Option<Fault>,
}

/// How far a record reaches.
struct Extent {
    end: usize,
    next: usize,
    lines: u64,
}

impl Records {
    pub(super) fn new() -> Self {
        Self { fields: Splitter::new(), most_fields: usize::MAX, number: 0, aside: Splitter::new() }
    }

    /// Splits the record that begins with the line `first` at the start of the window, and leaves it there.
    ///
    /// Where its quote is not closed well, the record is its first line alone, so that the fault costs one row: the
    /// lines behind it are still in the window and are read as what they are.
    pub(super) fn assemble<R: Read>(&mut self, lines: &mut Lines<R>, first: Line) -> io::Result<Record> {
        if self.fields.split(&lines.window()[..first.end]) {
            return Ok(Record { next: first.next, lines: 1, fault: None });
        }
        let fault = match self.close(lines, first)? {
            Ok(extent) if self.swallows_a_row(&lines.window()[first.next..extent.end]) => Fault::StrayQuote,
            Ok(extent) if self.fields.split(&lines.window()[..extent.end]) => {
                return Ok(Record { next: extent.next, lines: extent.lines, fault: None });
            }
            Ok(_) => Fault::StrayQuote,
            Err(fault) => fault,
        };
        self.fields.split_leniently(&lines.window()[..first.end]);
        Ok(Record { next: first.next, lines: 1, fault: Some(fault) })
    }

    /// Whether one of these lines looks just like a row of its own: as many fields as there are columns, and a number
    /// where the number belongs. An unclosed quote that meets a later one by chance must not make a number vanish in
    /// somebody's notes; notes that really look like that are refused and said.
    fn swallows_a_row(&mut self, continuation: &[u8]) -> bool {
        let (most_fields, number, aside) = (self.most_fields, self.number, &mut self.aside);
        most_fields >= 2
            && continuation.split(|byte| *byte == b'\n').any(|line| {
                aside.split_leniently(line);
                aside.iter().count() == most_fields && holds_number(&String::from_utf8_lossy(aside.get(number)))
            })
    }

    /// Looks for the line that closes the quote which the first line leaves open.
    fn close<R: Read>(&self, lines: &mut Lines<R>, first: Line) -> io::Result<Result<Extent, Fault>> {
        let mut quotes = Quotes::new();
        let mut extent = Extent { end: first.end, next: first.next, lines: 1 };
        let mut line_start = 0;
        loop {
            match quotes.line(&lines.window()[line_start..extent.end]) {
                AtLineEnd::Closed if quotes.fields <= self.most_fields => return Ok(Ok(extent)),
                AtLineEnd::Closed | AtLineEnd::Stray => return Ok(Err(Fault::StrayQuote)),
                AtLineEnd::Open if quotes.fields > self.most_fields => return Ok(Err(Fault::StrayQuote)),
                AtLineEnd::Open => {}
            }
            line_start = extent.next;
            match lines.line_at(line_start)? {
                Found::Line(line) if extent.lines < MAX_ROW_LINES && line.end <= MAX_ROW_BYTES => {
                    extent = Extent { end: line.end, next: line.next, lines: extent.lines + 1 };
                }
                Found::Line(_) | Found::TooLong | Found::End => return Ok(Err(Fault::UnclosedQuote)),
            }
        }
    }
}
