//! Lists: made, found, read, watched.

use std::time::Duration;

use dncsync_sandbox::Options;

use crate::house::{House, LIST, numbers, options};
use crate::profiles::{Profile, under_every_profile};

under_every_profile! {
    a_list_with_items_is_read_whole_before_anything_is_counted,
    a_similar_name_is_not_taken,
    small_pages_without_totals_are_read_to_the_end,
    a_list_that_was_made_anew_is_a_first_contact,
    what_is_never_indexed_is_reported_unconfirmed_and_sent_again_by_the_next_run,
    edits_by_others_while_we_look_do_no_harm,
}

async fn a_list_with_items_is_read_whole_before_anything_is_counted(profile: Profile) {
    let house = House::new(profile).await;
    house.sandbox.create_list_behind(LIST, "CAMPAIGN");
    house.sandbox.add_behind(LIST, &["+12025550001", "+12025550002", "+442071838750"]);
    assert_eq!(house.outcome(&numbers(0..5)).await, "5 rows: 3 confirmed, 2 listed already");
    assert_eq!(house.sandbox.observed().items_received, 3);
}

async fn a_similar_name_is_not_taken(profile: Profile) {
    let house = House::new(profile).await;
    house.sandbox.create_list_behind("A_CAMPAIGN_DNC_Q4_OLD", "CAMPAIGN");
    house.sandbox.create_list_behind("campaign_dnc_q4", "CAMPAIGN");
    house.sandbox.create_list_behind(LIST, "CAMPAIGN");
    assert_eq!(house.outcome(&numbers(0..2)).await, "2 rows: 2 confirmed");
    assert_eq!(house.listed().len(), 2);
    assert!(house.sandbox.list("campaign_dnc_q4").expect("a list").numbers.is_empty());
}

/// Groups of the Admin API have no scope.
#[tokio::test]
async fn the_right_name_with_another_scope_stops() {
    let house = House::new(Profile::V2).await;
    house.sandbox.create_list_behind(LIST, "GLOBAL");
    assert_eq!(house.outcome(&numbers(0..2)).await, "2 rows: 2 pending; stopped: list.scope");
}

async fn small_pages_without_totals_are_read_to_the_end(profile: Profile) {
    let house = House::with(profile, Options { page_cap: 7, tell_totals: false, ..options(&[]) }).await;
    house.others_make(LIST, 0..30);
    assert_eq!(house.outcome(&numbers(20..60)).await, "40 rows: 30 confirmed, 10 listed already");
}

async fn a_list_that_was_made_anew_is_a_first_contact(profile: Profile) {
    let mut house = House::new(profile).await;
    assert_eq!(house.outcome(&numbers(0..3)).await, "3 rows: 3 confirmed");
    house.replace_sandbox(options(&[])).await;
    assert_eq!(house.outcome(&numbers(0..3)).await, "3 rows: 3 confirmed");
    assert_eq!(house.listed().len(), 3);
}

async fn what_is_never_indexed_is_reported_unconfirmed_and_sent_again_by_the_next_run(profile: Profile) {
    let mut house = House::with(profile, options(&["lose-once:items:1:2"])).await;
    house.setup.confirm_within = Duration::from_millis(300);
    assert_eq!(house.outcome(&numbers(0..5)).await, "5 rows: 3 confirmed, 2 unconfirmed");
    assert_eq!(house.outcome(&numbers(0..5)).await, "5 rows: 2 confirmed, 3 listed already");
}

async fn edits_by_others_while_we_look_do_no_harm(profile: Profile) {
    let house = House::new(profile).await;
    assert_eq!(house.outcome(&numbers(0..20)).await, "20 rows: 20 confirmed");
    house.sandbox.remove_behind(LIST, &["+12025550000", "+12025550001", "+12025550002"]);
    assert_eq!(house.outcome(&numbers(20..25)).await, "5 rows: 5 confirmed");
}
