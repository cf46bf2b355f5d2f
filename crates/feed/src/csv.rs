//! Comma-separated values, with a header or without.

mod header;
mod quotes;
mod records;
mod splitter;

use std::io::{self, Read};

use dncsync_core::row;

use self::header::{Columns, FirstRow};
use self::records::Records;
use crate::asked::Asked;
use crate::fault::Fault;
use crate::ignored::Ignored;
use crate::limits::MAX_ROW_BYTES;
use crate::lines::{Found, Line, Lines};
use crate::open_error::OpenError;
use crate::rows::Rows;

/// A CSV input whose columns are known.
pub(crate) struct Csv {
    records: Records,
    columns: Columns,
    told: row::Columns,
    pub(crate) ignored: Ignored,
}

impl Csv {
    /// Judges the first row: a header is left behind, a row stays to be read.
    pub(crate) fn open<R: Read>(lines: &mut Lines<R>, asked: &Asked) -> Result<Self, OpenError> {
        let mut records = Records::new();
        let (first, fault) = match lines.next_filled()? {
            Found::End => {
                return Ok(Self::of(records, Columns::without_header(0), Ignored::default()));
            }
            Found::Line(line) => {
                let record = records.assemble(lines, line)?;
                (Some(record), record.fault)
            }
            // Columns that begin with a number have no header, however long the row is; it is refused when it is read.
            Found::TooLong => {
                records.fields.split_leniently(&lines.at_least(MAX_ROW_BYTES)?[..MAX_ROW_BYTES]);
                (None, Some(Fault::TooLong))
            }
        };
        let (columns, ignored) = match header::judge(&records.fields, fault, asked)? {
            FirstRow::Row(columns) => (columns, Ignored::default()),
            FirstRow::Header(columns, ignored) => {
                if let Some(record) = first {
                    lines.advance(record.next, record.lines);
                }
                (columns, ignored)
            }
        };
        records.most_fields = columns.width;
        records.number = columns.number;
        Ok(Self::of(records, columns, ignored))
    }

    fn of(records: Records, columns: Columns, ignored: Ignored) -> Self {
        let at = |column: Option<usize>| column.map_or(1, counted_from_one);
        let told = row::Columns {
            phone: counted_from_one(columns.number),
            source: at(columns.source),
            action: at(columns.action),
        };
        Self { records, columns, told, ignored }
    }

    /// Whether a column says of each row if it adds or deletes.
    pub(crate) fn tells_actions(&self) -> bool {
        self.columns.action.is_some()
    }

    /// Reads the record that begins with the line `first` at the start of the window.
    pub(crate) fn read<R: Read>(&mut self, lines: &mut Lines<R>, first: Line, rows: &mut Rows) -> io::Result<()> {
        let line = lines.number();
        let record = self.records.assemble(lines, first)?;
        let (fields, columns) = (&self.records.fields, &self.columns);
        let field = |column: Option<usize>| column.map_or(&b""[..], |at| fields.get(at));
        let others = [
            field(columns.source),
            field(columns.notes),
            field(columns.received_at),
            field(columns.action),
            field(columns.changed_at),
            field(columns.end),
        ];
        rows.push_fields(line, fields.get(columns.number), others, self.told, record.fault);
        lines.advance(record.next, record.lines);
        Ok(())
    }
}

/// Never saturates: a row has at most 64 Ki fields.
fn counted_from_one(column: usize) -> u32 {
    u32::try_from(column + 1).unwrap_or(u32::MAX)
}
