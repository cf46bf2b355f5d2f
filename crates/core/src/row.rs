//! A row as it stood in the input, before anybody judged it.

/// In which columns stands what a row may be refused for, counted from 1; 1 where the format has no columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Columns {
    /// The number.
    pub phone: u32,
    /// The source type.
    pub source: u32,
    /// What the row does.
    pub action: u32,
}

impl Default for Columns {
    fn default() -> Self {
        Self { phone: 1, source: 1, action: 1 }
    }
}

/// One row of an input, as text, with the place where it stood. Made to be filled again and again, so that reading
/// allocates nothing for each row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Line on which the row begins, counted from 1.
    pub line: u64,
    /// The number as written.
    pub phone: String,
    /// The source type as written; empty where the row names none.
    pub source: String,
    /// The notes as written, bytes that were not UTF-8 already replaced by U+FFFD.
    pub notes: String,
    /// When the request was received, as written.
    pub received_at: String,
    /// What the row says of adding or deleting, as written; empty where it says nothing.
    pub action: String,
    /// When the change happened, as written, for the order of changes only; empty where the row does not tell.
    pub changed_at: String,
    /// When the entry ends, as written; empty where the row does not tell.
    pub end: String,
    /// Where what may be refused stands.
    pub columns: Columns,
    /// Whether the row held bytes that were not UTF-8 outside the number.
    pub mended_encoding: bool,
}

impl Row {
    /// Empties the row and keeps its buffers.
    pub fn clear(&mut self) {
        self.line = 0;
        self.phone.clear();
        self.source.clear();
        self.notes.clear();
        self.received_at.clear();
        self.action.clear();
        self.changed_at.clear();
        self.end.clear();
        self.columns = Columns::default();
        self.mended_encoding = false;
    }

    /// The row, lent.
    pub fn lent(&self) -> RowRef<'_> {
        RowRef {
            line: self.line,
            phone: &self.phone,
            source: &self.source,
            notes: &self.notes,
            received_at: &self.received_at,
            action: &self.action,
            changed_at: &self.changed_at,
            end: &self.end,
            columns: self.columns,
            mended_encoding: self.mended_encoding,
        }
    }
}

/// A row as it stood, lent by whoever holds its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowRef<'a> {
    /// Line on which the row begins, counted from 1.
    pub line: u64,
    /// The number as written.
    pub phone: &'a str,
    /// The source type as written; empty where the row names none.
    pub source: &'a str,
    /// The notes as written.
    pub notes: &'a str,
    /// When the request was received, as written.
    pub received_at: &'a str,
    /// What the row says of adding or deleting, as written.
    pub action: &'a str,
    /// When the change happened, as written.
    pub changed_at: &'a str,
    /// When the entry ends, as written.
    pub end: &'a str,
    /// The columns of number, source type and action, counted from 1.
    pub columns: Columns,
    /// Whether the row held bytes that were not UTF-8 outside the number.
    pub mended_encoding: bool,
}

impl RowRef<'_> {
    /// Whether it tells nothing but a number.
    #[inline]
    pub fn is_bare(&self) -> bool {
        self.source.is_empty()
            && self.notes.is_empty()
            && self.received_at.is_empty()
            && self.action.is_empty()
            && self.changed_at.is_empty()
            && self.end.is_empty()
    }
}

/// Where an entry stood: which file of the run (counted from 0 in the order given) and on which line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Index into the run's files.
    pub file: u32,
    /// Line, counted from 1.
    pub line: u64,
}
