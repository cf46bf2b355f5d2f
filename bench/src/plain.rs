//! The plain way: the crates `csv` and `rlibphonenumber` and a hash set, as one would write it in an afternoon.

use std::collections::HashSet;

use csv::StringRecord;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat};

use crate::{Outcome, World};

const SOURCES: [&str; 5] = ["", "MANUAL", "REGULATORY", "CUSTOMER_REQUEST", "SYSTEM"];

/// Items in a request.
const BATCH: usize = 10_000;

/// Reads.
pub(crate) fn read(world: &World) -> Outcome {
    let rows = each_record(world, |_| ());
    Outcome { rows, ..Outcome::default() }
}

/// Reads and checks.
pub(crate) fn check(world: &World) -> Outcome {
    let mut passed = 0;
    let rows = each_record(world, |record| passed += usize::from(valid(record).is_some()));
    Outcome { rows, passed, ..Outcome::default() }
}

/// Reads, checks, drops repetitions and plans.
pub(crate) fn plan(world: &World) -> Outcome {
    let mut outcome = Outcome::default();
    let mut met: HashSet<String> = HashSet::new();
    let mut missing: Vec<(String, String, String)> = Vec::new();
    outcome.rows = each_record(world, |record| {
        let Some(number) = valid(record) else { return };
        outcome.passed += 1;
        if !met.insert(number.clone()) {
            outcome.repeated += 1;
        } else if world.listed.contains(&number) {
            outcome.listed += 1;
        } else {
            missing.push((number, record[1].to_owned(), record[2].to_owned()));
        }
    });
    outcome.to_send = missing.chunks(BATCH).map(<[_]>::len).sum();
    outcome
}

fn valid(record: &StringRecord) -> Option<String> {
    if !SOURCES.contains(&&record[1]) {
        return None;
    }
    let number = PHONE_NUMBER_UTIL.parse(&record[0], None).ok()?;
    let valid = PHONE_NUMBER_UTIL.is_valid_number(&number);
    valid.then(|| PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::E164).into_owned())
}

fn each_record(world: &World, mut act: impl FnMut(&StringRecord)) -> usize {
    let mut reader = csv::Reader::from_reader(world.csv.as_slice());
    let mut record = StringRecord::new();
    let mut rows = 0;
    while reader.read_record(&mut record).expect("a CSV") {
        act(&record);
        rows += 1;
    }
    rows
}
