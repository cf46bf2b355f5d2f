//! Drift: somebody deletes numbers in CXone's own screens.

use std::time::Duration;

use dncsync_engine::Verified;

use crate::house::{House, LIST, numbers, options, read, target};
use crate::profiles::{Profile, under_every_profile};

under_every_profile! {
    what_is_missing_is_told_and_sent_again,
    a_list_that_was_deleted_is_missing_whole_and_made_anew,
    what_waits_to_be_sent_is_neither_right_nor_missing,
    what_was_seen_too_long_ago_is_looked_for_and_sent_again_where_it_is_gone,
    nothing_is_looked_for_that_was_seen_lately,
    where_reading_would_cost_too_much_the_doubtful_are_sent_again,
    the_aggregator_is_not_told_of_what_was_only_looked_for,
}

async fn verify(house: &House, repair: bool) -> Verified {
    house.engine().verify(&target(), repair, &mut |_| ()).await.expect("a verification")
}

/// `3 right, 2 missing, ...`
fn line(verified: &Verified) -> String {
    let told = &verified.told;
    let counts =
        format!("{} right, {} missing, {} foreign, {} pending", told.right, told.missing, told.foreign, told.pending);
    let repair = told.repair.as_ref().map(|report| format!("; repaired {}", report.successes)).unwrap_or_default();
    format!("{counts}; reads {}{repair}", told.reads)
}

async fn what_is_missing_is_told_and_sent_again(profile: Profile) {
    let house = House::new(profile).await;
    house.outcome(&numbers(0..8)).await;
    house.sandbox.remove_behind(LIST, &["+12025550001", "+12025550004"]);
    house.sandbox.add_behind(LIST, &["+442071838750"]);

    let found = verify(&house, false).await;
    assert_eq!(line(&found), "6 right, 2 missing, 1 foreign, 0 pending; reads 2");
    let named = read(found.told.missing_file.expect("a file").as_ref());
    assert_eq!(named, "phone_number,source_type,notes,file,line\n+12025550001,MANUAL,,,1\n+12025550004,MANUAL,,,2\n");

    assert_eq!(line(&verify(&house, true).await), "6 right, 2 missing, 1 foreign, 0 pending; reads 2; repaired 2");
    assert_eq!(line(&verify(&house, true).await), "8 right, 0 missing, 1 foreign, 0 pending; reads 1");
    assert_eq!(house.listed().len(), 9, "what others put there stays");
}

async fn a_list_that_was_deleted_is_missing_whole_and_made_anew(profile: Profile) {
    let mut house = House::new(profile).await;
    house.outcome(&numbers(0..3)).await;
    house.replace_sandbox(options(&[])).await;
    let found = verify(&house, true).await;
    assert_eq!(line(&found), "0 right, 3 missing, 0 foreign, 0 pending; reads 0; repaired 3");
    assert_eq!(found.told.list_id, None);
    assert_eq!(house.listed().len(), 3);
}

async fn what_waits_to_be_sent_is_neither_right_nor_missing(profile: Profile) {
    let mut house = House::with(profile, options(&["503:POST*items:1"])).await;
    house.setup.patience = Duration::from_millis(300);
    house.outcome(&numbers(0..3)).await;
    assert_eq!(line(&verify(&house, false).await), "0 right, 0 missing, 0 foreign, 3 pending; reads 1");
}

async fn what_was_seen_too_long_ago_is_looked_for_and_sent_again_where_it_is_gone(profile: Profile) {
    let mut house = House::new(profile).await;
    house.setup.trust = Duration::ZERO;
    house.outcome(&numbers(0..8)).await;
    house.sandbox.remove_behind(LIST, &["+12025550001", "+12025550004"]);

    let outcome = house.ingest(&numbers(0..10)).await.expect("an outcome");
    assert_eq!(crate::house::line(&outcome), "10 rows: 4 confirmed, 6 listed already");
    assert_eq!(outcome.report.resent, 2);
    assert_eq!(house.listed().len(), 10);
    let gets = outcome.report.requests.get;
    assert!(gets <= 4, "one whole read and looks for what was sent, not {gets}");
}

async fn nothing_is_looked_for_that_was_seen_lately(profile: Profile) {
    let house = House::new(profile).await;
    house.outcome(&numbers(0..8)).await;
    house.sandbox.remove_behind(LIST, &["+12025550001"]);
    let outcome = house.ingest(&numbers(0..8)).await.expect("an outcome");
    assert_eq!(crate::house::line(&outcome), "8 rows: 8 listed already");
    assert_eq!(outcome.report.requests.get, 0);
}

async fn where_reading_would_cost_too_much_the_doubtful_are_sent_again(profile: Profile) {
    let mut house = House::new(profile).await;
    (house.setup.trust, house.setup.trust_budget) = (Duration::ZERO, 0);
    house.outcome(&numbers(0..8)).await;
    house.sandbox.remove_behind(LIST, &["+12025550001"]);
    assert_eq!(house.outcome(&numbers(0..8)).await, "8 rows: 8 confirmed");
    assert_eq!(house.listed().len(), 8);
}

async fn the_aggregator_is_not_told_of_what_was_only_looked_for(profile: Profile) {
    let mut house = House::new(profile).await;
    house.setup.trust = Duration::ZERO;
    house.outcome(&numbers(0..8)).await;
    let outcome = house.ingest(&numbers(0..8)).await.expect("an outcome");
    assert_eq!(crate::house::line(&outcome), "8 rows: 8 listed already");
    assert_eq!((outcome.report.batches, outcome.report.webhooks.pending), (0, 0));
}
