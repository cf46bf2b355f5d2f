//! The names that columns and keys go by.

use crate::asked::Asked;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    Number,
    Source,
    Notes,
    ReceivedAt,
    Action,
    /// Known only where a registry is asked for: elsewhere a time of change decides nothing.
    ChangedAt,
    /// Goes by the name that is asked for.
    End,
}

impl Column {
    /// How many there are.
    pub(crate) const COUNT: usize = Self::End as usize + 1;
}

/// A known name, in its plainest spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) column: Column,
    pub(crate) plain: &'static str,
}

const NAMES: [(Column, &str); 15] = [
    (Column::Number, "phonenumber"),
    (Column::Number, "phone"),
    (Column::Number, "number"),
    (Column::Source, "sourcetype"),
    (Column::Source, "source"),
    (Column::Notes, "notes"),
    (Column::ReceivedAt, "receivedat"),
    (Column::ReceivedAt, "requestedat"),
    (Column::ReceivedAt, "date"),
    (Column::Action, "action"),
    (Column::Action, "change"),
    (Column::Action, "op"),
    (Column::ChangedAt, "timestamp"),
    (Column::ChangedAt, "changedat"),
    (Column::ChangedAt, "changedate"),
];

/// Longest plain spelling; what is longer is not known.
const LONGEST: usize = 11;

/// The one name of the end: whatever it is, no other name means the same.
const END: Name = Name { column: Column::End, plain: "" };

/// The name that is meant: case, and the spaces, `_` and `-` that people put between words, make no difference.
pub(crate) fn recognise(written: &str, asked: &Asked) -> Option<Name> {
    if asked.end.as_deref().is_some_and(|end| alike(written, end)) {
        return Some(END);
    }
    known(written).filter(|name| asked.registry || name.column != Column::ChangedAt)
}

/// Whether two names differ in nothing but what makes no difference. A name without letters is like no other: a header
/// may end with empty ones.
pub(crate) fn alike(one: &str, other: &str) -> bool {
    let mut letters = letters(one).peekable();
    letters.peek().is_some() && letters.eq(self::letters(other))
}

fn letters(written: &str) -> impl Iterator<Item = char> {
    trimmed(written).chars().filter(|c| !matches!(c, ' ' | '_' | '-')).flat_map(char::to_lowercase)
}

/// The known name that is meant. Without the detour over characters: it is asked for each key of each object.
fn known(written: &str) -> Option<Name> {
    let mut plain = [0; LONGEST];
    let mut length = 0;
    for byte in trimmed(written).bytes().filter(|byte| !matches!(byte, b' ' | b'_' | b'-')) {
        *plain.get_mut(length)? = byte.to_ascii_lowercase();
        length += 1;
    }
    let &(column, plain) = NAMES.iter().find(|(_, name)| name.as_bytes() == &plain[..length])?;
    Some(Name { column, plain })
}

fn trimmed(written: &str) -> &str {
    written.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
}
