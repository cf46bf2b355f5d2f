//! The calls about groups.

use std::sync::Arc;

use axum::{body::Bytes, extract::State, response::Response};
use serde_json::{Map, Value, json};

use super::{
    call::Call,
    reading::{Fields, fields},
    show::{Wrap, bad, group, no_such_group, nothing, shown},
};
use crate::{
    answer::Refusal,
    item::Source,
    list::ListScope,
    lists::{Altered, Created, Lists, NewList},
    tenant::Tenant,
};

/// Characters of a group's name, at most.
const NAME: usize = 255;
const TAKEN: &str = "A DNC group with that name already exists";

/// `GET …/dnc-groups`: all of them, there are no pages.
pub(crate) async fn all(State(tenant): State<Arc<Tenant>>, _call: Call) -> Result<Response, Refusal> {
    tenant
        .work(|tenant| {
            let groups: Vec<Value> = tenant.lists().all().iter().map(group).collect();
            if groups.is_empty() {
                return Ok(nothing());
            }
            let body = json!({"totalGroups": groups.len(), "dncGroups": groups});
            Ok(shown(&tenant.options, Wrap::ResultSet, body))
        })
        .await
}

/// `POST …/dnc-groups`
pub(crate) async fn create(State(tenant): State<Arc<Tenant>>, call: Call, body: Bytes) -> Result<Response, Refusal> {
    call.may_write()?;
    let fields: Map<String, Value> = serde_json::from_slice(&body).map_err(|_| bad("The body is not a JSON object"))?;
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
    let new = NewList {
        name: checked_name(text("dncGroupName"))?,
        description: text("dncGroupDescription").to_owned(),
        // Groups have neither; these are never shown.
        source_type: Source::System,
        scope: ListScope::Global,
    };
    tenant
        .work(move |tenant| match tenant.lists().create(new, tenant.now()).map_err(|e| Refusal::journal(&e))? {
            Created::New(list) => Ok(shown(&tenant.options, Wrap::Bare, json!({"dncGroups": [group(list)]}))),
            Created::NameTaken => Err(bad(TAKEN)),
        })
        .await
}

/// `GET …/dnc-groups/{groupId}`
pub(crate) async fn show(State(tenant): State<Arc<Tenant>>, call: Call) -> Result<Response, Refusal> {
    tenant
        .work(move |tenant| {
            let body = one(&mut tenant.lists(), &call.group())?;
            Ok(shown(&tenant.options, Wrap::ResultSet, body))
        })
        .await
}

/// `PUT …/dnc-groups/{groupId}?dncGroupName&dncGroupDescription&isActive`
pub(crate) async fn alter(State(tenant): State<Arc<Tenant>>, call: Call, query: Fields) -> Result<Response, Refusal> {
    call.may_write()?;
    let mut fields = fields(query)?;
    let active = fields.get("isActive").map(|text| text.to_ascii_lowercase().parse());
    let altered = Altered {
        name: fields.get("dncGroupName").map(|name| checked_name(name)).transpose()?,
        description: fields.remove("dncGroupDescription"),
        active: active.transpose().map_err(|_| bad("Invalid isActive"))?,
    };
    tenant
        .work(move |tenant| {
            let (mut lists, id) = (tenant.lists(), call.group());
            if altered.name.as_ref().is_some_and(|name| lists.is_taken(name, &id)) {
                return Err(bad(TAKEN));
            }
            lists.alter(&id, altered, tenant.now()).map_err(|e| Refusal::journal(&e))?;
            let body = one(&mut lists, &id)?;
            Ok(shown(&tenant.options, Wrap::Bare, body))
        })
        .await
}

fn one(lists: &mut Lists, id: &str) -> Result<Value, Refusal> {
    let list = lists.get(id).ok_or_else(no_such_group)?;
    Ok(json!({"dncGroups": [group(list)]}))
}

fn checked_name(name: &str) -> Result<String, Refusal> {
    match name.chars().count() {
        1..=NAME => Ok(name.to_owned()),
        _ => Err(bad(format!("dncGroupName has 1 to {NAME} characters"))),
    }
}
