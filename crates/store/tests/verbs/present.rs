use dncsync_core::target::{ListId, Scope, Target};
use dncsync_store::StoreError;

use crate::house::{House, at, numbers, run};

/// Three numbers on either side of a chunk's border (a chunk is 65,536 numbers wide), and one far away.
const BORDER: u64 = 200_000 * 65_536;
const SEEN: [u64; 4] = [BORDER - 1, BORDER, BORDER + 1, 442_071_838_750];

#[test]
fn what_was_seen_is_found_across_chunks() {
    let mut house = House::new();
    house.store.see(house.list, &numbers(SEEN), &[]).unwrap();
    let asked = numbers([1, BORDER - 2, BORDER - 1, BORDER + 1, BORDER + 2, 442_071_838_750]);
    let found = house.store.present_among(house.list, &asked).unwrap();
    assert_eq!(found, numbers([BORDER - 1, BORDER + 1, 442_071_838_750]));
}

#[test]
fn seeing_a_number_again_counts_it_once() {
    let mut house = House::new();
    house.store.see(house.list, &numbers(SEEN), &[]).unwrap();
    house.store.see(house.list, &numbers([BORDER, BORDER + 7]), &[]).unwrap();
    assert_eq!(house.store.list(house.list).unwrap().listed, 5);
}

#[test]
fn lists_do_not_share_what_was_seen() {
    let mut house = House::new();
    house.store.see(house.list, &numbers(SEEN), &[]).unwrap();
    let other = Target::campaign("Q4").unwrap();
    assert_eq!(other.scope(), Scope::Campaign);
    let other = house.store.target(house.tenant, &other).unwrap();
    let other = house.store.resolved(other, &ListId("dnc-2".into()), false, at(1), &run("r1")).unwrap();
    assert!(!other.known, "met, and not read yet");
    assert_eq!(house.store.present_among(other.key, &numbers(SEEN)).unwrap(), []);
}

#[test]
fn a_damaged_chunk_is_refused_and_never_guessed_from() {
    let mut house = House::new();
    house.store.see(house.list, &numbers(SEEN), &[]).unwrap();
    let damage = "UPDATE chunk SET bits = zeroblob(length(bits)) WHERE key = ?1";
    assert_eq!(house.sql().execute(damage, [200_000]).unwrap(), 1);

    let looked_up = house.store.present_among(house.list, &numbers([BORDER]));
    assert!(matches!(looked_up, Err(StoreError::Damaged(_))));
    let added = house.store.see(house.list, &numbers([1, BORDER]), &[]);
    assert!(matches!(added, Err(StoreError::Damaged(_))));
    assert_eq!(house.store.present_among(house.list, &numbers([1])).unwrap(), [], "nor was half of it added");
    assert_eq!(
        house.store.present_among(house.list, &numbers([BORDER - 1])).unwrap().len(),
        1,
        "its neighbour is whole"
    );
}
