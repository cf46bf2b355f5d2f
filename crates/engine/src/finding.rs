//! On which line of a file does a number stand? Looked up only where the file is still what it was when it was loaded.

use std::fs::File;
use std::io::{BufRead, BufReader};

use dncsync_core::check;
use dncsync_core::number::Number;
use dncsync_store::LoadFile;

use crate::inputs::modified;

/// Larger files are not searched: whoever explains a number should not wait for a registry to be read.
const LARGEST: u64 = 64 << 20;

/// How many last digits must stand together for a line to be looked at: `12 34` is how some people end a number.
const TAIL: usize = 2;

/// The first line of the file that names the number; `None` where the file changed, went away or is too large, or where
/// the number is written in a way that only its country tells.
pub(crate) fn line_of(file: &LoadFile, number: Number) -> Option<u64> {
    if file.path.is_empty() || file.bytes > LARGEST {
        return None;
    }
    let metadata = std::fs::metadata(&file.path).ok()?;
    if metadata.len() != file.bytes || modified(&metadata) != file.modified {
        return None;
    }
    let digits = number.get().to_string();
    let tail = &digits.as_bytes()[digits.len() - TAIL.min(digits.len())..];
    let mut lines = BufReader::with_capacity(1 << 18, File::open(&file.path).ok()?);
    let (mut line, mut at) = (Vec::new(), 0);
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line).ok()? == 0 {
            return None;
        }
        at += 1;
        if memchr::memmem::find(&line, tail).is_some() && names(&line, &digits, number) {
            return Some(at);
        }
    }
}

/// Whether a line names the number: as its digits, with or without separators, or in national form.
pub(crate) fn names(line: &[u8], digits: &str, number: Number) -> bool {
    let text = String::from_utf8_lossy(line);
    let kept: String = text.chars().filter(char::is_ascii_digit).collect();
    if kept.contains(digits) {
        return true;
    }
    // National forms lack the calling code: the field is read as of the number's own country, which is +1 where a
    // registry's layout leaves it out.
    digits.starts_with('1')
        && kept.contains(&digits[1..])
        && check::read_number(&format!("+{digits}"), None) == Ok(number)
}
