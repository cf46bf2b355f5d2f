//! The example numbers of all types of all plans, in all spellings of the library.

use rlibphonenumber::interfaces::AsOriginal;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat, PhoneNumberType, Region};

/// One number.
pub(crate) struct Example {
    /// Its country, where its calling code belongs to one.
    pub(crate) country: Option<String>,
    /// Its calling code.
    pub(crate) code: String,
    /// What is dialled before it within the country.
    pub(crate) national_prefix: String,
    /// What is dialled before a calling code there.
    pub(crate) international_prefix: String,
    /// E.164 first.
    pub(crate) spellings: Vec<String>,
}

const TYPES: [PhoneNumberType; 11] = [
    PhoneNumberType::FixedLine,
    PhoneNumberType::Mobile,
    PhoneNumberType::FixedLineOrMobile,
    PhoneNumberType::TollFree,
    PhoneNumberType::PremiumRate,
    PhoneNumberType::SharedCost,
    PhoneNumberType::VoIP,
    PhoneNumberType::PersonalNumber,
    PhoneNumberType::Pager,
    PhoneNumberType::UAN,
    PhoneNumberType::VoiceMail,
];

/// All of them, in the same order each time.
pub(crate) fn all() -> Vec<Example> {
    let mut regions: Vec<Region> = PHONE_NUMBER_UTIL.get_supported_regions().collect();
    regions.sort_by_key(ToString::to_string);
    let mut examples = Vec::new();
    for region in regions {
        for kind in TYPES {
            let number = PHONE_NUMBER_UTIL.get_example_number_for_type_and_region(region, kind);
            examples.extend(number.into_iter().map(|number| example(&number, Some(region))));
        }
        let invalid = PHONE_NUMBER_UTIL.get_invalid_example_number(region);
        examples.extend(invalid.into_iter().map(|number| example(&number, Some(region))));
    }
    let mut codes: Vec<i32> = PHONE_NUMBER_UTIL.get_supported_global_network_calling_codes().collect();
    codes.sort_unstable();
    for code in codes {
        let number = PHONE_NUMBER_UTIL.get_example_number_for_non_geo_entity(code).expect("an example");
        examples.push(example(&number, None));
    }
    examples
}

fn example(number: &PhoneNumber, region: Option<Region>) -> Example {
    let format = |format| PHONE_NUMBER_UTIL.format(number, format).into_owned();
    let metadata = region.and_then(|region| {
        PHONE_NUMBER_UTIL.as_original().get_metadata_for_region_or_calling_code(number.country_code, region)
    });
    let e164 = format(PhoneNumberFormat::E164);
    let national = format(PhoneNumberFormat::National);
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let national_prefix = metadata.map(|metadata| metadata.original.national_prefix().to_owned()).unwrap_or_default();
    let international_prefix = metadata
        .and_then(|metadata| metadata.international_prefix().pattern_base.clone())
        .and_then(|pattern| pattern.strip_prefix("^(?:")?.strip_suffix(")$").map(str::to_owned))
        .filter(|pattern| pattern.bytes().all(|byte| byte.is_ascii_digit()))
        .unwrap_or_else(|| "00".to_owned());
    let significant = rlibphonenumber::get_national_significant_number_owned(number);
    let code = number.country_code.to_string();
    let spellings = vec![
        e164.clone(),
        format(PhoneNumberFormat::International),
        format(PhoneNumberFormat::RFC3966),
        digits(&e164),
        digits(&national),
        national,
        format!("{national_prefix}{significant}"),
        format!("{code}{national_prefix}{significant}"),
        format!("+{code} ({national_prefix}) {significant}"),
        format!("{international_prefix}{code}{significant}"),
        format!("{international_prefix} {code} {national_prefix}{significant}"),
        significant,
    ];
    let country = region.map(|region| region.to_string());
    Example { country, code, national_prefix, international_prefix, spellings }
}
