//! Profile `admin`: single records fail inside an answer of 200, and expired ones linger.

use std::time::Duration;

use dncsync_core::feed::FeedName;
use dncsync_engine::Source;

use crate::house::{House, LIST, line, numbers, options, read, target};
use crate::profiles::Profile;

const ONE: &str = "+12025550000";

#[tokio::test]
async fn a_refused_record_is_named_with_cxones_words_and_costs_no_second_request() {
    let house = House::with(Profile::Admin, options(&["refuse:items:1:1"])).await;
    let outcome = house.ingest(&numbers(0..50)).await.expect("an outcome");
    assert_eq!(line(&outcome), "50 rows: 49 confirmed, 1 refused");
    let rejects = read(outcome.report.rejects.expect("a rejects file").as_ref());
    assert!(rejects.contains(",server.refused,") && rejects.contains("The number is not accepted"), "{rejects}");
    assert_eq!(house.sandbox.observed().posts, 1);
}

#[tokio::test]
async fn a_record_that_nobody_names_is_unconfirmed_and_sent_by_the_next_run() {
    let mut house = House::with(Profile::Admin, options(&["refuse-silent:items:1:1"])).await;
    house.setup.confirm_within = Duration::from_millis(300);
    let outcome = house.ingest(&numbers(0..50)).await.expect("an outcome");
    assert_eq!(line(&outcome), "50 rows: 49 confirmed, 1 unconfirmed");
    assert!(outcome.report.unconfirmed_file.is_some());

    house.sandbox.set_faults(&[], 0);
    assert_eq!(house.outcome(&numbers(0..50)).await, "50 rows: 1 confirmed, 49 listed already");
}

#[tokio::test]
async fn a_number_that_is_there_already_is_no_failure() {
    let quirks = vec![dncsync_sandbox::Quirk::DuplicateErrors];
    let house =
        House::with(Profile::Admin, dncsync_sandbox::Options { quirks, ..options(&["truncate:POST*items:1:1"]) }).await;
    assert_eq!(house.outcome(&numbers(0..5)).await, "5 rows: 5 confirmed");
    assert_eq!(house.sandbox.observed().posts_applied, 2, "the second time all were there");
}

/// Lifts a number's claim and applies that; how its removal came out.
async fn remove(house: &House, number: &str) -> (u64, u64) {
    let feed = FeedName::read(&format!("list:{LIST}")).expect("a name");
    let sources = [Source::Items(number.as_bytes().to_vec())];
    let rules = house.order("").rules;
    house.engine().remove(&feed, &sources, rules, "asked", &mut |_| ()).expect("lifted");
    let outcome = house.engine().apply(&target(), true, None, &mut |_| ()).await.expect("an outcome");
    assert_eq!(outcome.stopped, None);
    (outcome.report.removals.planned, outcome.report.removals.removed)
}

#[tokio::test]
async fn an_expired_record_that_lingers_blocks_nobody() {
    let house = House::new(Profile::Admin).await;
    house.outcome(&numbers(0..5)).await;
    assert_eq!(remove(&house, ONE).await, (1, 1));
    assert_eq!(house.listed().len(), 4);

    assert_eq!(house.outcome(&numbers(0..1)).await, "1 rows: 1 confirmed");
    assert_eq!(house.listed().len(), 5);
}

#[tokio::test]
async fn an_expired_record_is_not_taken_for_listed_on_first_contact() {
    let house = House::new(Profile::Admin).await;
    house.others_make(LIST, 0..2);
    house.sandbox.remove_behind(LIST, &[ONE]);
    assert_eq!(house.outcome(&numbers(0..2)).await, "2 rows: 1 confirmed, 1 listed already");
    assert_eq!(house.listed().len(), 2);
}

#[tokio::test]
async fn a_lost_answer_to_an_upload_or_a_removal_changes_nothing() {
    let house = House::with(Profile::Admin, options(&["close-after:POST*items:1:1", "close-after:DELETE:1:1"])).await;
    assert_eq!(house.outcome(&numbers(0..5)).await, "5 rows: 5 confirmed");
    assert_eq!(remove(&house, ONE).await, (1, 1));
    let observed = house.sandbox.observed();
    assert_eq!((observed.posts_applied, observed.removals_applied), (2, 2), "each was sent again");
    assert_eq!(house.listed().len(), 4);
}
