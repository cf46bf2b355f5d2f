//! Inputs that are too long, unclosed or hostile.

mod seen;

use std::io::{self, Read};

use dncsync_core::row::Row;
use dncsync_feed::{Asked, Format, MAX_ROW_BYTES, MAX_ROW_LINES, Next, Reader};
use proptest::prelude::*;
use seen::{rows, rows_of};

/// 10,000 rows under a header, the first of which (on line 2) opens a quote and does not close it.
fn with_unclosed_quote(notes: impl Fn(usize) -> String) -> String {
    let rows = (1..10_000).map(|row| format!("+1202{row:07},MANUAL,{}\n", notes(row)));
    "phone,source,notes\n+12025550123,MANUAL,\"asked by\n".to_owned() + &rows.collect::<String>()
}

/// Numbers of rows and of malformed ones, and the first line of what was seen.
fn counted(input: &str) -> (usize, usize, String) {
    let seen = rows(input, None);
    let heads: Vec<&str> = seen.lines().filter(|line| line.contains(": +1202")).collect();
    let malformed = heads.iter().filter(|line| line.contains(" !")).count();
    (heads.len() - malformed, malformed, heads[0].to_owned())
}

#[test]
fn an_unclosed_quote_costs_one_row_where_no_other_row_is_quoted() {
    let (good, malformed, first) = counted(&with_unclosed_quote(|_| "called".to_owned()));
    assert_eq!((good, malformed), (9_999, 1));
    assert_eq!(first, "2: +12025550123 | MANUAL | asked by !UnclosedQuote");
}

#[test]
fn an_unclosed_quote_costs_one_row_where_all_others_are_quoted() {
    let (good, malformed, first) = counted(&with_unclosed_quote(|_| "\"called, twice\"".to_owned()));
    assert_eq!((good, malformed), (9_999, 1));
    assert_eq!(first, "2: +12025550123 | MANUAL | asked by !StrayQuote");
}

#[test]
fn an_unclosed_quote_costs_one_row_where_others_have_notes_of_several_lines() {
    let (good, malformed, first) = counted(&with_unclosed_quote(|row| match row % 3 {
        0 => "\"called,\n\ntwice\"".to_owned(),
        1 => "\"\"".to_owned(),
        _ => String::new(),
    }));
    assert_eq!((good, malformed), (9_999, 1));
    assert_eq!(first, "2: +12025550123 | MANUAL | asked by !StrayQuote");
}

#[test]
fn a_quote_unclosed_at_the_end_costs_one_row() {
    assert_eq!(
        rows("+12025550123,MANUAL,\"a\n+12025550124,MANUAL\n", None),
        "1: +12025550123 | MANUAL | a !UnclosedQuote\n2: +12025550124 | MANUAL\n"
    );
}

#[test]
fn a_quote_that_would_swallow_columns_of_other_rows_costs_one_row() {
    assert_eq!(
        rows("phone,notes\n\"+12025550123,a\n+12025550124\",b,c\n+12025550125,d\n", None),
        "2: +12025550123,a !StrayQuote\n3: +12025550124\" | | b\n4: +12025550125 |  | d\n".replace("| |", "|  |")
    );
}

#[test]
fn a_row_may_have_a_hundred_lines_and_no_more() {
    let row =
        |lines: u64| format!("phone,notes\n+12025550123,\"{}end\"\n+12025550124,x\n", "a\n".repeat(lines as usize - 1));
    assert!(rows(row(MAX_ROW_LINES), None).ends_with("a\nend\n102: +12025550124 |  | x\n"));
    let seen = rows(row(MAX_ROW_LINES + 1), None);
    assert!(seen.starts_with("2: +12025550123 |  | a !UnclosedQuote\n3: a\n4: a\n"), "{seen}");
    assert!(seen.ends_with("102: end\"\n103: +12025550124 |  | x\n"), "{seen}");
}

#[test]
fn a_row_may_have_64_kib_and_no_more() {
    let fitting = format!("+12025550123,MANUAL,{}", "x".repeat(MAX_ROW_BYTES - 20));
    for end in ["", "\n", "\r\n"] {
        assert!(rows(format!("{fitting}{end}"), None).ends_with("xx\n"));
        let seen = rows(format!("{fitting}y{end}"), None);
        assert_eq!(seen, format!("1: {} !TooLong\n", &fitting[..200]));
    }
}

#[test]
fn lines_that_together_are_too_long_are_no_row() {
    let input = format!("+12025550123,MANUAL,\"{}\n{}\"\n+12025550124\n", "x".repeat(40_000), "y".repeat(40_000));
    let seen = rows(input, None);
    assert!(seen.contains("x !UnclosedQuote\n2: yyy"), "{}", &seen[..80]);
    assert!(seen.ends_with("\n3: +12025550124\n"));
}

/// A row, a line of `left` bytes made as they are asked for, and a row.
struct LongLine {
    before: &'static [u8],
    left: usize,
    after: &'static [u8],
}

impl Read for LongLine {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.before.is_empty() {
            return self.before.read(buffer);
        }
        if self.left == 0 {
            return self.after.read(buffer);
        }
        let count = buffer.len().min(self.left);
        buffer[..count].fill(b'9');
        self.left -= count;
        Ok(count)
    }
}

#[test]
fn a_line_of_50_megabytes_costs_itself() {
    let nines = "9".repeat(200);
    for (before, format, first) in [
        (&b"phone\n+12025550123\n"[..], None, "2: +12025550123"),
        (b"{\"phone\":1}\n\n", None, "1: 1"),
        (b"\n+12025550123\n", Some(Format::Txt), "2: +12025550123"),
    ] {
        let seen = rows_of(LongLine { before, left: 50_000_000, after: b"\n{\"phone\":\"+12025550124\"}" }, format);
        assert!(seen.starts_with(&format!("{first}\n3: {nines} !TooLong\n4: ")), "{}", &seen[..60]);
    }
}

#[test]
fn a_first_line_that_is_too_long_is_judged_by_its_start() {
    let seen = rows_of(LongLine { before: b"+12025550123,", left: 1_000_000, after: b"\n+12025550124" }, None);
    assert!(seen.starts_with("1: +12025550123,999") && seen.ends_with("9 !TooLong\n2: +12025550124\n"), "{seen}");
}

/// Hands out one byte at a time, as a slow pipe does.
struct Slowly<'a>(&'a [u8]);

impl Read for Slowly<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = buffer.len().min(1);
        self.0.read(&mut buffer[..count])
    }
}

#[test]
fn it_makes_no_difference_how_the_bytes_come() {
    let input = with_unclosed_quote(|row| "\"called,\ntwice\" ".repeat(row % 2));
    assert!(rows_of(Slowly(input.as_bytes()), None) == rows(&input, None));
}

#[test]
fn it_makes_no_difference_how_a_line_at_its_limit_comes() {
    let nines = "9".repeat(MAX_ROW_BYTES);
    let blank = "\r".repeat(MAX_ROW_BYTES + 2);
    for (line, malformed) in [(format!("{nines}\r"), false), (format!("{nines}\r\r"), true), (blank, true)] {
        let input = format!("+12025550123\n{line}\n+12025550124\n");
        let seen = rows(&input, Format::Txt);
        assert_eq!(seen.contains("!TooLong"), malformed);
        assert!(rows_of(Slowly(input.as_bytes()), Format::Txt) == seen);
    }
}

#[test]
fn a_file_of_opening_quotes_is_read_to_its_end() {
    let input = format!("phone,notes\n{}", "+12025550123,\"x\n".repeat(20_000));
    assert_eq!(rows(input, None).lines().count(), 20_000);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic_or_go_back(
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..300),
            "(\\+1202555012[0-9]|phone|notes|[,\"\r\n;{}: ]|\"\"|\\\\|\\{\"phone\":|\\\\u[dD]83[d0-9]|é){0,60}"
                .prop_map(String::into_bytes),
        ],
        format in prop::option::of(prop::sample::select(vec![Format::Csv, Format::Jsonl, Format::Txt])),
    ) {
        let lines = bytes.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
        let Ok(mut reader) = Reader::open(&bytes[..], &Asked::format(format)) else { return Ok(()) };
        let (mut row, mut before) = (Row::default(), 0);
        while reader.read(&mut row).expect("memory is read") != Next::End {
            prop_assert!(row.line > before, "line {} after {}", row.line, before);
            prop_assert!(row.line <= lines);
            before = row.line;
        }
    }
}
