//! The bodies of requests that add and remove items, and how large the former come out.

use std::io::{self, Write};

use dncsync_core::batch::Limits;
use dncsync_core::entry::{Entry, Packed};
use dncsync_core::number::Number;

/// What one request may hold: the tutorial's 10,000 items; 4.5 MiB, so that the server's 5 MiB are never met.
pub(crate) const LIMITS: Limits = Limits { items: 10_000, bytes: 4_718_592, item_bytes };

const BEFORE_NUMBER: &str = r#"{"phoneNumber":"+"#;
const BEFORE_SOURCE: &str = r#"","source":""#;
const BEFORE_NOTES: &str = r#"","notes":"#;
const END: &str = "}";
const END_OF_NUMBER: &str = r#""}"#;

/// Bytes that an item of usual length comes to, so that a body is seldom moved while it grows.
const USUAL_ITEM: usize = 96;

/// The same of a number that is removed.
const USUAL_NUMBER: usize = 36;

/// The body: a JSON array in the order given.
///
/// Written by hand around `serde_json`'s escaping: two parts in three of a body are always the same text.
pub(crate) fn body<'a>(items: impl Iterator<Item = &'a Entry>) -> Vec<u8> {
    array(items, USUAL_ITEM, |body, item| write(body, item.lent()))
}

/// The body of a removal: a JSON array of the numbers alone, in the order given. As many as [`LIMITS`] allow are far
/// from the most bytes.
pub(crate) fn removal(numbers: impl Iterator<Item = Number>) -> Vec<u8> {
    array(numbers, USUAL_NUMBER, |body, number| write!(body, "{BEFORE_NUMBER}{}{END_OF_NUMBER}", number.get()))
}

fn array<T>(
    elements: impl Iterator<Item = T>,
    usual: usize,
    write: impl Fn(&mut Vec<u8>, T) -> io::Result<()>,
) -> Vec<u8> {
    let mut body = Vec::with_capacity(elements.size_hint().0 * usual + 2);
    for element in elements {
        body.push(if body.is_empty() { b'[' } else { b',' });
        write(&mut body, element).expect("a vector takes every byte");
    }
    if body.is_empty() {
        body.push(b'[');
    }
    body.push(b']');
    body
}

/// How many bytes an item comes to in a body, the comma before it included (the first one's is the bracket).
pub(crate) fn item_bytes(item: Packed<'_>) -> usize {
    let mut counted = Counted(1);
    write(&mut counted, item).expect("counting takes every byte");
    counted.0
}

fn write(out: &mut impl Write, item: Packed<'_>) -> io::Result<()> {
    out.write_all(BEFORE_NUMBER.as_bytes())?;
    write_digits(out, item.number.get())?;
    out.write_all(BEFORE_SOURCE.as_bytes())?;
    out.write_all(item.source.name().as_bytes())?;
    out.write_all(BEFORE_NOTES.as_bytes())?;
    let plain = |byte: u8| (b' '..0x7f).contains(&byte) && byte != b'"' && byte != b'\\';
    if item.notes.bytes().all(plain) {
        for piece in [b"\"", item.notes.as_bytes(), b"\""] {
            out.write_all(piece)?;
        }
    } else {
        serde_json::to_writer(&mut *out, item.notes)?;
    }
    out.write_all(END.as_bytes())
}

/// A number as digits: formatting machinery costs more than all else of an item.
fn write_digits(out: &mut impl Write, mut number: u64) -> io::Result<()> {
    let (mut digits, mut first) = ([b'0'; 20], 20);
    while number > 0 || first == digits.len() {
        first -= 1;
        digits[first] += (number % 10) as u8;
        number /= 10;
    }
    out.write_all(&digits[first..])
}

/// Takes bytes and keeps their number only.
struct Counted(usize);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dncsync_core::row::Place;
    use dncsync_core::source::SourceType;
    use proptest::prelude::*;
    use serde::Serialize;

    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Item<'a> {
        phone_number: String,
        source: SourceType,
        notes: &'a str,
    }

    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Removed {
        phone_number: String,
    }

    fn entries() -> impl Strategy<Value = Vec<Entry>> {
        let entry =
            (1u64..1_000_000_000_000_000_000, 0usize..4, any::<String>()).prop_map(|(number, source, notes)| {
                let place = Place { file: 0, line: 1 };
                Entry {
                    number: Number::from_stored(number),
                    source: SourceType::ALL[source],
                    notes: notes.into(),
                    place,
                }
            });
        prop::collection::vec(entry, 0..8)
    }

    proptest! {
        #[test]
        fn the_body_is_what_serde_json_writes_and_as_large_as_foretold(entries in entries()) {
            let items: Vec<Item<'_>> = entries
                .iter()
                .map(|e| Item { phone_number: e.number.e164(), source: e.source, notes: &e.notes })
                .collect();
            let body = body(entries.iter());
            prop_assert_eq!(&body, &serde_json::to_vec(&items).unwrap());
            let foretold: usize = entries.iter().map(|entry| item_bytes(entry.lent())).sum();
            prop_assert_eq!(body.len(), foretold + 1 + usize::from(entries.is_empty()));
        }

        #[test]
        fn the_body_of_a_removal_is_what_serde_json_writes(
            numbers in prop::collection::vec(1u64..1_000_000_000_000_000_000, 0..8),
        ) {
            let numbers: Vec<Number> = numbers.into_iter().map(Number::from_stored).collect();
            let items: Vec<Removed> =
                numbers.iter().map(|number| Removed { phone_number: number.e164() }).collect();
            prop_assert_eq!(removal(numbers.into_iter()), serde_json::to_vec(&items).unwrap());
        }
    }
}
