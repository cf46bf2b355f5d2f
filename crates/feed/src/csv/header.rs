//! What the first row says of the columns.

use super::splitter::Splitter;
use crate::fault::Fault;
use crate::guess;
use crate::ignored::Ignored;
use crate::mask;
use crate::names::{self, Column};
use crate::number_like::holds_number;
use crate::open_error::OpenError;

/// Columns of an input without a header: number, source, notes.
const COLUMNS_WITHOUT_HEADER: usize = 3;

/// Where a record's fields stand, counted from 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Columns {
    pub(super) number: usize,
    pub(super) source: Option<usize>,
    pub(super) notes: Option<usize>,
    pub(super) received_at: Option<usize>,
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
        Self { number: 0, source: Some(1), notes: Some(2), received_at: None, width }
    }
}

/// Judges the fields of the first row, which had this fault.
pub(super) fn judge(fields: &Splitter, fault: Option<Fault>) -> Result<FirstRow, OpenError> {
    let texts: Vec<_> = fields.iter().map(String::from_utf8_lossy).collect();
    // The number is asked for first: a row's note may well be the word `notes`.
    if texts.first().is_some_and(|text| holds_number(text)) {
        return Ok(FirstRow::Row(Columns::without_header(texts.len())));
    }
    let known = texts.iter().any(|text| names::recognise(text).is_some());
    if !known || fault.is_some() {
        return Err(unknown(&texts, fault));
    }
    header(&texts)
}

fn header(texts: &[impl AsRef<str>]) -> Result<FirstRow, OpenError> {
    let mut found: [Option<usize>; 4] = [None; 4];
    let mut ignored = Ignored::default();
    for (index, text) in texts.iter().enumerate() {
        let Some(name) = names::recognise(text.as_ref()) else {
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
    let columns = Columns {
        number,
        source: at(Column::Source),
        notes: at(Column::Notes),
        received_at: at(Column::ReceivedAt),
        width: texts.len(),
    };
    Ok(FirstRow::Header(columns, ignored))
}

fn unknown(texts: &[impl AsRef<str>], fault: Option<Fault>) -> OpenError {
    let row = joined(texts);
    let advice = match fault {
        Some(Fault::TooLong) => "the row is longer than 64 KiB; is this the right file?",
        Some(_) => "a quote opens in this row and is not closed; close it",
        None if is_registry_pair(texts) => {
            "this looks like a registry file with area code and number in two columns; dncsync does not read that \
             layout yet; join the columns"
        }
        None => guess::advice(&row),
    };
    OpenError::UnknownColumns { found: mask::shown(&row), advice: advice.to_owned() }
}

/// `801,5551234`: the layout of the national registries of the United States and Canada.
fn is_registry_pair(texts: &[impl AsRef<str>]) -> bool {
    let digits = |index: usize, count: usize| {
        texts
            .get(index)
            .map(|text| text.as_ref().trim())
            .is_some_and(|text| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit()))
    };
    digits(0, 3) && digits(1, 7)
}

fn joined(texts: &[impl AsRef<str>]) -> String {
    texts.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join(",")
}
