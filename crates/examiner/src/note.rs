//! Signed notes, and the checkpoints among them.

use crate::chain::Chain;
use crate::key::Key;
use crate::spelling::{base64, from_base64};
use crate::tree::Hash;

/// A text with one signature below it.
pub(crate) struct Note<'a> {
    text: &'a str,
    name: &'a str,
    key: [u8; 4],
    signature: [u8; 64],
}

impl<'a> Note<'a> {
    /// Reads a note that has exactly one signature.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, String> {
        let whole = std::str::from_utf8(bytes).map_err(|_| "it is no text in UTF-8")?;
        let (text, signature) = whole.rsplit_once("\n\n").ok_or("no empty line stands before its signature")?;
        if text.is_empty() || text.contains(|letter: char| letter.is_ascii_control() && letter != '\n') {
            return Err("its text is empty or holds control characters".to_owned());
        }
        let line = signature.strip_suffix('\n').filter(|line| !line.contains('\n'));
        let line = line.ok_or("it must end in one line of signature, and a line end")?;
        let spelt = line.strip_prefix("\u{2014} ").and_then(|rest| rest.split_once(' '));
        let (name, spelt) = spelt.ok_or("its signature is not of the form `— NAME SIGNATURE`")?;
        let bytes = from_base64::<68>(spelt).ok_or("its signature is no Ed25519 signature in base64")?;
        let (mut key, mut signature) = ([0; 4], [0; 64]);
        key.copy_from_slice(&bytes[..4]);
        signature.copy_from_slice(&bytes[4..]);
        Ok(Self { text: &whole[..text.len() + 1], name, key, signature })
    }

    /// The lines of its text.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &'a str> {
        self.text[..self.text.len() - 1].split('\n')
    }

    /// Whether this key signed it.
    pub(crate) fn check(&self, key: &Key) -> Result<(), String> {
        if self.name != key.name() {
            return Err(format!("it is signed in the name of {}, and not of {}", self.name, key.name()));
        }
        if self.key != key.hash() {
            return Err(format!("it names another key than {key}, whose turn it was"));
        }
        if !key.signed(self.text.as_bytes(), &self.signature) {
            return Err(format!("its signature is not one of {key} over this text"));
        }
        Ok(())
    }
}

/// What a log commits to: so many lines, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Checkpoint {
    pub(crate) size: u64,
    pub(crate) root: Hash,
}

impl Checkpoint {
    /// Reads a checkpoint that the key signed whose turn it was.
    pub(crate) fn read(bytes: &[u8], chain: &Chain) -> Result<Self, String> {
        let note = Note::read(bytes)?;
        let lines: Vec<&str> = note.lines().collect();
        let [origin, size, root] = lines[..] else {
            return Err("above its signature must stand three lines: origin, size, root".to_owned());
        };
        if origin != chain.origin() {
            return Err(format!("its origin is {origin}, and not {}", chain.origin()));
        }
        let read = Self {
            size: number(size)
                .filter(|size| *size > 0)
                .ok_or("its size is no number, or not as numbers are written")?,
            root: from_base64(root).ok_or("its root is no hash in base64")?,
        };
        note.check(chain.at(read.size))?;
        Ok(read)
    }

    /// The lines that a note has of it below its origin.
    pub(crate) fn lines(&self) -> [String; 2] {
        [self.size.to_string(), base64(&self.root)]
    }
}

/// A number in the one form that it has: no sign, no zero before it.
pub(crate) fn number(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_one_form() {
        assert_eq!(number("0"), Some(0));
        assert_eq!(number("18446744073709551615"), Some(u64::MAX));
        for other in ["", "+1", "01", "1 ", "-1", "18446744073709551616", "٣"] {
            assert_eq!(number(other), None, "{other:?}");
        }
    }

    #[test]
    fn a_note_is_a_text_and_one_signature() {
        let signature = format!("\u{2014} log {}\n", base64(&[7; 68]));
        let note = format!("one\n\ntwo\n\n{signature}");
        let read = Note::read(note.as_bytes()).expect("a note");
        assert_eq!(read.lines().collect::<Vec<_>>(), ["one", "", "two"]);
        for wrong in [
            format!("one\n{signature}"),
            format!("\n\n{signature}"),
            format!("one\r\n\n{signature}"),
            format!("one\n\n{signature}{signature}"),
            format!("one\n\n{signature}\n"),
            format!("one\n\n{}", signature.trim_end()),
            format!("one\n\n{}", signature.replace('\u{2014}', "-")),
            "one\n\n".to_owned(),
            String::new(),
        ] {
            assert!(Note::read(wrong.as_bytes()).is_err(), "{wrong:?}");
        }
    }
}
