//! Is a text a number that some numbering plan has, and which one in E.164?
//!
//! The verdict is that of Python's `phonenumbers.parse(text, region)`, `is_valid_number` and `format_number(E164)`, by
//! `rlibphonenumber`, which carries the same metadata (compared: 0 differences in 1.2 million inputs of one version).
//! Plain spellings are judged by a [table] compiled from that metadata, some hundred times as fast; the library is asked
//! for all others, and is not even started before one comes.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};

use crate::number::Number;
use crate::rejection::RejectionCode;

mod spelling;
mod table;
#[allow(dead_code, reason = "some of it is for the build script only")]
mod word;

use table::Verdict;

/// A country whose national formats are read, by its ISO 3166 code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Country {
    region: Region,
    root: table::Root,
}

impl Country {
    /// Reads a two-letter code in any case; `None` where libphonenumber knows no such country.
    pub fn read(text: &str) -> Option<Self> {
        let code = text.trim().to_ascii_uppercase();
        Some(Self { root: table::Root::of(&code)?, region: code.parse().ok()? })
    }

    /// The two letters.
    pub fn code(&self) -> String {
        self.region.to_string()
    }
}

/// Why a text is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberFault {
    /// Nothing to read.
    Empty,
    /// libphonenumber cannot take it apart.
    Unparsable,
    /// It can, and no numbering plan has such a number.
    Invalid,
}

impl NumberFault {
    /// The code under which it is rejected.
    pub fn code(self) -> RejectionCode {
        match self {
            Self::Empty | Self::Unparsable => RejectionCode::PhoneUnparsable,
            Self::Invalid => RejectionCode::PhoneInvalid,
        }
    }

    /// What is wrong, in words. `country_known`: whether national formats were read.
    pub fn reason(self, country_known: bool) -> &'static str {
        match self {
            Self::Empty => "the row has no number",
            Self::Unparsable if !country_known => {
                "not a number in E.164 (+ and the calling code first); for national formats name the country: --country"
            }
            Self::Unparsable => "not a telephone number",
            Self::Invalid => "no numbering plan has this number",
        }
    }
}

/// Reads, judges and normalises one number.
///
/// # Errors
/// What is wrong with it, without repeating it.
#[inline]
pub fn read_number(text: &str, country: Option<Country>) -> Result<Number, NumberFault> {
    read_plain(text.as_bytes(), country).unwrap_or_else(|| ask_library(text, country))
}

/// The same for a plain spelling; `None` where only [`read_number`] can tell. For who has bytes, and turns into text
/// only what must be.
#[inline]
pub fn read_plain(text: &[u8], country: Option<Country>) -> Option<Result<Number, NumberFault>> {
    let verdict = match spelling::e164(text) {
        Some(digits) => table::international(digits.digits, digits.first_four, digits.value),
        None => read_human(text, country)?,
    };
    match verdict {
        Verdict::Valid(number) => Some(Ok(Number::from_stored(number))),
        Verdict::Invalid => Some(Err(NumberFault::Invalid)),
        // The library tries such a number in the country's own plan, too.
        Verdict::Foreign if country.is_none() => Some(Err(NumberFault::Unparsable)),
        Verdict::Foreign | Verdict::Open => None,
    }
}

/// What has punctuation, or no plus.
#[inline(never)]
fn read_human(text: &[u8], country: Option<Country>) -> Option<Verdict> {
    let plain = spelling::plain(text)?;
    match country {
        _ if plain.plus => Some(table::after_plus(plain.digits(), plain.value)),
        Some(country) => Some(table::national(country.root, plain.digits(), plain.value)),
        None => Some(Verdict::Foreign),
    }
}

/// The slow way, which is right for every text.
#[cold]
fn ask_library(text: &str, country: Option<Country>) -> Result<Number, NumberFault> {
    if text.trim().is_empty() {
        return Err(NumberFault::Empty);
    }
    let util = &*PHONE_NUMBER_UTIL;
    let parsed = util.parse(text, country.map(|country| country.region)).map_err(|_| NumberFault::Unparsable)?;
    if !util.is_valid_number(&parsed) {
        return Err(NumberFault::Invalid);
    }
    Number::from_e164(&util.format(&parsed, PhoneNumberFormat::E164)).ok_or(NumberFault::Invalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str, country: Option<&str>) -> Option<Result<String, NumberFault>> {
        let country = country.map(|country| Country::read(country).expect("a country"));
        read_plain(text.as_bytes(), country).map(|read| read.map(Number::e164))
    }

    fn number(text: &str) -> Option<Result<String, NumberFault>> {
        Some(Ok(text.to_owned()))
    }

    /// What most rows look like must not come to the library: it takes a hundred times as long.
    #[test]
    fn usual_spellings_are_plain() {
        for text in ["+12025550123", "+1 (202) 555-0123", "+1-202-555-0123", " +1.202.555.0123\r\n"] {
            assert_eq!(plain(text, None), number("+12025550123"), "{text}");
            assert_eq!(plain(text, Some("DE")), number("+12025550123"), "{text}");
        }
        for text in
            ["(202) 555-0123", "202-555-0123", "202.555.0123", "1-202-555-0123", "1 (202) 555-0123", "2025550123"]
        {
            assert_eq!(plain(text, Some("US")), number("+12025550123"), "{text}");
            assert_eq!(plain(text, None), Some(Err(NumberFault::Unparsable)), "{text}");
        }
        for (text, country, read) in [
            ("030/901820", "DE", "+4930901820"),
            ("0049 30 901820", "DE", "+4930901820"),
            ("020 7183 8750", "GB", "+442071838750"),
            ("06 698 12345", "IT", "+390669812345"),
            ("8 (912) 345-67-89", "RU", "+79123456789"),
            ("011 44 20 7183 8750", "US", "+442071838750"),
        ] {
            assert_eq!(plain(text, Some(country)), number(read), "{text}");
        }
    }

    #[test]
    fn digits_that_the_parser_drops_or_keeps() {
        assert_eq!(plain("+1 1 202 555 0123", None), number("+12025550123"));
        assert_eq!(plain("+44 (0) 20 7183 8750", None), number("+442071838750"));
        assert_eq!(plain("+39 06 698 12345", None), number("+390669812345"));
        assert_eq!(plain("+80012345678", None), number("+80012345678"));
    }

    #[test]
    fn the_rest_is_the_librarys() {
        for text in
            ["", "tel:+12025550123", "+1 202 555 0123 x5", "1-800-FLOWERS", "+１2025550123", "+1\t2025550123", "+123"]
        {
            assert_eq!(plain(text, None), None, "{text}");
        }
        assert_eq!(read_number(" \t", None), Err(NumberFault::Empty));
        assert_eq!(read_number("tel:+1-202-555-0123;ext=7", None), Ok(Number::from_stored(12_025_550_123)));
        assert_eq!(read_number("+9990123456", None), Err(NumberFault::Unparsable));
    }

    #[test]
    fn countries_are_those_of_the_library() {
        assert_eq!(Country::read(" us ").map(|country| country.code()).as_deref(), Some("US"));
        assert!(
            ["", "U", "ZZ", "001", "USA", "Atlantis", "ß", "日本"].iter().all(|text| Country::read(text).is_none())
        );
    }
}
