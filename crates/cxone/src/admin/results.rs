//! What became of each record of a batch: the Admin API tells failures inside an answer of status 200.

use dncsync_core::number::Number;
use serde::Deserialize;

use super::decode::{Told, told};
use super::digits;
use crate::errors;
use crate::lenient::{Array, Flag, Object, Scalar};
use crate::told::{Failed, Posted, Removed};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Results<'a> {
    #[serde(default, borrow)]
    record_results: Array<Object<RecordResult<'a>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RecordResult<'a> {
    #[serde(default)]
    success: Flag,
    #[serde(default, borrow)]
    error: Scalar<'a>,
    #[serde(default, borrow)]
    formatted_phone: Scalar<'a>,
    #[serde(default, borrow)]
    phone_number: Scalar<'a>,
}

impl RecordResult<'_> {
    /// Whom it is about; results are matched by number, because nothing says in which order they stand.
    fn number(&self) -> Option<Number> {
        digits::of_record(&self.phone_number, &self.formatted_phone)
    }

    fn failed(&self) -> bool {
        !self.success.0.unwrap_or_else(|| self.error.text().is_none())
    }
}

/// What was taken of an upload.
pub(crate) fn posted(body: &[u8]) -> Option<Posted> {
    let failed = failures(body, is_there_already)?;
    Some(Posted { failed, ..Posted::default() })
}

/// What was expired of a removal.
pub(crate) fn removed(body: &[u8]) -> Option<Removed> {
    let failed = failures(body, is_gone_already)?;
    Some(Removed { failed, ..Removed::default() })
}

/// A record without a result, and one whose words say that it is so already, is neither: looking at the group decides.
fn failures(body: &[u8], so_already: fn(&str) -> bool) -> Option<Failed> {
    let results = match told::<Results<'_>>(body)? {
        Told::Nothing => return Some(Failed::default()),
        Told::Body(results) => results.record_results.0,
    };
    let mut failed = Failed::default();
    for result in results.iter().filter_map(|result| result.0.as_ref()).filter(|result| result.failed()) {
        let words = errors::said(&result.error).unwrap_or_else(|| "refused by CXone without a reason".to_owned());
        match result.number() {
            _ if so_already(&words) => {}
            Some(number) if !passes(&words) => failed.named.push((number, words)),
            _ => failed.unnamed = failed.unnamed.or(Some(words)),
        }
    }
    Some(failed)
}

/// A fault that passes is none of the number: it is looked for, and sent again where it is not there.
fn passes(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    ["try again", "timeout", "timed out", "temporar", "busy", "unavailable", "internal", "too many"]
        .iter()
        .any(|said| words.contains(said))
}

/// No document says what an upload of a number that is there already is told.
fn is_there_already(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    let exists = words.contains("exists") && !words.contains("not exists");
    exists || words.contains("already") || words.contains("duplicate")
}

/// Nor what the removal of a number is told that is not there, or expired before.
fn is_gone_already(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    ["not found", "not exist", "no record", "no such", "already", "expired"].iter().any(|said| words.contains(said))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIXED: &str = r#"{"errorCount": 4, "recordResults": [
        {"success": true, "formattedPhone": "(202) 555-0001"},
        {"success": false, "error": "Invalid phone number", "formattedPhone": "(202) 555-0002"},
        {"success": "False", "error": "Record already exists", "phoneNumber": 2025550003},
        {"success": false, "error": "not callable"},
        {"error": "Invalid phone number", "phoneNumber": "2025550005"}]}"#;

    fn number(text: &str) -> Number {
        Number::from_e164(text).unwrap()
    }

    #[test]
    fn failures_are_matched_by_number_wrapped_or_not() {
        for body in [MIXED.to_owned(), format!(r#"{{"resultSet": {MIXED}}}"#)] {
            let failed = posted(body.as_bytes()).unwrap().failed;
            let words = "Invalid phone number".to_owned();
            assert_eq!(failed.named, [(number("+12025550002"), words.clone()), (number("+12025550005"), words)]);
            assert_eq!(failed.unnamed.as_deref(), Some("not callable"));
        }
    }

    #[test]
    fn a_fault_that_passes_refuses_no_number() {
        let body = r#"{"recordResults": [{"success": false, "error": "Internal error, try again", "phoneNumber": "2025550001"}]}"#;
        let failed = posted(body.as_bytes()).unwrap().failed;
        assert_eq!((failed.named, failed.unnamed.as_deref()), (vec![], Some("Internal error, try again")));
    }

    #[test]
    fn what_is_gone_already_is_no_failure() {
        let body = r#"{"recordResults": [{"success": false, "error": "Record not found", "phoneNumber": "2025550001"},
            {"success": false, "error": "locked", "phoneNumber": "2025550002"}]}"#;
        let failed = removed(body.as_bytes()).unwrap().failed;
        assert_eq!(failed.named, [(number("+12025550002"), "locked".to_owned())]);
    }

    #[test]
    fn an_empty_answer_names_nobody_and_a_text_is_no_answer() {
        assert_eq!(posted(b"").unwrap(), Posted::default());
        assert_eq!(posted(b"No known way to render data"), None);
    }
}
