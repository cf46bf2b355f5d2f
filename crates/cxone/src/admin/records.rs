//! The bodies of requests that add and expire records. The documents want a number as an integer where it is added and
//! as a string where it is expired.

use std::io::Write;

use dncsync_core::batch::Limits;
use dncsync_core::entry::Entry;
use dncsync_core::number::Number;

use super::digits;

/// Most records of a request ("Maximum of 4,500 records per upload exceeded").
pub(crate) const MOST_RECORDS: usize = 4_500;

const BEFORE: &str = r#"{"dncGroupRecords":["#;
const AFTER: &str = "]}";

/// What one request may hold: so many records; their bytes are never the limit.
pub(crate) fn limits(records: usize) -> Limits {
    Limits { items: records.max(1), bytes: 4_718_592, item_bytes: |_| USUAL_RECORD }
}

/// Bytes that a record comes to, at most for calling code 1.
const USUAL_RECORD: usize = 29;

/// The body that adds.
pub(crate) fn body<'a>(items: impl Iterator<Item = &'a Entry>) -> Vec<u8> {
    array(items.map(|item| item.number), |body, digits| write!(body, r#"{{"phoneNumber":{digits}}}"#))
}

/// The body that expires.
pub(crate) fn removal(numbers: impl Iterator<Item = Number>) -> Vec<u8> {
    array(numbers, |body, digits| write!(body, r#"{{"phoneNumber":"{digits}"}}"#))
}

fn array(numbers: impl Iterator<Item = Number>, write: impl Fn(&mut Vec<u8>, u64) -> std::io::Result<()>) -> Vec<u8> {
    let mut body = Vec::with_capacity(numbers.size_hint().0 * USUAL_RECORD + BEFORE.len() + AFTER.len());
    body.extend_from_slice(BEFORE.as_bytes());
    for (place, number) in numbers.enumerate() {
        if place > 0 {
            body.push(b',');
        }
        write(&mut body, digits::write(number)).expect("a vector takes every byte");
    }
    body.extend_from_slice(AFTER.as_bytes());
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_integer_is_added_and_a_string_is_expired() {
        let numbers: Vec<Number> =
            ["+12025551234", "+442071838750"].iter().map(|text| Number::from_e164(text).unwrap()).collect();
        let body = array(numbers.iter().copied(), |body, digits| write!(body, r#"{{"phoneNumber":{digits}}}"#));
        assert_eq!(
            String::from_utf8(body).unwrap(),
            r#"{"dncGroupRecords":[{"phoneNumber":2025551234},{"phoneNumber":442071838750}]}"#
        );
        assert_eq!(
            String::from_utf8(removal(numbers.into_iter())).unwrap(),
            r#"{"dncGroupRecords":[{"phoneNumber":"2025551234"},{"phoneNumber":"442071838750"}]}"#
        );
        assert_eq!(removal(std::iter::empty()), br#"{"dncGroupRecords":[]}"#);
    }
}
