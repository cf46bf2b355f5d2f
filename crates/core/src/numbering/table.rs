//! The table, and the walk through it: from digit to digit until what is left does not matter.
//!
//! Made by the build script (`crates/core/build`) from the library's metadata. What the words mean is in `word.rs`.

use super::word::{ACT, FEWEST_DIGITS, FOREIGN, HEAD, KIND, LEAF, MOST_DIGITS, NODE, RESTART};

include!(concat!(env!("OUT_DIR"), "/numbering.rs"));

/// The first words stand for the first four digits of a number with a plus; nodes follow.
const WORDS: &[[u8; 4]] = include_bytes!(concat!(env!("OUT_DIR"), "/numbering.bin")).as_chunks().0;

/// How the number comes from the digits: others in front, instead of some at the head.
struct Act {
    put: u64,
    skip: usize,
    next: u32,
}

/// Where numbers without a plus begin, for one country.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Root(u32);

impl Root {
    /// By the country's two upper-case letters.
    pub(super) fn of(country: &str) -> Option<Self> {
        let at = COUNTRIES.binary_search_by(|(letters, _)| letters[..].cmp(country.as_bytes())).ok()?;
        Some(Self(COUNTRIES[at].1))
    }
}

/// What the table says.
pub(super) enum Verdict {
    /// This number, in E.164.
    Valid(u64),
    /// No plan has it.
    Invalid,
    /// No calling code is at its head, or no plus, and no country is known.
    Foreign,
    /// Ask the library.
    Open,
}

/// Judges a number with a plus. Its first four digits and all of them, as integers, are at hand.
#[inline]
pub(super) fn international(digits: &[u8], first_four: usize, value: u64) -> Verdict {
    walk(word(first_four), digits, HEAD, value)
}

/// The same where only the digits are at hand.
pub(super) fn after_plus(digits: &[u8], value: u64) -> Verdict {
    match digits.first_chunk::<HEAD>() {
        Some(head) if digits.len() >= FEWEST_DIGITS => {
            let first_four = head.iter().fold(0, |index, &digit| 10 * index + usize::from(digit & 15));
            international(digits, first_four, value)
        }
        _ => Verdict::Open,
    }
}

/// Judges a number without a plus, from one country.
pub(super) fn national(root: Root, digits: &[u8], value: u64) -> Verdict {
    if digits.len() < FEWEST_DIGITS { Verdict::Open } else { walk(root.0, digits, 0, value) }
}

#[inline]
fn word(at: usize) -> u32 {
    u32::from_le_bytes(WORDS[at])
}

/// Goes on from `from` with the digit at `at`.
#[inline]
fn walk(from: u32, digits: &[u8], mut at: usize, value: u64) -> Verdict {
    let mut from = from;
    let mut act = None;
    loop {
        while from < LEAF {
            let step = digits.get(at).map_or(NODE - 1, |digit| u32::from(digit & 15));
            from = word((from + step) as usize);
            at += 1;
        }
        match from & KIND {
            LEAF => {
                // One step beyond the end was a step, too, where a node was asked for it.
                let left = digits.len().saturating_sub(at);
                return if from >> left & 1 == 0 { Verdict::Invalid } else { Verdict::Valid(done(act, digits, value)) };
            }
            ACT => {
                let next = &ACTS[(from & !KIND) as usize];
                (act, from) = (Some(next), next.next);
            }
            RESTART => return restart(digits, (from & !KIND) as usize, value),
            FOREIGN => return Verdict::Foreign,
            _ => return Verdict::Open,
        }
    }
}

fn done(act: Option<&Act>, digits: &[u8], value: u64) -> u64 {
    match act {
        None => value,
        Some(act) => {
            let power = POWERS[digits.len() - act.skip];
            act.put * power + value % power
        }
    }
}

/// A calling code follows what is dialled before one.
#[cold]
fn restart(digits: &[u8], at: usize, value: u64) -> Verdict {
    let digits = digits.get(at..).unwrap_or_default();
    match after_plus(digits, value % POWERS[digits.len()]) {
        // With a plus the country's own plan would be tried, too; here the library could only refuse.
        Verdict::Foreign => Verdict::Open,
        verdict => verdict,
    }
}

/// Powers of ten.
const POWERS: [u64; MOST_DIGITS + 1] = {
    let mut powers = [1; MOST_DIGITS + 1];
    let mut exponent = 1;
    while exponent < powers.len() {
        powers[exponent] = powers[exponent - 1] * 10;
        exponent += 1;
    }
    powers
};
