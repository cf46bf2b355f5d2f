//! Reads the bodies of calls about records: each record is judged alone.

use serde_json::{Map, Value};

use super::{number, show::bad};
use crate::{answer::Refusal, clock::parse_moment, item::Digits};

/// Records of a call, at most.
const BATCH: usize = 4_500;
/// Of what is no number, so much is told back.
const TOLD: usize = 32;

/// One record of a call, and what becomes of it.
pub(crate) struct Asked {
    /// As it came, for the answer.
    pub(crate) given: String,
    pub(crate) number: Option<Digits>,
    /// When it is to expire by itself, in milliseconds since the epoch.
    pub(crate) date: Option<u64>,
    pub(crate) failure: Option<&'static str>,
}

impl Asked {
    /// The number of a record that has not failed.
    pub(crate) fn good(&self) -> Option<Digits> {
        self.number.filter(|_| self.failure.is_none())
    }
}

pub(crate) fn records(body: &[u8]) -> Result<Vec<Asked>, Refusal> {
    let fields: Map<String, Value> = serde_json::from_slice(body).map_err(|_| bad("The body is not a JSON object"))?;
    let records = fields.get("dncGroupRecords").and_then(Value::as_array);
    let records = records.filter(|records| !records.is_empty());
    let records = records.ok_or_else(|| bad("Missing parameter dncGroupRecords"))?;
    if records.len() > BATCH {
        return Err(bad("Maximum of 4,500 records per upload exceeded"));
    }
    Ok(records.iter().map(record).collect())
}

fn record(record: &Value) -> Asked {
    let given = match &record["phoneNumber"] {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let number = number::read(&given);
    let date = &record["expiredDate"];
    let known = date.as_str().and_then(parse_moment);
    let failure = match number {
        None => Some("Invalid phone number"),
        Some(_) if !date.is_null() && known.is_none() => Some("Invalid expired date"),
        Some(_) => None,
    };
    Asked { given: given.chars().take(TOLD).collect(), number, date: known, failure }
}

/// The numbers of the records that have not failed.
pub(crate) fn numbers(records: &[Asked]) -> Vec<Digits> {
    records.iter().filter_map(Asked::good).collect()
}

/// The dates of the records that have not failed.
pub(crate) fn dates(records: &[Asked]) -> Vec<(Digits, u64)> {
    records.iter().filter_map(|record| record.good().zip(record.date)).collect()
}
