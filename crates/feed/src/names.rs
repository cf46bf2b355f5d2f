//! The names that columns and keys go by.

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    Number,
    Source,
    Notes,
    ReceivedAt,
}

/// A known name, in its plainest spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) column: Column,
    pub(crate) plain: &'static str,
}

const NAMES: [(Column, &str); 9] = [
    (Column::Number, "phonenumber"),
    (Column::Number, "phone"),
    (Column::Number, "number"),
    (Column::Source, "sourcetype"),
    (Column::Source, "source"),
    (Column::Notes, "notes"),
    (Column::ReceivedAt, "receivedat"),
    (Column::ReceivedAt, "requestedat"),
    (Column::ReceivedAt, "date"),
];

/// Longest plain spelling; what is longer is not known.
const LONGEST: usize = 11;

/// The name that is meant: case, and the spaces, `_` and `-` that people put between words, make no difference.
pub(crate) fn recognise(written: &str) -> Option<Name> {
    let mut plain = [0; LONGEST];
    let mut length = 0;
    let written = written.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    for byte in written.bytes().filter(|byte| !matches!(byte, b' ' | b'_' | b'-')) {
        *plain.get_mut(length)? = byte.to_ascii_lowercase();
        length += 1;
    }
    let &(column, plain) = NAMES.iter().find(|(_, name)| name.as_bytes() == &plain[..length])?;
    Some(Name { column, plain })
}
