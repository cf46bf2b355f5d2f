//! What is sent again: what was accepted and lost, what was listed and is gone.

use dncsync_core::belief::Belief::Doubtful;
use dncsync_core::plan;
use dncsync_core::source::SourceType::Manual;
use dncsync_store::{BatchKey, PlanNotes};
use roaring::RoaringBitmap;

use crate::house::{House, LIMITS, at, entries, happened, run, set, show};

#[test]
fn what_was_accepted_and_lost_is_sent_again_and_nothing_else_of_its_batch() {
    let mut house = House::new();
    house.plan("r1", at(1), entries(Manual, 1..=3));
    let part = house.send().unwrap();
    house.store.accepted(&part, at(101), &happened()).unwrap();

    let lost = RoaringBitmap::from_iter([0, 2]);
    house.store.send_lost(&part.batch, &lost, at(130), &happened()).unwrap();

    assert_eq!(house.store.run(&run("r1")).unwrap().resent, 2);
    assert_eq!(house.store.batch(&part.batch).unwrap().resends, 1);
    assert_eq!(show(&house.send().unwrap()), "r1 batch 0 [0, 2] Waiting, left 1×");
    assert_eq!(house.send(), None);
    assert_eq!(house.store.batch(&part.batch).unwrap().first_sent_at, Some(at(100)), "the first sending stands");
}

/// A run of which everything is doubted.
fn doubted(house: &mut House) -> BatchKey {
    let loaded = entries(Manual, 1..=3);
    house.load("r1", at(1), &loaded).unwrap();
    let plan = plan::plan(&loaded, &[Doubtful; 3], &[], LIMITS);
    house.store.record_plan(&run("r1"), house.list, &plan, &PlanNotes::default(), at(2), &happened()).unwrap();
    house.store.open_batches(&run("r1")).unwrap().remove(0)
}

#[test]
fn of_what_was_doubted_only_what_is_gone_is_sent() {
    let mut house = House::new();
    let batch = doubted(&mut house);
    let sent = house.store.batch(&batch).unwrap();
    let numbers: Vec<_> = sent.items.iter().map(|item| item.number).collect();
    house.store.see(house.list, &numbers, &[]).unwrap();
    house.store.looked(&sent, (2, None), &RoaringBitmap::from_iter([1]), at(10), &happened()).unwrap();

    let believed = house.store.present_among(house.list, &numbers).unwrap();
    assert_eq!(believed, [numbers[0], numbers[2]], "what is gone is not believed to be there while it is sent");
    assert_eq!(show(&house.send().unwrap()), "r1 batch 0 [1] Waiting, left 0×");
    let found = house.store.run(&run("r1")).unwrap();
    assert_eq!((found.batches, found.tally.already_listed, found.resent), (1, 2, 1));
}

#[test]
fn what_was_doubted_and_is_all_there_costs_no_request() {
    let mut house = House::new();
    let batch = doubted(&mut house);
    let sent = house.store.batch(&batch).unwrap();
    house.store.looked(&sent, (3, None), &RoaringBitmap::new(), at(10), &happened()).unwrap();
    house.settle(&batch, 0..0, None, at(10)).unwrap();

    assert_eq!(house.send(), None);
    let found = house.store.run(&run("r1")).unwrap();
    assert_eq!((found.batches, found.open, found.tally.already_listed, found.resent), (0, 0, 3, 0));
    assert_eq!(found.latencies, [0.0; 0], "nothing was sent, so nothing took time");
    assert!(house.store.seen_since(house.list, at(0)).unwrap().is_empty(), "the whole read has told of it");
}

#[test]
fn what_was_doubted_and_asked_for_alone_was_seen_then() {
    let mut house = House::new();
    let batch = doubted(&mut house);
    let sent = house.store.batch(&batch).unwrap();
    house.store.looked(&sent, (2, Some(at(9))), &RoaringBitmap::from_iter([1]), at(10), &happened()).unwrap();

    assert_eq!(house.store.seen_since(house.list, at(9)).unwrap(), set([1, 3]), "the next run need not ask again");
    assert!(house.store.seen_since(house.list, at(10)).unwrap().is_empty());
}
