//! Many rows at once, in one piece of memory: so they can be read on one core while another one judges them.

use dncsync_core::row::{Columns, Row, RowRef};

use crate::fault::Fault;

/// So many rows are held at once, or so many bytes of them: little enough to stay in a core's cache.
const MOST: usize = 2_048;
const MOST_BYTES: usize = 128 * 1024;

/// Rows that were read, in the order of the input. Made to be filled again and again.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    text: String,
    rows: Vec<Spans>,
}

/// Where the texts of one row end; each begins where the one before it ends.
#[derive(Clone, Copy, Debug)]
struct Spans {
    line: u64,
    start: usize,
    phone: usize,
    source: usize,
    notes: usize,
    received_at: usize,
    action: usize,
    changed_at: usize,
    end: usize,
    columns: Columns,
    mended_encoding: bool,
    fault: Option<Fault>,
}

impl Rows {
    /// Takes a row in, and what is wrong with it.
    pub(crate) fn push(&mut self, row: &Row, fault: Option<Fault>) {
        let start = self.text.len();
        let mut put = |text: &str| {
            // Most texts of most rows are empty.
            if !text.is_empty() {
                self.text.push_str(text);
            }
            self.text.len()
        };
        self.rows.push(Spans {
            line: row.line,
            start,
            phone: put(&row.phone),
            source: put(&row.source),
            notes: put(&row.notes),
            received_at: put(&row.received_at),
            action: put(&row.action),
            changed_at: put(&row.changed_at),
            end: put(&row.end),
            columns: row.columns,
            mended_encoding: row.mended_encoding,
            fault,
        });
    }

    /// Whether it holds as much as it should.
    pub(crate) fn is_full(&self) -> bool {
        self.rows.len() >= MOST || self.text.len() >= MOST_BYTES
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many rows it holds.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Empties it and keeps its memory.
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.rows.clear();
    }

    /// The rows, each with what is wrong with it where it is none.
    pub fn iter(&self) -> impl Iterator<Item = (RowRef<'_>, Option<Fault>)> {
        self.rows.iter().map(|spans| (self.lent(spans), spans.fault))
    }

    fn lent(&self, spans: &Spans) -> RowRef<'_> {
        let text = |from: usize, to: usize| if from == to { "" } else { &self.text[from..to] };
        RowRef {
            line: spans.line,
            phone: text(spans.start, spans.phone),
            source: text(spans.phone, spans.source),
            notes: text(spans.source, spans.notes),
            received_at: text(spans.notes, spans.received_at),
            action: text(spans.received_at, spans.action),
            changed_at: text(spans.action, spans.changed_at),
            end: text(spans.changed_at, spans.end),
            columns: spans.columns,
            mended_encoding: spans.mended_encoding,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_comes_out_as_it_went_in() {
        let first = Row {
            line: 7,
            phone: "+12025550123".into(),
            notes: "said nö".into(),
            changed_at: "2026-10-01".into(),
            end: "2027-01-01".into(),
            columns: Columns { phone: 2, source: 1, action: 3 },
            mended_encoding: true,
            ..Row::default()
        };
        let second = Row { line: 9, source: "MANUAL".into(), action: "D".into(), ..Row::default() };
        let mut rows = Rows::default();
        rows.push(&first, None);
        rows.push(&second, Some(Fault::NotJson));
        let seen: Vec<_> = rows.iter().collect();
        assert_eq!(seen, [(first.lent(), None), (second.lent(), Some(Fault::NotJson))]);
        rows.clear();
        assert!(rows.is_empty());
    }

    #[test]
    fn long_rows_fill_it_sooner() {
        let mut rows = Rows::default();
        let row = Row { notes: "x".repeat(MOST_BYTES / 2), ..Row::default() };
        rows.push(&row, None);
        assert!(!rows.is_full());
        rows.push(&row, None);
        assert!(rows.is_full());
    }
}
