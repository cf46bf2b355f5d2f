//! Feeds: what runs ask for is claimed by their list's own feed; others are taken by name.

use dncsync_core::feed::{FeedName, Mode};
use dncsync_core::source::SourceType::{CustomerRequest, Manual};
use dncsync_core::target::{ListId, Scope, Target, TenantKey};
use dncsync_store::TargetId;

use crate::house::{House, at, entries, numbers, run};
use crate::house_feeds::FAR;

/// What the own feed of a target claims.
fn own(house: &House, target: TargetId) -> Vec<u64> {
    let feeds = house.store.feeds_of(target).unwrap();
    let Some(own) = feeds.iter().find(|feed| feed.target == Some(target)) else { return Vec::new() };
    assert_eq!(house.claimed(own).len() as u64, own.numbers);
    house.claimed(own)
}

#[test]
fn what_a_run_asks_for_is_claimed_from_the_moment_it_is_durable_each_number_once() {
    let mut house = House::new();
    house.load("r1", at(1), &entries(Manual, [FAR, 2, 1])).unwrap();
    house.load("r2", at(2), &entries(CustomerRequest, [3, FAR, 2])).unwrap();

    assert_eq!(own(&house, house.target), [1, 2, 3, FAR]);
    let loads = house.store.loads_of(house.store.feeds_of(house.target).unwrap()[0].id).unwrap();
    let told: Vec<_> =
        loads.iter().map(|load| (load.run.as_str(), load.counts.claimed, load.counts.already_claimed)).collect();
    assert_eq!(told, [("r1", 3, 0), ("r2", 1, 2)]);
    let first = house.store.described(&loads[0], &numbers([1, FAR])).unwrap();
    assert!(first.iter().all(|entry| entry.source == Manual), "who said it first");
}

#[test]
fn claims_belong_to_a_target_and_outlive_its_list() {
    let mut house = House::new();
    house.load("r1", at(1), &entries(Manual, [1, 2])).unwrap();
    let anew = house.store.resolved(house.target, &ListId("dnc-2".into()), true, at(3), &run("r2")).unwrap();
    assert_eq!(own(&house, house.target), [1, 2]);
    assert_eq!(house.store.put_among(anew.key, &numbers([1, 2])).unwrap(), [], "nothing was put into the new one");

    let other = house.store.target(house.tenant, &Target::campaign("Q4").unwrap()).unwrap();
    assert_eq!(own(&house, other), [0; 0]);
}

#[test]
fn a_run_that_could_not_be_kept_claims_nothing() {
    let mut house = House::new();
    house.load("r1", at(1), &entries(Manual, [1])).unwrap();
    let before = ["number_set", "chunk", "load", "note"].map(|table| house.rows(table));
    assert!(house.load("r1", at(2), &entries(Manual, [2])).is_err(), "its id is taken");
    assert_eq!(["number_set", "chunk", "load", "note"].map(|table| house.rows(table)), before);
    assert_eq!(own(&house, house.target), [1]);
}

#[test]
fn a_target_takes_its_own_feed_first_then_those_that_somebody_named() {
    let mut house = House::new();
    house.takes(&["ftc", "crm", "ftc"]);
    let names = |house: &House| {
        let feeds = house.store.feeds_of(house.target).unwrap();
        feeds.into_iter().map(|feed| feed.name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names(&house), ["list:HOUSE", "crm", "ftc"]);
    let ftc = house.feed("ftc").id;
    assert_eq!(house.store.targets_of(ftc).unwrap(), [house.target]);

    house.takes(&["crm"]);
    assert_eq!(names(&house), ["list:HOUSE", "crm"]);
    assert_eq!(house.store.feeds().unwrap().len(), 3, "a feed that nobody takes is still there");
    assert_eq!(house.store.targets_of(ftc).unwrap(), []);
}

#[test]
fn a_list_named_like_a_feed_and_the_lists_of_two_tenants_are_told_apart() {
    let mut house = House::new();
    let somebody = house.store.tenant(&TenantKey::new("https://api.example.com", "somebody")).unwrap();
    let theirs = house.store.target(somebody, &Target::list("HOUSE", Scope::Global).unwrap()).unwrap();
    house.load("r1", at(1), &entries(Manual, [1])).unwrap();
    house.store.own_feed(theirs, at(1)).unwrap();
    assert_eq!(own(&house, theirs), [0; 0]);
    house.give("HOUSE", "l1", Mode::Add, "7 8");
    assert_eq!((own(&house, house.target), house.claimed_by("HOUSE")), (vec![1], vec![7, 8]));
    assert_eq!(house.store.own_feeds("HOUSE").unwrap().len(), 2);
    assert_eq!(house.store.feed_named(&FeedName::read("nobody").unwrap()).unwrap(), None);
}
