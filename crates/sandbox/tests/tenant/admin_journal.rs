use std::path::Path;

use dncsync_sandbox::{Options, Sandbox};
use reqwest::Method;
use serde_json::Value;

use crate::admin::{Admin, GROUPS, admin, batch, ten};

fn kept(path: &Path) -> Options {
    Options { data: Some(path.to_owned()), ..admin() }
}

async fn records_of(admin: &Admin, records: &str) -> Vec<Value> {
    admin.get(records).await.1["resultSet"]["dncRecords"].as_array().unwrap().clone()
}

#[tokio::test]
async fn all_of_a_tenant_survives_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("journal");
    let first = Admin::start(kept(&data)).await;
    let group = first.group("G").await;
    let records = format!("{group}/records");
    first.post(&records, &batch(0..4)).await;
    first.delete(&records, &batch(1..4)).await;
    first.post(&records, &batch(2..3)).await;
    first.sandbox.scrub_behind("G", &[3, 5]);
    first.call(Method::DELETE, &format!("{group}/scrubbed-skills/5"), None).await;
    first.call(Method::PUT, &format!("{group}?dncGroupName=H"), None).await;
    first.sandbox.deactivate_behind("H");
    let (shown, about) = (records_of(&first, &records).await, first.get(GROUPS).await);
    first.sandbox.create_list_behind("LAST", "GLOBAL");
    let last = first.sandbox.list("LAST").unwrap().id;
    first.sandbox.delete_list_behind("LAST");
    first.sandbox.stop().await;

    let second = Admin::start(kept(&data)).await;
    assert_eq!(second.get(GROUPS).await, about);
    assert_eq!(records_of(&second, &records).await, shown, "ids, order and the moments of expiry");
    let states: Vec<bool> = second.numbers(&records).await.into_iter().map(|(_, active)| active).collect();
    assert_eq!(states, [true, false, true, false]);
    let (_, skills) = second.get(&format!("{group}/scrubbed-skills")).await;
    assert_eq!((&skills["totalRecords"], &skills["scrubbedSkills"][0]["skillId"]), (&1.into(), &3.into()));
    assert_eq!(second.post(&records, &batch(0..1)).await.0, 409);
    second.sandbox.activate_behind("H");
    second.post(&records, &batch(1..2)).await;
    assert_eq!(second.numbers(&records).await[1], (ten(1), true));
    let next: u64 = second.sandbox.create_list_behind("NEXT", "GLOBAL").parse().unwrap();
    assert_eq!(next, last.parse::<u64>().unwrap() + 1);
}

#[tokio::test]
async fn a_journal_belongs_to_its_profile() {
    let dir = tempfile::tempdir().unwrap();
    for (name, writer, reader) in [("a", admin(), crate::caller::quick()), ("b", crate::caller::quick(), admin())] {
        let data = Some(dir.path().join(name));
        let sandbox =
            Sandbox::start(Options { data: data.clone(), ..writer }, ([127, 0, 0, 1], 0).into()).await.unwrap();
        sandbox.create_list_behind("L", "GLOBAL");
        sandbox.stop().await;
        let refused = Sandbox::start(Options { data, ..reader }, ([127, 0, 0, 1], 0).into()).await.err().unwrap();
        assert!(refused.to_string().contains("of another profile"), "{refused}");
    }
}
