//! JSON Lines: one object a line.

mod object;
mod text;

use std::borrow::Cow;

use dncsync_core::row::Row;
use serde::de::IgnoredAny;

use crate::asked::Asked;
use crate::fault::Fault;
use crate::ignored::Ignored;
use crate::limits::KEPT_CHARS;
use crate::lossy;
use crate::rows::Rows;

/// A JSON Lines input.
pub(crate) struct Jsonl {
    asked: Asked,
    pub(crate) ignored: Ignored,
    /// Keys come in any order: here a row is put together.
    row: Row,
}

impl Jsonl {
    pub(crate) fn new(asked: &Asked) -> Self {
        Self { asked: asked.clone(), ignored: Ignored::default(), row: Row::default() }
    }

    /// Reads the object on this line.
    pub(crate) fn read(&mut self, object: &[u8], line: u64, rows: &mut Rows) {
        let row = &mut self.row;
        row.clear();
        row.line = line;
        let text = String::from_utf8_lossy(object);
        let mended = matches!(text, Cow::Owned(_));
        let fault = match object::read(&text, row, &self.asked, &mut self.ignored) {
            Ok(fault) => {
                let others = [&row.source, &row.notes, &row.received_at, &row.action, &row.changed_at, &row.end];
                row.mended_encoding |= mended && others.iter().any(|text| text.contains(char::REPLACEMENT_CHARACTER));
                fault
            }
            Err(_) => {
                row.clear();
                row.line = line;
                lossy::push_start(&mut row.phone, object, KEPT_CHARS);
                Some(no_object(&text))
            }
        };
        rows.push(row, fault);
    }
}

/// Why this text is no object.
fn no_object(text: &str) -> Fault {
    let is_json = serde_json::from_str::<IgnoredAny>(text).is_ok();
    if is_json && !text.trim_start().starts_with('{') { Fault::NotAnObject } else { Fault::NotJson }
}
