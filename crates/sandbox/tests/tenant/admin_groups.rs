use reqwest::Method;
use serde_json::{Value, json};

use crate::admin::{Admin, GROUPS, admin, batch};

#[tokio::test]
async fn a_group_is_created_once_and_shown() {
    let admin = Admin::start(admin()).await;
    assert_eq!(admin.get(GROUPS).await, (204, Value::Null));
    let group = json!({"dncGroupName": "Q4", "dncGroupDescription": "d"});
    let (status, words, created) = admin.call(Method::POST, GROUPS, Some(&group)).await;
    assert_eq!((status, words.as_str()), (200, "OK"));
    let created = &created["dncGroups"][0];
    let id = created["dncGroupId"].as_u64().unwrap();
    assert!(id > 1_000, "{id}");
    assert_eq!((&created["dncGroupName"], &created["dncGroupDescription"]), (&json!("Q4"), &json!("d")));
    assert_eq!((&created["isActive"], &created["isRemoved"]), (&json!(true), &json!(false)));
    assert!(created["createDate"].as_str().unwrap().ends_with(".000Z"), "{created}");

    let (status, words, body) = admin.call(Method::POST, GROUPS, Some(&group)).await;
    assert_eq!((status, words.as_str()), (400, "A DNC group with that name already exists"));
    assert_eq!(body["error_description"], words);
    assert!(body["error"].is_string());
    for name in [json!(""), json!("x".repeat(256)), json!(7), Value::Null] {
        assert_eq!(admin.post(GROUPS, &json!({"dncGroupName": name})).await.0, 400);
    }
    assert_eq!(admin.post(GROUPS, &json!([])).await.0, 400);
    let (_, second) = admin.post(GROUPS, &json!({"dncGroupName": "ü".repeat(255)})).await;
    assert_eq!(second["dncGroups"][0]["dncGroupId"], id + 1);

    admin.post(&format!("{GROUPS}/{id}/records"), &batch(0..3)).await;
    admin.delete(&format!("{GROUPS}/{id}/records"), &batch(0..1)).await;
    let (_, all) = admin.get(GROUPS).await;
    assert_eq!(all["resultSet"]["totalGroups"], 2);
    let (_, one) = admin.get(&format!("{GROUPS}/{id}")).await;
    assert_eq!(one["resultSet"]["dncGroups"][0]["validRecords"], 2);
    assert_eq!(one["resultSet"]["dncGroups"][0], all["resultSet"]["dncGroups"][0]);
    for other in ["1", "x", "%ff"] {
        let (status, words, _) = admin.call(Method::GET, &format!("{GROUPS}/{other}"), None).await;
        assert_eq!((status, words.is_empty()), (404, false), "{other}");
    }
}

#[tokio::test]
async fn a_group_is_altered() {
    let admin = Admin::start(admin()).await;
    let (group, _other) = (admin.group("G").await, admin.group("H").await);
    let alter = async |query: &str| admin.call(Method::PUT, &format!("{group}?{query}"), None).await;
    let (status, _, body) = alter("isActive=false").await;
    assert_eq!((status, &body["dncGroups"][0]["isActive"]), (200, &json!(false)));
    assert_eq!(alter("isActive=true").await.2["dncGroups"][0]["isActive"], true);
    assert_eq!(alter("isActive=perhaps").await.0, 400);
    assert_eq!(alter("dncGroupName=H").await.0, 400);
    let (_, _, body) = alter("dncGroupName=G&dncGroupDescription=new").await;
    assert_eq!(body["dncGroups"][0]["dncGroupDescription"], "new");
    assert_eq!(alter("dncGroupName=I").await.0, 200);
    assert!(admin.sandbox.list("I").is_some() && admin.sandbox.list("G").is_none());
    assert_eq!(admin.call(Method::PUT, &format!("{GROUPS}/1?isActive=false"), None).await.0, 404);
}

#[tokio::test]
async fn an_inactive_group_can_only_be_read() {
    let admin = Admin::start(admin()).await;
    let records = admin.records("G").await;
    admin.post(&records, &batch(0..1)).await;
    admin.sandbox.deactivate_behind("G");
    for method in [Method::POST, Method::DELETE] {
        let (status, words, body) = admin.call(method, &records, Some(&batch(0..1))).await;
        assert_eq!((status, words.as_str()), (409, "DNC group is inactive"));
        assert_eq!(body["error_description"], words);
    }
    assert_eq!(admin.numbers(&records).await.len(), 1);
    admin.sandbox.activate_behind("G");
    assert_eq!(admin.post(&records, &batch(1..2)).await.0, 200);
}

#[tokio::test]
async fn a_deleted_group_is_gone_and_its_id_never_given_again() {
    let admin = Admin::start(admin()).await;
    let group = admin.group("G").await;
    admin.sandbox.add_behind("G", &["+12025551000"]);
    admin.sandbox.delete_list_behind("G");
    for path in [group.clone(), format!("{group}/records"), format!("{group}/scrubbed-skills")] {
        assert_eq!(admin.get(&path).await.0, 404, "{path}");
    }
    assert_eq!(admin.post(&format!("{group}/records"), &batch(0..1)).await.0, 404);
    assert_eq!(admin.get(GROUPS).await.0, 204);
    assert_ne!(admin.group("G").await, group);
}

#[tokio::test]
async fn two_tenants_begin_with_other_ids() {
    let (one, two) = (Admin::start(admin()).await, Admin::start(admin()).await);
    // One in nine million.
    assert_ne!(one.group("G").await, two.group("G").await);
}
