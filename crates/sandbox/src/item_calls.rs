//! The calls about items.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{Path, State, rejection::PathRejection},
    http::{StatusCode, Uri},
    response::Response,
};
use serde::Serialize;
use serde_json::json;

use crate::{
    answer::{ItemError, Refusal, answer},
    batch,
    bearer::Bearer,
    clock::date,
    item::{Digits, Item, write_e164},
    page::{Ask, Fields, fields, page},
    strike::{Refused, Telling},
    tenant::Tenant,
};

/// Items on a page where nothing is asked for.
const PAGE: usize = 1_000;

type Id = Result<Path<String>, PathRejection>;

/// `POST /api/v2/dnc/lists/{listId}/items`
pub(crate) async fn add(
    State(tenant): State<Arc<Tenant>>,
    bearer: Bearer,
    id: Id,
    uri: Uri,
    body: Bytes,
) -> Result<Response, Refusal> {
    bearer.may(&["dnc:write"])?;
    let Path(id) = id.map_err(|_| Refusal::no_such_list())?;
    let call = format!("POST {}", uri.path());
    tenant.work(move |tenant| apply_add(tenant, &id, &call, &body)).await
}

fn apply_add(tenant: &Tenant, id: &str, call: &str, body: &[u8]) -> Result<Response, Refusal> {
    if tenant.lists().get(id).is_none() {
        return Err(Refusal::no_such_list());
    }
    // Outside the lock: ten thousand numbers take a while to check.
    let rows = batch::items(body)?;
    let numbers: Vec<Digits> = rows.iter().map(|row| row.0).collect();
    if let Some(refused) = tenant.strikes().refused(call, &numbers) {
        return Err(refuse(&refused));
    }
    let mut lists = tenant.lists();
    let mut strikes = tenant.strikes();
    let added = lists.add(id, rows, tenant.now(), |number, lost_before| strikes.loses(call, number, lost_before));
    drop(strikes);
    let added = added.map_err(|e| Refusal::journal(&e))?.ok_or_else(Refusal::no_such_list)?;
    let since_start = tenant.clock.since_start(tenant.now());
    tenant.ledger().applied(since_start, id, &numbers, added.changed);
    // Not before: the ledger's order is the order in which the lists changed.
    drop(lists);
    let body = json!({"received": numbers.len(), "added": added.changed, "duplicates": added.unchanged});
    Ok(answer(StatusCode::OK, &body))
}

fn refuse(refused: &Refused) -> Refusal {
    let told = match refused.telling {
        Telling::All => refused.indexes.len(),
        Telling::First => 1,
        Telling::Nothing => 0,
    };
    let error = |&index: &usize| ItemError {
        index,
        field: "phoneNumber",
        message: "the number is not accepted by this tenant".to_owned(),
    };
    let errors = refused.indexes.iter().take(told).map(error).collect();
    Refusal::bad_items("the batch has items that are not accepted; none of it was taken", errors)
}

/// `GET /api/v2/dnc/lists/{listId}/items`
pub(crate) async fn read(
    State(tenant): State<Arc<Tenant>>,
    bearer: Bearer,
    id: Id,
    query: Fields,
) -> Result<Response, Refusal> {
    bearer.may(&["dnc:read", "compliance:read"])?;
    let Path(id) = id.map_err(|_| Refusal::no_such_list())?;
    let ask = Ask::read(&fields(query)?, PAGE, &tenant.options)?;
    tenant
        .work(move |tenant| {
            let (items, total) = {
                let mut lists = tenant.lists();
                let indexed = lists.get(&id).ok_or_else(Refusal::no_such_list)?.indexed(tenant.now());
                (ask.of(indexed).to_vec(), indexed.len())
            };
            let shown: Vec<Shown<'_>> = items.iter().map(Shown::new).collect();
            Ok(page(&shown, total, ask, &tenant.options))
        })
        .await
}

/// An item as answers show it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'a> {
    phone_number: String,
    source: &'static str,
    notes: &'a str,
    date_added: String,
}

impl<'a> Shown<'a> {
    fn new(item: &'a Item) -> Shown<'a> {
        Shown {
            phone_number: write_e164(item.number),
            source: item.source.as_str(),
            notes: item.notes(),
            date_added: date(item.added),
        }
    }
}

/// `DELETE /api/v2/dnc/lists/{listId}/items`
pub(crate) async fn remove(
    State(tenant): State<Arc<Tenant>>,
    bearer: Bearer,
    id: Id,
    uri: Uri,
    body: Bytes,
) -> Result<Response, Refusal> {
    bearer.may(&["dnc:write"])?;
    let Path(id) = id.map_err(|_| Refusal::no_such_list())?;
    let call = format!("DELETE {}", uri.path());
    tenant.work(move |tenant| apply_remove(tenant, &id, &call, &body)).await
}

fn apply_remove(tenant: &Tenant, id: &str, call: &str, body: &[u8]) -> Result<Response, Refusal> {
    if tenant.lists().get(id).is_none() {
        return Err(Refusal::no_such_list());
    }
    let numbers = batch::numbers(body)?;
    let mut lists = tenant.lists();
    let mut strikes = tenant.strikes();
    let removed = lists.remove(id, &numbers, tenant.now(), |number| strikes.keeps(call, number));
    drop(strikes);
    let removed = removed.map_err(|e| Refusal::journal(&e))?.ok_or_else(Refusal::no_such_list)?;
    let since_start = tenant.clock.since_start(tenant.now());
    tenant.ledger().removed(since_start, id, &numbers);
    // Not before: the ledger's order is the order in which the lists changed.
    drop(lists);
    let body = json!({"received": numbers.len(), "removed": removed.changed, "missing": removed.unchanged});
    Ok(answer(StatusCode::OK, &body))
}
