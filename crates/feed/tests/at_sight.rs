//! Numbers that are known at sight: handed on many at a time, and otherwise nothing is different.

use std::io::Read;

use dncsync_core::check::{self, Country, Rules};
use dncsync_core::feed::Mode;
use dncsync_core::number::Number;
use dncsync_core::profile::Reach;
use dncsync_core::row::Row;
use dncsync_core::source::SourceType;
use dncsync_feed::{Asked, Fault, Next, Reader, Rows};
use proptest::prelude::*;

fn rules() -> Rules {
    let country = Country::read("US");
    Rules { country, default_source: SourceType::Manual, mode: Mode::Replace, reach: Reach::World }
}

fn registry() -> Asked {
    Asked { registry: true, ..Asked::default() }
}

/// A row as it came: its line, and its number where it has one, or else its text and fault.
type Seen = (u64, Result<Number, (String, Option<Fault>)>);

fn judged(line: u64, phone: &str, fault: Option<Fault>) -> Seen {
    let row = Row { line, phone: phone.to_owned(), ..Row::default() };
    let number = fault.is_none().then(|| check::check(row.lent(), 0, &rules()).ok()).flatten();
    (line, number.map(|passed| passed.number).ok_or((row.phone, fault)))
}

/// All rows, and how many of them were known at sight.
fn at_sight(input: impl Read) -> (Vec<Seen>, usize) {
    let mut reader = Reader::open(input, &registry()).expect("it opens");
    let (mut rows, mut seen, mut known) = (Rows::default(), Vec::new(), 0);
    loop {
        reader.read_many(&mut rows, |text| check::at_sight(text, &rules())).expect("memory is read");
        if rows.is_empty() {
            return (seen, known);
        }
        for stretch in rows.stretches() {
            known += stretch.numbers.len();
            seen.extend((stretch.line..).zip(stretch.numbers.iter().map(|number| Ok(*number))));
            seen.extend(stretch.rows().map(|(row, fault)| judged(row.line, row.phone, fault)));
        }
    }
}

fn one_by_one(input: impl Read) -> Vec<Seen> {
    let mut reader = Reader::open(input, &registry()).expect("it opens");
    let (mut row, mut seen) = (Row::default(), Vec::new());
    loop {
        match reader.read(&mut row).expect("memory is read") {
            Next::End => return seen,
            Next::Row => seen.push(judged(row.line, &row.phone, None)),
            Next::Malformed(fault) => seen.push(judged(row.line, &row.phone, Some(fault))),
        }
    }
}

/// Hands out a few bytes at a time.
struct Slow<'a>(&'a [u8], usize);

impl Read for Slow<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let (now, rest) = self.0.split_at(self.1.min(self.0.len()).min(into.len()));
        into[..now.len()].copy_from_slice(now);
        self.0 = rest;
        Ok(now.len())
    }
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "\\+1202555[0-9]{4}",
        2 => "\\+44207[0-9]{7}",
        2 => "\\(202\\) 555-[0-9]{4}",
        1 => "[ \t]{0,2}\\+1202555[0-9]{4}[ \t\r]{0,2}",
        1 => Just(String::new()),
        1 => "[+0-9a-zé ,\"\r\u{feff}]{0,14}",
        1 => "\\+1202555[0-9]{4}\\+1202555[0-9]{4}",
        1 => Just(format!("+12025550123{}", " ".repeat(70))),
    ]
}

proptest! {
    #[test]
    fn a_list_is_read_as_one_by_one(
        first in "\\+1202555[0-9]{4}",
        lines in prop::collection::vec((line(), prop::sample::select(vec!["\n", "\n", "\n", "\r\n"])), 0..60),
        ended in any::<bool>(),
        bytes in 1usize..40,
    ) {
        let mut input = first + "\n";
        lines.iter().for_each(|(line, end)| input.extend([line.as_str(), end]));
        if ended && input.len() > 13 {
            input.pop();
        }
        let expected = one_by_one(input.as_bytes());
        prop_assert_eq!(&at_sight(input.as_bytes()).0, &expected);
        prop_assert_eq!(&at_sight(Slow(input.as_bytes(), bytes)).0, &expected);
    }

    #[test]
    fn so_is_a_registrys_full_list(
        lines in prop::collection::vec(prop_oneof![
            6 => "202,555[0-9]{4}",
            1 => "[2+ ]02,[+5 ]55[0-9]{4}",
            1 => "\"202\",\"555[0-9]{4}\"",
            1 => "[0-9,+ ]{0,13}",
        ], 0..40),
        end in prop::sample::select(vec!["\n", "\r\n"]),
    ) {
        let input = format!("202,5550123{end}{}", lines.iter().map(|line| format!("{line}{end}")).collect::<String>());
        prop_assert_eq!(at_sight(input.as_bytes()).0, one_by_one(input.as_bytes()));
    }
}

#[test]
fn next_to_all_of_a_list_is_known_at_sight() {
    let list: String = (0..100_000).map(|row| format!("+1202555{:04}\n", row % 10_000)).collect();
    let (seen, known) = at_sight(list.as_bytes());
    assert_eq!(seen, one_by_one(list.as_bytes()));
    assert!(known > 99_900, "{known}");
    let registry: String = (0..100_000).map(|row| format!("202,555{:04}\r\n", row % 10_000)).collect();
    let (seen, known) = at_sight(registry.as_bytes());
    assert_eq!(seen, one_by_one(registry.as_bytes()));
    assert!(known > 99_900, "{known}");
}
