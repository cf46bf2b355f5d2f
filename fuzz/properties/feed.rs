//! What must hold of the reader of inputs, whatever the bytes.

use std::io::Read;

use dncsync_core::row::Row;
use dncsync_feed::{Asked, Fault, Format, MAX_ROW_BYTES, Next, OpenError, Reader};

/// Most characters that are kept of a line that is no row.
const KEPT_CHARS: usize = 200;

/// Most names of ignored JSON keys.
const MAX_IGNORED_KEYS: usize = 20;

/// Each byte that is not UTF-8 becomes three.
const MOST_TEXT: usize = 3 * MAX_ROW_BYTES;

/// An input that is said to be CSV.
pub(crate) fn csv(bytes: &[u8]) {
    for asked in askings(Some(Format::Csv)) {
        let read = read_both_ways(bytes, &asked);
        assert!(read.is_none_or(|rows| rows.len() <= filled_lines(bytes)), "more rows than lines that are filled");
    }
}

/// An input that is said to be JSON Lines.
pub(crate) fn jsonl(bytes: &[u8]) {
    for asked in askings(Some(Format::Jsonl)) {
        let read = read_both_ways(bytes, &asked);
        let one_each = read.is_none_or(|rows| is_utf16(bytes) || rows.len() == filled_lines(bytes));
        assert!(one_each, "a row for each filled line");
    }
}

/// An input that is said to be a list of numbers.
pub(crate) fn txt(bytes: &[u8]) {
    for asked in askings(Some(Format::Txt)) {
        let Some(rows) = read_both_ways(bytes, &asked) else { continue };
        assert!(is_utf16(bytes) || rows.len() == filled_lines(bytes), "a row for each filled line");
        assert!(rows.iter().all(|(next, _)| matches!(next, Next::Row | Next::Malformed(Fault::TooLong))));
    }
}

/// An input of which nothing is said.
pub(crate) fn any_input(bytes: &[u8]) {
    for asked in askings(None) {
        let _ = read_both_ways(bytes, &asked);
    }
}

/// All that may be asked of an input of this format.
fn askings(format: Option<Format>) -> [Asked; 3] {
    let registry = Asked { registry: true, ..Asked::format(format) };
    let ending = Asked { end: Some("expires".to_owned()), ..registry.clone() };
    [Asked::format(format), registry, ending]
}

/// Reads all rows; `None` where the input is refused. It makes no difference how the bytes come.
fn read_both_ways(bytes: &[u8], asked: &Asked) -> Option<Vec<(Next, Row)>> {
    let at_once = read(bytes, bytes, asked);
    let slowly = read(Slowly(bytes), bytes, asked);
    match (&at_once, &slowly) {
        (Ok(at_once), Ok(slowly)) => assert!(at_once == slowly, "the same rows byte by byte"),
        (Err(at_once), Err(slowly)) => assert_eq!(at_once, slowly),
        _ => panic!("opened only in one of two ways"),
    }
    at_once.ok()
}

/// Hands out one byte at a time, as a slow pipe does.
struct Slowly<'a>(&'a [u8]);

impl Read for Slowly<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = buffer.len().min(1);
        self.0.read(&mut buffer[..count])
    }
}

fn read(input: impl Read, bytes: &[u8], asked: &Asked) -> Result<Vec<(Next, Row)>, String> {
    let mut reader = Reader::open(input, asked).map_err(|refused| refusal(&refused))?;
    // Each line end is such a byte, also in UTF-16.
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
    let (mut rows, mut row, mut before) = (Vec::new(), Row::default(), 0);
    loop {
        let next = reader.read(&mut row).expect("memory is always readable");
        if next == Next::End {
            break;
        }
        assert!(before < row.line && row.line <= lines, "line {} after {before} of {lines}", row.line);
        before = row.line;
        bounded(next, &row);
        only_what_is_asked_for(asked, &row);
        rows.push((next, row.clone()));
    }
    assert!(reader.read(&mut row).is_ok_and(|next| next == Next::End), "the end stays the end");
    assert!(texts(&row).iter().all(|text| text.is_empty()), "nothing is left over at the end");
    let ignored = reader.ignored_columns();
    assert!(reader.format() == Format::Csv || ignored.len() <= MAX_IGNORED_KEYS);
    ignored.iter().for_each(|name| without_numbers(name));
    without_numbers(&format!("{reader:?}"));
    Ok(rows)
}

fn texts(row: &Row) -> [&String; 7] {
    [&row.phone, &row.source, &row.notes, &row.received_at, &row.action, &row.changed_at, &row.end]
}

fn only_what_is_asked_for(asked: &Asked, row: &Row) {
    assert!(asked.registry || row.changed_at.is_empty(), "a time of change that nobody asked for");
    assert!(asked.end.is_some() || row.end.is_empty(), "an end that nobody asked for");
}

fn bounded(next: Next, row: &Row) {
    let texts = texts(row);
    // Buffers at most double when they grow.
    assert!(texts.iter().all(|text| text.capacity() <= 2 * MOST_TEXT), "no buffer grows without end");
    // Two contradicting values have a bar between them, and there may be two of each that decides.
    assert!(
        texts.iter().map(|text| text.len()).sum::<usize>() <= MOST_TEXT + 4 * 3,
        "no row is longer than a row may be"
    );
    if let Next::Malformed(Fault::TooLong | Fault::NotJson | Fault::NotAnObject | Fault::OtherLayout) = next {
        assert!(row.phone.chars().count() <= KEPT_CHARS, "only the start of it is kept");
        assert!(texts[1..].iter().all(|text| text.is_empty()), "and nothing is told of it");
    }
}

/// How an input is refused: in words that hold no number.
fn refusal(refused: &OpenError) -> String {
    assert!(!matches!(refused, OpenError::Io(_)), "memory is always readable");
    let words = format!("{refused}; {}", refused.advice());
    without_numbers(&words);
    words
}

/// No seven digits without a word between them.
fn without_numbers(words: &str) {
    let (mut digits, mut letters) = (0, 0);
    for c in words.chars() {
        letters = if c.is_alphabetic() { letters + 1 } else { 0 };
        digits = if letters >= 2 { 0 } else { digits + usize::from(c.is_numeric()) };
        assert!(digits < 7, "a number is legible");
    }
}

/// Lines that hold more than byte order marks and white space, or are too long to be looked at.
fn filled_lines(bytes: &[u8]) -> usize {
    let lines = bytes.split(|byte| *byte == b'\n').map(without_marks);
    let lines = lines.filter(|line| line.len() > MAX_ROW_BYTES + 1 || !line.trim_ascii().is_empty()).count();
    if is_utf16(bytes) { usize::MAX } else { lines }
}

fn without_marks(mut line: &[u8]) -> &[u8] {
    while let Some(rest) = line.strip_prefix(b"\xef\xbb\xbf") {
        line = rest;
    }
    line
}

fn is_utf16(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff")
}
