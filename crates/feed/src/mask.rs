//! Text of an input, made fit for a message.

use crate::limits::SHOWN_CHARS;
use crate::number_like::FEWEST_DIGITS;

/// The start of `text` on one line, of everything like a number only the last two digits.
pub(crate) fn shown(text: &str) -> String {
    // Much more than is shown, so that a number that the cut goes through is known for one.
    let mut chars: Vec<char> = text.trim().chars().take(5 * SHOWN_CHARS).collect();
    mask_numbers(&mut chars);
    let cut = chars.len() > SHOWN_CHARS;
    let mut shown: String = chars.into_iter().take(SHOWN_CHARS).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if cut {
        shown.push('…');
    }
    shown
}

/// Digits belong together until a word stands between them: `801,5551234` and `1 202 555x0123` are one number each.
fn mask_numbers(chars: &mut [char]) {
    let mut digits = Vec::new();
    let mut letters = 0;
    for index in 0..chars.len() {
        let c = chars[index];
        letters = if c.is_alphabetic() { letters + 1 } else { 0 };
        if c.is_numeric() {
            digits.push(index);
        } else if letters == 2 {
            mask_digits(chars, &digits);
            digits.clear();
        }
    }
    mask_digits(chars, &digits);
}

fn mask_digits(chars: &mut [char], digits: &[usize]) {
    if digits.len() >= FEWEST_DIGITS {
        for &index in &digits[..digits.len() - 2] {
            chars[index] = '•';
        }
    }
}
