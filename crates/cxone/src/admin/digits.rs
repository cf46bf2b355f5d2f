//! Numbers as the Admin API writes them: 10 digits for calling code 1, as its documents show; others with their calling
//! code, which is not proven.

use dncsync_core::number::Number;

/// What stands before the 10 digits.
const NANP: u64 = 10_000_000_000;

/// The digits that are sent.
pub(crate) fn write(number: Number) -> u64 {
    let value = number.get();
    if (NANP..2 * NANP).contains(&value) { value - NANP } else { value }
}

/// The number behind digits with whatever stands between them. 10 digits are a number of calling code 1.
pub(crate) fn read(text: &str) -> Option<Number> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    match digits.len() {
        10 => Number::from_e164(&format!("+1{digits}")),
        11.. => Number::from_e164(&format!("+{digits}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calling_code_1_is_left_out_and_read_back() {
        let number = Number::from_e164("+18012440005").unwrap();
        assert_eq!(write(number), 8_012_440_005);
        for text in ["8012440005", "(801) 244-0005", "+1 (801) 244-0005", "18012440005"] {
            assert_eq!(read(text), Some(number), "{text}");
        }
        let abroad = Number::from_e164("+442071838750").unwrap();
        assert_eq!(read(&write(abroad).to_string()), Some(abroad));
        assert_eq!((read(""), read("555-1234"), read("0123456789")), (None, None, Number::from_e164("+10123456789")));
    }
}
