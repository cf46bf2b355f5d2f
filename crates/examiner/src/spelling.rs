//! Bytes as text. Both spellings have exactly one form: another one of the same bytes would be a second record that is as
//! good as the first.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Hexadecimal, in lower case.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// The bytes of a hexadecimal text of exactly their length.
pub(crate) fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let text = text.as_bytes();
    if text.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

fn digit(of: u8) -> Option<u8> {
    match of {
        b'0'..=b'9' => Some(of - b'0'),
        b'a'..=b'f' => Some(of - b'a' + 10),
        _ => None,
    }
}

/// Base64 of RFC 4648, 4, padded.
pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The bytes of a text in base64, where it is the one that they have.
pub(crate) fn from_base64<const N: usize>(text: &str) -> Option<[u8; N]> {
    let bytes: [u8; N] = STANDARD.decode(text).ok()?.try_into().ok()?;
    (base64(&bytes) == text).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn there_is_one_spelling() {
        assert_eq!(hex(&[0, 0xAF, 0x10]), "00af10");
        assert_eq!(from_hex::<2>("00af"), Some([0, 0xAF]));
        assert_eq!(from_hex::<2>("00AF"), None);
        assert_eq!(from_hex::<2>("00a"), None);
        assert_eq!(base64(&[0xFF]), "/w==");
        assert_eq!(from_base64::<1>("/w=="), Some([0xFF]));
        for other in ["/x==", "/w=", "/w", "/w==\n", " /w==", "_w=="] {
            assert_eq!(from_base64::<1>(other), None, "{other:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_spelt_is_read(bytes: [u8; 32]) {
            prop_assert_eq!(from_hex::<32>(&hex(&bytes)), Some(bytes));
            prop_assert_eq!(from_base64::<32>(&base64(&bytes)), Some(bytes));
        }

        #[test]
        fn whatever_is_read_is_spelt_that_way(text in "[A-Za-z0-9+/=]{4}") {
            if let Some(bytes) = from_base64::<2>(&text) {
                prop_assert_eq!(base64(&bytes), text);
            }
        }
    }
}
