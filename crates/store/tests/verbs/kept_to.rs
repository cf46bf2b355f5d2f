//! Targets that are kept to the campaign's own numbers.

use std::io;

use dncsync_core::chunk::{Chunk, by_chunk};
use dncsync_core::feed::Mode::{Add, Changes};
use dncsync_core::number::Number;

use crate::house::{House, numbers};
use crate::house_feeds::{FAR, plain};

/// Sorted numbers as a campaign's own ones are given.
pub(crate) fn chunks(sorted: &[Number]) -> impl Iterator<Item = io::Result<(u64, Chunk)>> {
    by_chunk(sorted).map(|(key, numbers)| Ok((key, Chunk::of_sorted(numbers.iter().copied()))))
}

impl House {
    fn keep_to(&mut self, all: &[u64]) -> u64 {
        let all = numbers(all.iter().copied());
        let mut all = chunks(&all);
        self.store.keep_to(self.target, Some(("leads.csv", &mut all))).unwrap()
    }
}

#[test]
fn only_what_is_among_the_campaigns_own_numbers_is_desired() {
    let mut house = House::new();
    house.listed("earlier", [1, 2]);
    house.give("ftc", "l1", Add, &format!("1 2 3 70000 {FAR}"));
    house.takes(&["ftc"]);
    assert_eq!(house.keep_to(&[2, 3, 9, FAR]), 4);

    let found = house.difference();
    assert_eq!(found.add.iter().map(|(_, number)| number.get()).collect::<Vec<_>>(), [3, FAR]);
    assert_eq!((plain(&found.left_out), found.withdrawn), (vec![1], vec![]), "it is claimed, and not called here");
    assert_eq!(house.store.only_of(house.target).unwrap().unwrap().name, "leads.csv");
    let lets_in = |number| house.store.lets_in(house.target, numbers([number])[0]).unwrap();
    assert_eq!([lets_in(1), lets_in(2), lets_in(70_000)], [false, true, false]);

    house.give("ftc", "l2", Changes, "-1");
    let found = house.difference();
    assert_eq!((plain(&found.withdrawn), found.left_out), (vec![1], vec![]));
}

#[test]
fn a_target_that_is_kept_to_nothing_any_more_desires_all_again() {
    let mut house = House::new();
    house.give("ftc", "l1", Add, "1 2");
    house.takes(&["ftc"]);
    let (sets, before) = (house.rows("number_set"), house.difference());
    house.keep_to(&[2]);
    house.keep_to(&[1, 70_000]);
    assert_eq!(house.difference().add.len(), 1);
    assert_eq!(house.store.keep_to(house.target, None).unwrap(), 0);

    assert_eq!(house.difference().add, before.add);
    assert_eq!(house.difference().base, before.base);
    assert_eq!(house.store.only_of(house.target).unwrap(), None);
    assert!(house.store.lets_in(house.target, numbers([9])[0]).unwrap());
    assert_eq!(house.rows("number_set"), sets, "nothing of it is left");
}

#[test]
fn numbers_that_cannot_be_read_to_their_end_change_nothing() {
    let mut house = House::new();
    house.keep_to(&[1, 2]);
    let before = ["number_set", "chunk"].map(|table| house.rows(table));
    let mut fails = [Ok((0, Chunk::of_sorted(numbers([3])))), Err(io::Error::other("the disk"))].into_iter();
    assert!(house.store.keep_to(house.target, Some(("other.csv", &mut fails))).is_err());
    assert_eq!(["number_set", "chunk"].map(|table| house.rows(table)), before);
    assert_eq!(house.store.only_of(house.target).unwrap().unwrap().name, "leads.csv");
    assert!(house.store.lets_in(house.target, numbers([2])[0]).unwrap());
}

#[test]
fn no_number_is_lost_whatever_order_they_come_in() {
    let mut house = House::new();
    assert_eq!(house.keep_to(&[2, FAR, 1, 2, 70_000, 3, 1]), 5);
    for number in [1, 2, 3, 70_000, FAR] {
        assert!(house.store.lets_in(house.target, numbers([number])[0]).unwrap(), "{number}");
    }
}
