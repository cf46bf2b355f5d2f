//! The input as lines in a window of fixed size.
//!
//! A row of several lines is a stretch of the window, and going back to its second line is not moving on: nothing is
//! copied and nothing pushed back.

use std::io::{self, Read};

use encoding_rs_io::{DecodeReaderBytes, DecodeReaderBytesBuilder};
use memchr::memchr;

use crate::limits::{MAX_ROW_BYTES, WINDOW_BYTES};

/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Where a line ends, in bytes from the start of the window.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    /// End of its text, without LF or CRLF.
    pub(crate) end: usize,
    /// Start of the line behind it.
    pub(crate) next: usize,
}

/// What stands at some place of the window.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Found {
    Line(Line),
    /// A line longer than a row may be. As much of it as a row may hold is in the window.
    TooLong,
    End,
}

/// Lines of decoded text: UTF-8, UTF-16 where a byte order mark says so, and other bytes as they are.
pub(crate) struct Lines<R> {
    input: DecodeReaderBytes<R, Vec<u8>>,
    buffer: Box<[u8]>,
    /// The window is what stands between `head` and `filled`; it begins with the line of this `number`.
    head: usize,
    filled: usize,
    number: u64,
    ended: bool,
}

impl<R: Read> Lines<R> {
    pub(crate) fn new(input: R) -> Self {
        // Without a byte order mark the bytes pass as they are: what is not UTF-8 is mended field by field later,
        // where it is known whether it spoils a number or a note.
        let input = DecodeReaderBytesBuilder::new().bom_sniffing(true).utf8_passthru(true).strip_bom(true).build(input);
        Self { input, buffer: vec![0; WINDOW_BYTES].into(), head: 0, filled: 0, number: 1, ended: false }
    }

    /// Number of the line that the window begins with, counted from 1.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// What is held of the input from the current line on.
    pub(crate) fn window(&self) -> &[u8] {
        &self.buffer[self.head..self.filled]
    }

    /// The window, holding at least `bytes` or all the rest of the input. `bytes` are fewer than a row's limit.
    pub(crate) fn at_least(&mut self, bytes: usize) -> io::Result<&[u8]> {
        while self.window().len() < bytes && self.fill()? {}
        Ok(self.window())
    }

    /// Moves on to the first line that holds more than white space, past a byte order mark at its head: files joined
    /// to one bring theirs along.
    #[inline]
    pub(crate) fn next_filled(&mut self) -> io::Result<Found> {
        // Nearly all lines begin with a plain character: no white space, and no byte order mark.
        if self.window().first().is_some_and(|byte| matches!(byte, b'!'..=b'~')) {
            return self.line_at(0);
        }
        self.next_after_blanks()
    }

    fn next_after_blanks(&mut self) -> io::Result<Found> {
        loop {
            while self.at_least(MARK.len())?.starts_with(MARK) {
                self.advance(MARK.len(), 0);
            }
            match self.line_at(0)? {
                Found::Line(line) if self.window()[..line.end].trim_ascii().is_empty() => self.advance(line.next, 1),
                found => return Ok(found),
            }
        }
    }

    /// The line that begins `offset` bytes into the window, `offset` being little more than a row's limit at most.
    #[inline]
    pub(crate) fn line_at(&mut self, offset: usize) -> io::Result<Found> {
        if let Some(length) = memchr(b'\n', &self.window()[offset..]) {
            let newline = offset + length;
            return Ok(self.within_limit(offset, newline, newline + 1));
        }
        self.line_beyond(offset)
    }

    /// The same, where more must be read to see its end.
    fn line_beyond(&mut self, offset: usize) -> io::Result<Found> {
        let mut searched = offset;
        loop {
            if let Some(length) = memchr(b'\n', &self.window()[searched..]) {
                let newline = searched + length;
                return Ok(self.within_limit(offset, newline, newline + 1));
            }
            searched = self.window().len();
            if searched - offset > MAX_ROW_BYTES + 1 {
                return Ok(Found::TooLong);
            }
            if !self.fill()? {
                let rest = searched > offset;
                return Ok(if rest { self.within_limit(offset, searched, searched) } else { Found::End });
            }
        }
    }

    #[inline]
    fn within_limit(&self, start: usize, newline: usize, next: usize) -> Found {
        if newline - start <= MAX_ROW_BYTES && newline > start && self.window()[newline - 1] != b'\r' {
            return Found::Line(Line { end: newline, next });
        }
        self.within_limit_before_returns(start, newline, next)
    }

    fn within_limit_before_returns(&self, start: usize, newline: usize, next: usize) -> Found {
        // CR CR LF is what Windows makes of CRLF when it writes it as text once more.
        let returns = self.window()[start..newline].iter().rev().take_while(|byte| **byte == b'\r').count();
        let end = newline - returns;
        // With more than one CR behind a whole row `line_at` gives up before it sees the line end, where the bytes come
        // slowly; how they come must make no difference.
        let too_long = end - start > MAX_ROW_BYTES || newline - start > MAX_ROW_BYTES + 1;
        if too_long { Found::TooLong } else { Found::Line(Line { end, next }) }
    }

    /// Leaves the first `bytes` of the window behind, which are `lines` whole lines.
    pub(crate) fn advance(&mut self, bytes: usize, lines: u64) {
        self.head += bytes;
        self.number += lines;
    }

    /// Leaves the current line behind, however long it is.
    pub(crate) fn skip_line(&mut self) -> io::Result<()> {
        loop {
            if let Some(length) = memchr(b'\n', self.window()) {
                self.advance(length + 1, 1);
                return Ok(());
            }
            self.head = self.filled;
            if !self.fill()? {
                return Ok(());
            }
        }
    }

    /// Reads more into the window; false at the end of the input.
    fn fill(&mut self) -> io::Result<bool> {
        if self.head == self.filled {
            (self.head, self.filled) = (0, 0);
        } else if self.filled == self.buffer.len() {
            // Only when nothing fits behind, so that an input that comes byte by byte moves nothing each time.
            self.buffer.copy_within(self.head..self.filled, 0);
            (self.head, self.filled) = (0, self.filled - self.head);
        }
        while !self.ended {
            match self.input.read(&mut self.buffer[self.filled..]) {
                Ok(0) => self.ended = true,
                Ok(count) => {
                    self.filled += count;
                    return Ok(true);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }
}
