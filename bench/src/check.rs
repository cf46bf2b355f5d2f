//! How many numbers a second are judged, beside the library by itself.

use std::hint::black_box;
use std::time::Instant;

use dncsync_core::check::{Country, read_number, read_plain};
use dncsync_core::number::Number;
use fastrand::Rng;
use rlibphonenumber::{
    PHONE_NUMBER_UTIL, PhoneNumberFormat, PhoneNumberType, Region, get_national_significant_number_owned,
};

/// Numbers of each mix.
const NUMBERS: usize = 1_000_000;
/// The library is asked so many of them a round: it takes some microseconds for each.
const ASKED: usize = 50_000;
/// Odd, so that there is a median.
const ROUNDS: usize = 9;
const SEED: u64 = 20_261_122;

/// What is judged: lines that are split already, one behind the other in memory, as a reader has them.
struct Mix {
    name: &'static str,
    country: Option<&'static str>,
    lines: String,
    ends: Vec<usize>,
}

/// What came of one mix.
pub(crate) struct Mixed {
    /// What it is made of.
    pub(crate) name: &'static str,
    /// Numbers a second.
    pub(crate) ours: f64,
    /// The same of the library's parse, is_valid and format.
    pub(crate) library: f64,
    /// Which share of them ours left to the library.
    pub(crate) left: f64,
    /// Which share of them is valid.
    pub(crate) valid: f64,
}

/// Measures each mix.
pub(crate) fn figures() -> Vec<Mixed> {
    [nanp(), thirty_countries(), human()].iter().map(figure).collect()
}

fn figure(mix: &Mix) -> Mixed {
    let country = mix.country.and_then(Country::read);
    let region: Option<Region> = mix.country.and_then(|country| country.parse().ok());
    let read = |text: &str| read_number(text, country).map_or(0, Number::get);
    let ask = |text: &str| by_library(text, region);
    assert_eq!(sum(mix.first(ASKED), read), sum(mix.first(ASKED), ask), "ours and the library differ: {}", mix.name);
    let (mut ours, mut library) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(NUMBERS as f64 / seconds(|| sum(mix.first(NUMBERS), read)));
        library.push(ASKED as f64 / seconds(|| sum(mix.first(ASKED), ask)));
    }
    let share = |of: &dyn Fn(&str) -> bool| mix.first(NUMBERS).filter(|text| of(text)).count() as f64 / NUMBERS as f64;
    Mixed {
        name: mix.name,
        ours: median(ours),
        library: median(library),
        left: share(&|text| read_plain(text.as_bytes(), country).is_none()),
        valid: share(&|text| read_number(text, country).is_ok()),
    }
}

/// The sum of all numbers says whether both came to the same, and nothing of the work can be left out.
fn sum<'a>(texts: impl Iterator<Item = &'a str>, number: impl Fn(&str) -> u64) -> u64 {
    texts.map(|text| number(black_box(text))).fold(0, u64::wrapping_add)
}

fn by_library(text: &str, region: Option<Region>) -> u64 {
    let parsed = PHONE_NUMBER_UTIL.parse(text, region).ok().filter(|number| PHONE_NUMBER_UTIL.is_valid_number(number));
    parsed.map_or(0, |number| {
        PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::E164)[1..].parse().expect("digits behind the plus")
    })
}

#[expect(clippy::disallowed_methods, reason = "a benchmark looks at the clock")]
fn seconds(work: impl FnOnce() -> u64) -> f64 {
    let start = Instant::now();
    black_box(work());
    start.elapsed().as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

impl Mix {
    fn new(name: &'static str, country: Option<&'static str>, mut line: impl FnMut(&mut Rng) -> String) -> Self {
        let mut dice = Rng::with_seed(SEED);
        let (mut lines, mut ends) = (String::new(), Vec::with_capacity(NUMBERS));
        for _ in 0..NUMBERS {
            lines += &line(&mut dice);
            ends.push(lines.len());
            lines.push('\n');
        }
        Self { name, country, lines, ends }
    }

    fn first(&self, count: usize) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.ends[..count].iter().map(move |&end| {
            let line = &self.lines[start..end];
            start = end + 1;
            line
        })
    }
}

fn digits(dice: &mut Rng, count: usize) -> String {
    (0..count).map(|_| dice.digit(10)).collect()
}

/// Area code and exchange begin with 2 to 9; more than half of them exist.
fn area_and_exchange(dice: &mut Rng) -> [String; 2] {
    [(); 2].map(|()| dice.u32(200..1000).to_string())
}

fn nanp() -> Mix {
    Mix::new("NANP, E.164 (+12025550123)", None, |dice| {
        let [area, exchange] = area_and_exchange(dice);
        format!("+1{area}{exchange}{}", digits(dice, 4))
    })
}

fn human() -> Mix {
    Mix::new("human, --country US ((202) 555-0123)", Some("US"), |dice| {
        let [area, exchange] = area_and_exchange(dice);
        let line = digits(dice, 4);
        match dice.u32(..8) {
            0 => format!("({area}) {exchange}-{line}"),
            1 => format!("{area}-{exchange}-{line}"),
            2 => format!("{area}.{exchange}.{line}"),
            3 => format!("+1 ({area}) {exchange}-{line}"),
            4 => format!("1-{area}-{exchange}-{line}"),
            5 => format!("{area}{exchange}{line}"),
            6 => format!("+1-{area}-{exchange}-{line}"),
            _ => format!("1 ({area}) {exchange}-{line}"),
        }
    })
}

const COUNTRIES: [&str; 30] = [
    "US", "CA", "GB", "DE", "FR", "IT", "ES", "NL", "BE", "CH", "AT", "PL", "SE", "NO", "DK", "IE", "PT", "RU", "TR",
    "IN", "CN", "JP", "KR", "AU", "NZ", "BR", "MX", "AR", "ZA", "NG",
];

const TYPES: [PhoneNumberType; 8] = [
    PhoneNumberType::FixedLine,
    PhoneNumberType::Mobile,
    PhoneNumberType::TollFree,
    PhoneNumberType::PremiumRate,
    PhoneNumberType::SharedCost,
    PhoneNumberType::VoIP,
    PhoneNumberType::PersonalNumber,
    PhoneNumberType::UAN,
];

/// Heads of example numbers, with tails that are drawn.
fn thirty_countries() -> Mix {
    let mut examples = Vec::new();
    for country in COUNTRIES {
        let region: Region = country.parse().expect("a country");
        for kind in TYPES {
            if let Ok(number) = PHONE_NUMBER_UTIL.get_example_number_for_type_and_region(region, kind) {
                examples.push((number.country_code, get_national_significant_number_owned(&number)));
            }
        }
    }
    Mix::new("30 countries, 8 types, E.164", None, move |dice| {
        let (code, national) = &examples[dice.usize(..examples.len())];
        let head = national.len() - dice.usize(2..=6).min(national.len() - 2);
        format!("+{code}{}{}", &national[..head], digits(dice, national.len() - head))
    })
}
