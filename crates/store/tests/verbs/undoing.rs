//! What undoes a load, as far as nothing later says anything of the same numbers.

use dncsync_core::change::Said;
use dncsync_core::feed::Mode::{Add, Changes, Replace};
use dncsync_core::source::SourceType::{CustomerRequest, Manual};
use dncsync_store::Undoing;

use crate::house::{House, at, happened, run};
use crate::house_feeds::{FAR, new_load, said, shown};

/// What is said, how many stay for a customer's sake, how many for a later load's.
fn told(undoing: &Undoing) -> (String, u64, u64) {
    (shown(&undoing.said), undoing.kept_requests, undoing.kept_later)
}

#[test]
fn what_a_load_claimed_first_is_withdrawn_and_what_others_claimed_stays() {
    let mut house = House::new();
    house.give("ftc", "l1", Add, "1 2");
    house.give("ftc", "l2", Add, &format!("2 3 70000 {FAR}"));
    house.give("crm", "l3", Add, "3");
    assert_eq!(told(&house.undoing("l2")), (format!("-3 -70000 -{FAR}"), 0, 0), "another feed is another matter");
    assert_eq!(told(&house.undoing("l1")), ("-1".into(), 0, 1), "2 was named again");
}

#[test]
fn what_a_load_withdrew_is_claimed_as_it_was() {
    let mut house = House::new();
    let mut first = said("1 c2@40 3");
    first[0].notes = "from the registry".into();
    first[1].notes = "said no".into();
    first[2].source = Manual;
    house.give_said("ftc", &new_load(&run("l1"), Add), first.clone()).unwrap();
    house.give("ftc", "l2", Changes, "-1 -2 4");
    house.give("ftc", "l3", Add, "5");

    let undoing = house.undoing("l2");
    let back: Vec<Said> = first[..2].iter().cloned().chain(said("-4")).collect();
    assert_eq!(undoing.said, back);
    house.give_said("ftc", &new_load(&run("l4"), Changes), undoing.said).unwrap();
    assert_eq!(house.claimed_by("ftc"), [1, 2, 3, 5]);
    house.takes(&["ftc"]);
    let add = house.store.additions(&house.difference().add).unwrap();
    let two = add.iter().find(|entry| entry.number.get() == 2).unwrap();
    assert_eq!((two.source, &*two.notes), (CustomerRequest, "said no"));
}

#[test]
fn a_number_that_was_claimed_twice_comes_back_as_the_last_time() {
    let mut house = House::new();
    house.give("ftc", "l1", Add, "1");
    house.give("ftc", "l2", Changes, "-1");
    house.give("ftc", "l3", Changes, "c1@50");
    house.give("ftc", "l4", Changes, "-1");
    assert_eq!(told(&house.undoing("l4")), ("c1@50".into(), 0, 0));
    assert_eq!(told(&house.undoing("l2")), (String::new(), 0, 1), "later loads say something of it");
    assert_eq!(told(&house.undoing("l1")).0, "");
}

#[test]
fn what_a_later_load_names_or_withdraws_stays_as_it_is() {
    let mut house = House::new();
    house.give("ftc", "l1", Add, "1 2 3 4");
    house.give("ftc", "l2", Changes, "1 -2 -3 -5");
    assert_eq!(told(&house.undoing("l1")), ("-4".into(), 0, 1), "1 was named again; 2 and 3 are not claimed anyhow");
    house.give("ftc", "l3", Changes, "2");
    assert_eq!(told(&house.undoing("l2")), ("3".into(), 0, 0), "2 is claimed anyhow");
}

#[test]
fn what_a_later_whole_truth_held_stays() {
    let mut house = House::new();
    house.give("ftc", "l1", Add, "1 2 3 70000");
    house.give("ftc", "l2", Replace, "1 3 4 70000");
    house.give("ftc", "l3", Changes, "-3");
    assert_eq!(told(&house.undoing("l1")), (String::new(), 0, 2), "1 and 70000 are in the later file");
    assert_eq!(told(&house.undoing("l2")), ("2 -4".into(), 0, 0));
    house.give("ftc", "l4", Replace, "1 4 70000");
    assert_eq!(told(&house.undoing("l2")).0, "2", "4 is in a later file");
}

#[test]
fn customer_requests_stay_unless_they_are_asked_for() {
    let mut house = House::new();
    house.give("ftc", "l1", Add, "1 c2 3 c70000");
    assert_eq!(told(&house.undoing("l1")), ("-1 -3".into(), 2, 0));
    let load = house.load_of("l1");
    let all = house.store.undoing(&load, true).unwrap();
    assert_eq!(told(&all), ("-1 -c2 -3 -c70000".into(), 0, 0));
}

#[test]
fn what_undid_a_load_can_be_undone() {
    let mut house = House::new();
    house.give("ftc", "l1", Add, "1@20 2");
    house.give("ftc", "l2", Replace, "2 c3");
    let undo = |house: &mut House, id: &str, by: &str| {
        let undoing = house.store.undoing(&house.load_of(id), true).unwrap();
        house.give_said("ftc", &new_load(&run(by), Changes), undoing.said).unwrap();
        house.claimed_by("ftc")
    };
    assert_eq!(undo(&mut house, "l2", "l3"), [1, 2]);
    assert_eq!(told(&house.undoing("l2")).0, "", "once is enough");
    assert_eq!(undo(&mut house, "l3", "l4"), [2, 3]);
    assert_eq!(shown(&house.undoing("l4").said), "1@20", "the end has come all the way, and 3 is a customer's");
}

#[test]
fn a_number_whose_load_lost_a_piece_comes_back_all_the_same() {
    let mut house = House::new();
    house.give("ftc", "l0", Add, "9");
    house.give("ftc", "l1", Add, "1@20 2");
    house.give("ftc", "l2", Changes, "-1");
    let sql = "UPDATE chunk SET bits = x'00' WHERE number_set = (SELECT claimed FROM load WHERE run = 'l1')";
    assert_eq!(house.sql().execute(sql, []).unwrap(), 1);
    assert_eq!(house.store.mend(crate::house::at(5), &run("r")).unwrap().beliefs, 1);
    assert_eq!(told(&house.undoing("l2")), ("1@20".into(), 0, 0));
}

#[test]
fn the_same_input_once_more_names_what_it_named_before() {
    let mut house = House::new();
    house.give("ftc", "l1", Add, "1 2");
    house.give("ftc", "l2", Add, "2 3");
    let newest = house.load_of("l2");
    let id = run("l3");
    let counts = newest.counts.once_more();
    house.store.take_once_more(&newest, &new_load(&id, Add), &counts, at(9), &|_, _| happened()).unwrap();
    assert_eq!(told(&house.undoing("l2")), (String::new(), 0, 1), "3 was named again");
    assert_eq!(told(&house.undoing("l1")), ("-1".into(), 0, 1));
}
