//! Telling: webhooks and the trail.

use crate::aggregator::{Aggregator, OK};
use crate::house::{House, numbers, read};
use crate::profiles::{Profile, under_every_profile};

under_every_profile! {
    a_settled_batch_is_told,
    a_failing_aggregator_changes_nothing_and_the_next_run_tells_another,
    the_trail_is_completed_and_never_differs,
}

async fn a_settled_batch_is_told(profile: Profile) {
    let mut house = House::new(profile).await;
    let aggregator = Aggregator::answering(&[OK]).await;
    house.tell(&aggregator.url);
    let outcome = house.ingest(&numbers(0..4)).await.expect("an outcome");
    assert_eq!((outcome.report.webhooks.delivered, outcome.report.webhooks.pending), (1, 0));
    let body: serde_json::Value = serde_json::from_str(&aggregator.came()[0].1).expect("JSON");
    assert_eq!(
        (&body["batchSize"], &body["indexed"], &body["duplicates"], &body["listName"], &body["campaignId"]),
        (&4.into(), &4.into(), &0.into(), &"CAMPAIGN_DNC_Q4".into(), &"Q4".into())
    );
}

async fn a_failing_aggregator_changes_nothing_and_the_next_run_tells_another(profile: Profile) {
    let mut house = House::new(profile).await;
    let broken = Aggregator::answering(&[(500, "", "")]).await;
    house.tell(&broken.url);
    let first = house.ingest(&numbers(0..4)).await.expect("an outcome");
    assert_eq!(crate::house::line(&first), "4 rows: 4 confirmed");
    assert_eq!((first.report.webhooks.delivered, first.report.webhooks.pending), (0, 1));

    let other = Aggregator::answering(&[OK]).await;
    house.tell(&other.url);
    assert_eq!(house.outcome(&numbers(0..4)).await, "4 rows: 4 listed already");
    assert_eq!(other.came(), broken.came(), "under the same id, with the same body");
}

async fn the_trail_is_completed_and_never_differs(profile: Profile) {
    let house = House::new(profile).await;
    house.outcome(&numbers(0..4)).await;
    let path = house.file("dnc_ingestion_audit.jsonl");
    let whole = read(&path);
    assert!(whole.lines().last().is_some_and(|line| line.contains(r#""eventType":"DNC_INGESTION""#)));
    assert!(!whole.contains("2025550"), "no number in clear");

    std::fs::write(&path, &whole[..whole.len() - 40]).expect("torn");
    assert_eq!(house.outcome(&numbers(0..4)).await, "4 rows: 4 listed already");
    assert!(read(&path).starts_with(&whole));

    let edited = read(&path).replacen("\"rows\":4", "\"rows\":3", 1);
    std::fs::write(&path, edited).expect("edited");
    assert_eq!(house.outcome(&numbers(0..4)).await, "audit.differs");
}
