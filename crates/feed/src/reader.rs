//! The reader of all formats.

use std::fmt;
use std::io::{self, Read};

use dncsync_core::number::Number;
use dncsync_core::row::Row;

use crate::asked::Asked;
use crate::csv::Csv;
use crate::fault::{Fault, Next};
use crate::foreign;
use crate::format::Format;
use crate::guess;
use crate::jsonl::Jsonl;
use crate::limits::{KEPT_CHARS, MAX_ROW_BYTES, SNIFFED_BYTES};
use crate::lines::{Found, Lines};
use crate::lossy;
use crate::open_error::OpenError;
use crate::registry::{self, Registry};
use crate::rows::Rows;
use crate::txt;

/// Reads rows from an input, one after the other, in constant memory.
pub struct Reader<R: Read> {
    lines: Lines<R>,
    layout: Layout,
    /// Room for a row that is read alone.
    single: Rows,
}

enum Layout {
    Csv(Box<Csv>),
    Jsonl(Box<Jsonl>),
    Txt,
    Registry(Registry),
}

impl<R: Read> fmt::Debug for Reader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // No word of the input: its numbers are private.
        f.debug_struct("Reader").field("format", &self.format()).field("line", &self.lines.number()).finish()
    }
}

impl<R: Read> Reader<R> {
    /// Opens an input, telling its format by content where none is asked for. Judges its first line, and what that says
    /// of the columns. An empty input opens, and is at its end at once.
    pub fn open(input: R, asked: &Asked) -> Result<Self, OpenError> {
        let mut lines = Lines::new(input);
        foreign::refuse_bytes(lines.at_least(SNIFFED_BYTES)?)?;
        let format = match first_line(&mut lines)? {
            Some(line) => {
                foreign::refuse_line(line, asked.format)?;
                asked.format.map_or_else(|| guess::format(&String::from_utf8_lossy(line), asked), Ok)?
            }
            None => asked.format.unwrap_or(Format::Txt),
        };
        let layout = match format {
            Format::Csv => open_csv(&mut lines, asked)?,
            Format::Jsonl => Layout::Jsonl(Box::new(Jsonl::new(asked))),
            Format::Txt => open_txt(&mut lines, asked)?,
        };
        Ok(Self { lines, layout, single: Rows::default() })
    }

    /// The format given or found.
    pub fn format(&self) -> Format {
        match self.layout {
            Layout::Csv(_) | Layout::Registry(_) => Format::Csv,
            Layout::Jsonl(_) => Format::Jsonl,
            Layout::Txt => Format::Txt,
        }
    }

    /// Whether the rows say if they add or delete; `None` where only the rows themselves tell.
    pub fn tells_actions(&self) -> Option<bool> {
        match &self.layout {
            Layout::Csv(csv) => Some(csv.tells_actions()),
            Layout::Jsonl(_) => None,
            Layout::Txt => Some(false),
            Layout::Registry(registry) => Some(registry.tells_actions()),
        }
    }

    /// Names of columns or keys that carry nothing for us, to be said once. Those of CSV are known from the start,
    /// those of JSON Lines as they appear, twenty at most.
    pub fn ignored_columns(&self) -> &[String] {
        match &self.layout {
            Layout::Csv(csv) => csv.ignored.names(),
            Layout::Jsonl(jsonl) => jsonl.ignored.names(),
            Layout::Txt | Layout::Registry(_) => &[],
        }
    }

    /// Fills `row` with what stands next; its buffers are used again. For who reads a few: [`Reader::read_many`] is faster.
    pub fn read(&mut self, row: &mut Row) -> io::Result<Next> {
        row.clear();
        self.single.open();
        let mut rows = std::mem::take(&mut self.single);
        let read = self.read_one(&mut rows);
        rows.close();
        let next = rows.copy_first(row);
        self.single = rows;
        read.map(|_| next)
    }

    /// Fills `rows` with what stands next, as many as it takes; none at the end of the input.
    ///
    /// `at_sight`: which number a text is, where that is certain. Rows that tell nothing else are not kept then, only their
    /// numbers. It must not know one in a text with a line end within, or with white space around.
    ///
    /// # Errors
    /// The input cannot be read; what was read before that is in `rows`.
    pub fn read_many(&mut self, rows: &mut Rows, at_sight: impl Fn(&[u8]) -> Option<Number>) -> io::Result<()> {
        rows.open();
        let read = loop {
            self.read_known(rows, &at_sight);
            match self.read_one(rows) {
                Ok(true) if !rows.is_full() => {}
                read => break read,
            }
        };
        rows.close();
        read.map(drop)
    }

    /// Reads rows that tell nothing but a number, as long as they are in the window and known at sight.
    fn read_known(&mut self, rows: &mut Rows, at_sight: impl Fn(&[u8]) -> Option<Number>) {
        let (line, window) = (self.lines.number(), self.lines.window());
        let (bytes, lines) = match &self.layout {
            Layout::Txt => rows.push_known(line, window, at_sight),
            Layout::Registry(registry) if registry.is_full() => {
                rows.push_known(line, window, |text| at_sight(&registry::joined(text)?))
            }
            Layout::Registry(_) | Layout::Csv(_) | Layout::Jsonl(_) => return,
        };
        self.lines.advance(bytes, lines);
    }

    /// Reads what stands next into `rows`; false at the end of the input.
    #[inline]
    fn read_one(&mut self, rows: &mut Rows) -> io::Result<bool> {
        let line = match self.lines.next_filled()? {
            Found::End => return Ok(false),
            Found::TooLong => return self.skip_too_long(rows).map(|()| true),
            Found::Line(line) => line,
        };
        let number = self.lines.number();
        let text = &self.lines.window()[..line.end];
        match &mut self.layout {
            Layout::Txt => txt::read(text, number, rows),
            Layout::Csv(csv) => return csv.read(&mut self.lines, line, rows).map(|()| true),
            Layout::Jsonl(jsonl) => jsonl.read(text, number, rows),
            Layout::Registry(registry) => registry.read(text, number, rows),
        }
        self.lines.advance(line.next, 1);
        Ok(true)
    }

    fn skip_too_long(&mut self, rows: &mut Rows) -> io::Result<()> {
        let mut row = Row { line: self.lines.number(), ..Row::default() };
        // Of this line only: behind it may stand other rows.
        lossy::push_start(&mut row.phone, &self.lines.window()[..MAX_ROW_BYTES], KEPT_CHARS);
        rows.push(&row, Some(Fault::TooLong));
        self.lines.skip_line()
    }
}

/// A registry's file where those are asked for, or any other CSV.
fn open_csv<R: Read>(lines: &mut Lines<R>, asked: &Asked) -> Result<Layout, OpenError> {
    if asked.registry
        && let Some(line) = first_line(lines)?
        && let Some(registry) = Registry::beginning_with(line)
    {
        asked.refuse_without_end(&String::from_utf8_lossy(line))?;
        return Ok(Layout::Registry(registry));
    }
    Ok(Layout::Csv(Box::new(Csv::open(lines, asked)?)))
}

fn open_txt<R: Read>(lines: &mut Lines<R>, asked: &Asked) -> Result<Layout, OpenError> {
    if let Some(line) = first_line(lines)? {
        asked.refuse_without_end(&String::from_utf8_lossy(line))?;
    }
    Ok(Layout::Txt)
}

/// The first line that is not blank, or as much of it as a row may hold.
fn first_line<R: Read>(lines: &mut Lines<R>) -> io::Result<Option<&[u8]>> {
    Ok(match lines.next_filled()? {
        Found::End => None,
        Found::Line(line) => Some(&lines.window()[..line.end]),
        Found::TooLong => Some(&lines.window()[..MAX_ROW_BYTES]),
    })
}
