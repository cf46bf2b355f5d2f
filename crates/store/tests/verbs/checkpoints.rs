//! Checkpoints of the log, and the keys that sign them.

use dncsync_core::digest::Digest;
use dncsync_core::merkle::{Frontier, Hash};
use dncsync_store::{Kept, Store, StoreError};

use crate::house::{House, at, happened, run};

/// The key that signs, in the store's eyes: any text.
const KEY: &str = "the key";

/// What stands for a signed note: the store keeps it as it comes.
fn note(size: u64, root: Hash) -> String {
    format!("log\n{size}\n{root}\n")
}

fn cover(store: &mut Store) -> Option<Kept> {
    store.cover(KEY, note).unwrap()
}

/// A store whose log has a key, and some events.
fn house() -> House {
    let house = House::new();
    house.store.begin_log(KEY).unwrap();
    house
}

impl House {
    fn happens(&mut self) {
        self.store.log(at(1), &run("r1"), &[happened()]).unwrap();
    }

    /// The root over the first lines, counted anew.
    fn root(&self, size: u64) -> Hash {
        let mut tree = Frontier::default();
        let lines = self.store.events_after(0, u32::try_from(size).unwrap()).unwrap();
        lines.iter().for_each(|logged| tree.push(Hash::of_leaf(logged.line.as_bytes()), |_, _| ()));
        tree.root()
    }

    /// Which checkpoint each line names; nothing where it names none.
    fn named(&self) -> Vec<String> {
        let lines = self.store.events_after(0, 1_000).unwrap();
        let named = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["checkpoint"].clone();
        lines.iter().map(|logged| named(&logged.line).as_str().unwrap_or_default().to_owned()).collect()
    }
}

#[test]
fn an_empty_log_has_none_and_what_is_covered_twice_is_covered_once() {
    let directory = tempfile::tempdir().unwrap();
    let mut empty = Store::open(directory.path()).unwrap();
    empty.begin_log(KEY).unwrap();
    assert_eq!(cover(&mut empty), None);

    let mut house = house();
    let size = house.store.last_event().unwrap();
    let covered = cover(&mut house.store).unwrap();
    assert_eq!(covered, Kept { size, note: note(size, house.root(size)) });
    let again = house.store.cover(KEY, |_, _| panic!("it is covered")).unwrap();
    assert_eq!(again.as_ref(), Some(&covered));
    assert_eq!(house.store.checkpoints().unwrap(), [covered]);
}

#[test]
fn each_goes_on_from_the_one_before_it() {
    let mut house = house();
    let mut sizes = Vec::new();
    for events in [1, 3, 2, 8] {
        (0..events).for_each(|_| house.happens());
        let Kept { size, note: signed } = cover(&mut house.store).unwrap();
        assert_eq!((size, signed), (house.store.last_event().unwrap(), note(size, house.root(size))));
        assert_eq!(house.store.root_at(size).unwrap(), Some(house.root(size)));
        sizes.push(size);
    }
    assert_eq!(house.store.checkpoints().unwrap().iter().map(|kept| kept.size).collect::<Vec<_>>(), sizes);
    assert_eq!(house.store.newest_checkpoint().unwrap().map(|kept| kept.size), sizes.last().copied());
    assert_eq!(house.store.root_at(0).unwrap(), Some(Hash::of_none()));
    assert_eq!(house.store.root_at(house.store.last_event().unwrap() + 1).unwrap(), None);
}

#[test]
fn the_first_event_after_it_names_it_and_no_other() {
    let mut house = house();
    let mut expected = vec![String::new(); usize::try_from(house.store.last_event().unwrap()).unwrap()];
    for _ in 0..3 {
        let covered = cover(&mut house.store).unwrap();
        let digest = Digest::of(covered.note.as_bytes());
        (0..2).for_each(|_| house.happens());
        expected.extend([digest, String::new()]);
    }
    // What is logged in one change has one first event.
    cover(&mut house.store);
    let digest = Digest::of(house.store.newest_checkpoint().unwrap().unwrap().note.as_bytes());
    house.plan("r2", at(2), crate::house::entries(dncsync_core::source::SourceType::Manual, 1..=6));
    expected.push(digest);
    assert_eq!(house.named()[..expected.len()], expected);
    assert!(house.named()[expected.len()..].iter().all(String::is_empty), "{:?}", house.named());
}

#[test]
fn two_processes_cover_one_log() {
    let house = house();
    let writers: Vec<_> = (0..2)
        .map(|_| {
            let mut store = Store::open(house.path()).unwrap();
            std::thread::spawn(move || {
                for _ in 0..25 {
                    store.log(at(1), &run("r1"), &[happened()]).unwrap();
                    let mine = store.last_event().unwrap();
                    let covered = store.cover(KEY, note).unwrap().unwrap();
                    assert!(covered.size >= mine, "what was there is covered, by whomever");
                }
            })
        })
        .collect();
    writers.into_iter().for_each(|writer| writer.join().unwrap());
    let all = house.store.checkpoints().unwrap();
    assert_eq!(all.last().map(|kept| kept.size), Some(house.store.last_event().unwrap()));
    for Kept { size, note: signed } in &all {
        assert_eq!(*signed, note(*size, house.root(*size)));
    }
    let newest = all.last().unwrap();
    let digests: Vec<String> =
        all.iter().filter(|kept| *kept != newest).map(|kept| Digest::of(kept.note.as_bytes())).collect();
    let named: Vec<String> = house.named().into_iter().filter(|named| !named.is_empty()).collect();
    assert_eq!(named, digests, "each but the newest is named, once, in their order");
}

#[test]
fn a_log_has_its_first_key_for_good() {
    let house = house();
    house.store.begin_log("another").unwrap();
    assert_eq!(house.store.log_keys().unwrap(), [KEY]);
}

#[test]
fn who_has_an_old_key_neither_covers_nor_rotates() {
    let mut house = house();
    house.store.rotate(KEY, "new", at(2), &happened()).unwrap();
    let before = house.store.last_event().unwrap();
    assert!(matches!(house.store.rotate(KEY, "newer", at(3), &happened()), Err(StoreError::OtherKey)));
    let signed = house.store.cover(KEY, |_, _| panic!("it signs nothing"));
    assert!(matches!(signed, Err(StoreError::OtherKey)));
    assert_eq!((house.store.last_event().unwrap(), house.store.log_keys().unwrap().len()), (before, 2));

    let covered = house.store.cover("new", note).unwrap().unwrap();
    assert_eq!(covered.size, before, "the event that tells of it is signed by the new one");
    house.store.rotate("new", "newer", at(4), &happened()).unwrap();
    assert_eq!(house.store.log_keys().unwrap(), [KEY, "new", "newer"]);
}

#[test]
fn one_that_is_not_whole_is_damage_and_is_not_gone_on_from() {
    let mut house = house();
    cover(&mut house.store);
    house.sql().execute("UPDATE checkpoint SET peaks = x'00'", []).unwrap();
    house.happens();
    assert!(matches!(house.store.cover(KEY, note), Err(StoreError::Damaged(_))));
    assert_eq!(house.store.checkpoints().unwrap().len(), 1);
}
