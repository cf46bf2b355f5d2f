//! A number a line.

use crate::rows::Rows;

/// The line is the number; there is no line that is not a row.
#[inline]
pub(crate) fn read(text: &[u8], line: u64, rows: &mut Rows) {
    rows.push_number(line, text.trim_ascii());
}
