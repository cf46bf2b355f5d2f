//! The calls about lists.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
    response::Response,
};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    answer::{Refusal, json_text},
    bearer::Bearer,
    clock::date,
    item::Source,
    list::{About, List, ListScope},
    lists::{Created, NewList},
    page::{Ask, Fields, fields, page},
    tenant::Tenant,
};

/// Characters of a list's name, at most.
const NAME: usize = 255;
/// Lists on a page where nothing is asked for.
const PAGE: usize = 100;

/// A list as answers show it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    #[serde(flatten)]
    about: About,
    date_created: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    item_count: Option<usize>,
}

impl Shown {
    fn new(list: &List) -> Shown {
        Shown { about: list.about.clone(), date_created: date(list.created), item_count: None }
    }

    fn answer(&self, status: StatusCode) -> Result<Response, Refusal> {
        let text = serde_json::to_string(self).map_err(|_| Refusal::internal())?;
        Ok(json_text(status, text))
    }
}

/// `POST /api/v2/dnc/lists`
pub(crate) async fn create(
    State(tenant): State<Arc<Tenant>>,
    bearer: Bearer,
    body: Bytes,
) -> Result<Response, Refusal> {
    bearer.may(&["dnc:write"])?;
    let new = read_new_list(&body)?;
    tenant
        .work(move |tenant| match tenant.lists().create(new, tenant.now()).map_err(|e| Refusal::journal(&e))? {
            Created::New(list) => Shown::new(list).answer(StatusCode::CREATED),
            Created::NameTaken => Err(Refusal::new(StatusCode::CONFLICT, "list.exists", "a list of that name exists")),
        })
        .await
}

/// `GET /api/v2/dnc/lists?query=TEXT`
pub(crate) async fn find(
    State(tenant): State<Arc<Tenant>>,
    bearer: Bearer,
    query: Fields,
) -> Result<Response, Refusal> {
    bearer.may(&["dnc:read"])?;
    let fields = fields(query)?;
    let ask = Ask::read(&fields, PAGE, &tenant.options)?;
    let wanted = fields.get("query").map(|text| text.to_lowercase()).unwrap_or_default();
    tenant
        .work(move |tenant| {
            let lists = tenant.lists();
            let found: Vec<&List> =
                lists.all().iter().filter(|list| list.about.list_name.to_lowercase().contains(&wanted)).collect();
            let shown: Vec<Shown> = ask.of(&found).iter().map(|list| Shown::new(list)).collect();
            Ok(page(&shown, found.len(), ask, &tenant.options))
        })
        .await
}

/// `GET /api/v2/dnc/lists/{listId}`
pub(crate) async fn show(
    State(tenant): State<Arc<Tenant>>,
    bearer: Bearer,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, Refusal> {
    bearer.may(&["dnc:read"])?;
    let Path(id) = id.map_err(|_| Refusal::no_such_list())?;
    tenant
        .work(move |tenant| {
            let mut lists = tenant.lists();
            let list = lists.get(&id).ok_or_else(Refusal::no_such_list)?;
            let count = list.indexed(tenant.now()).len();
            Shown { item_count: Some(count), ..Shown::new(list) }.answer(StatusCode::OK)
        })
        .await
}

fn read_new_list(body: &[u8]) -> Result<NewList, Refusal> {
    let fields: Map<String, Value> =
        serde_json::from_slice(body).map_err(|_| Refusal::bad_request("the body is not a JSON object"))?;
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    let name = text("listName").filter(|name| (1..=NAME).contains(&name.chars().count()));
    let name = name.ok_or_else(|| Refusal::bad_request(format!("listName is a string of 1 to {NAME} characters")))?;
    let source_type = text("sourceType").and_then(Source::parse);
    let source_type = source_type.ok_or_else(|| Refusal::bad_request(format!("sourceType is {}", Source::CHOICE)))?;
    let scope = text("scope").and_then(ListScope::parse);
    let scope = scope.ok_or_else(|| Refusal::bad_request(format!("scope is {}", ListScope::CHOICE)))?;
    let description = match fields.get("description") {
        None | Some(Value::Null) => "",
        Some(Value::String(description)) => description,
        Some(_) => return Err(Refusal::bad_request("description is a string")),
    };
    Ok(NewList { name: name.to_owned(), description: description.to_owned(), source_type, scope })
}
