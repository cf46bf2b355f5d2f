//! Integers of as many bytes as they need, seven bits a byte, the lowest first; all but the last say that more follow.

/// The most bytes of an integer.
const MOST: usize = 10;

/// Bytes that end too soon, or are not what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stored bytes end too soon")]
pub struct Cut;

/// Appends an integer.
#[inline]
pub fn put(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// Takes an integer off `bytes`.
///
/// # Errors
/// [`Cut`] where there is none.
#[inline]
pub fn take(bytes: &mut &[u8]) -> Result<u64, Cut> {
    let mut value = 0;
    for (place, byte) in bytes.iter().enumerate().take(MOST) {
        value |= u64::from(byte & 0x7F) << (7 * place);
        if byte & 0x80 == 0 {
            *bytes = &bytes[place + 1..];
            return Ok(value);
        }
    }
    Err(Cut)
}

/// Appends a text, its length before it.
pub fn put_text(bytes: &mut Vec<u8>, text: &str) {
    put(bytes, text.len() as u64);
    bytes.extend_from_slice(text.as_bytes());
}

/// Takes a text off `bytes`.
///
/// # Errors
/// [`Cut`] where there is none.
#[inline]
pub fn take_text<'a>(bytes: &mut &'a [u8]) -> Result<&'a str, Cut> {
    let length = usize::try_from(take(bytes)?).map_err(|_| Cut)?;
    let (text, rest) = bytes.split_at_checked(length).ok_or(Cut)?;
    *bytes = rest;
    std::str::from_utf8(text).map_err(|_| Cut)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Stores of earlier versions were written by postcard.
        #[test]
        fn what_is_put_is_taken_and_lies_as_postcard_wrote_it(value: u64, text in ".{0,20}") {
            let mut bytes = Vec::new();
            put(&mut bytes, value);
            put_text(&mut bytes, &text);
            prop_assert_eq!(&bytes, &postcard::to_extend(&(value, &*text), Vec::new()).expect("room"));
            let mut rest = bytes.as_slice();
            prop_assert_eq!((take(&mut rest), take_text(&mut rest)), (Ok(value), Ok(&*text)));
            prop_assert!(rest.is_empty());
            prop_assert_eq!(take(&mut &bytes[..0]), Err(Cut));
            prop_assert!(take_text(&mut &[5, b'a'][..]).is_err());
        }
    }

    #[test]
    fn an_integer_without_an_end_is_none() {
        assert_eq!(take(&mut &[255; 40][..]), Err(Cut));
    }
}
