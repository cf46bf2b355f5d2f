//! The table and the library say the same of every text.
//!
//! Some 350,000 inputs and every example number of every plan, the same each time; with `DNCSYNC_LONG` 14 million others, from a
//! seed that is printed when they differ. `DNCSYNC_SEED` tells a seed again.

mod draws;
mod examples;
mod library;

use dncsync_core::check::{Country, read_number};
use dncsync_core::number::Number;
use draws::Draws;
use library::{by_library, countries};

/// Asks both, and shows what they were asked where they differ.
fn same(text: &str, country: Option<Country>) {
    let (ours, theirs) = (read_number(text, country), by_library(text, country));
    // In clear: these numbers are made up, and one must be able to ask again.
    let number = |answer: Result<Number, _>| answer.map(Number::get);
    assert_eq!(number(ours), number(theirs), "{text:?} from {:?}", country.map(|country| country.code()));
}

/// How many inputs are asked now, of a test whose share in CI is `few`.
fn count(few: usize) -> usize {
    if draws::long() { few * 34 } else { few }
}

fn some_country(draws: &mut Draws) -> Option<Country> {
    let countries = countries();
    match draws.below(4) {
        0 => None,
        1 => Country::read("US"),
        _ => Some(countries[draws.below(countries.len())]),
    }
}

#[test]
fn every_example_number_of_every_plan() {
    for example in examples::all() {
        let own = example.country.as_deref().and_then(Country::read);
        for text in &example.spellings {
            same(text, None);
            same(text, own);
            same(text, Country::read("US"));
        }
    }
}

#[test]
fn random_digits_behind_every_calling_code() {
    let mut draws = Draws::for_test("random digits");
    let codes: Vec<i32> = rlibphonenumber::PHONE_NUMBER_UTIL.get_supported_calling_codes().collect();
    for round in 0..count(100_000) {
        let text = format!("+{}{}", codes[round % codes.len()], draws.digits(2..=14));
        let country = some_country(&mut draws);
        same(&text, country);
    }
}

#[test]
fn random_digits_without_a_plus() {
    let mut draws = Draws::for_test("no plus");
    for _ in 0..count(60_000) {
        let text = draws.digits(1..=16);
        let country = some_country(&mut draws);
        same(&text, country);
    }
}

#[test]
fn example_numbers_damaged() {
    let mut draws = Draws::for_test("damaged");
    let examples = examples::all();
    for _ in 0..count(100_000) {
        let example = &examples[draws.below(examples.len())];
        let mut text = example.spellings[draws.below(example.spellings.len())].clone();
        for _ in 0..draws.below(4) {
            text = draws.damage(text, example);
        }
        let own = example.country.as_deref().and_then(Country::read);
        let country = if draws.below(2) == 0 { own } else { some_country(&mut draws) };
        same(&text, country);
    }
}

#[test]
fn every_head_of_a_number_with_a_plus() {
    let mut draws = Draws::for_test("heads");
    let (heads, digits) = if draws::long() { (100_000, 5) } else { (1_000, 3) };
    for head in 0..heads {
        for more in 0..=12 {
            let text = format!("+{head:0digits$}{}", draws.digits(more..=more));
            same(&text, None);
        }
    }
}

#[test]
fn every_head_of_a_number_from_every_country() {
    let mut draws = Draws::for_test("national heads");
    let (heads, digits) = if draws::long() { (1_000, 3) } else { (10, 1) };
    for country in countries() {
        for head in 0..heads {
            for more in 1..=14 {
                let text = format!("{head:0digits$}{}", draws.digits(more..=more));
                same(&text, Some(country));
            }
        }
    }
}

/// Area codes and exchanges of +1: all, or one exchange in twenty.
#[test]
fn every_area_code_and_exchange() {
    let mut draws = Draws::for_test("exchanges");
    let every = if draws::long() { 1 } else { 20 };
    for exchange in (0..1_000_000).step_by(every) {
        let exchange = exchange + draws.below(every);
        same(&format!("+1{exchange:06}0123"), None);
    }
}
