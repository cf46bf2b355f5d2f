//! Profile `admin`: what groups have and lists have not: a measure for all of them, a state, skills, pages of unknown size.

use std::collections::BTreeSet;

use dncsync_engine::Scrubbed;
use dncsync_sandbox::{Options, Quirk};

use crate::house::{House, LIST, line, numbers, options, target};
use crate::profiles::Profile;

#[tokio::test]
async fn a_run_beyond_the_tenants_measure_sends_nothing_and_a_smaller_one_goes_through() {
    let mut house = House::new(Profile::Admin).await;
    house.setup.capacity = Some(10);
    house.others_make("OTHERS", 100..106);

    assert_eq!(house.outcome(&numbers(0..5)).await, "5 rows: 5 pending; stopped: tenant.capacity");
    assert_eq!(house.sandbox.observed().posts, 0);
    assert_eq!(house.outcome(&numbers(0..3)).await, "3 rows: 3 confirmed");
    assert_eq!(house.listed().len(), 3);
}

#[tokio::test]
async fn an_inactive_group_takes_nothing_until_it_is_active_again() {
    let house = House::new(Profile::Admin).await;
    assert_eq!(house.outcome(&numbers(0..3)).await, "3 rows: 3 confirmed");
    house.sandbox.deactivate_behind(LIST);
    assert_eq!(house.outcome(&numbers(3..5)).await, "2 rows: 2 pending; stopped: list.inactive");
    assert_eq!(house.sandbox.observed().posts, 1);

    house.sandbox.activate_behind(LIST);
    assert_eq!(house.outcome(&numbers(3..5)).await, "2 rows: 2 confirmed");
    assert_eq!(house.listed().len(), 5);
}

/// CXone's refusal is about the batch: its numbers are not remembered as refused, and are sent once there is room.
#[tokio::test]
async fn a_measure_that_nobody_told_us_refuses_no_number_for_good() {
    let house = House::with(Profile::Admin, Options { capacity: 8, ..options(&[]) }).await;
    house.others_make("OTHERS", 100..105);
    assert_eq!(house.outcome(&numbers(0..5)).await, "5 rows: 5 pending; stopped: tenant.full");
    assert_eq!(house.sandbox.observed().posts, 1, "it is not halved in search of a culprit");

    house.sandbox.remove_behind("OTHERS", &["+12025550100", "+12025550101"]);
    assert_eq!(house.outcome(&numbers(0..5)).await, "5 rows: 5 confirmed");
}

async fn skills(house: &House, wanted: Option<&[&str]>, approved: bool) -> Scrubbed {
    let wanted: Option<BTreeSet<String>> = wanted.map(|ids| ids.iter().map(|id| (*id).to_owned()).collect());
    house.engine().skills(&target(), wanted.as_ref(), approved).await.expect("skills")
}

/// Whether a run warns that the group blocks nobody.
async fn warns(house: &House, rows: &str) -> bool {
    let outcome = house.ingest(rows).await.expect("an outcome");
    assert_eq!(outcome.stopped, None, "{}", line(&outcome));
    outcome.report.warnings.contains_key("skills.none")
}

#[tokio::test]
async fn a_group_that_scrubs_no_skill_is_warned_of_until_it_does() {
    let house = House::new(Profile::Admin).await;
    assert!(warns(&house, &numbers(0..3)).await);
    assert_eq!(skills(&house, Some(&["7", "9"]), false).await.added, ["7", "9"]);
    assert!(!warns(&house, &numbers(3..5)).await);

    let asked = house.arrived("GET", "/scrubbed-skills");
    assert!(!warns(&house, &numbers(5..6)).await);
    assert_eq!(house.arrived("GET", "/scrubbed-skills"), asked, "what was told today is believed");
}

#[tokio::test]
async fn a_skill_is_spared_only_where_that_is_approved() {
    let house = House::new(Profile::Admin).await;
    house.outcome(&numbers(0..1)).await;
    house.sandbox.scrub_behind(LIST, &[7, 9]);
    let withheld = skills(&house, Some(&["9", "11"]), false).await;
    assert_eq!((withheld.added, withheld.spared, withheld.withheld), (vec!["11".into()], vec![], vec!["7".to_owned()]));
    assert_eq!(withheld.skills.len(), 3);

    let approved = skills(&house, Some(&["9", "11"]), true).await;
    assert_eq!((approved.spared, approved.withheld), (vec!["7".to_owned()], vec![]));
    let now: Vec<String> = skills(&house, None, false).await.skills.into_iter().map(|skill| skill.id).collect();
    assert_eq!(now, ["9", "11"]);
}

/// Repeated, the removal of a skill that is gone is answered 404: what is read back decides.
#[tokio::test]
async fn a_skill_whose_change_was_made_and_its_answer_lost_is_changed() {
    let faults = ["close-after:POST*scrubbed-skills:1:1", "close-after:DELETE*scrubbed-skills:1:1"];
    let house = House::with(Profile::Admin, options(&faults)).await;
    house.outcome(&numbers(0..1)).await;
    house.sandbox.scrub_behind(LIST, &[7]);
    let set = skills(&house, Some(&["9"]), true).await;
    let now: Vec<String> = set.skills.into_iter().map(|skill| skill.id).collect();
    assert_eq!((now, set.added, set.spared), (vec!["9".to_owned()], vec!["9".to_owned()], vec!["7".to_owned()]));
}

/// A house before a group of 250 numbers.
async fn before_a_large_group(page_cap: usize, quirks: &[Quirk]) -> House {
    let house = House::with(Profile::Admin, Options { page_cap, quirks: quirks.to_vec(), ..options(&[]) }).await;
    house.others_make(LIST, 1000..1250);
    house
}

#[tokio::test]
async fn the_size_of_a_page_is_learnt_from_what_it_shows() {
    let house = before_a_large_group(10_000, &[Quirk::Top100]).await;
    assert_eq!(house.outcome(&numbers(1000..1250)).await, "250 rows: 250 listed already");
    assert_eq!(house.arrived("GET", "/records"), 3);
    assert_eq!(house.outcome(&numbers(0..30)).await, "30 rows: 30 confirmed");
    assert_eq!(house.arrived("GET", "/records"), 4, "the last page is known");
}

#[tokio::test]
async fn the_size_of_a_page_is_learnt_from_refusals() {
    let house = before_a_large_group(100, &[Quirk::TopRefused]).await;
    assert_eq!(house.outcome(&numbers(1000..1250)).await, "250 rows: 250 listed already");
    let refused = house.sandbox.observed().arrivals.iter().filter(|call| call.status == 400).count();
    assert!((1..10).contains(&refused), "{refused}");
    assert_eq!(house.outcome(&numbers(0..30)).await, "30 rows: 30 confirmed");
    let refused_now = house.sandbox.observed().arrivals.iter().filter(|call| call.status == 400).count();
    assert_eq!(refused_now, refused, "it is remembered");
}
