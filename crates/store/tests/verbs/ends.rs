//! Claims that end: blocked through a day, or for good.

use dncsync_core::change::End;
use dncsync_core::day::Day;
use dncsync_core::feed::Mode::{Add, Changes, Replace};

use crate::house::{House, numbers};
use crate::house_feeds::{FAR, plain, shown};

impl House {
    /// The ends of some numbers of the feed `ftc`; 0 for none.
    fn ends(&mut self, all: &[u64]) -> Vec<i32> {
        let feed = self.feed("ftc").id;
        let end = |number| match self.store.end_of(feed, numbers([number])[0]).unwrap() {
            End::Day(day) => day.get(),
            End::Never => 0,
        };
        all.iter().map(|number| end(*number)).collect()
    }

    fn ended(&mut self, today: i32) -> Vec<u64> {
        let feed = self.feed("ftc").id;
        plain(&self.store.ended(feed, Day::from_stored(today)).unwrap())
    }
}

#[test]
fn a_number_is_blocked_through_its_last_day() {
    let mut house = House::new();
    house.give("ftc", "l1", Add, &format!("1@20 2 3@30 70000@20 {FAR}@10"));
    assert_eq!(house.ended(10), [0; 0]);
    assert_eq!(house.ended(20), [FAR], "on its last day it is still blocked");
    assert_eq!(house.ended(21), [1, 70_000, FAR]);
    assert_eq!(house.ended(1_000), [1, 3, 70_000, FAR]);
    assert_eq!(house.ends(&[1, 2, 3, 70_000, FAR]), [20, 0, 30, 20, 10]);
}

#[test]
fn of_two_ends_the_later_stands_and_none_is_later_than_any() {
    for mode in [Add, Changes] {
        let mut house = House::new();
        house.give("ftc", "l1", mode, "1@20 2@20 3@20 4");
        house.give("ftc", "l2", mode, "1@10 2@30 3 4@10");
        assert_eq!(house.ends(&[1, 2, 3, 4]), [20, 30, 0, 0], "{mode}");
        assert_eq!(house.ended(31), [1, 2], "{mode}");
    }
}

#[test]
fn a_file_that_is_the_whole_truth_tells_the_ends() {
    let mut house = House::new();
    house.give("ftc", "l1", Add, "1@20 2@20 3@20 4 5");
    house.give("ftc", "l2", Replace, "1@10 2 3@20 4@15");
    assert_eq!(house.ends(&[1, 2, 3, 4, 5]), [10, 0, 20, 15, 0]);
    assert_eq!(house.ended(100), [1, 3, 4]);
}

#[test]
fn a_claim_that_is_made_anew_has_a_new_end() {
    let mut house = House::new();
    house.give("ftc", "l1", Add, "1@20 2");
    house.give("ftc", "l2", Changes, "-1 -2");
    assert_eq!(house.ended(100), [0; 0], "what is not claimed does not end");
    house.give("ftc", "l3", Changes, "1@15 2@15");
    assert_eq!(house.ends(&[1, 2]), [15, 15]);
}

#[test]
fn feeds_have_ends_of_their_own() {
    let mut house = House::new();
    house.give("ftc", "l1", Add, "1@20");
    house.give("crm", "l2", Add, "1@10");
    assert_eq!((house.ended(15), house.ends(&[1])), (vec![], vec![20]));
    house.give("crm", "l3", Changes, "-1");
    assert_eq!(house.ends(&[1]), [20]);
}

#[test]
fn ends_that_were_lifted_come_back_with_their_claims() {
    let mut house = House::new();
    house.give("ftc", "l1", Add, &format!("1@20 2 3@30 {FAR}@20"));
    house.give("ftc", "l2", Replace, "3@30");
    let undoing = house.undoing("l2");
    assert_eq!(shown(&undoing.said), format!("1@20 2 {FAR}@20"));
    house.give("ftc", "l3", Changes, &shown(&undoing.said));
    assert_eq!(house.ends(&[1, 2, 3, FAR]), [20, 0, 30, 20]);
}

#[test]
fn an_end_that_was_made_earlier_goes_back_with_the_load_that_made_it() {
    let mut house = House::new();
    house.give("ftc", "l1", Add, "1 2@30 3@10 4@20 5");
    house.give("ftc", "l2", Replace, "1@15 2@15 3@15 4@20 5");
    let undoing = house.undoing("l2");
    assert_eq!(shown(&undoing.said), "1 2@30", "where it is later by the load, it stays so");
    house.give("ftc", "l3", Changes, &shown(&undoing.said));
    assert_eq!(house.ends(&[1, 2, 3, 4, 5]), [0, 30, 15, 20, 0]);
}
