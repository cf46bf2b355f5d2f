//! Loads: what an input does to its feed, and that it does all of it or nothing.

use std::io;

use dncsync_core::change::Said;
use dncsync_core::day::Day;
use dncsync_core::feed::Mode::{self, Add, Changes, Replace};
use dncsync_core::load::LoadCounts;
use dncsync_core::told;
use dncsync_store::{Did, LoadEnd, LoadKind, NewLoad, StoreError};

use crate::house::{House, at, happened, numbers, run};
use crate::house_feeds::{FAR, new_load, said};

/// `claimed again withdrawn not-claimed absent`
fn counted(counts: LoadCounts) -> [u64; 5] {
    assert!(counts.holds(), "{counts:?}");
    let LoadCounts { claimed, already_claimed, withdrawn, not_claimed, absent, .. } = counts;
    [claimed, already_claimed, withdrawn, not_claimed, absent]
}

#[test]
fn each_mode_into_an_empty_feed() {
    let mut house = House::new();
    assert_eq!(counted(house.give("a", "l1", Add, &format!("1 2 {FAR}"))), [3, 0, 0, 0, 0]);
    assert_eq!(counted(house.give("b", "l2", Replace, &format!("1 2 {FAR}"))), [3, 0, 0, 0, 0]);
    assert_eq!(counted(house.give("c", "l3", Changes, &format!("1 -2 3 -{FAR}"))), [2, 0, 0, 2, 0]);
    assert_eq!(house.claimed_by("a"), [1, 2, FAR]);
    assert_eq!(house.claimed_by("b"), [1, 2, FAR]);
    assert_eq!(house.claimed_by("c"), [1, 3]);
}

#[test]
fn each_mode_into_a_filled_feed() {
    let mut house = House::new();
    for feed in ["a", "b", "c"] {
        house.give(feed, "filled", Add, &format!("1 2 3 70000 {FAR}"));
    }
    assert_eq!(counted(house.give("a", "l1", Add, "2 4")), [1, 1, 0, 0, 0]);
    assert_eq!(counted(house.give("b", "l2", Replace, "2 4")), [1, 1, 0, 0, 4]);
    assert_eq!(counted(house.give("c", "l3", Changes, &format!("-1 2 4 -5 -{FAR}"))), [1, 1, 2, 1, 0]);
    assert_eq!(house.claimed_by("a"), [1, 2, 3, 4, 70_000, FAR]);
    assert_eq!(house.claimed_by("b"), [2, 4], "also what lies in chunks that the file does not name");
    assert_eq!(house.claimed_by("c"), [2, 3, 4, 70_000]);
}

#[test]
fn what_a_load_did_to_a_number_is_known_later() {
    let mut house = House::new();
    house.give("ftc", "l1", Add, "1 2");
    house.give("ftc", "l2", Changes, "-1 2 3");
    let did = |id, number| house.store.did(&house.load_of(id), numbers([number])[0]).unwrap();
    assert_eq!([did("l1", 1), did("l1", 3)], [Some(Did::Claimed), None]);
    assert_eq!([did("l2", 1), did("l2", 2), did("l2", 3)], [Some(Did::Withdrew), Some(Did::Again), Some(Did::Claimed)]);
}

/// Everything that a load writes.
fn traces(house: &mut House) -> (Vec<u64>, [i64; 7], u64) {
    let tables = ["number_set", "chunk", "load", "load_source", "note", "ending", "lifted_end"];
    (house.claimed_by("ftc"), tables.map(|table| house.rows(table)), house.store.last_event().unwrap())
}

/// A load that touches everything: claims, withdraws, names again, with notes, ends and a second source type.
fn busy() -> Vec<Said> {
    let mut said = said(&format!("-1 2@30 c3@9 70000 {FAR}"));
    said.iter_mut().for_each(|said| said.notes = "a note".into());
    said
}

fn filled() -> House {
    let mut house = House::new();
    house.give("ftc", "l1", Add, "1@5 2@5 4");
    house
}

#[test]
fn a_load_whose_input_fails_on_the_way_changes_nothing() {
    for mode in Mode::ALL {
        let mut house = filled();
        let before = traces(&mut house);
        let feed = house.feed("ftc").id;
        let fails = told::by_chunk(busy().into_iter().map(Ok).chain([Err(io::Error::other("the disk"))]));
        let end =
            house.store.take_load(feed, &new_load(&run("l2"), mode), fails, &|_, _, _| None, at(2), &|_, _| happened());
        assert!(matches!(end, Err(StoreError::Spool(_))), "{mode}");
        assert_eq!(traces(&mut house), before, "{mode}");
        assert_eq!(house.store.loads_of_run(&run("l2")).unwrap(), []);
    }
}

#[test]
fn a_load_that_a_guard_stops_changes_nothing_and_says_why() {
    let mut house = filled();
    let before = traces(&mut house);
    let feed = house.feed("ftc").id;
    let stops = |counts: &LoadCounts, before: u64, after: u64| {
        Some(format!("{} of {before} are gone, {after} left", counts.absent + counts.withdrawn))
    };
    let said = told::by_chunk(busy().into_iter().map(Ok));
    let end =
        house.store.take_load(feed, &new_load(&run("l2"), Replace), said, &stops, at(2), &|_, _| happened()).unwrap();
    assert_eq!(end, LoadEnd::Stopped("2 of 3 are gone, 4 left".into()));
    assert_eq!(traces(&mut house), before);

    // The store is not left in the middle of a change.
    house.give("ftc", "l3", Add, "9");
    assert_eq!(house.claimed_by("ftc"), [1, 2, 4, 9]);
}

#[test]
fn numbers_that_are_out_of_order_are_refused_whole() {
    let far = format!("1 {FAR} 2");
    for out_of_order in ["2 1", "1 1", "1@5 -1", "70000 1", &far] {
        let mut house = filled();
        let before = traces(&mut house);
        let end = house.give_said("ftc", &new_load(&run("l2"), Changes), said(out_of_order));
        assert!(matches!(end, Err(StoreError::Spool(_))), "{out_of_order}");
        assert_eq!(traces(&mut house), before, "{out_of_order}");
    }
}

#[test]
fn an_input_that_was_read_before_is_remembered_and_changes_nothing() {
    let mut house = filled();
    let first = house.load_of("l1");
    let counts = first.counts.once_more();
    let again = run("l2");
    let again = new_load(&again, Add);
    let end = house.store.take_once_more(&first, &again, &counts, at(2), &|_, _| happened()).unwrap();
    assert_eq!(end, Some(LoadEnd::Taken { counts, before: 3, after: 3 }));
    assert_eq!(house.claimed_by("ftc"), [1, 2, 4]);
    assert_eq!(house.store.newest_load(first.feed).unwrap().unwrap().run, run("l2"));

    let end = house.store.take_once_more(&first, &again, &counts, at(3), &|_, _| happened()).unwrap();
    assert_eq!(end, None, "it is not the newest any more");
}

#[test]
fn what_ended_is_withdrawn_in_one_change() {
    let mut house = House::new();
    house.give("ftc", "l1", Add, "1@40 2@41 3");
    let (feed, id) = (house.feed("ftc").id, run("l2"));
    let load = NewLoad { kind: LoadKind::Expiry, ..new_load(&id, Changes) };
    let mut expire = |day| {
        let end = house.store.take_expiry(feed, Day::from_stored(day), &load, at(2), &|_, _| happened()).unwrap();
        end.map(|end| if let LoadEnd::Taken { counts, .. } = end { counts.withdrawn } else { 0 })
    };
    assert_eq!([expire(40), expire(41), expire(41), expire(99)], [None, Some(1), None, Some(1)]);
    assert_eq!(house.claimed_by("ftc"), [3]);
}
