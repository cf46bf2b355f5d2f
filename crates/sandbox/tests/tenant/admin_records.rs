use std::time::Duration;

use dncsync_sandbox::{Options, Standing};
use reqwest::Method;
use serde_json::{Value, json};

use crate::admin::{Admin, GROUPS, admin, batch, ten, whole};

fn active(range: std::ops::Range<u32>) -> Vec<(String, bool)> {
    range.map(|n| (ten(n), true)).collect()
}

#[tokio::test]
async fn what_is_added_is_read_with_its_result() {
    let admin = Admin::start(admin()).await;
    let records = admin.records("G").await;
    assert_eq!(admin.get(&records).await, (204, Value::Null));
    let (status, body) = admin.post(&records, &batch(0..2)).await;
    let result = |n: u32, formatted: &str| json!({"success": true, "phoneNumber": ten(n), "formattedPhone": formatted});
    let results = [result(0, "+1 (202) 555-1000"), result(1, "+1 (202) 555-1001")];
    assert_eq!((status, body), (200, json!({"resultSet": {"errorCount": 0, "recordResults": results}})));

    let (_, body) = admin.get(&records).await;
    assert_eq!(body["resultSet"]["totalRecords"], 2);
    let record = &body["resultSet"]["dncRecords"][1];
    assert_eq!((&record["recordId"], &record["phoneNumber"]), (&json!(2), &json!("2025551001")));
    assert_eq!(record["formattedPhone"], "+1 (202) 555-1001");
    assert!(record["createdBy"].is_number() && record.get("expiredDate").is_none());
    for date in ["dateCollected", "lastUpdateTime"] {
        assert!(record[date].as_str().unwrap().ends_with(".000Z"), "{record}");
    }

    let (_, again) = admin.post(&records, &batch(1..3)).await;
    assert_eq!(again["resultSet"]["errorCount"], 0, "what is there already is no failure");
    assert_eq!(admin.numbers(&records).await, active(0..3));
    let observed = admin.sandbox.observed();
    assert_eq!((observed.posts, observed.posts_applied), (2, 2));
    assert_eq!((observed.items_received, observed.items_added), (4, 3));
}

#[tokio::test]
async fn each_record_is_judged_alone() {
    let admin = Admin::start(admin()).await;
    let records = admin.records("G").await;
    let given = json!([
        {"phoneNumber": 2_025_551_000_u64},
        {"phoneNumber": "12025551001"},
        {"phoneNumber": 390_612_345_678_u64},
        {"phoneNumber": 1_234_567_890_u64},
        {"phoneNumber": "+1 202"},
        {"phoneNumber": 1.5},
        {},
        {"phoneNumber": "2025551002", "expiredDate": "soon"},
    ]);
    let (status, body) = admin.post(&records, &json!({"dncGroupRecords": given})).await;
    let results = &body["resultSet"]["recordResults"];
    assert_eq!((status, &body["resultSet"]["errorCount"]), (200, &json!(5)));
    let good: Vec<bool> = results.as_array().unwrap().iter().map(|result| result["success"] == true).collect();
    assert_eq!(good, [true, true, true, false, false, false, false, false]);
    assert_eq!(
        (&results[2]["phoneNumber"], &results[2]["formattedPhone"]),
        (&json!("390612345678"), &json!("+390612345678"))
    );
    let bad = json!({"success": false, "error": "Invalid phone number", "phoneNumber": "1234567890"});
    assert_eq!(results[3], bad);
    assert_eq!(results[6], json!({"success": false, "error": "Invalid phone number"}));
    assert_eq!(results[7]["error"], "Invalid expired date");
    assert_eq!(admin.numbers(&records).await.len(), 3);
    assert_eq!(admin.sandbox.list("G").unwrap().numbers[2].phone_number, "+390612345678");
}

#[tokio::test]
async fn what_is_removed_lingers_as_expired_and_comes_back_in_its_place() {
    let admin = Admin::start(admin()).await;
    let records = admin.records("G").await;
    admin.post(&records, &batch(0..3)).await;
    let leaving = json!({"dncGroupRecords": [
        {"phoneNumber": ten(1)}, {"phoneNumber": ten(9)}, {"phoneNumber": ten(1)}, {"phoneNumber": "x"},
    ]});
    let (status, body) = admin.delete(&records, &leaving).await;
    assert_eq!((status, &body["errorCount"], body.get("resultSet")), (200, &json!(3), None));
    let told: Vec<&Value> = body["recordResults"].as_array().unwrap().iter().map(|result| &result["error"]).collect();
    assert_eq!(json!(told), json!([null, "Record not found", "Record not found", "Invalid phone number"]));
    assert_eq!(body["recordResults"][0]["formattedPhone"], "+1 (202) 555-1001");

    let expired = vec![(ten(0), true), (ten(1), false), (ten(2), true)];
    assert_eq!(admin.numbers(&records).await, expired);
    let (_, body) = admin.get(&records).await;
    assert_eq!(body["resultSet"]["totalRecords"], 3);
    let date = body["resultSet"]["dncRecords"][1]["expiredDate"].as_str().unwrap();
    assert!(date.len() == 24 && date.ends_with('Z'), "{date}");
    assert_eq!(admin.listed("G"), 2);
    assert_eq!(admin.delete(&records, &batch(1..2)).await.1["errorCount"], 1, "expired once, not twice");

    admin.post(&records, &batch(1..2)).await;
    assert_eq!(admin.numbers(&records).await, active(0..3));
    let observed = admin.sandbox.observed();
    assert_eq!((observed.removals, observed.removals_applied), (2, 2));
}

#[tokio::test]
async fn changes_are_seen_after_the_lag() {
    let lag = Duration::from_millis(400);
    let admin = Admin::start(Options { lag, ..admin() }).await;
    let records = admin.records("G").await;
    admin.post(&records, &batch(0..2)).await;
    assert_eq!(admin.get(&records).await.0, 204);
    assert!(admin.sandbox.list("G").unwrap().numbers.iter().all(|listed| listed.standing == Standing::Queued));
    tokio::time::sleep(lag).await;
    assert_eq!(admin.numbers(&records).await, active(0..2));
    admin.delete(&records, &batch(0..1)).await;
    assert_eq!(admin.numbers(&records).await, active(0..2));
    assert_eq!(admin.listed("G"), 1);
    tokio::time::sleep(lag).await;
    assert_eq!(admin.numbers(&records).await, [(ten(0), false), (ten(1), true)]);
}

#[tokio::test]
async fn others_change_a_group_behind_ones_back() {
    let admin = Admin::start(admin()).await;
    let records = admin.records("G").await;
    let id = records.split('/').nth(5).unwrap();
    admin.sandbox.add_behind("G", &["+12025551000", "+12025551001"]);
    admin.sandbox.remove_behind("G", &["+12025551001"]);
    assert_eq!(admin.numbers(&records).await, [(ten(0), true), (ten(1), false)]);
    assert_eq!(admin.sandbox.ever_indexed(id).unwrap().len(), 2);
    assert_eq!(admin.sandbox.list("G").unwrap().numbers[0].phone_number, "+12025551000");
}

#[tokio::test]
async fn pages_are_cut_and_ordered() {
    let admin = Admin::start(Options { page_cap: 4, ..admin() }).await;
    let records = admin.records("G").await;
    admin.post(&records, &batch(0..10)).await;
    assert_eq!(admin.numbers(&records).await, active(0..4));
    assert_eq!(admin.numbers(&format!("{records}?skip=8&top=1000&orderBy=recordId%20asc")).await, active(8..10));
    assert_eq!(admin.numbers(&format!("{records}?skip=3&top=2")).await, active(3..5));
    assert!(admin.numbers(&format!("{records}?skip=10")).await.is_empty());
    let page = admin.numbers(&format!("{records}?orderBy=phoneNumber%20desc&top=1")).await;
    assert_eq!(page, active(9..10));
    let (_, body) = admin.get(&format!("{records}?fields=phoneNumber,recordId&top=1")).await;
    assert_eq!(body["resultSet"]["dncRecords"], json!([{"phoneNumber": ten(0), "recordId": 1}]));
    for (query, words) in [
        ("skip=-1", "Invalid skip"),
        ("skip=x", "Invalid skip"),
        ("top=0", "Invalid top"),
        ("top=x", "Invalid top"),
        ("orderBy=colour", "Invalid orderBy"),
        ("fields=colour", "Invalid fields"),
    ] {
        let (status, told, body) = admin.call(Method::GET, &format!("{records}?{query}"), None).await;
        assert_eq!((status, told.as_str(), &body["error_description"]), (400, words, &json!(words)));
    }
    assert_eq!(admin.get(&format!("{GROUPS}/1/records")).await.0, 404);
}

#[tokio::test]
async fn fifty_are_on_a_page_where_nothing_is_asked_for_and_totals_may_be_kept_back() {
    let admin = Admin::start(Options { tell_totals: false, ..admin() }).await;
    let records = admin.records("G").await;
    admin.post(&records, &batch(0..60)).await;
    let (_, body) = admin.get(&records).await;
    assert_eq!(body["resultSet"]["dncRecords"].as_array().unwrap().len(), 50);
    assert!(body["resultSet"].get("totalRecords").is_none());
}

#[tokio::test]
async fn a_call_has_one_to_4500_records() {
    let admin = Admin::start(admin()).await;
    let records = admin.records("G").await;
    let many = |count: usize| json!({"dncGroupRecords": vec![json!({"phoneNumber": ten(0)}); count]});
    for method in [Method::POST, Method::DELETE] {
        let (status, words, _) = admin.call(method.clone(), &records, Some(&many(4_501))).await;
        assert_eq!((status, words.as_str()), (400, "Maximum of 4,500 records per upload exceeded"));
        for body in [many(0), json!({}), json!([])] {
            assert_eq!(admin.call(method.clone(), &records, Some(&body)).await.0, 400);
        }
        assert_eq!(admin.call(method, &records, Some(&many(4_500))).await.0, 200);
    }
    let observed = admin.sandbox.observed();
    assert_eq!((observed.posts, observed.posts_applied), (5, 1));
    assert_eq!(admin.post(&format!("{GROUPS}/1/records"), &batch(0..1)).await.0, 404);
}

#[tokio::test]
async fn the_tenant_has_room_for_so_many_active_records() {
    let admin = Admin::start(Options { capacity: 5, ..admin() }).await;
    let (one, two) = (admin.records("A").await, admin.records("B").await);
    admin.post(&one, &batch(0..3)).await;
    let (status, words, _) = admin.call(Method::POST, &two, Some(&batch(0..3))).await;
    assert_eq!((status, words.is_empty(), admin.listed("B")), (400, false, 0));
    assert_eq!(admin.post(&two, &batch(0..2)).await.0, 200);
    assert_eq!(admin.post(&one, &batch(0..3)).await.0, 200, "what is there already needs no room");
    assert_eq!(admin.post(&one, &batch(3..4)).await.0, 400);
    admin.delete(&one, &batch(0..1)).await;
    assert_eq!(admin.post(&one, &batch(3..4)).await.0, 200);
}

#[tokio::test]
async fn json_is_for_those_who_ask_for_it() {
    let admin = Admin::start(admin()).await;
    let records = admin.records("G").await;
    for accept in [None, Some("*/*"), Some("text/html")] {
        let request = admin.bare(Method::POST, &records).json(&batch(0..2));
        let request = accept.into_iter().fold(request, |request, accept| request.header("accept", accept));
        let response = request.send().await.unwrap();
        assert_eq!(
            (response.status().as_u16(), &response.headers()["content-type"]),
            (200, &"text/plain".parse().unwrap())
        );
        assert_eq!(response.text().await.unwrap(), "No known way to render data");
    }
    assert_eq!(admin.listed("G"), 2, "applied all the same");
    let request = admin.bare(Method::GET, &records).header("accept", "text/plain, application/json;q=0.5");
    assert_eq!(whole(request.send().await.unwrap()).await.2["resultSet"]["totalRecords"], 2);
    let empty = admin.bare(Method::GET, &format!("{records}?skip=5")).send().await.unwrap();
    assert_eq!(empty.status(), 204);
}

#[tokio::test]
async fn a_record_may_expire_by_itself() {
    let admin = Admin::start(admin()).await;
    let records = admin.records("G").await;
    let dated = |n: u32, date: &str| json!({"phoneNumber": ten(n), "expiredDate": date});
    let given = json!([dated(0, "2001-01-01T00:00:00Z"), dated(1, "12/31/2099"), dated(2, "2099-12-31"), {"phoneNumber": ten(3)}]);
    let (_, body) = admin.post(&records, &json!({"dncGroupRecords": given})).await;
    assert_eq!(body["resultSet"]["errorCount"], 0);
    assert_eq!(admin.listed("G"), 3, "what is to expire later is active");
    let (_, body) = admin.get(&records).await;
    let shown: Vec<_> = body["resultSet"]["dncRecords"].as_array().unwrap().iter().map(|r| &r["expiredDate"]).collect();
    let last = "2099-12-31T00:00:00.000Z";
    assert_eq!(json!(shown), json!([last, last, null]), "one expired long ago and has lingered");
    assert_eq!(admin.search(&ten(1)).await.1["searchResults"][0]["expiredDate"], last);

    admin.delete(&records, &batch(1..2)).await;
    admin.post(&records, &batch(1..2)).await;
    let (_, body) = admin.get(&format!("{records}?top=1")).await;
    assert!(body["resultSet"]["dncRecords"][0].get("expiredDate").is_none(), "taken anew, without a date");
    let (_, body) = admin.delete(&records, &json!({"dncGroupRecords": [dated(2, "2099-12-31")]})).await;
    assert_eq!(body["recordResults"][0]["error"], "expiredDate is not supported");
}
