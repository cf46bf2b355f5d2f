//! JSON Lines: one object a line.

mod object;
mod text;

use std::borrow::Cow;

use dncsync_core::row::Row;
use serde::de::IgnoredAny;

use crate::asked::Asked;
use crate::fault::{Fault, Next};
use crate::ignored::Ignored;
use crate::limits::KEPT_CHARS;
use crate::lossy;

/// A JSON Lines input.
pub(crate) struct Jsonl {
    asked: Asked,
    pub(crate) ignored: Ignored,
}

impl Jsonl {
    pub(crate) fn new(asked: &Asked) -> Self {
        Self { asked: asked.clone(), ignored: Ignored::default() }
    }

    /// Reads the object on this line.
    pub(crate) fn read(&mut self, line: &[u8], row: &mut Row) -> Next {
        let text = String::from_utf8_lossy(line);
        let mended = matches!(text, Cow::Owned(_));
        let at = row.line;
        match object::read(&text, row, &self.asked, &mut self.ignored) {
            Ok(fault) => {
                let others = [&row.source, &row.notes, &row.received_at, &row.action, &row.changed_at, &row.end];
                row.mended_encoding |= mended && others.iter().any(|text| text.contains(char::REPLACEMENT_CHARACTER));
                fault.map_or(Next::Row, Next::Malformed)
            }
            Err(_) => {
                row.clear();
                row.line = at;
                lossy::push_start(&mut row.phone, line, KEPT_CHARS);
                Next::Malformed(no_object(&text))
            }
        }
    }
}

/// Why this text is no object.
fn no_object(text: &str) -> Fault {
    let is_json = serde_json::from_str::<IgnoredAny>(text).is_ok();
    if is_json && !text.trim_start().starts_with('{') { Fault::NotAnObject } else { Fault::NotJson }
}
