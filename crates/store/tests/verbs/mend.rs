//! Damage: one row of each table that has a checksum.

use dncsync_core::run::Stage;
use dncsync_core::source::SourceType::Manual;
use dncsync_store::{Mended, PlanNotes, StoreError};

use crate::house::{House, at, entries, happened, numbers, run, set};

/// Two finished runs, of which the second owes something, and one that is planned.
fn lived_in() -> House {
    let mut house = House::new();
    house.store.see(house.list, &numbers([1, 2, 442_071_838_750]), &[]).unwrap();
    house.plan("r1", at(1), entries(Manual, 1..=3));
    let batch = house.send().unwrap().batch;
    house.settle(&batch, 2..3, None, at(130)).unwrap();
    house.finish("r1", at(131));
    house.plan("r2", at(140), entries(Manual, 11..=16));
    house
}

impl House {
    /// Damages the first row that there is, and mends.
    fn damage(&mut self, change: &str) -> Mended {
        assert!(self.sql().execute(change, []).unwrap() > 0, "{change}");
        self.store.mend(at(200), &run("r2")).unwrap()
    }
}

fn beliefs(dropped: u64) -> Mended {
    Mended { beliefs: dropped, ..Mended::default() }
}

#[test]
fn what_is_whole_is_left_alone_and_nothing_is_told() {
    let mut house = lived_in();
    let before = house.store.last_event().unwrap();
    assert_eq!(house.store.mend(at(200), &run("r2")).unwrap(), Mended::default());
    assert_eq!(house.events_after(before), [""; 0]);
}

#[test]
fn a_damaged_piece_of_a_list_is_dropped_and_its_neighbour_kept() {
    let mut house = lived_in();
    let before = house.store.last_event().unwrap();
    assert_eq!(
        house.damage("UPDATE chunk SET bits = zeroblob(length(bits)) WHERE key = 0 AND number_set = 1"),
        beliefs(1)
    );
    assert_eq!(house.store.present(house.list).unwrap(), set([442_071_838_750]));
    assert_eq!(house.events_after(before), ["state.damaged"]);
    assert_eq!(house.store.mend(at(201), &run("r2")).unwrap(), Mended::default(), "once is enough");
}

#[test]
fn a_damaged_checksum_is_damage_as_well() {
    for value in ["crc + 1", "-1", "'text'", "1e300"] {
        let mut house = lived_in();
        assert_eq!(
            house.damage(&format!("UPDATE chunk SET crc = {value} WHERE key = 0 AND number_set = 1")),
            beliefs(1),
            "{value}"
        );
    }
}

#[test]
fn a_damaged_checksum_is_called_damage_wherever_it_is_read() {
    let house = lived_in();
    house.sql().execute("UPDATE chunk SET crc = -1", []).unwrap();
    assert!(matches!(house.store.present(house.list), Err(StoreError::Damaged(_))));
}

#[test]
fn a_damaged_fate_claim_note_or_debt_is_dropped() {
    let mut house = lived_in();
    assert_eq!(house.damage("UPDATE fate SET numbers = x'0102' WHERE what = 'confirmed'"), beliefs(1));
    assert!(house.store.seen_since(house.list, at(0)).unwrap().is_empty());
    assert_eq!(house.damage("UPDATE note SET body = x'0102'"), beliefs(2));
    // The first load of the own feed is its base, and the second has changed the same chunk.
    assert_eq!(house.damage("UPDATE chunk SET bits = x'0102' WHERE number_set > 3"), beliefs(3));
    let own = house.store.own_feed(house.target, at(0)).unwrap();
    assert_eq!((house.claimed(&own), own.damaged), (vec![], true));
    assert_eq!(house.damage("UPDATE owed SET entries = x'0102'"), beliefs(1));
    assert_eq!(house.store.owed(house.target).unwrap(), []);
}

#[test]
fn a_run_with_a_damaged_batch_is_planned_anew_from_its_entries() {
    let mut house = lived_in();
    let before = house.store.last_event().unwrap();
    let mended = house.damage("UPDATE body SET items = zeroblob(length(items)) WHERE run = 'r2' AND batch = 1");
    assert_eq!(mended, Mended { replanned: vec![run("r2")], ..Mended::default() });
    assert_eq!(house.store.run(&run("r2")).unwrap().stage, Stage::Loaded);
    assert_eq!(house.next(), None, "nothing of the old plan leaves");
    assert_eq!(house.events_after(before), ["state.damaged"]);

    let plan = dncsync_core::plan::plan(&house.store.entries(&run("r2")).unwrap(), &[], &[], crate::house::LIMITS);
    house.store.record_plan(&run("r2"), house.list, &plan, &PlanNotes::default(), at(201), &happened()).unwrap();
    assert_eq!(house.store.mend(at(202), &run("r2")).unwrap(), Mended::default());
}

#[test]
fn a_run_with_a_part_that_fits_no_batch_is_planned_anew() {
    let beyond = "UPDATE part SET members = (SELECT members FROM part WHERE batch = 0) WHERE run = 'r2' AND batch = 1";
    let mut house = House::new();
    house.plan("r2", at(140), entries(Manual, 11..=14)); // three and one
    assert_eq!(house.damage(beyond).replanned, [run("r2")]);
    let mut house = lived_in();
    assert_eq!(house.damage("UPDATE part SET members = x'00' WHERE run = 'r2' AND batch = 1").replanned, [run("r2")]);
}

#[test]
fn a_run_with_damaged_entries_needs_its_input_again() {
    let mut house = lived_in();
    assert!(house.store.sound(&run("r2")).unwrap());
    let mended = house.damage("UPDATE segment SET entries = x'00' WHERE run = 'r2'");
    assert_eq!(mended, Mended { needed_again: vec![run("r2")], ..Mended::default() });
    assert!(!house.store.sound(&run("r2")).unwrap());
    assert_eq!(house.store.run(&run("r2")).unwrap().stage, Stage::Planned, "what is planned can still be sent");
}
