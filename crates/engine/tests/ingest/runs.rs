//! Runs: from rows to confirmed suppression, once, twice, and after a stop.

use std::time::Duration;

use crate::house::{House, LIST, numbers, options, read};
use crate::profiles::{Profile, under_every_profile};

under_every_profile! {
    every_row_has_one_outcome_and_a_second_run_sends_nothing,
    refused_rows_are_kept_with_place_and_reason,
    the_customer_request_leaves_first,
    a_stopped_run_is_continued_under_its_own_id,
    another_order_finishes_first_what_was_left_behind,
    an_input_without_rows_is_refused_unless_it_is_in_order,
    a_dry_run_sends_nothing_and_makes_no_list,
}

const ROWS: &str = "phone_number,source_type,notes
+12025551234,REGULATORY,State DNC registry sync
+1 (202) 555-5678,CUSTOMER_REQUEST,Opt-out via IVR
+12025559999,MANUAL,Agent flagged
+12025551234,MANUAL,again
+15555555555,MANUAL,no such number
+12025550000,PARTNER,no such source
";

async fn every_row_has_one_outcome_and_a_second_run_sends_nothing(profile: Profile) {
    let house = House::new(profile).await;
    assert_eq!(house.outcome(ROWS).await, "6 rows: 3 confirmed, 1 repeated, 2 rejected");
    assert_eq!(house.listed(), ["+12025551234", "+12025555678", "+12025559999"]);
    let posts = house.sandbox.observed().posts;
    assert_eq!(house.outcome(ROWS).await, "6 rows: 3 listed already, 1 repeated, 2 rejected");
    assert_eq!(house.sandbox.observed().posts, posts);
}

async fn refused_rows_are_kept_with_place_and_reason(profile: Profile) {
    let house = House::new(profile).await;
    let outcome = house.ingest(ROWS).await.expect("an outcome");
    let rejects = read(outcome.report.rejects.expect("a rejects file").as_ref());
    assert_eq!(
        rejects,
        "phone_number,source_type,notes,file,line,column,code,reason
+15555555555,MANUAL,no such number,items,6,1,phone.invalid,no numbering plan has this number
+12025550000,PARTNER,no such source,items,7,2,source.unknown,\"the source type is none of MANUAL, REGULATORY, CUSTOMER_REQUEST, SYSTEM\"
"
    );
}

/// Records of the Admin API have neither notes nor source.
#[tokio::test]
async fn notes_and_source_go_along_with_the_row_that_named_the_number_first() {
    let house = House::new(Profile::V2).await;
    house.outcome(ROWS).await;
    let list = house.sandbox.list(LIST).expect("the list");
    let first = list.numbers.iter().find(|number| number.phone_number == "+12025551234").expect("listed");
    assert_eq!((first.source.as_str(), first.notes.as_str()), ("REGULATORY", "State DNC registry sync"));
}

async fn the_customer_request_leaves_first(profile: Profile) {
    let house = House::new(profile).await;
    house.outcome(ROWS).await;
    let list = house.sandbox.list(LIST).expect("the list");
    assert_eq!(list.numbers[0].phone_number, "+12025555678");
}

async fn a_stopped_run_is_continued_under_its_own_id(profile: Profile) {
    let data = tempfile::tempdir().expect("a directory");
    let kept = |faults: &[&str]| dncsync_sandbox::Options { data: Some(data.path().join("tenant")), ..options(faults) };
    let mut house = House::with(profile, kept(&["503:POST*items:1"])).await;
    house.setup.patience = Duration::from_millis(600);
    let stopped = house.ingest(ROWS).await.expect("an outcome");
    assert_eq!(crate::house::line(&stopped), "6 rows: 1 repeated, 2 rejected, 3 pending; stopped: cxone.unavailable");

    house.sandbox.stop().await;
    house = House { sandbox: House::with(profile, kept(&[])).await.sandbox, ..house };
    let finished = house.ingest(ROWS).await.expect("an outcome");
    assert_eq!(crate::house::line(&finished), "6 rows: 3 confirmed, 1 repeated, 2 rejected");
    assert_eq!(finished.report.run_id, stopped.report.run_id);
}

async fn another_order_finishes_first_what_was_left_behind(profile: Profile) {
    let data = tempfile::tempdir().expect("a directory");
    let kept = |faults: &[&str]| dncsync_sandbox::Options { data: Some(data.path().join("tenant")), ..options(faults) };
    let mut house = House::with(profile, kept(&["503:POST*items:1"])).await;
    house.setup.patience = Duration::from_millis(600);
    house.outcome(&numbers(0..5)).await;

    house.sandbox.stop().await;
    house = House { sandbox: House::with(profile, kept(&[])).await.sandbox, ..house };
    assert_eq!(house.outcome(&numbers(100..103)).await, "3 rows: 3 confirmed");
    assert_eq!(house.listed().len(), 8);
    assert_eq!(house.outcome(&numbers(0..5)).await, "5 rows: 5 listed already");
}

async fn an_input_without_rows_is_refused_unless_it_is_in_order(profile: Profile) {
    let house = House::new(profile).await;
    assert_eq!(house.outcome("phone_number\n").await, "input.empty");
    let order = dncsync_engine::Order { allow_empty: true, ..house.order("phone_number\n") };
    let outcome = house.engine().ingest(&order, &mut |_| ()).await.expect("an outcome");
    assert_eq!(outcome.report.total_items, 0);
}

async fn a_dry_run_sends_nothing_and_makes_no_list(profile: Profile) {
    let house = House::new(profile).await;
    let order = house.order(ROWS);
    let report = house.engine().dry_run(&order, &mut |_| ()).await.expect("a report");
    assert_eq!((report.total_items, report.pending, report.rejected, report.dry_run), (6, 3, 2, true));
    assert!(house.sandbox.list(LIST).is_none());

    house.outcome(ROWS).await;
    let more = format!("{ROWS}+12025550100,MANUAL,\n");
    let report = house.engine().dry_run(&house.order(&more), &mut |_| ()).await.expect("a report");
    assert_eq!((report.already_listed, report.pending), (3, 1));
}
