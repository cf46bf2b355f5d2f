//! The formats that are read.

use std::fmt;

/// A format of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Comma-separated values, with a header or without.
    Csv,
    /// JSON Lines: one object a line.
    Jsonl,
    /// One number a line.
    Txt,
}

impl Format {
    /// The format of this name, in any case.
    pub fn read(text: &str) -> Option<Self> {
        [Self::Csv, Self::Jsonl, Self::Txt].into_iter().find(|format| format.name().eq_ignore_ascii_case(text.trim()))
    }

    fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
            Self::Txt => "txt",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
