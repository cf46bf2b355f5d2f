//! How much of an input is looked at, held or shown at once.

/// Most bytes of one row. The longest notes that CXone takes are 1,024 characters; sixteen times that, written with
/// four bytes a character, still fits. What is longer is a missing line end or an unclosed quote, not a row.
pub const MAX_ROW_BYTES: usize = 64 * 1024;

/// Most lines of one row. Notes pasted from an e-mail have dozens of lines; an unclosed quote has all the rest of
/// the file. Up to so many lines are read again after an unclosed quote, so the limit also bounds that work.
pub const MAX_ROW_LINES: u64 = 100;

/// Bytes held at once: a whole row, the longest line that may follow it, and as much again, so that moving what is
/// left to the front of the buffer is rare.
pub(crate) const WINDOW_BYTES: usize = 4 * MAX_ROW_BYTES;

/// How much of a line that is no row is kept for the rejects file: enough to find it again.
pub(crate) const KEPT_CHARS: usize = 200;

/// How much of a first row or a column's name is shown in a message: one line of a terminal.
pub(crate) const SHOWN_CHARS: usize = 80;

/// Most names of ignored JSON keys that are remembered: every object may bring new ones.
pub(crate) const MAX_IGNORED_KEYS: usize = 20;

/// Bytes in which a binary file gives itself away.
pub(crate) const SNIFFED_BYTES: usize = 1024;
