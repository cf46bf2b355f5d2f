//! The calls about records.

use std::{
    collections::HashSet,
    sync::{Arc, MutexGuard},
};

use axum::{body::Bytes, extract::State, http::StatusCode, response::Response};
use serde_json::{Value, json};

use super::{
    batch::{self, Asked},
    call::Call,
    reading::{Fields, Reading, fields},
    results::results,
    show::{Wrap, bad, no_such_group, nothing, only, record, shown},
};
use crate::{
    Quirk,
    answer::Refusal,
    item::{Digits, Row, Source},
    lists::Lists,
    strike::{Refused, Telling},
    tenant::Tenant,
};

/// `GET …/dnc-groups/{groupId}/records`
pub(crate) async fn read(State(tenant): State<Arc<Tenant>>, call: Call, query: Fields) -> Result<Response, Refusal> {
    let reading = Reading::read(&fields(query)?, &tenant.options)?;
    tenant
        .work(move |tenant| {
            let (rows, total) = {
                let mut lists = tenant.lists();
                let list = lists.get(&call.group()).ok_or_else(no_such_group)?;
                let rows = list.rows(tenant.now());
                let (page, total) = (reading.order.page(rows, reading.page), rows.len());
                (list.dated(page), total)
            };
            if rows.is_empty() {
                return Ok(nothing());
            }
            let records: Vec<Value> = rows.iter().map(|row| only(&reading.fields, record(row))).collect();
            let mut body = json!({"dncRecords": records});
            if tenant.options.tell_totals {
                body["totalRecords"] = total.into();
            }
            Ok(shown(&tenant.options, Wrap::ResultSet, body))
        })
        .await
}

/// `POST …/dnc-groups/{groupId}/records`
pub(crate) async fn add(State(tenant): State<Arc<Tenant>>, call: Call, body: Bytes) -> Result<Response, Refusal> {
    call.may_write()?;
    tenant.work(move |tenant| apply_add(tenant, &call.group(), &call.name, &body)).await
}

fn apply_add(tenant: &Tenant, group: &str, call: &str, body: &[u8]) -> Result<Response, Refusal> {
    drop(active(tenant, group)?);
    // Outside the lock: thousands of numbers take a while to check.
    let mut records = batch::records(body)?;
    let telling = refuse(tenant, call, &mut records);
    let numbers = batch::numbers(&records);
    let mut lists = active(tenant, group)?;
    let new = new_numbers(&mut lists, group, &numbers)?;
    if !new.is_empty() && lists.active() + new.len() > tenant.options.capacity {
        return Err(bad("Maximum number of active records exceeded"));
    }
    if tenant.options.has(Quirk::DuplicateErrors) {
        fail_unless_first(&mut records, new, "Phone number already exists");
    }
    let rows: Vec<Row<'_>> = numbers.iter().map(|&number| (number, Source::Manual, "".into())).collect();
    let mut strikes = tenant.strikes();
    let added = lists.add(group, rows, tenant.now(), |number, lost_before| strikes.loses(call, number, lost_before));
    drop(strikes);
    let added = added.map_err(|e| Refusal::journal(&e))?.ok_or_else(no_such_group)?;
    lists.set_dates(group, batch::dates(&records), tenant.now()).map_err(|e| Refusal::journal(&e))?;
    tenant.ledger().applied(tenant.clock.since_start(tenant.now()), group, &numbers, added.changed);
    // Not before: the ledger's order is the order in which the groups changed.
    drop(lists);
    Ok(shown(&tenant.options, Wrap::ResultSet, results(&tenant.options, &records, telling)))
}

/// `DELETE …/dnc-groups/{groupId}/records`
pub(crate) async fn expire(State(tenant): State<Arc<Tenant>>, call: Call, body: Bytes) -> Result<Response, Refusal> {
    call.may_write()?;
    tenant.work(move |tenant| apply_expire(tenant, &call.group(), &call.name, &body)).await
}

fn apply_expire(tenant: &Tenant, group: &str, call: &str, body: &[u8]) -> Result<Response, Refusal> {
    drop(active(tenant, group)?);
    let mut records = batch::records(body)?;
    // A removal is one at once: nobody has seen what a tenant makes of a later date.
    records.iter_mut().filter(|record| record.date.is_some()).for_each(|record| {
        record.failure.get_or_insert("expiredDate is not supported");
    });
    let numbers = batch::numbers(&records);
    let mut lists = active(tenant, group)?;
    let held = {
        let list = lists.get(group).ok_or_else(no_such_group)?;
        numbers.iter().copied().filter(|&number| list.holds(number)).collect()
    };
    fail_unless_first(&mut records, held, "Record not found");
    let mut strikes = tenant.strikes();
    let removed = lists.remove(group, &numbers, tenant.now(), |number| strikes.keeps(call, number));
    drop(strikes);
    removed.map_err(|e| Refusal::journal(&e))?.ok_or_else(no_such_group)?;
    tenant.ledger().removed(tenant.clock.since_start(tenant.now()), group, &numbers);
    // Not before: the ledger's order is the order in which the groups changed.
    drop(lists);
    // The portal's documents show this answer without a `resultSet`, unlike that of an addition.
    Ok(shown(&tenant.options, Wrap::Bare, results(&tenant.options, &records, Telling::All)))
}

/// The lists, where the group is one whose records may be changed.
fn active<'a>(tenant: &'a Tenant, group: &str) -> Result<MutexGuard<'a, Lists>, Refusal> {
    let mut lists = tenant.lists();
    match lists.get(group).map(|list| list.group.active) {
        Some(true) => Ok(lists),
        Some(false) => Err(Refusal::new(StatusCode::CONFLICT, "Conflict", "DNC group is inactive")),
        None => Err(no_such_group()),
    }
}

/// Fails the records that a fault refuses; the others are none the worse.
fn refuse(tenant: &Tenant, call: &str, records: &mut [Asked]) -> Telling {
    let numbers = batch::numbers(records);
    let Some(Refused { indexes, telling }) = tenant.strikes().refused(call, &numbers) else {
        return Telling::All;
    };
    let refused: HashSet<Digits> = indexes.into_iter().map(|index| numbers[index]).collect();
    for record in records {
        if record.good().is_some_and(|number| refused.contains(&number)) {
            record.failure = Some("The number is not accepted");
        }
    }
    telling
}

fn new_numbers(lists: &mut Lists, group: &str, numbers: &[Digits]) -> Result<HashSet<Digits>, Refusal> {
    let list = lists.get(group).ok_or_else(no_such_group)?;
    Ok(numbers.iter().copied().filter(|&number| !list.holds(number)).collect())
}

/// Fails all records but the first one of each of these numbers.
fn fail_unless_first(records: &mut [Asked], mut first: HashSet<Digits>, words: &'static str) {
    for record in records {
        if record.good().is_some_and(|number| !first.remove(&number)) {
            record.failure = Some(words);
        }
    }
}
