//! Where there are numbers: heads of seven digits more, behind each of which every place from 2 000 000 on is valid.

use rlibphonenumber::PHONE_NUMBER_UTIL;

/// Area codes in the registry: as many as there are in the United States or a few less.
const AREAS: usize = 330;

/// Seven digits, of which the first is 2 to 9.
const BEHIND_A_HEAD: u64 = 8_000_000;

/// The lowest of them.
const LOWEST: u64 = 2_000_000;

/// Mobile numbers of Britain, Germany and France.
const ABROAD: [&str; 4] = ["44775", "44789", "491511", "3361"];

/// Numbers by place.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// Calling code and area, with seven zeros behind.
    heads: Vec<u64>,
}

impl Places {
    /// All over North America: the first 330 area codes of which the library takes each exchange.
    pub(crate) fn nanp() -> Self {
        let mut dice = fastrand::Rng::with_seed(330);
        let whole = |area: &u64| {
            let number = |exchange: u64, line: u64| 10_000_000_000 + area * 10_000_000 + exchange * 10_000 + line;
            (200..1000).all(|exchange| is_valid(number(exchange, dice.u64(..10_000))))
        };
        let heads: Vec<u64> =
            (200..1000).filter(whole).take(AREAS).map(|area| 10_000_000_000 + area * 10_000_000).collect();
        assert_eq!(heads.len(), AREAS, "the library knows enough area codes");
        Self { heads }
    }

    /// Some places abroad.
    pub(crate) fn abroad() -> Self {
        let head = |text: &&str| text.parse::<u64>().map(|head| head * 10_000_000).unwrap_or(0);
        Self { heads: ABROAD.iter().map(head).collect() }
    }

    /// How many numbers there are.
    pub(crate) fn len(&self) -> u64 {
        self.heads.len() as u64 * BEHIND_A_HEAD
    }

    /// The number at a place; places and numbers are in the same order.
    pub(crate) fn number(&self, place: u64) -> u64 {
        self.heads[(place / BEHIND_A_HEAD) as usize] + LOWEST + place % BEHIND_A_HEAD
    }
}

/// Whether the library takes a number: asked by itself, not by way of what is measured.
pub(crate) fn is_valid(number: u64) -> bool {
    let parsed = PHONE_NUMBER_UTIL.parse(format!("+{number}"), None);
    parsed.is_ok_and(|number| PHONE_NUMBER_UTIL.is_valid_number(&number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_abroad_is_valid() {
        let places = Places::abroad();
        let mut dice = fastrand::Rng::with_seed(1);
        for _ in 0..2_000 {
            let number = places.number(dice.u64(..places.len()));
            assert!(is_valid(number), "{number}");
        }
    }
}
