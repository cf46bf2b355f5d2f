use std::time::Duration;

use dncsync_sandbox::{Options, Standing};
use reqwest::Method;
use serde_json::{Value, json};

use crate::caller::{Caller, item, items, json_of, number, quick};

#[tokio::test]
async fn repeats_are_no_error_and_counted_apart() {
    let caller = Caller::start(quick()).await;
    let path = caller.list("L").await;
    let batch = json!([item(1), item(2), item(1)]);
    assert_eq!(caller.post(&path, &batch).await, (200, json!({"received": 3, "added": 2, "duplicates": 1})));
    let batch = json!([item(2), item(3)]);
    assert_eq!(caller.post(&path, &batch).await, (200, json!({"received": 2, "added": 1, "duplicates": 1})));

    let (_, body) = caller.get(&path).await;
    assert_eq!(caller.numbers(&path).await, [number(1), number(2), number(3)]);
    let first = &body["entities"][0];
    assert_eq!((&first["source"], &first["notes"]), (&json!("REGULATORY"), &json!("registry")));
    assert!(first["dateAdded"].as_str().unwrap().ends_with('Z'));

    let observed = caller.sandbox.observed();
    assert_eq!((observed.posts, observed.items_received, observed.items_added), (2, 5, 3));
}

#[tokio::test]
async fn what_is_accepted_shows_up_after_the_lag() {
    let lag = Duration::from_millis(400);
    let caller = Caller::start(Options { lag, ..quick() }).await;
    let path = caller.list("L").await;
    caller.post(&path, &items(0..2)).await;
    assert!(caller.numbers(&path).await.is_empty());
    let numbers = caller.sandbox.list("L").unwrap().numbers;
    assert!(numbers.len() == 2 && numbers.iter().all(|listed| listed.standing == Standing::Queued));
    tokio::time::sleep(lag).await;
    assert_eq!(caller.numbers(&path).await.len(), 2);
    caller.delete(&path, &items(0..1)).await;
    assert_eq!(caller.numbers(&path).await.len(), 2);
    assert_eq!(caller.sandbox.list("L").unwrap().numbers.len(), 1);
    tokio::time::sleep(lag).await;
    assert_eq!(caller.numbers(&path).await, [number(1)]);
}

#[tokio::test]
async fn pages_are_capped_and_tell_so() {
    let caller = Caller::start(Options { page_cap: 4, ..quick() }).await;
    let path = caller.list("L").await;
    caller.post(&path, &items(0..10)).await;
    let (_, body) = caller.get(&format!("{path}?pageNumber=3&pageSize=1000")).await;
    assert_eq!(body["entities"].as_array().unwrap().len(), 2);
    let told = json!([body["pageNumber"], body["pageSize"], body["pageCount"], body["total"]]);
    assert_eq!(told, json!([3, 4, 3, 10]));
    assert!(caller.numbers(&format!("{path}?pageNumber=4")).await.is_empty());
    for query in ["pageNumber=0", "pageSize=0", "pageSize=x", "pageNumber=-1"] {
        assert_eq!(caller.get(&format!("{path}?{query}")).await.0, 400, "{query}");
    }
}

#[tokio::test]
async fn without_totals_only_an_empty_page_is_the_end() {
    let caller = Caller::start(Options { page_cap: 4, tell_totals: false, ..quick() }).await;
    let path = caller.list("L").await;
    caller.post(&path, &items(0..10)).await;
    let mut seen = Vec::new();
    for page in 1.. {
        let numbers = caller.numbers(&format!("{path}?pageNumber={page}&pageSize=1000")).await;
        if numbers.is_empty() {
            break;
        }
        seen.extend(numbers);
    }
    assert_eq!(seen, (0..10).map(number).collect::<Vec<_>>());
}

#[tokio::test]
async fn removing_what_is_not_there_is_no_error() {
    let caller = Caller::start(quick()).await;
    let path = caller.list("L").await;
    caller.post(&path, &items(0..3)).await;
    let batch = json!([{"phoneNumber": number(1)}, {"phoneNumber": number(9)}, {"phoneNumber": number(1)}]);
    assert_eq!(caller.delete(&path, &batch).await, (200, json!({"received": 3, "removed": 1, "missing": 2})));
    assert_eq!(caller.numbers(&path).await, [number(0), number(2)]);
    assert_eq!(caller.post(&path, &items(1..2)).await.1["added"], 1);
    assert_eq!(caller.numbers(&path).await, [number(0), number(2), number(1)]);
}

#[tokio::test]
async fn a_batch_is_all_or_nothing_and_names_each_fault() {
    let caller = Caller::start(quick()).await;
    let path = caller.list("L").await;
    let batch = json!([
        item(0),
        {"phoneNumber": "2025551234", "source": "MANUAL", "notes": ""},
        {"phoneNumber": 12_025_551_234_u64, "source": "manual", "notes": "x".repeat(1025)},
        {"phoneNumber": number(1), "source": "SYSTEM", "notes": null},
        7,
    ]);
    let (status, body) = caller.post(&path, &batch).await;
    assert_eq!((status, &body["code"]), (400, &json!("bad.request")));
    let told: Vec<(u64, &str)> = body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| (error["index"].as_u64().unwrap(), error["field"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [(1, "phoneNumber"), (2, "phoneNumber"), (2, "source"), (2, "notes"), (3, "notes"), (4, "")]);
    assert!(caller.numbers(&path).await.is_empty());
}

#[tokio::test]
async fn a_batch_has_one_to_ten_thousand_items() {
    let caller = Caller::start(quick()).await;
    let path = caller.list("L").await;
    let too_many: Value = (0..10_001).map(|_| item(1)).collect();
    for batch in [json!([]), too_many] {
        let (status, body) = caller.post(&path, &batch).await;
        assert_eq!((status, &body["code"]), (400, &json!("batch.size")));
        assert_eq!(caller.delete(&path, &batch).await.0, 400);
    }
    assert_eq!(caller.post("/api/v2/dnc/lists/dnc-0/items", &json!([item(1)])).await.0, 404);
    for body in ["", "{}", "[", "\u{0}", &"[".repeat(100_000)] {
        let response = caller.request(Method::POST, &path).body(body.to_owned()).send().await.unwrap();
        assert_eq!(json_of(response).await.0, 400);
    }
}

#[tokio::test]
async fn a_body_over_five_mebibytes_is_413_and_one_just_under_is_read() {
    let caller = Caller::start(quick()).await;
    let path = caller.list("L").await;
    let padded =
        |length: usize| format!("{}{}", json!([item(1)]), " ".repeat(length - json!([item(1)]).to_string().len()));
    let limit = 5 * 1024 * 1024;
    for (length, status) in [(limit, 200), (limit + 1, 413), (3 * limit, 413)] {
        let response = caller.request(Method::POST, &path).body(padded(length)).send().await.unwrap();
        assert_eq!(json_of(response).await.0, status, "{length}");
    }
}

#[tokio::test]
async fn others_edit_the_list_behind_the_callers_back() {
    let caller = Caller::start(quick()).await;
    let id = caller.sandbox.create_list_behind("L", "REGION");
    let path = format!("/api/v2/dnc/lists/{id}/items");
    caller.sandbox.add_behind("L", &[&number(1), &number(2)]);
    caller.sandbox.remove_behind("L", &[&number(1)]);
    assert_eq!(caller.numbers(&path).await, [number(2)]);
    let list = caller.sandbox.list("L").unwrap();
    assert_eq!((list.id, list.scope.as_str(), list.numbers[0].source.as_str()), (id, "REGION", "MANUAL"));
    assert!(caller.sandbox.list("l").is_none());
}
