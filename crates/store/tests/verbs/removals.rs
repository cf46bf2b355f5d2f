//! Removals: when they leave, what is kept, and what is known of them afterwards.

use dncsync_core::feed::Mode::Add;
use dncsync_core::plan;
use dncsync_core::source::SourceType::{CustomerRequest, Manual, System};
use dncsync_store::{Fate, Part, PlanNotes, RemovalOutcome, SentBatch};
use roaring::RoaringBitmap;

use crate::house::{House, LIMITS, at, entries, happened, numbers, root_of, run, set, show};
use crate::house_feeds::plain;

/// Nothing of a batch has come to anything.
fn nothing(batch: &SentBatch) -> RemovalOutcome {
    let none = || set([]);
    RemovalOutcome { root: root_of(&batch.key), removed: none(), kept: none(), still: none() }
}

impl House {
    /// A run that adds and removes, planned.
    pub(crate) fn plan_removals(&mut self, id: &str, added: &[u64], removed: &[u64]) {
        self.apply(id);
        let (added, removed) = (entries(Manual, added.iter().copied()), entries(System, removed.iter().copied()));
        let plan = plan::plan(&added, &[], &removed, LIMITS);
        let notes = PlanNotes { rows: Some(0), ..PlanNotes::default() };
        self.store.record_plan(&run(id), self.list, &plan, &notes, at(2), &happened()).unwrap();
    }

    /// The next removal leaves: what of it does.
    pub(crate) fn remove(&mut self, part: &Part) -> Vec<u32> {
        let batch = self.store.batch(&part.batch).unwrap();
        self.store.begin_removal(part, &batch, at(100), root_of(&batch.key), &|_| happened()).unwrap().iter().collect()
    }
}

#[test]
fn removals_leave_last_and_only_when_nothing_to_add_waits_or_is_on_its_way() {
    let mut house = House::new();
    house.plan_removals("a", &[1, 2, 3, 4], &[11, 12, 13, 14]);
    house.plan("b", at(5), entries(CustomerRequest, [21]));

    let mut sent = Vec::new();
    while let Some(part) = house.next().filter(|part| !part.removal) {
        house.store.begin_send(&part, 0, root_of(&part.batch), at(100), &happened()).unwrap();
        sent.push(part);
    }
    assert_eq!(sent.iter().map(|part| part.batch.run.to_string()).collect::<Vec<_>>(), ["b", "a", "a"]);
    for part in &sent {
        assert_eq!(house.next(), None, "something is on its way");
        house.store.accepted(part, at(101), &happened()).unwrap();
    }
    let first = house.next().unwrap();
    assert_eq!((show(&first), first.removal), ("a batch 2 [0, 1, 2] Waiting, left 0×".into(), true));

    // What was accepted and lost waits again, and goes first again.
    house.store.send_lost(&sent[1].batch, &RoaringBitmap::from_iter([1]), at(130), &happened()).unwrap();
    let passed_over = house.store.next_part(house.tenant, |part| !part.removal).unwrap();
    assert_eq!(passed_over, None, "nor while somebody passes over what waits");
    assert_eq!(show(&house.next().unwrap()), "a batch 0 [1] Waiting, left 1×");
}

#[test]
fn what_is_doubted_is_looked_for_before_anything_is_removed() {
    let mut house = House::new();
    house.plan_removals("a", &[], &[11]);
    let doubted = entries(Manual, [1, 2]);
    house.load("b", at(1), &doubted).unwrap();
    let plan = plan::plan(&doubted, &[dncsync_core::belief::Belief::Doubtful; 2], &[], LIMITS);
    house.store.record_plan(&run("b"), house.list, &plan, &PlanNotes::default(), at(2), &happened()).unwrap();
    assert_eq!(house.next(), None);

    let batch = house.store.open_batches(&run("b")).unwrap().remove(0);
    let sent = house.store.batch(&batch).unwrap();
    house.store.looked(&sent, (2, None), &RoaringBitmap::new(), at(10), &happened()).unwrap();
    assert!(house.next().unwrap().removal);
}

#[test]
fn another_list_does_not_wait() {
    use dncsync_core::target::{ListId, Target};
    let mut house = House::new();
    house.plan("a", at(1), entries(Manual, [1]));
    house.target = house.store.target(house.tenant, &Target::campaign("Q4").unwrap()).unwrap();
    house.list = house.store.resolved(house.target, &ListId("dnc-2".into()), true, at(0), &run("r0")).unwrap().key;
    house.plan_removals("b", &[], &[11]);
    let next = house.store.next_part(house.tenant, |part| part.batch.run == run("a")).unwrap().unwrap();
    assert_eq!((next.batch.run, next.removal), (run("b"), true));
}

#[test]
fn what_a_feed_claims_again_is_kept() {
    let mut house = House::new();
    house.listed("earlier", [11, 12, 13]);
    house.takes(&["ftc"]);
    house.plan_removals("a", &[], &[11, 12, 13]);
    house.give("ftc", "l1", Add, "12");

    let part = house.next().unwrap();
    assert_eq!(house.remove(&part), [0, 2]);
    let batch = house.store.batch(&part.batch).unwrap();
    assert_eq!((batch.already_listed, batch.parts[0].members.iter().collect::<Vec<_>>()), (1, vec![0, 2]));
    assert_eq!(house.store.leaving(house.list).unwrap(), set([11, 12, 13]), "what a read shows of them proves nothing");
    assert_eq!(plain(&house.store.present_among(house.list, &numbers([12])).unwrap()), [12], "it never left");
    house.store.accepted(&part, at(101), &happened()).unwrap();
    let outcome = RemovalOutcome { removed: set([11]), still: set([13]), ..nothing(&batch) };
    house.store.settle_removal(&batch, &outcome, at(150), &happened()).unwrap();

    let found = house.store.run(&run("a")).unwrap().removals;
    assert_eq!((found.planned, found.removed, found.kept, found.unconfirmed), (3, 1, 1, 1));
    assert_eq!(house.store.leaving(house.list).unwrap(), set([]));
    assert_eq!(plain(&house.store.put_among(house.list, &numbers([11, 12, 13])).unwrap()), [12, 13]);
}

#[test]
fn where_everything_is_kept_nothing_leaves_and_the_batch_can_still_be_settled() {
    let mut house = House::new();
    house.listed("earlier", [11, 12]);
    house.takes(&["ftc"]);
    house.plan_removals("a", &[], &[11, 12]);
    house.give("ftc", "l1", Add, "11 12");
    let before = house.store.last_event().unwrap();
    let part = house.next().unwrap();
    assert_eq!(house.remove(&part), [0; 0]);
    assert_eq!(
        (house.next(), house.store.last_event().unwrap()),
        (None, before),
        "nothing is told that did not happen"
    );

    // The process dies here: the next one finds the batch.
    house.store.reopen_sending(house.tenant).unwrap();
    assert_eq!(house.store.open_batches(&run("a")).unwrap(), std::slice::from_ref(&part.batch));
    let batch = house.store.batch(&part.batch).unwrap();
    house.store.settle_removal(&batch, &nothing(&batch), at(150), &happened()).unwrap();
    let found = house.store.run(&run("a")).unwrap();
    assert_eq!((found.open, found.removals.kept, found.removals.removed), (0, 2, 0));
}

#[test]
fn what_is_kept_after_a_request_left_is_not_believed_to_be_there() {
    let mut house = House::new();
    house.listed("earlier", [11, 12]);
    house.takes(&["ftc"]);
    house.plan_removals("a", &[], &[11, 12]);
    let part = house.next().unwrap();
    assert_eq!(house.remove(&part), [0, 1]);
    // Its answer dies with the process; CXone may have obeyed. Meanwhile a feed claims 11 again.
    house.store.reopen_sending(house.tenant).unwrap();
    house.give("ftc", "l1", Add, "11");
    let part = house.next().unwrap();
    assert_eq!(house.remove(&part), [1]);

    assert_eq!(house.store.present(house.list).unwrap(), set([12]));
    let add: Vec<_> = house.difference().add.into_iter().map(|(_, number)| number.get()).collect();
    assert_eq!(add, [11], "it is sent again, which harms nobody");
}

#[test]
fn what_became_of_a_number_is_told_with_its_times() {
    let mut house = House::new();
    house.listed("earlier", [11, 12]); // sent at 100, settled at 100
    house.plan_removals("a", &[], &[11, 12]);
    let part = house.next().unwrap();
    house.remove(&part);
    let batch = house.store.batch(&part.batch).unwrap();
    let outcome = RemovalOutcome { removed: set([11]), still: set([12]), ..nothing(&batch) };
    house.store.settle_removal(&batch, &outcome, at(150), &happened()).unwrap();

    let told = |number| -> Vec<_> {
        let happened = house.store.fates_of(house.list, numbers([number])[0]).unwrap();
        happened.into_iter().map(|it| (it.fate, it.at, it.batch.run.to_string())).collect()
    };
    assert_eq!(told(11), [(Fate::Confirmed, at(100), "earlier".into()), (Fate::Removed, at(150), "a".into())]);
    assert_eq!(told(12), [(Fate::Confirmed, at(100), "earlier".into()), (Fate::Unconfirmed, at(150), "a".into())]);
    assert_eq!(told(13), []);
    assert_eq!(house.store.present(house.list).unwrap(), set([12]), "what is gone is not believed any more");
}
