//! The text of a JSON value.

use memchr::memchr;
use serde_json::value::RawValue;

/// What was put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pushed {
    pub(super) kind: Kind,
    /// Whether the value held half a character.
    pub(super) mended: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A string, number or boolean; or null, which is empty.
    Plain,
    /// An object or an array.
    Nested,
}

/// Appends a value: a string without its quotes and escapes, null as nothing, anything else as it is written.
pub(super) fn push(text: &mut String, value: &RawValue) -> Pushed {
    let json = value.get();
    let plain = |mended| Pushed { kind: Kind::Plain, mended };
    match json.as_bytes().first() {
        Some(b'"') => plain(push_unescaped(text, json[1..].strip_suffix('"').unwrap_or_default())),
        Some(b'n') => plain(false),
        Some(b'{' | b'[') => {
            text.push_str(json);
            Pushed { kind: Kind::Nested, mended: false }
        }
        _ => {
            text.push_str(json);
            plain(false)
        }
    }
}

/// Appends the inside of a JSON string whose escapes are known to be well formed, halves of surrogate pairs as U+FFFD.
/// serde_json would refuse the whole row for such a half, and an emoji cut in two must not keep a number from being
/// blocked.
fn push_unescaped(text: &mut String, mut rest: &str) -> bool {
    let mut mended = false;
    while let Some(backslash) = memchr(b'\\', rest.as_bytes()) {
        text.push_str(&rest[..backslash]);
        let escape = &rest[backslash + 1..];
        let (character, length) = match escape.as_bytes().first() {
            Some(b'u') => unicode(escape),
            Some(b'b') => (Some('\u{8}'), 1),
            Some(b'f') => (Some('\u{c}'), 1),
            Some(b'n') => (Some('\n'), 1),
            Some(b'r') => (Some('\r'), 1),
            Some(b't') => (Some('\t'), 1),
            // A quote, a slash or a backslash stands for itself.
            _ => (escape.chars().next(), 1),
        };
        mended |= character.is_none();
        text.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
        rest = escape.get(length..).unwrap_or_default();
    }
    text.push_str(rest);
    mended
}

/// The character of `uXXXX` or `uXXXX\uXXXX`, and the length of that.
fn unicode(escape: &str) -> (Option<char>, usize) {
    let unit = |start: usize| u16::from_str_radix(escape.get(start..start + 4)?, 16).ok();
    let Some(first) = unit(1) else { return (None, 5) };
    let second = if escape.get(5..7) == Some("\\u") { unit(7) } else { None };
    let single = char::from_u32(u32::from(first));
    match (single, second) {
        (Some(character), _) => (Some(character), 5),
        (None, Some(second)) => match char::decode_utf16([first, second]).next() {
            Some(Ok(pair)) => (Some(pair), 11),
            _ => (None, 5),
        },
        (None, None) => (None, 5),
    }
}
