//! How answers are shaped.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use super::number;
use crate::{
    Options, Quirk,
    answer::{Refusal, answer},
    clock::moment,
    list::{List, Row},
};

/// Whether an answer is in a `resultSet` where no quirk says otherwise.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrap {
    ResultSet,
    Bare,
}

pub(crate) fn shown(options: &Options, usual: Wrap, body: Value) -> Response {
    let wraps = !options.has(Quirk::Unwrapped) && (options.has(Quirk::Wrapped) || usual == Wrap::ResultSet);
    let mut body = if wraps { json!({"resultSet": body}) } else { body };
    if options.has(Quirk::Strings) {
        spell(&mut body);
    }
    answer(StatusCode::OK, &body)
}

/// There is nothing to show: an empty answer instead of an empty array.
pub(crate) fn nothing() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// Done, and nothing to tell of it.
pub(crate) fn done() -> Response {
    StatusCode::OK.into_response()
}

pub(crate) fn bad(words: impl Into<String>) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "BadRequest", words)
}

pub(crate) fn no_such_group() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "NotFound", "There is no DNC group of that id")
}

pub(crate) fn group(list: &List) -> Value {
    json!({
        "dncGroupId": id(&list.about.id),
        "dncGroupName": list.about.list_name,
        "dncGroupDescription": list.about.description,
        "validRecords": list.active(),
        "isActive": list.group.active,
        "isRemoved": false,
        "createDate": second(list.created),
        "lastUpdateTime": second(list.group.updated),
    })
}

pub(crate) fn record(row: &Row) -> Value {
    let mut record = json!({
        "recordId": row.id,
        "createdBy": 1,
        "phoneNumber": number::plain(row.number),
        "formattedPhone": number::formatted(row.number),
        "dateCollected": second(row.collected),
        "lastUpdateTime": second(row.updated),
    });
    expire(&mut record, row);
    record
}

pub(crate) fn found(list: &List, row: &Row) -> Value {
    let mut found = json!({
        "dncGroupId": id(&list.about.id),
        "dncGroupName": list.about.list_name,
        "dncGroupDescription": list.about.description,
        "formattedPhone": number::formatted(row.number),
        "dateCollected": second(row.collected),
        "lastUpdateTime": second(row.updated),
    });
    expire(&mut found, row);
    found
}

fn expire(record: &mut Value, row: &Row) {
    if let Some(at) = row.expired {
        record["expiredDate"] = moment(at.get()).into();
    }
}

/// Only these fields of an object; all of them where none is named.
pub(crate) fn only(fields: &[String], object: Value) -> Value {
    match object {
        Value::Object(all) if !fields.is_empty() => {
            let named = all.into_iter().filter(|(name, _)| fields.contains(name));
            Value::Object(named.collect::<Map<String, Value>>())
        }
        object => object,
    }
}

fn id(text: &str) -> u64 {
    text.parse().unwrap_or_default()
}

fn second(epoch_seconds: u32) -> String {
    moment(u64::from(epoch_seconds) * 1000)
}

/// Numbers become strings.
fn spell(value: &mut Value) {
    match value {
        Value::Number(number) => *value = Value::String(number.to_string()),
        Value::Array(values) => values.iter_mut().for_each(spell),
        Value::Object(fields) => fields.values_mut().for_each(spell),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}
