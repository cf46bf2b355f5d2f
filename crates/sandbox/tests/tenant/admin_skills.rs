use dncsync_sandbox::Options;
use reqwest::Method;
use serde_json::{Value, json};

use crate::admin::{Admin, GROUPS, admin};

#[tokio::test]
async fn skills_are_bound_and_freed() {
    let admin = Admin::start(admin()).await;
    let group = admin.group("G").await;
    for (path, name) in [("scrubbed-skills", "scrubbedSkills"), ("contributing-skills", "contributingSkills")] {
        let skills = format!("{group}/{path}");
        assert_eq!(admin.get(&skills).await, (204, Value::Null));
        for skill in [7, 4_711, 7] {
            let answer = admin.call(Method::POST, &format!("{skills}/{skill}"), None).await;
            assert_eq!(answer, (200, "OK".to_owned(), Value::Null));
        }
        let both = json!([{"skillId": 7, "skillName": "Skill 7"}, {"skillId": 4_711, "skillName": "Skill 4711"}]);
        assert_eq!(admin.get(&skills).await, (200, json!({"totalRecords": 2, name: both})));
        let (_, page) = admin.get(&format!("{skills}?skip=1&top=1")).await;
        assert_eq!((&page["totalRecords"], &page[name][0]), (&json!(2), &both[1]));
        assert_eq!(admin.get(&format!("{skills}?top=x")).await.0, 400);
        for skill in ["0", "1000000", "x"] {
            assert_eq!(admin.call(Method::POST, &format!("{skills}/{skill}"), None).await.0, 404, "{skill}");
        }
        let free = async |skill: u32| admin.call(Method::DELETE, &format!("{skills}/{skill}"), None).await.0;
        assert_eq!((free(7).await, free(7).await, free(4_711).await), (200, 404, 200));
        assert_eq!(admin.get(&skills).await.0, 204);
        let unknown = format!("{GROUPS}/1/{path}");
        assert_eq!(admin.get(&unknown).await.0, 404);
        assert_eq!(admin.call(Method::POST, &format!("{unknown}/7"), None).await.0, 404);
    }
}

#[tokio::test]
async fn somebody_may_scrub_skills_and_the_total_be_kept_back() {
    let admin = Admin::start(Options { tell_totals: false, ..admin() }).await;
    let group = admin.group("G").await;
    admin.sandbox.scrub_behind("G", &[3, 5]);
    let (_, body) = admin.get(&format!("{group}/scrubbed-skills")).await;
    assert_eq!(body["scrubbedSkills"].as_array().unwrap().len(), 2);
    assert!(body.get("totalRecords").is_none());
}
