//! Faults: whatever goes wrong on the way, the end is the same and nothing is counted twice.

use crate::house::{House, numbers, options, read};
use crate::profiles::{Profile, under_every_profile};

under_every_profile! {
    every_fault_on_every_call_ends_the_same,
    a_named_item_is_set_aside_and_the_rest_arrives,
    a_body_that_is_too_large_is_sent_in_halves,
}

/// Each kind of fault on each kind of call strikes twice.
async fn every_fault_on_every_call_ends_the_same(profile: Profile) {
    let kinds = ["429", "429-bare", "429-date", "500", "502", "503", "close-before", "close-after", "truncate", "401"];
    let paths = ["POST*/lists:1:2", "GET*/lists:1:2", "POST*items:1:2", "GET*items:1:2", "oauth/token:1:2"];
    let tasks: Vec<_> = kinds
        .iter()
        .flat_map(|kind| paths.iter().map(move |path| format!("{kind}:{path}")))
        // A token that is refused twice running ends the run, as it should: there it strikes once.
        .map(|fault| if fault.starts_with("401:") { fault.replace(":2", ":1") } else { fault })
        .filter(|fault| !fault.starts_with("401:oauth"))
        .map(|fault| async move {
            let house = House::with(profile, options(&[&fault])).await;
            let outcome = house.outcome(&numbers(0..30)).await;
            (fault, outcome, house.listed().len())
        })
        .collect();
    for (fault, outcome, listed) in futures_util::future::join_all(tasks).await {
        assert_eq!((outcome.as_str(), listed), ("30 rows: 30 confirmed", 30), "{fault}");
    }
}

async fn a_named_item_is_set_aside_and_the_rest_arrives(profile: Profile) {
    let house = House::with(profile, options(&["refuse:items:1:1"])).await;
    let outcome = house.ingest(&numbers(0..50)).await.expect("an outcome");
    assert_eq!(crate::house::line(&outcome), "50 rows: 49 confirmed, 1 refused");
    assert_eq!(house.listed().len(), 49);
    let rejects = read(outcome.report.rejects.expect("a rejects file").as_ref());
    assert!(rejects.lines().nth(1).is_some_and(|row| row.contains(",server.refused,")), "{rejects}");
}

/// The Admin API takes a batch and refuses single records of it, so that nothing is to be halved: see `records`.
#[tokio::test]
async fn an_item_that_nobody_names_is_found_by_halving() {
    let house = House::with(Profile::V2, options(&["refuse-silent:items:1:1"])).await;
    let outcome = house.ingest(&numbers(0..1000)).await.expect("an outcome");
    assert_eq!(crate::house::line(&outcome), "1000 rows: 999 confirmed, 1 refused");
    assert!(outcome.report.requests.post <= 22, "{:?}", outcome.report.requests);
    assert_eq!(outcome.report.batches, 1);
}

async fn a_body_that_is_too_large_is_sent_in_halves(profile: Profile) {
    let house = House::with(profile, options(&["413:POST*items:1:1"])).await;
    assert_eq!(house.outcome(&numbers(0..10)).await, "10 rows: 10 confirmed");
    assert_eq!(house.listed().len(), 10);
}

/// The Admin API counts no window: see `pace`.
#[tokio::test]
async fn the_window_is_never_overrun() {
    let mut house = House::with(Profile::V2, dncsync_sandbox::Options { rate: 12, ..options(&[]) }).await;
    house.setup.rate = dncsync_core::pacing::Rate::Window(12);
    assert_eq!(house.outcome(&numbers(0..2500)).await, "2500 rows: 2500 confirmed");
    let observed = house.sandbox.observed();
    assert_eq!(observed.throttled, 0);
    assert!(observed.max_in_window <= 12);
}
