//! What became of each record of a call: the part of an answer 200 that a client must read.

use serde_json::{Value, json};

use super::{batch::Asked, number};
use crate::{Options, Quirk, strike::Telling};

/// `telling`: how much the failures of this call say.
pub(crate) fn results(options: &Options, records: &[Asked], telling: Telling) -> Value {
    let mut failures = 0;
    let mut results = Vec::with_capacity(records.len());
    for record in records {
        let failed = record.failure.is_some();
        failures += usize::from(failed);
        let tells = match telling {
            _ if !failed => true,
            Telling::All => true,
            Telling::First => failures == 1,
            Telling::Nothing => false,
        };
        if failed || !options.has(Quirk::FailuresOnly) {
            results.push(result(options, record, tells));
        }
    }
    if options.has(Quirk::ShuffledResults) {
        fastrand::Rng::with_seed(options.seed).shuffle(&mut results);
    }
    json!({"errorCount": failures, "recordResults": results})
}

fn result(options: &Options, record: &Asked, tells: bool) -> Value {
    let mut result = json!({"success": record.failure.is_none()});
    if let Some(words) = record.failure {
        result["error"] = words.into();
    }
    if !tells {
        return result;
    }
    match record.number {
        Some(number) => {
            if !options.has(Quirk::NoFormatted) {
                result["formattedPhone"] = number::formatted(number).into();
            }
            result["phoneNumber"] = number::plain(number).into();
        }
        None if record.given.is_empty() => {}
        None => result["phoneNumber"] = record.given.as_str().into(),
    }
    result
}
