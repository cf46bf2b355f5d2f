//! Pieces of feeds and of campaigns' own numbers that were lost: nobody loses protection for it.

use dncsync_core::feed::Mode::{Add, Changes, Replace};
use dncsync_core::told;

use crate::house::{House, at, numbers, run};
use crate::house_feeds::plain;

/// A feed of two loads, all of which is listed: the second has changed the chunk of the small numbers.
fn two_loads() -> House {
    let mut house = House::new();
    house.listed("earlier", [1, 2, 3, 70_000]);
    house.takes(&["ftc"]);
    house.give("ftc", "l1", Add, "1 2 70000");
    house.give("ftc", "l2", Changes, "-1 2 3");
    house
}

impl House {
    /// Damages chunks of sets, and mends: what of the target is told to be damaged.
    fn lose(&mut self, sets: &str) -> Option<String> {
        let sql = format!("UPDATE chunk SET bits = x'00' WHERE number_set IN ({sets})");
        assert!(self.sql().execute(&sql, []).unwrap() > 0, "{sets}");
        self.store.mend(at(200), &run("r2")).unwrap();
        self.difference().damaged
    }
}

#[test]
fn each_piece_that_a_feed_is_made_of_or_asks_makes_it_damaged() {
    for sets in [
        "SELECT claimed FROM feed WHERE name = 'ftc'",
        "SELECT base FROM feed WHERE name = 'ftc'",
        "SELECT claimed FROM load WHERE run = 'l2'",
        "SELECT again FROM load WHERE run = 'l2'",
        "SELECT withdrawn FROM load WHERE run = 'l2'",
    ] {
        assert_eq!(two_loads().lose(sets), Some("ftc".into()), "{sets}");
    }
    let mut house = two_loads();
    house.give("ftc", "l3", Add, "c7");
    assert_eq!(house.lose("SELECT number_set FROM load_source"), Some("ftc".into()));
    assert_eq!(two_loads().lose("SELECT put FROM list"), None, "what is not known to be ours is not removed");
}

#[test]
fn a_whole_load_makes_good_what_was_lost_and_an_addition_does_not() {
    let mut house = two_loads();
    house.lose("SELECT claimed FROM feed WHERE name = 'ftc'");
    house.give("ftc", "l3", Add, "4");
    assert_eq!(house.difference().damaged, Some("ftc".into()));

    house.give("ftc", "l4", Replace, "2 3 4");
    assert_eq!(house.claimed_by("ftc"), [2, 3, 4]);
    let found = house.difference();
    assert_eq!((found.damaged, plain(&found.withdrawn)), (None, vec![1, 70_000]));
}

#[test]
fn a_guard_knows_how_many_a_damaged_feed_claimed() {
    let mut house = two_loads();
    house.lose("SELECT base FROM feed WHERE name = 'ftc'");
    let feed = house.feed("ftc");
    assert_eq!((feed.numbers, house.claimed(&feed).len()), (3, 2), "70000 is lost");
    let id = run("l3");
    let load = crate::house_feeds::new_load(&id, Replace);
    let said = told::by_chunk(crate::house_feeds::said("2").into_iter().map(Ok));
    let told = std::cell::Cell::new((0, 0));
    let stops = |_: &dncsync_core::load::LoadCounts, before, after| {
        told.set((before, after));
        None
    };
    house.store.take_load(feed.id, &load, said, &stops, at(1), &|_, _| crate::house::happened()).unwrap();
    assert_eq!(told.get(), (3, 1));
    assert_eq!(house.claimed_by("ftc"), [2]);
}

#[test]
fn a_lost_piece_of_the_campaigns_own_numbers_is_told_until_they_are_given_again() {
    let mut house = two_loads();
    let give = |house: &mut House| {
        let all = numbers([2, 3, 70_000]);
        let mut all = crate::kept_to::chunks(&all);
        house.store.keep_to(house.target, Some(("leads.csv", &mut all))).unwrap();
    };
    give(&mut house);
    assert_eq!(house.lose("SELECT only_numbers FROM target"), Some("--only".into()));
    give(&mut house);
    assert_eq!(house.difference().damaged, None);
}

#[test]
fn removals_that_were_planned_before_a_piece_was_lost_are_kept() {
    let mut house = two_loads();
    house.plan_removals("a", &[], &[5]);
    house.lose("SELECT claimed FROM feed WHERE name = 'ftc'");
    let part = house.next().unwrap();
    assert_eq!(house.remove(&part), [0; 0]);
    assert_eq!(house.store.batch(&part.batch).unwrap().already_listed, 1);
}

#[test]
fn a_number_whose_load_lost_a_piece_is_added_all_the_same() {
    let mut house = House::new();
    house.takes(&["ftc"]);
    house.give("ftc", "l1", Add, "1");
    house.give("ftc", "l2", Add, "2 70000");
    house.lose("SELECT claimed FROM load WHERE run = 'l2'");
    let added = house.store.additions(&house.difference().add).unwrap();
    assert_eq!(added.iter().map(|entry| entry.number.get()).collect::<Vec<_>>(), [1, 2, 70_000]);
}
