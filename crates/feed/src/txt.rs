//! A number a line.

use dncsync_core::row::Row;

use crate::fault::Next;
use crate::lossy;

/// The line is the number; there is no line that is not a row.
pub(crate) fn read(line: &[u8], row: &mut Row) -> Next {
    lossy::push(&mut row.phone, line.trim_ascii());
    Next::Row
}
