//! What is ours in a list: only that is ever removed.

use dncsync_core::belief::Belief::{Absent, Doubtful, Listed};
use dncsync_core::feed::Mode::{Add, Changes};
use dncsync_core::plan;
use dncsync_core::source::SourceType::Manual;
use dncsync_store::PlanNotes;

use crate::house::{House, LIMITS, at, entries, happened, numbers, run};
use crate::house_feeds::{FAR, plain};

fn ours(house: &House, all: &[u64]) -> Vec<u64> {
    plain(&house.store.put_among(house.list, &numbers(all.iter().copied())).unwrap())
}

#[test]
fn what_a_plan_sends_is_ours_and_what_it_finds_there_is_not() {
    let mut house = House::new();
    let loaded = entries(Manual, [FAR, 3, 2, 1]);
    house.load("r1", at(1), &loaded).unwrap();
    let plan = plan::plan(&loaded, &[Absent, Absent, Listed, Doubtful], &[], LIMITS);
    house.store.record_plan(&run("r1"), house.list, &plan, &PlanNotes::default(), at(2), &happened()).unwrap();
    assert_eq!(ours(&house, &[1, 2, 3, FAR]), [3, FAR]);
}

#[test]
fn what_is_listed_by_others_stays_theirs_when_a_feed_claims_it_and_withdraws_it() {
    let mut house = House::new();
    house.store.see(house.list, &numbers([1]), &[]).unwrap();
    house.takes(&["ftc"]);
    house.give("ftc", "l1", Add, "1");
    assert_eq!(house.difference().right, 1);
    house.give("ftc", "l2", Changes, "-1");
    assert_eq!((house.difference().withdrawn, plain(&house.difference().foreign)), (vec![], vec![1]));
}

#[test]
fn what_was_not_looked_for_and_is_sent_again_stays_whose_it_was() {
    let mut house = House::new();
    house.listed("earlier", [1]);
    house.store.see(house.list, &numbers([1, 2]), &[]).unwrap();
    let loaded = entries(Manual, [1, 2, 3]);
    house.load("r1", at(1), &loaded).unwrap();
    let plan = plan::plan(&loaded, &[], &[], LIMITS);
    // All were seen too long ago, and reading would cost too much; 3 was never believed to be there.
    let disbelieved = numbers([1, 2, 3]);
    let notes = PlanNotes { disbelieved: &disbelieved, ..PlanNotes::default() };
    house.store.record_plan(&run("r1"), house.list, &plan, &notes, at(2), &happened()).unwrap();
    assert_eq!(ours(&house, &[1, 2, 3]), [1, 3], "2 was put there by others");
}
