//! Numbers that others had put into a list and that are claimed from now on.

use dncsync_core::feed::Mode::{Add, Changes};
use dncsync_store::{LoadKind, NewLoad};

use crate::house::{House, at, happened, numbers, run};
use crate::house_feeds::{FAR, new_load, plain};

impl House {
    fn adopt(&mut self, id: &str, all: &[u64]) -> Result<u64, dncsync_store::StoreError> {
        let (feed, id) = (self.feed("adopted").id, run(id));
        let load = NewLoad { kind: LoadKind::Adopt, rows: all.len() as u64, ..new_load(&id, Add) };
        let sorted = numbers(all.iter().copied());
        let counts = self.store.adopt((self.target, self.list), feed, &load, &sorted, at(5), &|_, _| happened())?;
        assert!(counts.holds());
        Ok(counts.claimed)
    }

    fn parted(&self) -> (u64, Vec<u64>, Vec<u64>) {
        let found = self.difference();
        (found.right, plain(&found.withdrawn), plain(&found.foreign))
    }
}

#[test]
fn what_is_adopted_is_claimed_and_ours_in_one_change() {
    let mut house = House::new();
    house.store.see(house.list, &numbers([1, 2, 3, FAR]), &[]).unwrap();
    assert_eq!(house.parted(), (0, vec![], vec![1, 2, 3, FAR]));

    assert_eq!(house.adopt("l1", &[1, 2, FAR]).unwrap(), 3);
    assert_eq!(house.parted(), (3, vec![], vec![3]), "the target takes the feed that claims them");
    house.give("adopted", "l2", Changes, "-2");
    assert_eq!(house.parted(), (2, vec![2], vec![3]), "it can be removed from now on");
}

#[test]
fn what_cannot_be_adopted_is_as_foreign_as_before() {
    let mut house = House::new();
    house.store.see(house.list, &numbers([1, 2]), &[]).unwrap();
    assert!(house.adopt("l1", &[2, 1]).is_err(), "out of order");
    assert_eq!(house.parted(), (0, vec![], vec![1, 2]));
    assert_eq!((house.rows("load"), house.rows("target_feed")), (0, 0));
}

#[test]
fn what_was_adopted_and_is_rolled_back_belongs_to_others_again() {
    let mut house = House::new();
    house.store.see(house.list, &numbers([1, 2, 3]), &[]).unwrap();
    house.adopt("l1", &[1, 2, 3]).unwrap();
    house.give("adopted", "l2", Add, "3");
    let id = run("l3");
    let new = NewLoad { kind: LoadKind::Rollback, ..new_load(&id, Changes) };
    house.store.undo(&house.load_of("l1"), false, &new, at(6), &|_, _| happened()).unwrap();
    assert_eq!(
        house.parted(),
        (1, vec![], vec![1, 2]),
        "nobody's numbers are removed, and 3 is claimed by a later load"
    );
}
