//! How a tenant's API speaks, as far as decisions depend on it.

use std::fmt;
use std::ops::RangeInclusive;

use crate::number::Number;

/// The API that a tenant speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Profile {
    /// `/api/v2/dnc`, as the tutorial shows it.
    #[default]
    V2,
    /// The Admin API's DNC groups, as the developer portal documents them.
    Admin,
}

impl Profile {
    /// Both.
    pub const ALL: [Self; 2] = [Self::V2, Self::Admin];

    /// Its name in flags and configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::V2 => "v2",
            Self::Admin => "admin",
        }
    }

    /// Reads a name in any case.
    pub fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.name().eq_ignore_ascii_case(text.trim()))
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Which numbers a tenant's lists can hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Reach {
    /// All.
    #[default]
    World,
    /// Those of calling code 1. The Admin API's documents know 10 digits and no calling code; what becomes of other
    /// numbers is nowhere said.
    Nanp,
    /// All but those that come to 10 digits or fewer with their calling code: CXone would take them for numbers of
    /// calling code 1, and block somebody else (+65 8123 4567 reads as 658 123 4567 in Jamaica).
    Unlike,
}

/// The least and the greatest number of calling code 1: 1 and 10 digits.
const NANP: RangeInclusive<u64> = 10_000_000_000..=19_999_999_999;

impl Reach {
    /// All three.
    pub const ALL: [Self; 3] = [Self::World, Self::Nanp, Self::Unlike];

    /// Its name in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::World => "world",
            Self::Nanp => "nanp",
            Self::Unlike => "unlike",
        }
    }

    /// Reads its name.
    pub fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reach| reach.name() == text)
    }

    /// Whether a list can hold the number.
    #[inline]
    pub fn holds(self, number: Number) -> bool {
        self.range().contains(&number.get())
    }

    /// The numbers that it can hold, as integers with their calling code.
    #[inline]
    pub fn range(self) -> RangeInclusive<u64> {
        match self {
            Self::World => 0..=u64::MAX,
            Self::Nanp => NANP,
            Self::Unlike => *NANP.start()..=u64::MAX,
        }
    }

    /// Why a list cannot hold the others, and what to do.
    pub fn reason(self) -> &'static str {
        match self {
            Self::World => "",
            Self::Nanp => {
                "the Admin API documents numbers of calling code 1 only; what becomes of others is not known, \
                 --allow-international sends them"
            }
            Self::Unlike => {
                "with its calling code it has no more than 10 digits: CXone would take it for another number, of calling \
                 code 1"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(reach: Reach) -> Vec<bool> {
        let numbers = ["+12025551234", "+18765551234", "+442071838750", "+6581234567", "+4722222222", "+79161234567"];
        numbers.map(|text| reach.holds(Number::from_e164(text).expect("a number"))).to_vec()
    }

    #[test]
    fn what_looks_like_another_number_is_held_by_no_group() {
        assert_eq!(held(Reach::World), [true; 6]);
        assert_eq!(held(Reach::Nanp), [true, true, false, false, false, false]);
        assert_eq!(held(Reach::Unlike), [true, true, true, false, false, true]);
    }

    #[test]
    fn a_profile_is_read_in_any_case() {
        assert_eq!([" Admin", "V2", "v3"].map(Profile::read), [Some(Profile::Admin), Some(Profile::V2), None]);
    }
}
