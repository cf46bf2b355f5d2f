//! Profile `admin`: few numbers are asked for one by one, many by reading pages.

use std::time::Duration;

use dncsync_sandbox::Options;

use crate::house::{House, LIST, numbers, options};
use crate::profiles::Profile;

/// A house before a group of others' 250 numbers, which shows 100 on a page.
async fn before_a_large_group() -> House {
    let house = House::with(Profile::Admin, Options { page_cap: 100, ..options(&[]) }).await;
    house.others_make(LIST, 1000..1250);
    house
}

/// Searches, and pages of records, since the sandbox began.
fn looks(house: &House) -> (usize, usize) {
    (house.arrived("POST", "/search"), house.arrived("GET", "/records"))
}

#[tokio::test]
async fn a_single_number_is_searched_for_and_many_are_read() {
    let house = before_a_large_group().await;
    assert_eq!(house.outcome(&numbers(0..1)).await, "1 rows: 1 confirmed");
    let (searches, pages) = looks(&house);
    assert!(searches > 0, "the new number was asked for");

    // On the last page there is room for all of them: reading it takes one request.
    assert_eq!(house.outcome(&numbers(1..31)).await, "30 rows: 30 confirmed");
    let (searches_now, pages_now) = looks(&house);
    assert_eq!(searches_now, searches);
    assert!(pages_now > pages);
}

#[tokio::test]
async fn doubtful_numbers_are_searched_for_where_that_costs_less_than_the_whole_group() {
    let mut house = before_a_large_group().await;
    house.outcome(&numbers(0..1)).await;
    house.setup.trust = Duration::ZERO;
    let (searches, pages) = looks(&house);
    assert_eq!(house.outcome(&numbers(1000..1002)).await, "2 rows: 2 listed already");
    assert_eq!(looks(&house), (searches + 2, pages), "two searches instead of three pages");

    house.sandbox.remove_behind(LIST, &["+12025551000"]);
    assert_eq!(house.outcome(&numbers(1000..1002)).await, "2 rows: 1 confirmed, 1 listed already");
    assert_eq!(house.listed().len(), 251);
}

#[tokio::test]
async fn a_number_in_another_group_is_not_in_this_one() {
    let house = before_a_large_group().await;
    house.others_make("OTHERS", 0..1);
    assert_eq!(house.outcome(&numbers(0..1)).await, "1 rows: 1 confirmed");
    assert_eq!(house.listed().len(), 251);
}
