use dncsync_sandbox::Options;
use reqwest::Method;
use serde_json::{Value, json};

use crate::caller::{Caller, items, json_of, quick};

const LISTS: &str = "/api/v2/dnc/lists";

fn names(body: &Value) -> Vec<&str> {
    body["entities"].as_array().unwrap().iter().map(|list| list["listName"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_list_is_created_once_and_shown() {
    let caller = Caller::start(quick()).await;
    let list = json!({"listName": "Q4", "description": "d", "sourceType": "SYSTEM", "scope": "CAMPAIGN"});
    let (status, created) = caller.post(LISTS, &list).await;
    assert_eq!(status, 201);
    for field in ["listName", "description", "sourceType", "scope"] {
        assert_eq!(created[field], list[field]);
    }
    assert!(created["dateCreated"].as_str().unwrap().ends_with('Z'), "{created}");
    let id = created["id"].as_str().unwrap();
    assert!(id.starts_with("dnc-") && id.len() == 16, "{id}");

    let (status, body) = caller.post(LISTS, &list).await;
    assert_eq!((status, &body["code"]), (409, &json!("list.exists")));

    caller.post(&format!("{LISTS}/{id}/items"), &items(0..3)).await;
    let (status, shown) = caller.get(&format!("{LISTS}/{id}")).await;
    assert_eq!((status, &shown["itemCount"], &shown["id"]), (200, &json!(3), &created["id"]));
    assert_eq!(caller.get(&format!("{LISTS}/dnc-unknown")).await.0, 404);
    assert_eq!(caller.get(&format!("{LISTS}/%ff")).await.0, 404);
}

#[tokio::test]
async fn a_query_finds_parts_of_names_in_any_case_over_pages() {
    let caller = Caller::start(quick()).await;
    for name in ["CAMPAIGN_DNC_Q4_OLD", "campaign_dnc_q4", "OTHER", "CAMPAIGN_DNC_Q4"] {
        caller.list(name).await;
    }
    let (_, body) = caller.get(&format!("{LISTS}?query=CAMPAIGN_DNC_Q4&pageSize=2")).await;
    assert_eq!(names(&body), ["CAMPAIGN_DNC_Q4_OLD", "campaign_dnc_q4"]);
    assert_eq!((&body["total"], &body["pageCount"], &body["pageSize"]), (&json!(3), &json!(2), &json!(2)));
    let (_, body) = caller.get(&format!("{LISTS}?query=CAMPAIGN_DNC_Q4&pageSize=2&pageNumber=2")).await;
    assert_eq!(names(&body), ["CAMPAIGN_DNC_Q4"]);
    let (_, body) = caller.get(LISTS).await;
    assert_eq!(names(&body).len(), 4);
}

#[tokio::test]
async fn what_is_no_list_is_400() {
    let caller = Caller::start(quick()).await;
    let good = json!({"listName": "L", "sourceType": "SYSTEM", "scope": "GLOBAL"});
    let faults = [
        ("listName", json!("")),
        ("listName", json!("x".repeat(256))),
        ("listName", json!(7)),
        ("sourceType", json!("system")),
        ("scope", Value::Null),
        ("description", json!([])),
    ];
    for (field, value) in faults {
        let mut list = good.clone();
        list[field] = value;
        let (status, body) = caller.post(LISTS, &list).await;
        assert_eq!((status, &body["code"]), (400, &json!("bad.request")));
        assert!(body["message"].as_str().unwrap().contains(field), "{body}");
    }
    assert_eq!(caller.post(LISTS, &json!([])).await.0, 400);
    let mut longest = good;
    longest["listName"] = json!("ü".repeat(255));
    assert_eq!(caller.post(LISTS, &longest).await.0, 201);
}

#[tokio::test]
async fn without_totals_a_page_tells_only_its_number() {
    let caller = Caller::start(Options { tell_totals: false, ..quick() }).await;
    caller.list("L").await;
    let (_, body) = caller.get(LISTS).await;
    let keys: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["entities", "pageNumber"]);
}

#[tokio::test]
async fn unknown_paths_and_methods_are_told_in_json() {
    let caller = Caller::start(quick()).await;
    let (status, body) = caller.get("/api/v3").await;
    assert_eq!((status, &body["code"]), (404, &json!("not.found")));
    let response = caller.request(Method::PATCH, LISTS).send().await.unwrap();
    let (status, body) = json_of(response).await;
    assert_eq!((status, &body["code"]), (405, &json!("method.not.allowed")));
}
