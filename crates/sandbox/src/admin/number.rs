//! How the Admin API writes numbers: ten digits for those of North America, all digits for the others.

use crate::item::{Digits, parse_e164, write_e164};

/// Ten digits are a number of North America; any others are E.164 without its plus.
pub(crate) fn read(digits: &str) -> Option<Digits> {
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match digits.len() {
        10 => parse_e164(&format!("+1{digits}")),
        _ => parse_e164(&format!("+{digits}")),
    }
}

/// A number as people write it: what is no digit only divides it.
pub(crate) fn read_loose(text: &str) -> Option<Digits> {
    let divides = |c: char| c.is_ascii_digit() || " +-().".contains(c);
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    text.chars().all(divides).then(|| read(&digits)).flatten()
}

/// `phoneNumber`
pub(crate) fn plain(number: Digits) -> String {
    let digits = number.to_string();
    match national(&digits) {
        Some(national) => national.to_owned(),
        None => digits,
    }
}

/// `formattedPhone`
pub(crate) fn formatted(number: Digits) -> String {
    let digits = number.to_string();
    match national(&digits) {
        Some(national) => format!("+1 ({}) {}-{}", &national[..3], &national[3..6], &national[6..]),
        None => write_e164(number),
    }
}

fn national(digits: &str) -> Option<&str> {
    digits.strip_prefix('1').filter(|national| national.len() == 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_three_forms() {
        for text in ["8012440005", "18012440005"] {
            assert_eq!(read(text), Some(18_012_440_005));
        }
        assert_eq!(read("390612345678"), Some(390_612_345_678));
        for text in ["", "801244000", "+18012440005", "0012440005", "801-244-0005", "2801244000512345"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read_loose("+1 (801) 244-0005"), Some(18_012_440_005));
        assert_eq!(read_loose("801.244.0005"), Some(18_012_440_005));
        assert_eq!(read_loose("8012440005x1"), None);
    }

    #[test]
    fn numbers_are_written_in_two_forms() {
        assert_eq!(
            (plain(18_012_440_005), formatted(18_012_440_005)),
            ("8012440005".into(), "+1 (801) 244-0005".into())
        );
        assert_eq!(
            (plain(390_612_345_678), formatted(390_612_345_678)),
            ("390612345678".into(), "+390612345678".into())
        );
    }
}
