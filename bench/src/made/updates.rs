//! Files of DNC updates as a contact centre gets them: bad rows, repetitions, several spellings, source and notes. And the
//! list that holds half of their numbers already.

use std::io::{self, Write};

use dncsync_core::number::Number;
use dncsync_core::numbers::Numbers;
use fastrand::Rng;

use super::notes;
use super::places::Places;
use super::shuffle::Shuffle;

const SEED: u64 = 20_261_122;

/// In a thousand rows.
const BAD: u32 = 60;
const REPEATED: u32 = 100;
const SPACED: u32 = 100;

/// One number in so many is one abroad.
const ABROAD: u64 = 10;

/// Where the list's other numbers begin: no file has so many.
const FAR: u64 = 2_000_000_000;

const SOURCES: [&str; 4] = ["MANUAL", "REGULATORY", "CUSTOMER_REQUEST", "SYSTEM"];

/// How the rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// A header and three columns.
    Csv,
    /// An object a line.
    Jsonl,
}

/// What was written: what the rows must come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Made {
    /// Rows in all.
    pub(crate) rows: u64,
    /// Rows that must be rejected.
    pub(crate) bad: u64,
    /// Rows that name an earlier number again.
    pub(crate) repeated: u64,
    /// Numbers.
    pub(crate) distinct: u64,
}

impl Made {
    /// Numbers that the list holds already.
    pub(crate) fn listed(self) -> u64 {
        self.distinct.div_ceil(2)
    }

    /// Numbers that it lacks.
    pub(crate) fn to_send(self) -> u64 {
        self.distinct - self.listed()
    }
}

/// Which numbers the list holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listing {
    /// How many of the file's numbers are looked at: every other one is listed.
    pub(crate) of: u64,
    /// How many the list holds in all.
    pub(crate) size: u64,
}

/// The file's numbers, by index: it names them in this order.
pub(crate) struct Updates {
    nanp: (Places, Shuffle),
    abroad: (Places, Shuffle),
}

impl Updates {
    /// The same numbers, whatever the size of the file: a shorter file is the head of a longer one.
    pub(crate) fn new() -> Self {
        let shuffled = |places: Places, seed| {
            let shuffle = Shuffle::new(places.len(), seed);
            (places, shuffle)
        };
        Self { nanp: shuffled(Places::nanp(), SEED), abroad: shuffled(Places::abroad(), SEED + 1) }
    }

    fn number(&self, index: u64) -> u64 {
        let of = |(places, shuffle): &(Places, Shuffle), index| places.number(shuffle.at(index));
        if index < FAR && index % ABROAD == ABROAD - 1 {
            of(&self.abroad, index / ABROAD)
        } else {
            of(&self.nanp, index)
        }
    }

    /// The numbers of the list, in any order.
    pub(crate) fn listed(&self, listing: Listing) -> impl Iterator<Item = u64> + '_ {
        let of_the_file = listing.of.div_ceil(2);
        let others = listing.size.saturating_sub(of_the_file);
        (0..of_the_file).map(|half| 2 * half).chain(FAR..FAR + others).map(|index| self.number(index))
    }

    /// The same as a set.
    pub(crate) fn set(&self, listing: Listing) -> Numbers {
        let mut numbers: Vec<u64> = self.listed(listing).collect();
        numbers.sort_unstable();
        numbers.into_iter().map(Number::from_stored).collect()
    }

    /// Writes a file of so many rows.
    pub(crate) fn write(&self, format: Format, rows: u64, out: &mut impl Write) -> io::Result<Made> {
        let mut dice = Rng::with_seed(SEED);
        let mut made = Made { rows, ..Made::default() };
        let (mut phone, mut note) = (String::new(), String::new());
        if format == Format::Csv {
            out.write_all(b"phone_number,source_type,notes\n")?;
        }
        for _ in 0..rows {
            let lot = dice.u32(..1000);
            let mut source = SOURCES[dice.usize(..SOURCES.len())];
            if lot < BAD {
                made.bad += 1;
                source = self.bad(&mut dice, source, &mut phone);
            } else if lot < BAD + REPEATED && made.distinct > 0 {
                made.repeated += 1;
                let earlier = dice.u64(..made.distinct);
                spell(&mut dice, self.number(earlier), &mut phone);
            } else {
                made.distinct += 1;
                spell(&mut dice, self.number(made.distinct - 1), &mut phone);
            }
            notes::note(&mut dice, &mut note);
            match format {
                Format::Csv => csv_row(&phone, source, &note, out)?,
                Format::Jsonl => jsonl_row(&phone, source, &note, out)?,
            }
        }
        Ok(made)
    }

    /// What is no number, or has no source type that anybody knows.
    fn bad<'a>(&self, dice: &mut Rng, source: &'a str, phone: &mut String) -> &'a str {
        phone.clear();
        match dice.u32(..5) {
            0 => {}
            1 => phone.push_str("unknown"),
            2 => *phone = format!("202555{:04}", dice.u32(..10_000)),
            3 => *phone = format!("+1202555{:02}", dice.u32(..100)),
            _ => {
                let any = dice.u64(..1_000);
                spell(dice, self.number(any), phone);
                return "NOBODY";
            }
        }
        source
    }
}

/// As E.164, mostly; one in ten has spaces and dashes in it.
fn spell(dice: &mut Rng, number: u64, phone: &mut String) {
    use std::fmt::Write;
    phone.clear();
    let written = if dice.u32(..1000) < SPACED {
        let (head, exchange, line) = (number / 10_000_000, number / 10_000 % 1_000, number % 10_000);
        let (calling, area) = if head / 1_000 == 1 { (1, head % 1_000) } else { (head / 1_000, head % 1_000) };
        write!(phone, "+{calling} {area} {exchange:03}-{line:04}")
    } else {
        write!(phone, "+{number}")
    };
    written.expect("a string takes every digit");
}

fn csv_row(phone: &str, source: &str, note: &str, out: &mut impl Write) -> io::Result<()> {
    out.write_all(phone.as_bytes())?;
    out.write_all(b",")?;
    out.write_all(source.as_bytes())?;
    out.write_all(b",")?;
    if note.contains(['"', ',']) {
        write!(out, "\"{}\"", note.replace('"', "\"\""))?;
    } else {
        out.write_all(note.as_bytes())?;
    }
    out.write_all(b"\n")
}

fn jsonl_row(phone: &str, source: &str, note: &str, out: &mut impl Write) -> io::Result<()> {
    for piece in [r#"{"phone_number":""#, phone, r#"","source_type":""#, source, r#"","notes":""#] {
        out.write_all(piece.as_bytes())?;
    }
    if note.contains('"') {
        out.write_all(note.replace('"', "\\\"").as_bytes())?;
    } else {
        out.write_all(note.as_bytes())?;
    }
    out.write_all(b"\"}\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::made::places::is_valid;
    use rlibphonenumber::PHONE_NUMBER_UTIL;
    use std::collections::HashSet;

    const ROWS: u64 = 1_000;

    fn written(updates: &Updates, format: Format) -> (Made, String) {
        let mut bytes = Vec::new();
        let made = updates.write(format, ROWS, &mut bytes).expect("memory");
        (made, String::from_utf8(bytes).expect("UTF-8"))
    }

    /// What an independent reader makes of rows: bad, repeated, numbers.
    fn judged(rows: impl Iterator<Item = [String; 3]>) -> (u64, u64, HashSet<String>) {
        let (mut bad, mut repeated, mut numbers) = (0, 0, HashSet::new());
        for [phone, source, _] in rows {
            let parsed = PHONE_NUMBER_UTIL.parse(&phone, None).ok();
            match parsed.filter(|number| PHONE_NUMBER_UTIL.is_valid_number(number)) {
                Some(number) if SOURCES.contains(&source.as_str()) => {
                    let e164 = PHONE_NUMBER_UTIL.format(&number, rlibphonenumber::PhoneNumberFormat::E164);
                    repeated += u64::from(!numbers.insert(e164.into_owned()));
                }
                _ => bad += 1,
            }
        }
        (bad, repeated, numbers)
    }

    #[test]
    fn csv_and_jsonl_are_the_same_rows_and_their_counts_are_known() {
        let updates = Updates::new();
        let (made, csv) = written(&updates, Format::Csv);
        let (same, jsonl) = written(&updates, Format::Jsonl);
        assert_eq!(made, same);
        let rows: Vec<[String; 3]> = csv::Reader::from_reader(csv.as_bytes())
            .records()
            .map(|record| record.expect("a row"))
            .map(|record| [0, 1, 2].map(|column| record[column].to_owned()))
            .collect();
        let objects: Vec<[String; 3]> = jsonl
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"))
            .map(|row| ["phone_number", "source_type", "notes"].map(|key| row[key].as_str().expect("text").to_owned()))
            .collect();
        assert_eq!(rows, objects);
        let quoted = rows.iter().filter(|[_, _, note]| note.contains(['"', ','])).count();
        assert!((30..80).contains(&quoted), "{quoted} quoted");
        let (bad, repeated, numbers) = judged(rows.into_iter());
        assert_eq!((bad, repeated, numbers.len() as u64), (made.bad, made.repeated, made.distinct));
        assert_eq!(made.bad + made.repeated + made.distinct, ROWS);
        assert!((40..90).contains(&made.bad) && (70..130).contains(&made.repeated), "{made:?}");
    }

    #[test]
    fn half_of_the_numbers_are_listed() {
        let updates = Updates::new();
        let (made, csv) = written(&updates, Format::Csv);
        let listing = Listing { of: made.distinct, size: ROWS };
        let set = updates.set(listing);
        assert_eq!(set.len(), ROWS);
        assert!(set.iter().all(|number| is_valid(number.get())));
        let rows = csv::Reader::from_reader(csv.as_bytes()).into_records().map(|record| {
            let record = record.expect("a row");
            [0, 1, 2].map(|column| record[column].to_owned())
        });
        let (_, _, numbers) = judged(rows);
        let listed =
            numbers.iter().filter(|number| Number::from_e164(number).is_some_and(|number| set.contains(number)));
        assert_eq!(listed.count() as u64, made.listed());
    }
}
