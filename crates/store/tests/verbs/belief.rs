//! What is believed of a list, and since when.

use dncsync_core::belief::Belief::{Absent, Doubtful, Listed};
use dncsync_core::plan;
use dncsync_core::source::SourceType::Manual;
use dncsync_core::target::{ListId, Scope, Target};
use dncsync_store::PlanNotes;

use crate::house::{House, LIMITS, at, entries, happened, numbers, run, set};

/// A number in another chunk than the small ones.
const FAR: u64 = 442_071_838_750;

#[test]
fn a_whole_read_is_all_that_is_believed_from_then_on() {
    let mut house = House::new();
    house.store.see(house.list, &numbers([1, 2, 3, FAR]), &[]).unwrap();

    let gone = house.store.seen_whole(house.list, at(50), &set([2, 3, 4]), at(60), &run("r1")).unwrap();

    assert_eq!(gone, 2, "1 and the far one");
    assert_eq!(house.store.present(house.list).unwrap(), set([2, 3, 4]));
    assert_eq!(house.store.present_among(house.list, &numbers([1, 2, FAR])).unwrap(), numbers([2]));
    let list = house.store.list(house.list).unwrap();
    assert_eq!((list.listed, list.seen_whole_at), (3, Some(at(50))), "it was seen when the reading began");
}

#[test]
fn a_whole_read_is_told_on_first_contact_and_where_something_is_gone() {
    let mut house = House::new();
    let target = house.store.target(house.tenant, &Target::list("THEIRS", Scope::Global).unwrap()).unwrap();
    let list = house.store.resolved(target, &ListId("dnc-2".into()), false, at(1), &run("r1")).unwrap().key;
    let mut read = |second, seen: &[u64]| {
        let before = house.store.last_event().unwrap();
        let seen = set(seen.iter().copied());
        house.store.seen_whole(list, at(second), &seen, at(second), &run("r1")).unwrap();
        house.store.events_after(before, 9).unwrap().into_iter().map(|logged| logged.line).collect::<Vec<_>>()
    };
    let told = |lines: Vec<String>| {
        lines.iter().map(|line| line.split("list.read\",").nth(1).unwrap().to_owned()).collect::<Vec<_>>()
    };

    assert_eq!(told(read(2, &[1, 2])), [r#""listId":"dnc-2","listed":2}"#], "first contact");
    assert_eq!(read(3, &[1, 2]), [""; 0], "nothing new");
    assert_eq!(read(4, &[1, 2, 3]), [""; 0], "somebody added one: that harms nobody");
    assert_eq!(told(read(5, &[2])), [r#""listId":"dnc-2","listed":1,"unseen":2}"#]);
    assert!(house.store.list(list).unwrap().known);
}

#[test]
fn a_whole_read_replaces_also_what_is_damaged() {
    let mut house = House::new();
    house.store.see(house.list, &numbers([1, 2, FAR]), &[]).unwrap();
    house.sql().execute("UPDATE chunk SET bits = x'00' WHERE key = 0", []).unwrap();
    let gone = house.store.seen_whole(house.list, at(50), &set([2]), at(60), &run("r1")).unwrap();
    assert_eq!(gone, 1, "the far one; what was in the damaged piece is not known");
    assert_eq!(house.store.present(house.list).unwrap(), set([2]));
}

#[test]
fn a_batch_was_seen_when_it_was_first_sent_whatever_is_read_later() {
    let mut house = House::new();
    house.plan("r1", at(1), entries(Manual, 1..=3));
    let batch = house.send().unwrap().batch; // at 100
    house.settle(&batch, 2..3, None, at(130)).unwrap();

    assert_eq!(house.store.seen_since(house.list, at(100)).unwrap(), set([1, 2]), "3 was never confirmed");
    assert_eq!(house.store.seen_since(house.list, at(101)).unwrap(), set([]));

    // What was confirmed is never forgotten; what is there now is another question.
    house.store.seen_whole(house.list, at(131), &set([2]), at(140), &run("r1")).unwrap();
    assert_eq!(house.store.seen_since(house.list, at(100)).unwrap(), set([1, 2]));
    assert_eq!(house.store.present(house.list).unwrap(), set([2]));
}

#[test]
fn what_is_disbelieved_is_sent_again_with_the_plan_that_says_so() {
    let mut house = House::new();
    house.store.see(house.list, &numbers([1, 2, FAR]), &[]).unwrap();
    let loaded = entries(Manual, [1, 2, FAR]);
    house.load("r1", at(1), &loaded).unwrap();
    let plan = plan::plan(&loaded, &[Absent, Listed, Absent], &[], LIMITS);

    let disbelieved = numbers([1, 7, FAR]);
    let notes = PlanNotes { disbelieved: &disbelieved, ..PlanNotes::default() };
    house.store.record_plan(&run("r1"), house.list, &plan, &notes, at(2), &happened()).unwrap();

    assert_eq!(house.store.present(house.list).unwrap(), set([2]));
    assert_eq!(house.store.list(house.list).unwrap().listed, 1, "7 was never believed, and is not subtracted");
    let found = house.store.run(&run("r1")).unwrap();
    assert_eq!((found.batches, found.tally.already_listed), (1, 1));
}

#[test]
fn what_is_doubted_is_open_and_not_sent() {
    let mut house = House::new();
    let loaded = entries(Manual, 1..=5);
    house.load("r1", at(1), &loaded).unwrap();
    let plan = plan::plan(&loaded, &[Absent, Doubtful, Doubtful, Listed, Doubtful], &[], LIMITS);
    house.store.record_plan(&run("r1"), house.list, &plan, &PlanNotes::default(), at(2), &happened()).unwrap();

    let found = house.store.run(&run("r1")).unwrap();
    assert_eq!((found.batches, found.open, found.tally.already_listed), (1, 2, 1), "one was only looked for so far");
    let open = house.store.open_batches(&run("r1")).unwrap();
    let doubted = house.store.batch(&open[0]).unwrap();
    assert_eq!(
        (doubted.items[..].to_vec(), doubted.first_sent_at),
        (vec![loaded[1].clone(), loaded[2].clone(), loaded[4].clone()], None)
    );
    assert_eq!(doubted.parts[0].state, dncsync_store::PartState::Doubted);
    assert_eq!(house.send().unwrap().batch.seq, 0);
    assert_eq!(house.send(), None, "the doubted ones wait for a look");
}

#[test]
fn how_many_skills_a_list_scrubs_is_remembered_with_its_moment() {
    let mut house = House::new();
    assert_eq!(house.store.list(house.list).unwrap().scrubs, None);
    house.store.learn_scrubs(house.list, 0, at(10)).unwrap();
    assert_eq!(house.store.list(house.list).unwrap().scrubs, Some((0, at(10))));
    house.store.learn_scrubs(house.list, 2, at(20)).unwrap();
    assert_eq!(house.store.list(house.list).unwrap().scrubs, Some((2, at(20))));
}
