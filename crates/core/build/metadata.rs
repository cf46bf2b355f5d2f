//! The numbering plans, as the library carries them.

use rlibphonenumber::interfaces::AsOriginal;
use rlibphonenumber::{PHONE_NUMBER_UTIL, Region};

/// A description of numbers: what they look like and how long they may be.
pub(crate) struct Description {
    /// A pattern of the whole national number; none matches nothing.
    pub(crate) pattern: Option<String>,
    /// How many digits it may have; empty says nothing.
    pub(crate) lengths: Vec<i32>,
}

/// The numbering plan of one region.
pub(crate) struct Plan {
    /// The two letters; the plans of calling codes that belong to no country have none.
    pub(crate) country: Option<String>,
    /// The general description.
    pub(crate) general: Description,
    /// Lengths of numbers that can only be dialled within an area.
    pub(crate) local_lengths: Vec<i32>,
    /// The descriptions of the types, one of which a valid number meets.
    pub(crate) types: Vec<Description>,
    /// Which numbers belong to this region among those that share its calling code, whatever their type.
    pub(crate) leading_digits: Option<String>,
    /// What is dialled before a calling code.
    pub(crate) international_prefix: Option<String>,
    /// What the parser takes away from the head of a national number...
    pub(crate) national_prefix: Option<String>,
    /// ...and what it puts in its place where the pattern caught something.
    pub(crate) transform: String,
}

/// A calling code and the plans behind it, the main one first.
pub(crate) struct Code {
    /// Its digits, as values.
    pub(crate) digits: Vec<u8>,
    /// The plans, in the order in which the library asks them.
    pub(crate) plans: Vec<Plan>,
}

/// All of them.
pub(crate) fn codes() -> Vec<Code> {
    PHONE_NUMBER_UTIL
        .get_supported_calling_codes()
        .map(|code| {
            let regions = PHONE_NUMBER_UTIL.get_regions_for_country_calling_code(code);
            let plans = regions.expect("a supported code has regions").map(|region| plan(code, region)).collect();
            Code { digits: code.to_string().bytes().map(|digit| digit - b'0').collect(), plans }
        })
        .collect()
}

fn plan(code: i32, region: Region) -> Plan {
    let util = PHONE_NUMBER_UTIL.as_original();
    let metadata = util.get_metadata_for_region_or_calling_code(code, region).expect("a region has metadata");
    assert_eq!(metadata.original.country_code, Some(code), "a region has one calling code");
    // A macro: the type of a description cannot be named from outside the library.
    macro_rules! description {
        ($field:ident) => {
            Description {
                pattern: bare(&metadata.$field.national_number_pattern().pattern_base),
                lengths: metadata.$field.original.possible_length.clone(),
            }
        };
    }
    let mut types = vec![
        description!(premium_rate),
        description!(toll_free),
        description!(shared_cost),
        description!(voip),
        description!(personal_number),
        description!(pager),
        description!(uan),
        description!(voicemail),
        description!(fixed_line),
    ];
    if !metadata.original.same_mobile_and_fixed_line_pattern() {
        types.push(description!(mobile));
    }
    Plan {
        country: (region != Region::World).then(|| region.to_string()),
        general: description!(general_desc),
        local_lengths: metadata.general_desc.original.possible_length_local_only.clone(),
        types,
        leading_digits: bare(&metadata.leading_digits().pattern_base),
        international_prefix: bare(&metadata.international_prefix().pattern_base),
        national_prefix: bare(&metadata.national_prefix_for_parsing().pattern_base),
        transform: metadata.original.national_prefix_transform_rule().to_owned(),
    }
}

/// The library keeps each pattern as `^(?:pattern)$` and cuts off what it does not want. Another form would be read
/// otherwise by it than by us.
fn bare(kept: &Option<String>) -> Option<String> {
    kept.as_ref().map(|kept| {
        let inner = kept.strip_prefix("^(?:").and_then(|rest| rest.strip_suffix(")$"));
        inner
            .unwrap_or_else(|| panic!("the library keeps a pattern in a form that is not known here: {kept}"))
            .to_owned()
    })
}
