//! Numbers as the Admin API writes them: 10 digits for calling code 1, as its documents show; others with their calling
//! code, which is not proven.

use dncsync_core::number::Number;

use crate::lenient::Scalar;

/// The number of a record, from its fields as they are told. One that is written with a plus is whole; of the others the plain
/// one comes first.
pub(crate) fn of_record(phone_number: &Scalar<'_>, formatted_phone: &Scalar<'_>) -> Option<Number> {
    let [plain, formatted] = [phone_number, formatted_phone].map(Scalar::text);
    let whole = formatted.as_ref().filter(|text| text.trim_start().starts_with('+'));
    whole.or(plain.as_ref()).and_then(|text| read(text)).or_else(|| read(formatted.as_ref()?))
}

/// What stands before the 10 digits.
const NANP: u64 = 10_000_000_000;

/// The digits that are sent.
pub(crate) fn write(number: Number) -> u64 {
    let value = number.get();
    if (NANP..2 * NANP).contains(&value) { value - NANP } else { value }
}

/// The number behind digits with whatever stands between them. 10 digits are a number of calling code 1, unless a plus says
/// that they begin with another one.
pub(crate) fn read(text: &str) -> Option<Number> {
    let with_code = text.trim_start().starts_with('+');
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    match digits.len() {
        _ if with_code => Number::from_e164(&format!("+{digits}")),
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
        let told = |plain: &str, formatted: &str| {
            let scalar = |text: &str| Scalar::Text(text.to_owned().into());
            of_record(&scalar(plain), &scalar(formatted)).map(Number::e164)
        };
        assert_eq!(told("6581234567", "+6581234567").as_deref(), Some("+6581234567"), "Singapore, and not Jamaica");
        assert_eq!(told("2025550100", "(202) 555-0100").as_deref(), Some("+12025550100"));
        assert_eq!(told("", "(202) 555-0100").as_deref(), Some("+12025550100"));
        assert_eq!((read(""), read("555-1234"), read("0123456789")), (None, None, Number::from_e164("+10123456789")));
    }
}
