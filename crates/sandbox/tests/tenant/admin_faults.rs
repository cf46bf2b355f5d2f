use std::time::Duration;

use dncsync_sandbox::{Options, Post, Sandbox, Standing};
use reqwest::Method;
use serde_json::{Value, json};

use crate::admin::{Admin, GROUPS, admin, batch, call, call_api, faulty, ten, whole};

#[tokio::test]
async fn over_the_rate_is_429_with_message_and_route() {
    let admin = Admin::start(Options { rate: 2, ..admin() }).await;
    let group = admin.group("G").await;
    for _ in 0..2 {
        assert_eq!(admin.get(&group).await.0, 200);
    }
    assert_ne!(admin.new_token("key", "s3cret").await, "", "tokens are handed out by another host");
    let response = admin.request(Method::GET, &group).send().await.unwrap();
    let wait: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((55..=60).contains(&wait), "{wait}");
    let (status, words, body) = whole(response).await;
    assert_eq!((status, &body), (429, &json!({"message": words, "route": group})));
    assert_eq!(admin.sandbox.observed().throttled, 1);
}

#[tokio::test]
async fn calls_are_struck_by_the_faults_of_v2() {
    for (fault, status, listed) in [("500", 500, 0), ("503", 503, 0), ("429-bare", 429, 0), ("413", 413, 0)] {
        let admin = Admin::start(faulty(&[&format!("{fault}:POST*items:1:1")])).await;
        let records = admin.records("G").await;
        let (answered, words, body) = admin.call(Method::POST, &records, Some(&batch(0..2))).await;
        assert_eq!((answered, admin.listed("G")), (status, listed), "{fault}");
        assert!(body["error_description"] == json!(words) || body["message"] == json!(words), "{body}");
        assert!(body.get("code").is_none() && body.get("correlationId").is_none());
        assert_eq!(admin.post(&records, &batch(0..2)).await.0, 200);
    }
    for (fault, listed) in [("close-before", 0), ("close-after", 2)] {
        let admin = Admin::start(faulty(&[&format!("{fault}:POST*records:1:1")])).await;
        let records = admin.records("G").await;
        assert!(admin.request(Method::POST, &records).json(&batch(0..2)).send().await.is_err());
        assert_eq!(admin.listed("G"), listed, "{fault}");
    }
    let admin = Admin::start(faulty(&["503:/oauth/token:1:1"])).await;
    assert_eq!(admin.token, "");
    assert_ne!(admin.new_token("key", "s3cret").await, "");
}

#[tokio::test]
async fn single_records_are_refused_and_the_others_taken() {
    for (fault, told) in [("refuse", vec![ten(0), ten(1)]), ("refuse-first", vec![ten(0)]), ("refuse-silent", vec![])] {
        let admin = Admin::start(faulty(&[&format!("{fault}:items:1:2")])).await;
        let records = admin.records("G").await;
        let (status, body) = admin.post(&records, &batch(0..3)).await;
        assert_eq!((status, &body["resultSet"]["errorCount"]), (200, &json!(2)));
        let results = body["resultSet"]["recordResults"].as_array().unwrap();
        let failed: Vec<&Value> = results.iter().filter(|result| result["success"] == false).collect();
        assert!(failed.len() == 2 && failed.iter().all(|result| result["error"].is_string()));
        let named: Vec<&str> = failed.iter().filter_map(|result| result["phoneNumber"].as_str()).collect();
        assert_eq!(named, told, "{fault}");
        assert_eq!(results[2]["phoneNumber"], ten(2));
        assert_eq!(admin.numbers(&records).await, [(ten(2), true)]);
        let observed = admin.sandbox.observed();
        assert_eq!((observed.items_received, observed.items_added), (1, 1));
    }
}

#[tokio::test]
async fn numbers_are_swallowed_or_kept() {
    for (fault, seen_at_last) in [("never-indexed:items:1:2", 1), ("lose-once:items:1:2", 3)] {
        let admin = Admin::start(faulty(&[fault])).await;
        let records = admin.records("G").await;
        assert_eq!(admin.post(&records, &batch(0..3)).await.1["resultSet"]["errorCount"], 0);
        assert_eq!(admin.numbers(&records).await, [(ten(2), true)]);
        let numbers = admin.sandbox.list("G").unwrap().numbers;
        assert_eq!(numbers.iter().filter(|listed| listed.standing == Standing::Lost).count(), 2);
        admin.post(&records, &batch(0..3)).await;
        assert_eq!(admin.numbers(&records).await.len(), seen_at_last, "{fault}");
    }
    let admin = Admin::start(faulty(&["keep:items:1:1"])).await;
    let records = admin.records("G").await;
    admin.post(&records, &batch(0..2)).await;
    assert_eq!(admin.delete(&records, &batch(0..2)).await.1["errorCount"], 0);
    assert_eq!(admin.numbers(&records).await, [(ten(0), true), (ten(1), false)]);
}

/// The body of an answer about the records of a group.
async fn call_records(sandbox: &Sandbox, method: &str, group: &str, body: &str) -> Value {
    call_api(sandbox, method, &format!("{GROUPS}/{group}/records"), body).await.1
}

#[tokio::test]
async fn expired_records_are_seen_for_seven_days() {
    let dir = tempfile::tempdir().unwrap();
    let at_day = |day: u64| {
        let options = Options { data: Some(dir.path().join("journal")), ..admin() };
        Sandbox::in_memory(options, Duration::from_secs(1_795_305_600 + day * 24 * 60 * 60)).unwrap()
    };
    let sandbox = at_day(0);
    let group = sandbox.create_list_behind("G", "GLOBAL");
    call_records(&sandbox, "POST", &group, &batch(1..3).to_string()).await;
    drop(sandbox);

    let sandbox = at_day(10);
    call_records(&sandbox, "DELETE", &group, &batch(1..2).to_string()).await;
    assert_eq!(sandbox.observed().removed[0].numbers, [12_025_551_001]);
    drop(sandbox);

    for (day, left) in [(16, 2), (18, 1)] {
        let body = call_records(&at_day(day), "GET", &group, "").await;
        assert_eq!(body["resultSet"]["totalRecords"], left, "day {day}");
        if let Some(date) = body["resultSet"]["dncRecords"][0].get("expiredDate") {
            assert!(date.as_str().unwrap().starts_with("2026-12-02T00:00:00."), "{date}");
        }
    }
    let sandbox = at_day(18);
    let dated = json!({"dncGroupRecords": [{"phoneNumber": ten(5), "expiredDate": "2026-12-12"}]}).to_string();
    call_records(&sandbox, "POST", &group, &dated).await;
    drop(sandbox);
    let active = |day| at_day(day).list("G").unwrap().numbers.len();
    assert_eq!([18, 19, 21].map(active), [2, 2, 1], "one expires by itself on day 20");

    let sandbox = at_day(21);
    sandbox.add_behind("G", &["+12025551001"]);
    let body = call_records(&sandbox, "GET", &group, "").await;
    assert_eq!(body["resultSet"]["dncRecords"][2]["recordId"], 4, "a new record of the same number");
    assert_eq!(sandbox.ever_indexed(&group).unwrap().len(), 3);
}

#[tokio::test]
async fn a_tenant_in_memory_tells_what_was_taken_and_what_address_was_called() {
    let sandbox = Sandbox::in_memory(faulty(&["refuse:POST*items:1:1"]), Duration::from_secs(1_795_305_600)).unwrap();
    let group = sandbox.create_list_behind("G", "GLOBAL");
    call_records(&sandbox, "POST", &group, &batch(0..3).to_string()).await;
    let observed = sandbox.observed();
    let [Post { order: 0, numbers, .. }] = &observed.applied[..] else { panic!("{:?}", observed.applied) };
    assert_eq!(numbers[..], [12_025_551_001, 12_025_551_002], "without the one that was refused");
    let id = sandbox.tenant_id();
    let place = call(&sandbox, &format!("GET /.well-known/cxone-configuration?tenantId={id} HTTP/1.1"), "").await;
    assert!(place.contains("\"api_endpoint\":\"https://tenant.test\""), "{place}");
}
