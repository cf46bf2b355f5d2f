use dncsync_core::refusal::{self, Refusal, Verdict};
use dncsync_core::source::SourceType::{CustomerRequest, Manual};
use dncsync_store::{Instead, PartState, Sighting};
use roaring::RoaringBitmap;

use crate::house::{House, at, entries, happened, numbers, root_of, run, show, webhook};

#[test]
fn urgent_ones_first_then_by_age_then_as_planned() {
    let mut house = House::new();
    house.plan("young", at(20), entries(Manual, 1..=4));
    house.plan("old", at(10), entries(Manual, 11..=13));
    house.plan("asked", at(30), entries(CustomerRequest, 21..=22));
    house.load("not planned", at(1), &entries(CustomerRequest, 31..=32)).unwrap();

    let mut order = Vec::new();
    while let Some(part) = house.send() {
        order.push(show(&part));
    }
    assert_eq!(
        order,
        [
            "asked batch 0 [0, 1] Waiting, left 0×",
            "old batch 0 [0, 1, 2] Waiting, left 0×",
            "young batch 0 [0, 1, 2] Waiting, left 0×",
            "young batch 1 [0] Waiting, left 0×",
        ]
    );
}

#[test]
fn a_run_can_be_passed_over() {
    let mut house = House::new();
    house.plan("old", at(10), entries(Manual, 1..=3));
    house.plan("young", at(20), entries(Manual, 4..=6));
    let next = house.store.next_part(house.tenant, |part| part.batch.run == run("old")).unwrap().unwrap();
    assert_eq!(next.batch.run, run("young"));
}

#[test]
fn what_was_being_sent_when_a_process_died_is_sent_again() {
    let mut house = House::new();
    house.plan("r1", at(1), entries(Manual, 1..=6));
    house.send().unwrap();
    let second = house.send().unwrap();
    house.store.accepted(&second, at(101), &happened()).unwrap();
    assert_eq!(house.next(), None);

    house.store.reopen_sending(house.tenant).unwrap();
    assert_eq!(show(&house.send().unwrap()), "r1 batch 0 [0, 1, 2] Waiting, left 1×");
    assert_eq!(house.next(), None, "what was accepted stays accepted");
    let batch = house.store.batch(&second.batch).unwrap();
    assert_eq!(batch.parts[0].state, PartState::Accepted { at: at(101) });
}

#[test]
fn the_first_sending_is_remembered_not_the_last() {
    let mut house = House::new();
    house.plan("r1", at(1), entries(Manual, 1..=3));
    let part = house.send().unwrap();
    house.store.send_again(&part, at(150), &happened()).unwrap();
    let part = house.next().unwrap();
    house.store.begin_send(&part, 0, root_of(&part.batch), at(200), &happened()).unwrap();
    assert_eq!(house.store.batch(&part.batch).unwrap().first_sent_at, Some(at(100)));
}

#[test]
fn a_refused_part_is_replaced_by_its_halves_down_to_the_item_to_blame() {
    let mut house = House::new();
    house.plan("r1", at(1), entries(Manual, 1..=3));
    let whole = house.send().unwrap();
    let Verdict::Halve(first, second) = refusal::judge(&whole.members, &Refusal::default()) else {
        panic!("nobody was named");
    };
    house.store.refused(&whole, &[], &Instead::Halves([first, second]), at(101), &happened()).unwrap();

    let half = house.send().unwrap();
    assert_eq!(show(&half), "r1 batch 0 [0] Waiting, left 0×");
    let nothing_left = Instead::Rest(RoaringBitmap::new());
    house.store.refused(&half, &[(0, "no such number".into())], &nothing_left, at(102), &happened()).unwrap();

    assert_eq!(show(&house.send().unwrap()), "r1 batch 0 [1, 2] Waiting, left 0×");
    assert_eq!(house.send(), None);
    assert_eq!(house.store.refusals(&run("r1")).unwrap(), [(0, 0, "no such number".into())]);
    assert_eq!(house.store.run(&run("r1")).unwrap().tally.refused, 1);
}

#[test]
fn a_page_is_seen_and_counted_in_one() {
    let mut house = House::new();
    house.plan("r1", at(1), entries(Manual, 1..=3));
    let part = house.send().unwrap();
    let sighting = Sighting { batch: part.batch.clone(), successes: 2, already_listed: 1 };
    house.store.see(house.list, &numbers([1, 2, 3]), &[sighting]).unwrap();
    let batch = house.store.batch(&part.batch).unwrap();
    assert_eq!((batch.successes, batch.already_listed, batch.refused), (2, 1, 0));
    assert_eq!(house.store.list(house.list).unwrap().listed, 3);
}

#[test]
fn a_batch_is_settled_with_its_webhook_and_its_event_or_not_at_all() {
    let mut house = House::new();
    house.plan("r1", at(1), entries(Manual, 1..=6));
    let (first, second) = (house.send().unwrap().batch, house.send().unwrap().batch);
    let events = house.store.last_event().unwrap();

    house.settle(&first, 2..3, Some(&webhook("w1")), at(102)).unwrap();
    assert_eq!(house.store.last_event().unwrap(), events + 1);
    assert_eq!(house.store.undelivered_webhooks(house.tenant).unwrap()[0].webhook, webhook("w1"));
    assert_eq!(house.store.open_batches(&run("r1")).unwrap(), std::slice::from_ref(&second));

    // The webhook's id is taken: nothing of the whole change is kept.
    assert!(house.settle(&second, 0..0, Some(&webhook("w1")), at(103)).is_err());
    assert_eq!(house.store.last_event().unwrap(), events + 1);
    assert_eq!(house.store.open_batches(&run("r1")).unwrap(), [second]);
    let found = house.store.run(&run("r1")).unwrap();
    assert_eq!((found.open, found.tally.unconfirmed), (1, 1));
}

#[test]
fn a_part_that_was_taken_but_for_single_items_waits_for_the_others() {
    let mut house = House::new();
    house.plan("r1", at(1), entries(Manual, 1..=3));
    let whole = house.send().unwrap();
    let rest = Instead::Taken(RoaringBitmap::from_iter([0, 2]));
    house.store.refused(&whole, &[(1, "Invalid phone number".into())], &rest, at(101), &happened()).unwrap();

    assert_eq!(house.next(), None, "nothing of it is sent again");
    let batch = house.store.batch(&whole.batch).unwrap();
    assert_eq!(batch.parts.iter().map(|part| part.state).collect::<Vec<_>>(), [PartState::Accepted { at: at(101) }]);
    assert_eq!((batch.parts[0].members.iter().collect::<Vec<_>>(), batch.refused), (vec![0, 2], 1));
    assert_eq!(house.store.refusals(&run("r1")).unwrap(), [(0, 1, "Invalid phone number".into())]);
}

#[test]
fn a_part_of_which_nothing_was_taken_is_no_more() {
    let mut house = House::new();
    house.plan("r1", at(1), entries(Manual, 1..=1));
    let whole = house.send().unwrap();
    let nothing = Instead::Taken(RoaringBitmap::new());
    house.store.refused(&whole, &[(0, "Invalid phone number".into())], &nothing, at(101), &happened()).unwrap();
    assert_eq!(house.store.batch(&whole.batch).unwrap().parts, []);
}
