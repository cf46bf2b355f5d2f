use std::time::Duration;

use dncsync_sandbox::Options;
use reqwest::Method;
use serde_json::Value;

use crate::admin::{Admin, GROUPS, admin, batch, quirky};

#[tokio::test]
async fn a_number_is_found_in_all_its_groups_in_any_spelling() {
    let admin = Admin::start(admin()).await;
    let (one, two, _none) = (admin.records("A").await, admin.records("B").await, admin.records("C").await);
    admin.post(&one, &batch(0..1)).await;
    admin.post(&two, &batch(0..2)).await;
    admin.delete(&two, &batch(0..1)).await;
    for number in ["2025551000", "12025551000", "+12025551000", "+1 (202) 555-1000"] {
        let (status, body) = admin.search(number).await;
        assert_eq!(status, 200, "{number}");
        let results = body["searchResults"].as_array().unwrap();
        let names: Vec<&Value> = results.iter().map(|result| &result["dncGroupName"]).collect();
        assert_eq!(names, ["A", "B"]);
        assert_eq!(results[0]["formattedPhone"], "+1 (202) 555-1000");
        assert!(results[0]["dncGroupId"].is_number() && results[0].get("expiredDate").is_none());
        assert!(results[1]["expiredDate"].as_str().unwrap().ends_with('Z'));
    }
    assert_eq!(admin.search("2025551999").await, (204, Value::Null));
    for number in ["", "20255", "2025551000x"] {
        assert_eq!(admin.search(number).await.0, 400, "{number}");
    }
    assert_eq!(admin.call(Method::POST, &format!("{GROUPS}/search"), None).await.0, 400);
    assert_eq!(admin.sandbox.observed().posts, 2, "a search is no addition");
}

#[tokio::test]
async fn searches_lag_as_reads_do_or_more() {
    let lag = Duration::from_millis(150);
    for (quirks, found) in [(&[][..], 200), (&["search-lag"][..], 204)] {
        let admin = Admin::start(Options { lag, ..quirky(quirks) }).await;
        let records = admin.records("G").await;
        admin.post(&records, &batch(0..1)).await;
        assert_eq!(admin.search("2025551000").await.0, 204);
        assert_eq!(admin.get(&records).await.0, 204);
        tokio::time::sleep(lag).await;
        assert_eq!(admin.get(&records).await.0, 200);
        assert_eq!(admin.search("2025551000").await.0, found, "{quirks:?}");
        tokio::time::sleep(3 * lag).await;
        let (_, body) = admin.search("2025551000").await;
        assert_eq!(body["searchResults"].as_array().map(Vec::len), Some(1), "{quirks:?}");
    }
}
