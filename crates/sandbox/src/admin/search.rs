//! `POST …/dnc-groups/search?phoneNumber=…`: which groups have a number, expired ones that linger included.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use serde_json::{Value, json};

use super::{
    call::Call,
    number::read_loose,
    reading::{Fields, fields},
    show::{Wrap, bad, found, nothing, shown},
};
use crate::{answer::Refusal, tenant::Tenant};

pub(crate) async fn search(State(tenant): State<Arc<Tenant>>, _call: Call, query: Fields) -> Result<Response, Refusal> {
    let fields = fields(query)?;
    let number = fields.get("phoneNumber").and_then(|text| read_loose(text));
    let number = number.ok_or_else(|| bad("Invalid phone number"))?;
    tenant
        .work(move |tenant| {
            let now = tenant.now();
            let mut lists = tenant.lists();
            let results: Vec<Value> = lists
                .all_mut()
                .iter_mut()
                .filter_map(|list| list.search(number, now).map(|row| found(list, &row)))
                .collect();
            match results.is_empty() {
                true => Ok(nothing()),
                false => Ok(shown(&tenant.options, Wrap::Bare, json!({"searchResults": results}))),
            }
        })
        .await
}
