use reqwest::Method;
use serde_json::{Value, json};

use crate::admin::{Admin, GROUPS, batch, quirky, ten, whole};

async fn three(quirks: &[&str]) -> (Admin, String) {
    let admin = Admin::start(quirky(quirks)).await;
    let records = admin.records("G").await;
    admin.post(&records, &batch(0..3)).await;
    (admin, records)
}

#[tokio::test]
async fn any_accept() {
    let (admin, records) = three(&["any-accept"]).await;
    let response = admin.bare(Method::GET, &records).send().await.unwrap();
    assert_eq!(whole(response).await.2["resultSet"]["totalRecords"], 3);
}

#[tokio::test]
async fn header_errors() {
    let (mut admin, records) = three(&["header-errors"]).await;
    let answer = admin.call(Method::GET, &format!("{records}?top=0"), None).await;
    assert_eq!(answer, (400, "Invalid top".to_owned(), Value::Null));
    assert_eq!(admin.get(&records).await.0, 200);
    admin.token = String::new();
    let (status, words, body) = admin.call(Method::GET, &records, None).await;
    assert_eq!((status, words.is_empty(), body), (401, false, Value::Null));
}

#[tokio::test]
async fn strings() {
    let (admin, records) = three(&["strings"]).await;
    let (_, body) = admin.get(&records).await;
    assert_eq!(body["resultSet"]["totalRecords"], "3");
    assert_eq!(body["resultSet"]["dncRecords"][0]["recordId"], "1");
    let (_, body) = admin.get(GROUPS).await;
    let id = records.split('/').nth(5).unwrap();
    assert_eq!(
        (&body["resultSet"]["totalGroups"], &body["resultSet"]["dncGroups"][0]["dncGroupId"]),
        (&json!("1"), &json!(id))
    );
    assert_eq!(admin.post(&records, &batch(0..1)).await.1["resultSet"]["errorCount"], "0");
    assert_eq!(admin.delete(&records, &batch(0..1)).await.1["errorCount"], "0");
}

#[tokio::test]
async fn unwrapped() {
    let (admin, records) = three(&["unwrapped"]).await;
    assert_eq!(admin.get(&records).await.1["totalRecords"], 3);
    assert_eq!(admin.get(GROUPS).await.1["totalGroups"], 1);
    assert_eq!(admin.post(&records, &batch(0..1)).await.1["errorCount"], 0);
}

#[tokio::test]
async fn wrapped() {
    let (admin, records) = three(&["wrapped"]).await;
    assert_eq!(admin.delete(&records, &batch(0..1)).await.1["resultSet"]["errorCount"], 0);
    let (_, created) = admin.post(GROUPS, &json!({"dncGroupName": "H"})).await;
    assert_eq!(created["resultSet"]["dncGroups"][0]["dncGroupName"], "H");
    assert!(admin.search(&ten(1)).await.1["resultSet"]["searchResults"].is_array());
}

#[tokio::test]
async fn no_linger() {
    let (admin, records) = three(&["no-linger"]).await;
    admin.delete(&records, &batch(1..2)).await;
    assert_eq!(admin.numbers(&records).await, [(ten(0), true), (ten(2), true)]);
    assert_eq!(admin.search(&ten(1)).await.0, 204);
    admin.post(&records, &batch(1..2)).await;
    assert_eq!(admin.numbers(&records).await, [(ten(0), true), (ten(2), true), (ten(1), true)]);
    let (_, body) = admin.get(&format!("{records}?skip=2")).await;
    assert_eq!(body["resultSet"]["dncRecords"][0]["recordId"], 4);
}

#[tokio::test]
async fn top_100_and_top_refused() {
    let (admin, records) = three(&["top-100"]).await;
    admin.post(&records, &batch(0..150)).await;
    assert_eq!(admin.numbers(&format!("{records}?top=1000")).await.len(), 100);
    let (admin, records) = three(&["top-100", "top-refused"]).await;
    assert_eq!(admin.get(&format!("{records}?top=100")).await.0, 200);
    let (status, words, _) = admin.call(Method::GET, &format!("{records}?top=101"), None).await;
    assert_eq!((status, words.as_str()), (400, "Invalid top"));
}

#[tokio::test]
async fn no_order() {
    let (admin, records) = three(&["no-order"]).await;
    let (status, words, _) = admin.call(Method::GET, &format!("{records}?orderBy=recordId"), None).await;
    assert_eq!((status, words.as_str()), (400, "Invalid orderBy"));
    assert_eq!(admin.get(&records).await.0, 200);
}

#[tokio::test]
async fn duplicate_errors() {
    let (admin, records) = three(&["duplicate-errors"]).await;
    let three: Value = [2, 3, 3].into_iter().map(|n| json!({"phoneNumber": ten(n)})).collect();
    let body = json!({"dncGroupRecords": three});
    let (_, body) = admin.post(&records, &body).await;
    let told: Vec<&Value> =
        body["resultSet"]["recordResults"].as_array().unwrap().iter().map(|result| &result["error"]).collect();
    let exists = "Phone number already exists";
    assert_eq!(json!(told), json!([exists, null, exists]));
    admin.delete(&records, &batch(0..1)).await;
    assert_eq!(admin.post(&records, &batch(0..1)).await.1["resultSet"]["errorCount"], 0, "it had expired");
}

#[tokio::test]
async fn failures_only() {
    let (admin, records) = three(&["failures-only"]).await;
    let (_, body) = admin.post(&records, &batch(0..3)).await;
    assert_eq!(body["resultSet"], json!({"errorCount": 0, "recordResults": []}));
    let (_, body) = admin.delete(&records, &batch(2..4)).await;
    assert_eq!((&body["errorCount"], body["recordResults"].as_array().unwrap().len()), (&json!(1), 1));
}

#[tokio::test]
async fn shuffled_results() {
    let (admin, records) = three(&["shuffled-results"]).await;
    let (_, body) = admin.post(&records, &batch(0..100)).await;
    let results = body["resultSet"]["recordResults"].as_array().unwrap();
    let mut numbers: Vec<&str> = results.iter().map(|result| result["phoneNumber"].as_str().unwrap()).collect();
    let all: Vec<String> = (0..100).map(ten).collect();
    assert_ne!(numbers, all);
    numbers.sort_unstable();
    assert_eq!(numbers, all);
}

#[tokio::test]
async fn no_formatted() {
    let (admin, records) = three(&["no-formatted"]).await;
    let (_, body) = admin.post(&records, &batch(0..1)).await;
    assert_eq!(body["resultSet"]["recordResults"], json!([{"success": true, "phoneNumber": ten(0)}]));
}
