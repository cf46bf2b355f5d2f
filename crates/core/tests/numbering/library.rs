//! What the library says, asked as plainly as can be.

use std::sync::LazyLock;

use dncsync_core::check::{Country, NumberFault};
use dncsync_core::number::Number;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};

/// The verdict of the library alone.
pub(crate) fn by_library(text: &str, country: Option<Country>) -> Result<Number, NumberFault> {
    if text.trim().is_empty() {
        return Err(NumberFault::Empty);
    }
    let region: Option<Region> = country.map(|country| country.code().parse().expect("a region"));
    let parsed = PHONE_NUMBER_UTIL.parse(text, region).map_err(|_| NumberFault::Unparsable)?;
    if !PHONE_NUMBER_UTIL.is_valid_number(&parsed) {
        return Err(NumberFault::Invalid);
    }
    Number::from_e164(&PHONE_NUMBER_UTIL.format(&parsed, PhoneNumberFormat::E164)).ok_or(NumberFault::Invalid)
}

/// All countries of the library; each is one of ours.
pub(crate) fn countries() -> Vec<Country> {
    static COUNTRIES: LazyLock<Vec<Country>> = LazyLock::new(|| {
        let mut codes: Vec<String> =
            PHONE_NUMBER_UTIL.get_supported_regions().map(|region| region.to_string()).collect();
        codes.sort();
        codes.iter().map(|code| Country::read(code).unwrap_or_else(|| panic!("{code} is no country"))).collect()
    });
    COUNTRIES.clone()
}
