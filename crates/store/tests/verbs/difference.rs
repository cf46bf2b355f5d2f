//! What a list should hold and what it holds, compared.

use dncsync_core::feed::Mode::{Add, Changes};
use dncsync_core::numbers::Numbers;
use dncsync_core::profile::Reach;

use crate::house::{House, at, numbers, root_of, set};
use crate::house_feeds::{FAR, plain};

impl House {
    fn differs(&self, under_way: &Numbers) -> dncsync_store::Difference {
        self.store.difference(self.target, Some(self.list), under_way, true).unwrap()
    }

    /// A run sends these numbers, and CXone takes none of them.
    fn refuse(&mut self, id: &str, all: &[u64]) {
        self.plan_alone(id, crate::house::entries(dncsync_core::source::SourceType::Manual, all.iter().copied()));
        let key = self.send().unwrap().batch;
        let batch = self.store.batch(&key).unwrap();
        let refused = set(all.iter().copied());
        let outcome = dncsync_store::Outcome {
            root: root_of(&batch.key),
            unconfirmed: &[],
            seen: &set([]),
            refused: &refused,
            webhook: None,
        };
        self.store.settle(&batch, &outcome, at(110), &crate::house::happened()).unwrap();
        self.finish(id, at(111));
    }
}

#[test]
fn what_no_list_has_seen_is_all_to_be_added() {
    let mut house = House::new();
    house.give("ftc", "l1", Add, &format!("1 {FAR}"));
    house.takes(&["ftc"]);
    let difference = house.store.difference(house.target, None, &set([]), true).unwrap();
    assert_eq!(difference.add.iter().map(|(_, number)| number.get()).collect::<Vec<_>>(), [1, FAR]);
    assert_eq!((difference.desired, difference.listed, difference.right), (2, 0, 0));
}

#[test]
fn each_number_is_in_the_part_that_it_belongs_to() {
    let mut house = House::new();
    house.listed("earlier", [1, 2, 70_000, FAR]);
    house.store.see(house.list, &numbers([8, 70_009]), &[]).unwrap();
    house.give("ftc", "l1", Add, &format!("2 3 70001 {FAR}"));
    house.give("other", "l2", Add, "1 8");
    house.takes(&["ftc"]);

    let found = house.difference();
    assert_eq!(found.add.iter().map(|(_, number)| number.get()).collect::<Vec<_>>(), [3, 70_001]);
    assert_eq!(plain(&found.withdrawn), [1, 70_000], "put there by us, and claimed by no feed that the list takes");
    assert_eq!(plain(&found.foreign), [8, 70_009], "somebody else put them there");
    assert_eq!((found.right, found.desired, found.listed, found.foreign_count), (2, 4, 6, 2));
    assert_eq!((found.left_out, found.refused, found.damaged), (vec![], 0, None));
}

#[test]
fn a_number_that_two_feeds_claim_stays_desired_when_one_withdraws_it() {
    let mut house = House::new();
    house.listed("earlier", [1, 2]);
    house.give("ftc", "l1", Add, "1 2");
    house.give("crm", "l2", Add, "1");
    house.takes(&["ftc", "crm"]);
    house.give("ftc", "l3", Changes, "-1 -2");
    assert_eq!(plain(&house.difference().withdrawn), [2]);
    house.give("crm", "l4", Changes, "-1");
    assert_eq!(plain(&house.difference().withdrawn), [1, 2]);
}

#[test]
fn what_is_on_its_way_is_neither_added_nor_removed() {
    let mut house = House::new();
    house.listed("earlier", [1, 2]);
    house.give("ftc", "l1", Add, "3 4 5");
    house.takes(&["ftc"]);
    let found = house.differs(&set([1, 3, 5]));
    assert_eq!(found.add.iter().map(|(_, number)| number.get()).collect::<Vec<_>>(), [4]);
    assert_eq!(plain(&found.withdrawn), [2]);
}

#[test]
fn what_cxone_would_not_take_is_left_out_until_it_is_listed() {
    let mut house = House::new();
    house.give("ftc", "l1", Add, "1 2");
    house.takes(&["ftc"]);
    house.refuse("r1", &[1]);
    let found = house.difference();
    assert_eq!((found.add.len(), found.refused), (1, 1));
    assert_eq!(house.store.put_among(house.list, &numbers([1])).unwrap(), [], "it is not there by us");

    // Somebody added it by hand: it is listed, and stays theirs.
    house.store.see(house.list, &numbers([1]), &[]).unwrap();
    house.give("ftc", "l2", Changes, "-1");
    let found = house.difference();
    assert_eq!((found.refused, found.withdrawn, plain(&found.foreign)), (0, vec![], vec![1]));
    house.give("ftc", "l3", Changes, "1");
    house.store.seen_whole(house.list, at(200), &set([]), at(200), &crate::house::run("r")).unwrap();
    assert_eq!(house.difference().add.len(), 2, "what was once listed can be taken");
}

#[test]
fn the_base_tells_states_apart_and_is_the_same_for_equal_ones() {
    let mut house = House::new();
    house.listed("earlier", [1, 2]);
    house.give("ftc", "l1", Add, "2 70000");
    house.give("crm", "l2", Add, "2");
    house.takes(&["ftc"]);
    let bases = std::cell::RefCell::new(vec![house.difference().base]);
    let fresh = |house: &House| {
        let base = house.difference().base;
        assert!(!bases.borrow().contains(&base));
        bases.borrow_mut().push(base);
    };
    assert_eq!(house.difference().base, bases.borrow()[0], "looking changes nothing");
    house.give("ftc", "l3", Add, "2 70000");
    house.give("crm", "l4", Add, "3");
    assert_eq!(house.difference().base, bases.borrow()[0], "nor does what changes no set of this list");

    house.give("ftc", "l5", Add, &format!("3 {FAR}"));
    fresh(&house);
    house.give("ftc", "l6", Changes, &format!("-3 -{FAR}"));
    assert_eq!(house.difference().base, bases.borrow()[0], "it is as it was");
    house.takes(&["ftc", "crm"]);
    fresh(&house);
    house.store.see(house.list, &numbers([9]), &[]).unwrap();
    fresh(&house);
    house.refuse("r1", &[70_000]);
    fresh(&house);
    house.plan_alone("r2", crate::house::entries(dncsync_core::source::SourceType::Manual, [9, 77]));
    fresh(&house);
    house.plan_alone("r3", crate::house::entries(dncsync_core::source::SourceType::Manual, [78]));
    assert_eq!(
        Some(&house.difference().base),
        bases.borrow().last(),
        "what we put there and is not there tells nothing"
    );
    let all = numbers([1, 2, 3]);
    let mut all = crate::kept_to::chunks(&all);
    house.store.keep_to(house.target, Some(("leads.csv", &mut all))).unwrap();
    fresh(&house);
    let on_its_way = house.differs(&set([1])).base;
    assert_ne!(on_its_way, house.difference().base);
}

#[test]
fn what_no_list_of_the_tenant_can_hold_is_not_added_and_is_told() {
    let mut house = House::new();
    let (inside, abroad) = (12_025_550_100, 442_071_838_750);
    house.give("ftc", "l1", Add, &format!("{inside} {abroad}"));
    house.takes(&["ftc"]);
    let everywhere = house.difference();
    assert_eq!((everywhere.add.len(), everywhere.unheld), (2, 0));

    house.store.set_reach(house.tenant, Reach::Nanp).unwrap();
    let found = house.difference();
    assert_eq!(found.add.iter().map(|(_, number)| number.get()).collect::<Vec<_>>(), [inside]);
    assert_eq!((found.unheld, found.refused, found.desired), (1, 0, 2), "the feed claims it all the same");
    assert_ne!(found.base, everywhere.base, "a saved plan of another reach is another plan");

    house.store.see(house.list, &numbers([abroad]), &[]).unwrap();
    assert_eq!((house.difference().unheld, house.difference().right), (0, 1), "where it is listed it is right");
}
