//! Bytes into text, whatever they are.

/// Appends `bytes` as text, each sequence that is not UTF-8 as U+FFFD. Says whether there was one.
pub(crate) fn push(text: &mut String, bytes: &[u8]) -> bool {
    if let Ok(whole) = std::str::from_utf8(bytes) {
        text.push_str(whole);
        return false;
    }
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    true
}

/// The same, to bytes that are text.
#[inline]
pub(crate) fn push_bytes(text: &mut Vec<u8>, bytes: &[u8]) -> bool {
    if bytes.is_ascii() || std::str::from_utf8(bytes).is_ok() {
        text.extend_from_slice(bytes);
        return false;
    }
    let mut mended = String::new();
    push(&mut mended, bytes);
    text.extend_from_slice(mended.as_bytes());
    true
}

/// Appends the first `chars` characters of `bytes`, white space around them left out.
pub(crate) fn push_start(text: &mut String, bytes: &[u8], chars: usize) {
    // Four bytes are the longest character; one more character than asked, so that the cut never splits the last.
    let enough = &bytes.trim_ascii()[..bytes.trim_ascii().len().min(4 * (chars + 1))];
    text.extend(String::from_utf8_lossy(enough).chars().take(chars));
}
