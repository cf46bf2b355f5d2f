//! Reads the bodies of calls about records: each record is judged alone.

use serde_json::{Map, Value};

use super::{number, show::bad};
use crate::{answer::Refusal, item::Digits};

/// Records of a call, at most.
const BATCH: usize = 4_500;
/// Of what is no number, so much is told back.
const TOLD: usize = 32;

/// One record of a call, and what becomes of it.
pub(crate) struct Asked {
    /// As it came, for the answer.
    pub(crate) given: String,
    pub(crate) number: Option<Digits>,
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
    let failure = match (number, &record["expiredDate"]) {
        (None, _) => Some("Invalid phone number"),
        (Some(_), Value::Null) => None,
        // Nobody has seen how a tenant reads such a date: a client that relies on it must not pass here unnoticed.
        (Some(_), _) => Some("expiredDate is not supported"),
    };
    Asked { given: given.chars().take(TOLD).collect(), number, failure }
}

/// The numbers of the records that have not failed.
pub(crate) fn numbers(records: &[Asked]) -> Vec<Digits> {
    records.iter().filter_map(Asked::good).collect()
}
