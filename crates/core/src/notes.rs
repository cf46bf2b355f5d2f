//! Notes made fit for CXone. A fault in the notes never keeps a number from being blocked: it is mended and counted.

use std::borrow::Cow;

use crate::row::RowRef;

/// Longest notes that CXone takes, in characters (`/api/v2/dnc` contract).
pub const MAX_CHARACTERS: usize = 1024;

/// What was mended in one row's notes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mended {
    /// They were longer than [`MAX_CHARACTERS`].
    pub cut: bool,
    /// They held control characters.
    pub controls: bool,
    /// They held bytes that were not UTF-8.
    pub encoding: bool,
}

impl Mended {
    /// The stable names of what was mended, for the report's `warnings`.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        [(self.cut, "notes.cut"), (self.controls, "notes.controls"), (self.encoding, "notes.encoding")]
            .into_iter()
            .filter_map(|(happened, name)| happened.then_some(name))
    }
}

/// The notes of a row as they go to CXone: without controls, with the date of the request at the end where the row
/// tells one, and no longer than CXone takes. Where something must go it is the text, never the date. `None`: as the row has
/// them, without the white space around.
pub fn tidy(row: RowRef<'_>) -> (Option<Box<str>>, Mended) {
    let mut mended = Mended { encoding: row.mended_encoding, ..Mended::default() };
    if row.received_at.is_empty() && is_fit(row.notes) {
        return (None, mended);
    }
    let text = without_controls(row.notes.trim(), &mut mended);
    let date = without_controls(row.received_at.trim(), &mut mended);
    let date = cut(&date, 64, &mut mended);
    let suffix = if date.is_empty() { String::new() } else { format!("[received {date}]") };
    if suffix.is_empty() {
        return (Some(cut(&text, MAX_CHARACTERS, &mut mended).into()), mended);
    }
    let gap = usize::from(!text.is_empty());
    let text = cut(&text, MAX_CHARACTERS - suffix.chars().count() - gap, &mut mended);
    let space = if gap == 1 { " " } else { "" };
    (Some(format!("{text}{space}{suffix}").into_boxed_str()), mended)
}

/// Whether nothing has to be done to notes, as can be told at sight: most are short, and without any sign of another script.
#[inline]
fn is_fit(notes: &str) -> bool {
    notes.len() <= MAX_CHARACTERS && notes.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// A line break or a tab becomes a space, so that words stay apart; every other control goes.
fn without_controls<'a>(text: &'a str, mended: &mut Mended) -> Cow<'a, str> {
    if !text.contains(char::is_control) {
        return Cow::Borrowed(text);
    }
    mended.controls = true;
    let kept = text
        .replace("\r\n", " ")
        .chars()
        .map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c })
        .filter(|c| !c.is_control())
        .collect();
    Cow::Owned(kept)
}

fn cut<'a>(text: &'a str, characters: usize, mended: &mut Mended) -> &'a str {
    match text.char_indices().nth(characters) {
        None => text,
        Some((end, _)) => {
            mended.cut = true;
            &text[..end]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tidied(notes: &str, received_at: &str) -> (String, Vec<&'static str>) {
        let (tidied, mended) = tidy(RowRef { notes, received_at, ..RowRef::default() });
        (tidied.unwrap_or_else(|| notes.trim().into()).into(), mended.names().collect())
    }

    #[test]
    fn plain_notes_stay_as_they_are() {
        assert_eq!(tidied("Opt-out via IVR", ""), ("Opt-out via IVR".into(), vec![]));
    }

    #[test]
    fn controls_go_and_words_stay_apart() {
        assert_eq!(tidied("said\r\nno\u{7}", ""), ("said no".into(), vec!["notes.controls"]));
    }

    #[test]
    fn the_date_of_the_request_is_kept_whatever_is_cut() {
        let (notes, warnings) = tidied(&"x".repeat(5000), "2026-10-01");
        assert_eq!(notes.chars().count(), MAX_CHARACTERS);
        assert!(notes.ends_with("x [received 2026-10-01]"));
        assert_eq!(warnings, ["notes.cut"]);
    }
}
