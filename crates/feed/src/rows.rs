//! Many rows at once, in one piece of memory: so they can be read on one core while another one judges them.

use dncsync_core::number::Number;
use dncsync_core::row::{Columns, Row, RowRef};

use crate::bare;
use crate::fault::{Fault, Next};
use crate::lossy;

/// So many rows are held at once, or so many bytes of them: little enough to stay in a core's cache.
const MOST: usize = 2_048;
const MOST_BYTES: usize = 128 * 1024;

/// Or so many numbers that were known at sight.
const MOST_NUMBERS: usize = MOST_BYTES / size_of::<Number>();

/// Rows that were read, in the order of the input. Made to be filled again and again.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// While they are read: what is whole text in pieces. To look at each piece once more would take as long as the rest.
    bytes: Vec<u8>,
    text: String,
    rows: Vec<Spans>,
    /// The others' texts: next to all rows of a list of numbers have none.
    others: Vec<Others>,
    /// Numbers that were known at sight: their texts are not kept.
    numbers: Vec<Number>,
    /// Where numbers follow rows.
    marks: Vec<Mark>,
}

/// Where a stretch begins.
#[derive(Clone, Copy, Debug, Default)]
struct Mark {
    line: u64,
    number: usize,
    row: usize,
}

/// Numbers on lines that follow each other, and the rows behind them.
pub struct Stretch<'a> {
    /// The line of the first number, counted from 1.
    pub line: u64,
    /// Numbers that were known at sight, of rows that tell nothing else.
    pub numbers: &'a [Number],
    all: &'a Rows,
    rows: &'a [Spans],
}

impl<'a> Stretch<'a> {
    /// The rows behind them, each with what is wrong with it where it is none.
    #[inline]
    pub fn rows(&self) -> impl Iterator<Item = (RowRef<'a>, Option<Fault>)> + use<'a> {
        let all = self.all;
        self.rows.iter().map(move |spans| (all.lent(spans), spans.fault))
    }

    /// The same by what is mostly asked for: the line, the notes, and the whole row where it is asked for.
    #[inline]
    pub fn lines(&self) -> impl ExactSizeIterator<Item = Line<'a>> + use<'a> {
        let all = self.all;
        self.rows.iter().map(move |spans| Line { all, spans })
    }
}

/// A row of which little is asked.
#[derive(Clone, Copy)]
pub struct Line<'a> {
    all: &'a Rows,
    spans: &'a Spans,
}

impl<'a> Line<'a> {
    /// Its line, counted from 1.
    #[inline]
    pub fn number(self) -> u64 {
        self.spans.line
    }

    /// Its notes as written.
    #[inline]
    pub fn notes(self) -> &'a str {
        let others = self.all.others.get(self.spans.others as usize);
        others.map_or("", |others| self.all.text(others.ends[0], others.ends[1]))
    }

    /// All of it.
    pub fn row(self) -> RowRef<'a> {
        self.all.lent(self.spans)
    }
}

/// Where a row's texts lie.
#[derive(Clone, Copy, Debug)]
struct Spans {
    line: u64,
    start: u32,
    phone: u32,
    /// Which of `others` it has; beyond their end where it has none.
    others: u32,
    fault: Option<Fault>,
}

/// Where the texts of a row end that stand behind its number; each begins where the one before it ends.
#[derive(Clone, Copy, Debug)]
struct Others {
    ends: [u32; 6],
    columns: Columns,
    mended_encoding: bool,
}

/// No others.
const NONE: u32 = u32::MAX;

/// The fields of a row behind its number, as bytes: source, notes, received at, action, changed at, end.
pub(crate) type Fields<'a> = [&'a [u8]; 6];

impl Rows {
    /// Takes in what stands at the head of `window`, whose first line this is, as long as it is known at sight: see
    /// [`bare::read`]. How many bytes that was.
    #[inline]
    pub(crate) fn push_known(
        &mut self,
        line: u64,
        window: &[u8],
        at_sight: impl Fn(&[u8]) -> Option<Number>,
    ) -> (usize, u64) {
        let number = self.numbers.len();
        let bytes = bare::read(window, MOST_NUMBERS.saturating_sub(number), &mut self.numbers, at_sight);
        if bytes > 0 {
            self.marks.push(Mark { line, number, row: self.rows.len() });
        }
        (bytes, (self.numbers.len() - number) as u64)
    }

    /// Takes a row in that is a number and nothing else.
    #[inline]
    pub(crate) fn push_number(&mut self, line: u64, number: &[u8]) {
        let start = self.bytes.len() as u32;
        lossy::push_bytes(&mut self.bytes, number);
        self.rows.push(Spans { line, start, phone: self.bytes.len() as u32, others: NONE, fault: None });
    }

    /// Takes a row of several fields in.
    pub(crate) fn push_fields(
        &mut self,
        line: u64,
        number: &[u8],
        fields: Fields<'_>,
        columns: Columns,
        fault: Option<Fault>,
    ) {
        let start = self.bytes.len() as u32;
        lossy::push_bytes(&mut self.bytes, number);
        let phone = self.bytes.len() as u32;
        let mut mended_encoding = false;
        let ends = fields.map(|field| {
            mended_encoding |= !field.is_empty() && lossy::push_bytes(&mut self.bytes, field);
            self.bytes.len() as u32
        });
        let others = self.others.len() as u32;
        self.others.push(Others { ends, columns, mended_encoding });
        self.rows.push(Spans { line, start, phone, others, fault });
    }

    /// Takes a row in that was put together elsewhere.
    pub(crate) fn push(&mut self, row: &Row, fault: Option<Fault>) {
        let fields = [&row.source, &row.notes, &row.received_at, &row.action, &row.changed_at, &row.end];
        self.push_fields(row.line, row.phone.as_bytes(), fields.map(String::as_bytes), row.columns, fault);
        if let Some(others) = self.others.last_mut() {
            others.mended_encoding = row.mended_encoding;
        }
    }

    /// Whether it holds as much as it should.
    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.rows.len() >= MOST || self.bytes.len() >= MOST_BYTES || self.numbers.len() >= MOST_NUMBERS
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.numbers.is_empty()
    }

    /// How many rows it holds.
    pub fn len(&self) -> usize {
        self.rows.len() + self.numbers.len()
    }

    /// Empties it, to be filled, and keeps its memory.
    pub(crate) fn open(&mut self) {
        self.bytes = std::mem::take(&mut self.text).into_bytes();
        self.bytes.clear();
        self.rows.clear();
        self.others.clear();
        self.numbers.clear();
        self.marks.clear();
        self.marks.push(Mark::default());
    }

    /// It is filled: its rows can be looked at.
    pub(crate) fn close(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        self.text = String::from_utf8(bytes).expect("each piece is text");
    }

    /// All of it, in the order of the input. The first stretch may have no numbers.
    #[inline]
    pub fn stretches(&self) -> impl Iterator<Item = Stretch<'_>> {
        let ends = self.marks.iter().skip(1).map(|next| (next.number, next.row));
        let ends = ends.chain([(self.numbers.len(), self.rows.len())]);
        self.marks.iter().zip(ends).map(|(mark, (number, row))| Stretch {
            line: mark.line,
            numbers: &self.numbers[mark.number..number],
            all: self,
            rows: &self.rows[mark.row..row],
        })
    }

    #[inline]
    fn lent(&self, spans: &Spans) -> RowRef<'_> {
        let phone = self.text(spans.start, spans.phone);
        match self.others.get(spans.others as usize) {
            None => RowRef { line: spans.line, phone, ..RowRef::default() },
            Some(others) => self.lent_others(spans, phone, others),
        }
    }

    fn lent_others<'a>(&'a self, spans: &Spans, phone: &'a str, others: &Others) -> RowRef<'a> {
        let mut start = spans.phone;
        let [source, notes, received_at, action, changed_at, end] = others.ends.map(|end| {
            let text = self.text(start, end);
            start = end;
            text
        });
        RowRef {
            line: spans.line,
            phone,
            source,
            notes,
            received_at,
            action,
            changed_at,
            end,
            columns: others.columns,
            mended_encoding: others.mended_encoding,
        }
    }

    #[inline]
    fn text(&self, from: u32, to: u32) -> &str {
        if from == to { "" } else { &self.text[from as usize..to as usize] }
    }

    /// Its only row, copied; what it came to.
    pub(crate) fn copy_first(&self, row: &mut Row) -> Next {
        let Some((lent, fault)) = self.stretches().next().and_then(|first| first.rows().next()) else {
            return Next::End;
        };
        row.line = lent.line;
        row.phone.push_str(lent.phone);
        row.source.push_str(lent.source);
        row.notes.push_str(lent.notes);
        row.received_at.push_str(lent.received_at);
        row.action.push_str(lent.action);
        row.changed_at.push_str(lent.changed_at);
        row.end.push_str(lent.end);
        row.columns = lent.columns;
        row.mended_encoding = lent.mended_encoding;
        fault.map_or(Next::Row, Next::Malformed)
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
        let third = Row { line: 10, phone: "20\u{fffd}2".into(), ..Row::default() };
        let mut rows = Rows::default();
        rows.open();
        rows.push(&first, None);
        rows.push(&second, Some(Fault::NotJson));
        rows.push_number(10, b"20\xff2");
        rows.close();
        let seen: Vec<_> = rows.stretches().flat_map(|stretch| stretch.rows()).collect();
        assert_eq!(seen, [(first.lent(), None), (second.lent(), Some(Fault::NotJson)), (third.lent(), None)]);
        rows.open();
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
