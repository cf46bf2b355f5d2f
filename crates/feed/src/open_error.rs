//! Why an input cannot be read at all.

use std::io;

/// Why an input was refused before its first row. No message holds a number in clear.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The bytes could not be had.
    #[error("the input cannot be read")]
    Io(#[from] io::Error),
    /// The first row is neither a header nor a row.
    #[error("the first row names no known column and does not begin with a number: `{found}`")]
    UnknownColumns {
        /// The first row, cut, its numbers masked.
        found: String,
        /// What to do.
        advice: String,
    },
    /// A header with known names, but none for the number.
    #[error("no column of the header holds the number: `{found}`")]
    NoNumberColumn {
        /// The header, cut.
        found: String,
    },
    /// A column for the end of entries is asked for, and no column is called so.
    #[error("no column is called `{name}`: `{found}`")]
    NoEndColumn {
        /// The name that is asked for, cut, its numbers masked.
        name: String,
        /// The header or the first row, cut, its numbers masked.
        found: String,
    },
    /// Two columns that mean the same: taking either might lose the number that is meant.
    #[error("the columns `{first}` and `{second}` mean the same")]
    AmbiguousColumns {
        /// The one further left.
        first: String,
        /// The one further right.
        second: String,
    },
    /// No text that could hold rows.
    #[error("the input looks like {what}")]
    Foreign {
        /// What it looks like.
        what: &'static str,
        /// What to do.
        advice: &'static str,
    },
}

impl OpenError {
    /// What to do about it.
    pub fn advice(&self) -> &str {
        match self {
            Self::Io(_) => "check the file",
            Self::UnknownColumns { advice, .. } => advice,
            Self::NoNumberColumn { .. } => "name the column with the numbers `phone_number`",
            Self::NoEndColumn { .. } => "name the column as the file does; a file without a header has none",
            Self::AmbiguousColumns { .. } => "keep one of them, or rename the other",
            Self::Foreign { advice, .. } => advice,
        }
    }
}
