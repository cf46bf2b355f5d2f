//! The format of an input, told by its first line; and what to advise where it is none of ours.

use crate::asked::Asked;
use crate::format::Format;
use crate::mask;
use crate::names;
use crate::number_like::holds_number;
use crate::open_error::OpenError;

/// Separators of other people's tables, and what to say.
const SEPARATORS: [(char, &str); 3] = [
    (';', "the columns seem to be separated by semicolons; save the file with commas"),
    ('\t', "the columns seem to be separated by tabs; save the file with commas"),
    ('|', "the columns seem to be separated by bars; save the file with commas"),
];

/// The format of an input with this first line.
pub(crate) fn format(line: &str, asked: &Asked) -> Result<Format, OpenError> {
    let line = line.trim();
    if line.starts_with('{') {
        return Ok(Format::Jsonl);
    }
    let known = line.split(',').any(|field| is_known(field, asked));
    if known || line.contains(',') || line.starts_with('"') {
        return Ok(Format::Csv);
    }
    match separator_advice(line, asked) {
        Some(advice) => Err(OpenError::UnknownColumns { found: mask::shown(line), advice: advice.to_owned() }),
        None => Ok(Format::Txt),
    }
}

/// What to do about a first row that is neither a header nor a row.
pub(crate) fn advice(line: &str, asked: &Asked) -> &'static str {
    if line.trim_start().starts_with('{') {
        return "this looks like JSON Lines; read it as jsonl";
    }
    separator_advice(line, asked).unwrap_or(
        "name the columns in the first row (phone_number, source_type, notes), or write number, source type and notes \
         in this order without a header",
    )
}

/// A line falls into columns at a character when its parts are known names, or a number and something else.
fn separator_advice(line: &str, asked: &Asked) -> Option<&'static str> {
    let (_, advice) = SEPARATORS.iter().find(|(separator, _)| {
        let parts: Vec<&str> = line.split(*separator).collect();
        // RFC 3966 writes `tel:+12025550123;ext=5`.
        let parameters = parts[1..].iter().any(|part| part.contains('='));
        let known = parts.iter().any(|part| is_known(part, asked));
        parts.len() > 1 && !parameters && (known || holds_number(unquoted(parts[0])))
    })?;
    Some(advice)
}

fn is_known(field: &str, asked: &Asked) -> bool {
    names::recognise(unquoted(field), asked).is_some()
}

fn unquoted(field: &str) -> &str {
    field.trim().trim_matches('"')
}
