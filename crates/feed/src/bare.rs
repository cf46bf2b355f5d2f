//! Lines that are a number and nothing else, many at a time: of a national registry there are hundreds of millions.

use dncsync_core::number::Number;
use memchr::memchr;

/// A line that is longer is no plain number, and is left to who looks at it alone.
const LONGEST: usize = 64;

/// How wide a line is, in bytes.
#[derive(Clone, Copy)]
struct Width {
    /// Of its text.
    text: usize,
    /// With its end.
    whole: usize,
}

/// Reads lines from the head of `window`, `most` at most, up to the first that is no number at sight, or that does not end
/// there. How many bytes they were.
///
/// `at_sight` knows no number in a text with a line end within, or with white space around.
pub(crate) fn read(
    window: &[u8],
    most: usize,
    numbers: &mut Vec<Number>,
    at_sight: impl Fn(&[u8]) -> Option<Number>,
) -> usize {
    let (mut at, mut width) = (0, Width { text: 0, whole: 1 });
    numbers.reserve(most);
    for _ in 0..most {
        let rest = &window[at..];
        let number = match like_before(rest, width).and_then(&at_sight) {
            Some(number) => number,
            None => {
                let Some(found) = first_line(rest) else { break };
                width = found;
                let Some(number) = at_sight(&rest[..width.text]) else { break };
                number
            }
        };
        numbers.push(number);
        at += width.whole;
    }
    at
}

/// The text up to where the line ends if it is as wide as the one before it, and next to all are. Whether a line ended
/// before that place nobody looked: then the text is no number.
#[inline]
fn like_before(rest: &[u8], width: Width) -> Option<&[u8]> {
    let line = rest.get(..width.whole)?;
    let (text, end) = line.split_at_checked(width.text)?;
    matches!(end, b"\n" | b"\r\n").then_some(text)
}

fn first_line(rest: &[u8]) -> Option<Width> {
    let newline = memchr(b'\n', &rest[..rest.len().min(LONGEST)])?;
    let text = if newline > 0 && rest[newline - 1] == b'\r' { newline - 1 } else { newline };
    Some(Width { text, whole: newline + 1 })
}
