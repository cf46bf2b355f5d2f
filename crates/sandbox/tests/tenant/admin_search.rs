use std::time::Duration;

use dncsync_sandbox::{Options, Sandbox};
use reqwest::Method;
use serde_json::Value;

use crate::admin::{Admin, GROUPS, admin, batch, call_api, quirky};

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
    for (quirks, at_fifteen) in [(&[][..], 200), (&["search-lag"][..], 204)] {
        let dir = tempfile::tempdir().unwrap();
        // Each one goes on where the one before it ended.
        let at_second = |second: u64| {
            let data = Some(dir.path().join("journal"));
            let options = Options { lag: Duration::from_secs(10), data, ..quirky(quirks) };
            Sandbox::in_memory(options, Duration::from_secs(1_795_305_600 + second)).unwrap()
        };
        let group = at_second(0).create_list_behind("G", "GLOBAL");
        at_second(0).add_behind("G", &["+12025551000"]);
        let search = format!("{GROUPS}/search?phoneNumber=2025551000");
        for (second, read, found) in [(5, 204, 204), (15, 200, at_fifteen), (45, 200, 200)] {
            let sandbox = at_second(second);
            let records = format!("{GROUPS}/{group}/records");
            assert_eq!(call_api(&sandbox, "GET", &records, "").await.0, read, "{quirks:?} {second}");
            assert_eq!(call_api(&sandbox, "POST", &search, "").await.0, found, "{quirks:?} {second}");
        }
    }
}
