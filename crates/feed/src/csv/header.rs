//! What the first row says of the columns.

use super::splitter::Splitter;
use crate::asked::Asked;
use crate::fault::Fault;
use crate::foreign;
use crate::guess;
use crate::ignored::Ignored;
use crate::mask;
use crate::names::{self, Column};
use crate::number_like::holds_number;
use crate::open_error::OpenError;
use crate::registry;

/// Columns of an input without a header: number, source, notes.
const COLUMNS_WITHOUT_HEADER: usize = 3;

/// Where a record's fields stand, counted from 0.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Columns {
    pub(super) number: usize,
    pub(super) source: Option<usize>,
    pub(super) notes: Option<usize>,
    pub(super) received_at: Option<usize>,
    pub(super) action: Option<usize>,
    pub(super) changed_at: Option<usize>,
    pub(super) end: Option<usize>,
    /// Most fields that a row can plausibly have.
    pub(super) width: usize,
}

/// What the first row is.
pub(super) enum FirstRow {
    Header(Columns, Ignored),
    Row(Columns),
}

impl Columns {
    pub(super) fn without_header(fields: usize) -> Self {
        let width = fields.max(COLUMNS_WITHOUT_HEADER);
        Self { number: 0, source: Some(1), notes: Some(2), width, ..Self::default() }
    }
}

/// Judges the fields of the first row, which had this fault.
pub(super) fn judge(fields: &Splitter, fault: Option<Fault>, asked: &Asked) -> Result<FirstRow, OpenError> {
    let texts: Vec<_> = fields.iter().map(String::from_utf8_lossy).collect();
    // The number is asked for first: a row's note may well be the word `notes`.
    if texts.first().is_some_and(|text| holds_number(text)) {
        asked.refuse_without_end(&joined(&texts))?;
        return Ok(FirstRow::Row(Columns::without_header(texts.len())));
    }
    foreign::refuse_header(&texts)?;
    let known = texts.iter().any(|text| names::recognise(text, asked).is_some());
    if !known || fault.is_some() {
        return Err(unknown(&texts, fault, asked));
    }
    header(&texts, asked)
}

fn header(texts: &[impl AsRef<str>], asked: &Asked) -> Result<FirstRow, OpenError> {
    let mut found: [Option<usize>; Column::COUNT] = [None; Column::COUNT];
    let mut ignored = Ignored::default();
    for (index, text) in texts.iter().enumerate() {
        let Some(name) = names::recognise(text.as_ref(), asked) else {
            ignored.note(text.as_ref());
            continue;
        };
        if let Some(first) = found[name.column as usize].replace(index) {
            let (first, second) = (mask::shown(texts[first].as_ref()), mask::shown(text.as_ref()));
            return Err(OpenError::AmbiguousColumns { first, second });
        }
    }
    let at = |column: Column| found[column as usize];
    let Some(number) = at(Column::Number) else {
        return Err(OpenError::NoNumberColumn { found: mask::shown(&joined(texts)) });
    };
    if at(Column::End).is_none() {
        asked.refuse_without_end(&joined(texts))?;
    }
    let columns = Columns {
        number,
        source: at(Column::Source),
        notes: at(Column::Notes),
        received_at: at(Column::ReceivedAt),
        action: at(Column::Action),
        changed_at: at(Column::ChangedAt),
        end: at(Column::End),
        width: texts.len(),
    };
    Ok(FirstRow::Header(columns, ignored))
}

fn unknown(texts: &[impl AsRef<str>], fault: Option<Fault>, asked: &Asked) -> OpenError {
    let row = joined(texts);
    let advice = match fault {
        Some(Fault::TooLong) => "the row is longer than 64 KiB; is this the right file?",
        Some(_) => "a quote opens in this row and is not closed; close it",
        None if registry::begins_with_pair(texts) => registry::advice(asked),
        None => guess::advice(&row, asked),
    };
    OpenError::UnknownColumns { found: mask::shown(&row), advice: advice.to_owned() }
}

fn joined(texts: &[impl AsRef<str>]) -> String {
    texts.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join(",")
}
