//! What a reader made of an input, as lines of text.
#![allow(dead_code, reason = "each test file uses its own share")]

use std::fmt::Write;
use std::io::Read;

use dncsync_core::row::Row;
use dncsync_feed::{Asked, Format, Next, OpenError, Reader};

/// All that was read: `line: number | source | notes | received at`, with what else the row tells, and what was wrong.
pub(crate) fn rows(input: impl AsRef<[u8]>, format: impl Into<Option<Format>>) -> String {
    rows_of(input.as_ref(), format)
}

/// The same of any reader.
pub(crate) fn rows_of(input: impl Read, format: impl Into<Option<Format>>) -> String {
    rows_asked(input, &Asked::format(format.into()))
}

/// The same where more is asked for.
pub(crate) fn rows_asked(input: impl Read, asked: &Asked) -> String {
    let mut reader = Reader::open(input, asked).expect("the input opens");
    let mut row = Row::default();
    let mut seen = String::new();
    loop {
        let next = reader.read(&mut row).expect("the input is read");
        if next == Next::End {
            return seen;
        }
        let Row { line, phone, source, notes, received_at, .. } = &row;
        let mut text = format!("{line}: {phone} | {source} | {notes} | {received_at}");
        while text.ends_with([' ', '|']) {
            text.pop();
        }
        for (name, told) in [("action", &row.action), ("changed", &row.changed_at), ("end", &row.end)] {
            if !told.is_empty() {
                write!(text, " {name}={told}").expect("memory takes all");
            }
        }
        if row.mended_encoding {
            text.push_str(" (mended)");
        }
        if let Next::Malformed(fault) = next {
            write!(text, " !{fault:?}").expect("memory takes all");
        }
        writeln!(seen, "{text}").expect("memory takes all");
    }
}

/// The format that was told by content, and the columns that are ignored.
pub(crate) fn layout(input: impl AsRef<[u8]>) -> String {
    layout_asked(input, &Asked::default())
}

/// The same where more is asked for.
pub(crate) fn layout_asked(input: impl AsRef<[u8]>, asked: &Asked) -> String {
    let reader = Reader::open(input.as_ref(), asked).expect("the input opens");
    format!("{} ignoring {:?}", reader.format(), reader.ignored_columns())
}

/// Whether an input says of its rows if they add or delete.
pub(crate) fn tells_actions(input: impl AsRef<[u8]>, asked: &Asked) -> Option<bool> {
    Reader::open(input.as_ref(), asked).expect("the input opens").tells_actions()
}

/// Why an input was refused.
pub(crate) fn refusal(input: impl AsRef<[u8]>, format: impl Into<Option<Format>>) -> String {
    refusal_asked(input, &Asked::format(format.into()))
}

/// The same where more is asked for.
pub(crate) fn refusal_asked(input: impl AsRef<[u8]>, asked: &Asked) -> String {
    match Reader::open(input.as_ref(), asked) {
        Ok(reader) => format!("opened as {}", reader.format()),
        Err(OpenError::Io(error)) => panic!("{error}"),
        Err(error) => format!("{error}; {}", error.advice()),
    }
}
