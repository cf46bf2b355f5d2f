//! Reads the bodies of item calls: all of a batch is right, or the refusal names each fault.

use std::borrow::Cow;

use axum::http::StatusCode;
use serde_json::{Map, Value};

use crate::{
    answer::{ItemError, Refusal},
    item::{Digits, Row, Source, parse_e164},
};

/// Items of a batch, at most.
const BATCH: usize = 10_000;
/// Characters of notes, at most.
const NOTES: usize = 1_024;

/// The items of a post.
pub(crate) fn items(body: &[u8]) -> Result<Vec<Row<'static>>, Refusal> {
    each(body, |index, item, errors| {
        let number = phone_number(index, item, errors);
        let source = source(index, item, errors);
        let notes = notes(index, item, errors);
        Some((number?, source?, notes?))
    })
}

/// The numbers of a removal.
pub(crate) fn numbers(body: &[u8]) -> Result<Vec<Digits>, Refusal> {
    each(body, phone_number)
}

/// Collects what `read` makes of each object; it reports what is wrong and then returns `None`.
fn each<T>(
    body: &[u8],
    read: impl Fn(usize, &Map<String, Value>, &mut Vec<ItemError>) -> Option<T>,
) -> Result<Vec<T>, Refusal> {
    let batch = match serde_json::from_slice(body) {
        Ok(Value::Array(batch)) => batch,
        Ok(_) => return Err(Refusal::bad_request("the body is not an array of items")),
        Err(_) => return Err(Refusal::bad_request("the body is not JSON")),
    };
    if batch.is_empty() || batch.len() > BATCH {
        let message = format!("a batch has 1 to {BATCH} items, this one has {}", batch.len());
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "batch.size", message));
    }
    let mut errors = Vec::new();
    let mut good = Vec::with_capacity(batch.len());
    for (index, item) in batch.iter().enumerate() {
        match item {
            Value::Object(item) => good.extend(read(index, item, &mut errors)),
            _ => fault(&mut errors, index, "", "is not an object"),
        }
    }
    match errors.is_empty() {
        true => Ok(good),
        false => Err(Refusal::bad_items("the batch has faulty items; none of it was taken", errors)),
    }
}

fn phone_number(index: usize, item: &Map<String, Value>, errors: &mut Vec<ItemError>) -> Option<Digits> {
    let number = item.get("phoneNumber").and_then(Value::as_str).and_then(parse_e164);
    if number.is_none() {
        fault(errors, index, "phoneNumber", "is not a valid number in E.164");
    }
    number
}

fn source(index: usize, item: &Map<String, Value>, errors: &mut Vec<ItemError>) -> Option<Source> {
    let source = item.get("source").and_then(Value::as_str).and_then(Source::parse);
    if source.is_none() {
        fault(errors, index, "source", &format!("is not {}", Source::CHOICE));
    }
    source
}

fn notes(index: usize, item: &Map<String, Value>, errors: &mut Vec<ItemError>) -> Option<Cow<'static, str>> {
    match item.get("notes") {
        None => Some(Cow::Borrowed("")),
        Some(Value::String(notes)) if notes.chars().count() <= NOTES => Some(Cow::Owned(notes.clone())),
        Some(Value::String(_)) => {
            fault(errors, index, "notes", &format!("has more than {NOTES} characters"));
            None
        }
        Some(_) => {
            fault(errors, index, "notes", "is not a string");
            None
        }
    }
}

fn fault(errors: &mut Vec<ItemError>, index: usize, field: &'static str, what: &str) {
    errors.push(ItemError { index, field, message: format!("{field} {what}").trim_start().to_owned() });
}
