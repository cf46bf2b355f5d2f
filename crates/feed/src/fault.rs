//! What a read comes to.

/// What one [`read`](crate::Reader::read) came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Next {
    /// The row is filled.
    Row,
    /// What stands there is no row; the row holds what could be told of it. Reading goes on behind it.
    Malformed(Fault),
    /// The input is at its end; the row is empty.
    End,
}

/// Why something is no row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// A line is longer than [`MAX_ROW_BYTES`](crate::MAX_ROW_BYTES).
    TooLong,
    /// A quote opens and is not closed within the limits of a row, or before the input ends.
    UnclosedQuote,
    /// A quote opens, and the next one on a later line cannot be the one that closes it.
    StrayQuote,
    /// Not a JSON value.
    NotJson,
    /// A JSON value, but no object.
    NotAnObject,
    /// The number, or another value that decides what becomes of it, is an object or an array.
    NestedValue,
    /// Two keys of one object name different numbers, or different values of what else decides.
    TwoValues,
    /// A row of a registry's file that is not laid out like its first one.
    OtherLayout,
}

impl Fault {
    /// The reason in words that say what to do.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::TooLong => "the line is longer than 64 KiB; is a line end missing? Shorten it",
            Self::UnclosedQuote => {
                "a quote opens on this line and is not closed within 100 lines and 64 KiB; close it, or remove it"
            }
            Self::StrayQuote => {
                "a quote opens on this line and the next quote, on a later line, does not end a field; \
                 close it, remove it, or double it where it is part of the text"
            }
            Self::NotJson => "the line is not JSON; write one whole object on each line",
            Self::NotAnObject => "the line is JSON but no object; write {\"phone_number\": \"+…\"}",
            Self::NestedValue => {
                "the number, the source type, the action or its time is an object or an array; write plain text"
            }
            Self::TwoValues => {
                "two keys of this object give different numbers, source types, actions or times of change; keep the one \
                 that is meant"
            }
            Self::OtherLayout => {
                "the row is not laid out like the first one of this registry file; mend it; full lists and change \
                 lists must not be mixed in one file"
            }
        }
    }
}
