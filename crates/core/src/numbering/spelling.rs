//! Which spellings are plain: those of which it is certain what the library makes of them.
//!
//! Digits, with one plus before them at most, and with spaces, brackets, dots, dashes and slashes anywhere. The library
//! drops all of these, and whatever white space is around. Letters, `#`, `,`, `;` and `~` may begin an extension, a second plus and a
//! tab within make it no number, and digits of other scripts are digits: the library's to say.

use super::word::MOST_DIGITS;

/// `+` and digits, the usual spelling.
pub(super) struct E164<'a> {
    /// The digits, as characters.
    pub(super) digits: &'a [u8],
    /// The first four of them, as an integer.
    pub(super) first_four: usize,
    /// All of them, as an integer.
    pub(super) value: u64,
}

/// Powers of ten for what eight digits leave.
const POWERS: [u64; 8] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

/// Reads `+` and 8 to 15 digits, eight at a time: the first eight and the last eight, which overlap.
#[inline]
pub(super) fn e164(text: &[u8]) -> Option<E164<'_>> {
    let (b'+', digits) = text.split_first()? else { return None };
    let more = digits.len().checked_sub(8)?;
    let power = *POWERS.get(more)?;
    let first = eight(*digits.first_chunk()?)?;
    let last = eight(*digits.last_chunk()?)?;
    // Digits that were among the first become leading zeros. Two shifts, since one by 64 is none.
    let repeated = 8 * (7 - more);
    let (first_four, first) = integer(first);
    let (_, last) = integer(last >> repeated >> 8 << 8 << repeated);
    Some(E164 { digits, first_four, value: first * power + last })
}

/// Eight digits as values, the first in the lowest byte; `None` where one is none.
#[inline]
fn eight(characters: [u8; 8]) -> Option<u64> {
    const ZEROS: u64 = 0x3030_3030_3030_3030;
    const HIGH: u64 = 0xf0f0_f0f0_f0f0_f0f0;
    let digits = u64::from_le_bytes(characters) ^ ZEROS;
    // Beyond 9, six more carry into the upper half of the byte.
    ((digits | digits.wrapping_add(0x0606_0606_0606_0606)) & HIGH == 0).then_some(digits)
}

/// The first four of eight digits, and all of them, as integers: neighbours are joined to pairs, and pairs to fours.
#[inline]
fn integer(digits: u64) -> (usize, u64) {
    let pairs = (digits * 10 + (digits >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    let first = fours & 0xffff;
    (first as usize, first * 10_000 + (fours >> 32))
}

/// Any plain spelling.
pub(super) struct Plain {
    /// Whether a plus stands before the digits.
    pub(super) plus: bool,
    /// All digits, as an integer.
    pub(super) value: u64,
    digits: [u8; MOST_DIGITS],
    count: usize,
}

impl Plain {
    /// The digits, as characters.
    pub(super) fn digits(&self) -> &[u8] {
        &self.digits[..self.count]
    }
}

/// Reads it; `None` where it is not plain, or has no digit or too many.
#[inline]
pub(super) fn plain(text: &[u8]) -> Option<Plain> {
    let mut plain = Plain { plus: false, value: 0, digits: [0; MOST_DIGITS], count: 0 };
    for &byte in text.trim_ascii() {
        match byte {
            b'0'..=b'9' => {
                *plain.digits.get_mut(plain.count)? = byte;
                plain.count += 1;
                plain.value = 10 * plain.value + u64::from(byte - b'0');
            }
            b' ' | b'(' | b')' | b'.' | b'-' | b'/' => {}
            b'+' if plain.count == 0 && !plain.plus => plain.plus = true,
            _ => return None,
        }
    }
    (plain.count > 0).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_eight_at_a_time() {
        for text in ["+12345678", "+120255501", "+12025550123", "+999999999999999", "+10000000000000"] {
            let read = e164(text.as_bytes()).expect(text);
            assert_eq!(Ok(read.value), text[1..].parse(), "{text}");
            assert_eq!(Ok(read.first_four), text[1..5].parse(), "{text}");
            assert_eq!(read.digits, &text.as_bytes()[1..]);
        }
    }

    #[test]
    fn every_other_character_is_noticed_at_every_place() {
        for place in 0..12 {
            for byte in (0..=255).filter(|byte: &u8| !byte.is_ascii_digit()) {
                let mut text = *b"+12025550123";
                text[place] = byte;
                assert_eq!(e164(&text).is_some(), place == 0 && byte == b'+', "{byte} at {place}");
            }
        }
        assert!(e164(b"+1234567").is_none() && e164(b"+1234567890123456").is_none() && e164(b"").is_none());
    }

    #[test]
    fn plain_is_punctuation_around_digits() {
        let read = |text: &str| plain(text.as_bytes()).map(|plain| (plain.plus, plain.value));
        assert_eq!(read(" +1 (202) 555-01.23/\t\r\n"), Some((true, 12_025_550_123)));
        assert_eq!(read("(202) 555-0123"), Some((false, 2_025_550_123)));
        assert_eq!(read("(+1) 202"), Some((true, 1_202)));
        for text in ["", "+", "()", "++1202", "1+202", "202\t555", "202 555 x1", "２02", "1234567890123456"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
