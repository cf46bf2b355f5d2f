//! A row as it stood in the input, before anybody judged it.

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
    /// The column of the number, counted from 1; 1 where the format has no columns.
    pub phone_column: u32,
    /// The column of the source type, counted from 1.
    pub source_column: u32,
    /// The column of the action, counted from 1; 1 where there is none.
    pub action_column: u32,
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
        self.phone_column = 1;
        self.source_column = 1;
        self.action_column = 1;
        self.mended_encoding = false;
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
