//! How much room a feed takes.

use dncsync_core::feed::Mode::{Add, Changes, Replace};
use dncsync_core::load::LoadCounts;
use dncsync_core::told;

use crate::house::{House, at, happened, run};
use crate::house_feeds::{FAR, new_load, said};

/// Chunks of a feed's own set, and of all that its loads keep.
fn chunks(house: &mut House) -> (i64, i64) {
    house.feed("ftc");
    let of = |what: &str| {
        let sql = "SELECT count(*) FROM chunk JOIN number_set ON id = number_set WHERE what = ?1";
        house.sql().query_row(sql, [what], |row| row.get(0)).unwrap()
    };
    (of("feed"), of("load"))
}

/// Five chunks.
fn five() -> String {
    format!("1 2 70000 140000 210000 {FAR}")
}

#[test]
fn a_feed_of_one_load_is_stored_once() {
    for mode in [Add, Replace, Changes] {
        let mut house = House::new();
        house.give("ftc", "l1", mode, &five());
        assert_eq!(chunks(&mut house), (0, 5), "{mode}");
        assert_eq!(house.claimed_by("ftc").len(), 6);
    }
}

#[test]
fn a_second_load_copies_only_the_chunks_that_it_changes() {
    let mut house = House::new();
    house.give("ftc", "l1", Add, &five());
    // 1 is claimed already, 70001 is new, 140000 goes, and 300000 opens a chunk.
    house.give("ftc", "l2", Changes, "1 70001 -140000 300000");
    assert_eq!(chunks(&mut house), (3, 5 + 1 + 2 + 1), "again: 1; claimed: 70001 and 300000; withdrawn: 140000");
    assert_eq!(house.claimed_by("ftc"), [1, 2, 70_000, 70_001, 210_000, 300_000, FAR]);

    house.give("ftc", "l3", Replace, "1 2 210000");
    assert_eq!(house.claimed_by("ftc"), [1, 2, 210_000], "a chunk that holds nothing hides the first load's");
    house.give("ftc", "l4", Changes, "140000");
    assert_eq!(house.claimed_by("ftc"), [1, 2, 140_000, 210_000]);
}

#[test]
fn a_first_load_that_claims_nothing_is_no_base() {
    let mut house = House::new();
    house.give("ftc", "l1", Changes, "-1 -2");
    house.give("ftc", "l2", Add, "1 70000");
    house.give("ftc", "l3", Changes, "-1");
    assert_eq!(house.claimed_by("ftc"), [70_000]);
}

#[test]
fn a_stopped_first_load_leaves_the_next_one_to_be_the_first() {
    let mut house = House::new();
    let feed = house.feed("ftc").id;
    let (id, all) = (run("l1"), told::by_chunk(said(&five()).into_iter().map(Ok)));
    let stops = |_: &LoadCounts, _, _| Some("no".into());
    house.store.take_load(feed, &new_load(&id, Add), all, &stops, at(1), &|_, _| happened()).unwrap();
    house.give("ftc", "l2", Add, &five());
    assert_eq!(chunks(&mut house), (0, 5));
}
