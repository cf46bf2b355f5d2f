//! The file: made anew in each run, the same in each run.

use fastrand::Rng;

const SEED: u64 = 20_261_122;

/// In a thousand rows.
const BAD: u32 = 60;
const REPEATED: u32 = 100;

/// Calling code and area, and how many digits follow.
const PLACES: [(&str, u32); 10] = [
    ("+1202", 7),
    ("+1212", 7),
    ("+1305", 7),
    ("+1415", 7),
    ("+1713", 7),
    ("+1801", 7),
    ("+44775", 7),
    ("+44789", 7),
    ("+491511", 7),
    ("+3361", 7),
];
const SOURCES: [&str; 5] = ["MANUAL", "REGULATORY", "CUSTOMER_REQUEST", "SYSTEM", ""];
const NOTES: [&str; 6] = [
    "",
    "State DNC registry sync",
    "Opt-out via IVR",
    "\"Called at 9, asked to be taken off the list\"",
    "\"Said: \"\"never again\"\"\"",
    "Beschwerde per Post (Frau Müller) am Montag weitergegeben",
];

/// A CSV of so many rows: 6 % bad, 10 % repeated, with source and notes; some numbers in other spellings.
pub(crate) fn csv(rows: usize) -> Vec<u8> {
    let mut dice = Rng::with_seed(SEED);
    let mut csv = b"phone_number,source_type,notes\n".to_vec();
    let mut good: Vec<String> = Vec::new();
    for _ in 0..rows {
        let lot = dice.u32(..1000);
        let source = SOURCES[dice.usize(..SOURCES.len())];
        let (phone, source) = if lot < BAD {
            bad(&mut dice, source)
        } else if lot < BAD + REPEATED && !good.is_empty() {
            let earlier = dice.usize(..good.len());
            (spelled(&mut dice, &good[earlier]), source)
        } else {
            good.push(number(&mut dice));
            (spelled(&mut dice, &good[good.len() - 1]), source)
        };
        let notes = NOTES[dice.usize(..NOTES.len())];
        csv.extend_from_slice(format!("{phone},{source},{notes}\n").as_bytes());
    }
    csv
}

fn number(dice: &mut Rng) -> String {
    let (head, digits) = PLACES[dice.usize(..PLACES.len())];
    let lowest = 2 * 10u32.pow(digits - 1);
    format!("{head}{}", dice.u32(lowest..10u32.pow(digits)))
}

/// One number in ten has spaces and dashes in it.
fn spelled(dice: &mut Rng, number: &str) -> String {
    if dice.u32(..10) > 0 {
        return number.to_owned();
    }
    format!("{} {}-{}", &number[..3], &number[3..7], &number[7..])
}

fn bad<'a>(dice: &mut Rng, source: &'a str) -> (String, &'a str) {
    match dice.u32(..5) {
        0 => (String::new(), source),
        1 => ("unknown".into(), source),
        2 => (format!("202555{:04}", dice.u32(..10_000)), source),
        3 => (format!("+1202555{:02}", dice.u32(..100)), source),
        _ => (number(dice), "NOBODY"),
    }
}
