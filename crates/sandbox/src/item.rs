//! One item of a list: a number, where it came from, and a note.

use std::{borrow::Cow, collections::HashSet, sync::Arc};

use rlibphonenumber::{PhoneNumber, PhoneNumberFormat};
use serde::{Deserialize, Serialize};

/// A number without its plus. E.164 has at most 15 digits and none begins with 0, so nothing is lost.
pub(crate) type Digits = u64;

/// Strict E.164 that libphonenumber calls valid; anything else is `None`.
pub(crate) fn parse_e164(text: &str) -> Option<Digits> {
    let digits = text.strip_prefix('+')?;
    if !(2..=15).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) || digits.starts_with('0') {
        return None;
    }
    let number = PhoneNumber::parse(text, None).ok()?;
    // A national prefix behind the calling code is dropped by the parser: valid for it, but not E.164 as written.
    if !number.is_valid() || number.format_as(PhoneNumberFormat::E164) != text {
        return None;
    }
    digits.parse().ok()
}

/// `+` and the digits.
pub(crate) fn write_e164(digits: Digits) -> String {
    format!("+{digits}")
}

/// `source` of an item and `sourceType` of a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Source {
    Manual,
    Regulatory,
    CustomerRequest,
    System,
}

impl Source {
    pub(crate) const CHOICE: &str = "MANUAL, REGULATORY, CUSTOMER_REQUEST or SYSTEM";

    pub(crate) fn parse(text: &str) -> Option<Source> {
        [Source::Manual, Source::Regulatory, Source::CustomerRequest, Source::System]
            .into_iter()
            .find(|source| source.as_str() == text)
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Source::Manual => "MANUAL",
            Source::Regulatory => "REGULATORY",
            Source::CustomerRequest => "CUSTOMER_REQUEST",
            Source::System => "SYSTEM",
        }
    }
}

/// An item as a list keeps it: 32 bytes, because a list may hold millions; equal notes of one call are kept once.
#[derive(Clone)]
pub(crate) struct Item {
    pub(crate) number: Digits,
    notes: Option<Arc<str>>,
    /// Seconds since the epoch.
    pub(crate) added: u32,
    pub(crate) source: Source,
}

impl Item {
    pub(crate) fn notes(&self) -> &str {
        self.notes.as_deref().unwrap_or_default()
    }
}

/// An item on its way in, as a call or a journal line tells it.
pub(crate) type Row<'a> = (Digits, Source, Cow<'a, str>);

/// Makes the items of one call, each distinct note once.
pub(crate) struct ItemMaker {
    added: u32,
    notes: HashSet<Arc<str>>,
}

impl ItemMaker {
    pub(crate) fn new(added: u32) -> ItemMaker {
        ItemMaker { added, notes: HashSet::new() }
    }

    pub(crate) fn make(&mut self, (number, source, notes): &Row<'_>) -> Item {
        Item { number: *number, notes: self.share(notes), added: self.added, source: *source }
    }

    fn share(&mut self, notes: &str) -> Option<Arc<str>> {
        if notes.is_empty() {
            return None;
        }
        if let Some(known) = self.notes.get(notes) {
            return Some(known.clone());
        }
        let notes: Arc<str> = notes.into();
        self.notes.insert(notes.clone());
        Some(notes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_strict_and_valid_e164_is_a_number() {
        assert_eq!(parse_e164("+12025551234"), Some(12_025_551_234));
        assert_eq!(parse_e164("+390612345678"), Some(390_612_345_678));
        for text in [
            "",
            "+",
            "12025551234",
            "+1 202 555 1234",
            "+12025551234x5",
            "+1202555123",
            "+02025551234",
            "+١٢",
            "+1202555123456789",
        ] {
            assert_eq!(parse_e164(text), None, "{text}");
        }
    }

    #[test]
    fn a_national_prefix_inside_is_not_e164() {
        assert_eq!(parse_e164("+4402079460018"), None);
        assert_eq!(parse_e164("+442079460018"), Some(442_079_460_018));
    }

    #[test]
    fn an_item_is_small() {
        assert_eq!(size_of::<Item>(), 32);
    }
}
