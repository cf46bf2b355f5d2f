use dncsync_core::belief::Belief::{Absent, Listed};
use dncsync_core::plan;
use dncsync_core::run::Stage;
use dncsync_core::source::SourceType::{Manual, Regulatory};
use dncsync_store::{PlanNotes, StoreError};

use crate::house::{House, LIMITS, at, entries, happened, report, run};

#[test]
fn a_load_comes_back_as_it_was_given() {
    let mut house = House::new();
    // More than two stored segments.
    let loaded = entries(Regulatory, 12_025_550_000..12_025_571_234);
    house.load("r1", at(7), &loaded).unwrap();

    assert_eq!(house.store.entries(&run("r1")).unwrap(), loaded);
    let found = house.store.run(&run("r1")).unwrap();
    assert_eq!((found.stage, found.started_at, found.list), (Stage::Loaded, at(7), None));
    assert_eq!((found.tally.rows, found.tally.repeated, found.tally.rejected), (21_237, 2, 1));
    assert_eq!(found.files, ["optouts.csv"]);
    assert_eq!(found.warnings["notes.cut"], 4);
    assert_eq!(found.rejects, Some(("rejects/r.csv".into(), 99)));
    assert_eq!(house.store.unfinished(house.target, "digest of r1").unwrap(), Some(run("r1")));
    assert_eq!(house.store.unfinished(house.target, "another").unwrap(), None);
}

#[test]
fn a_load_is_all_or_nothing() {
    let mut house = House::new();
    house.load("r1", at(1), &entries(Manual, 1..=3)).unwrap();
    let events = house.store.last_event().unwrap();
    // The disk fails at the third segment of the next load.
    house
        .sql()
        .execute_batch(
            "CREATE TRIGGER full BEFORE INSERT ON segment WHEN new.seq = 2 BEGIN SELECT raise(ABORT, 'disk full'); END",
        )
        .unwrap();
    assert!(house.load("r2", at(2), &entries(Manual, 1..=25_000)).is_err());

    assert_eq!(house.store.unfinished_runs(house.tenant).unwrap(), [run("r1")]);
    assert_eq!(house.store.entries(&run("r2")).unwrap(), []);
    assert_eq!(house.store.last_event().unwrap(), events, "nothing is told that did not happen");
}

#[test]
fn damaged_entries_are_refused() {
    let mut house = House::new();
    house.load("r1", at(1), &entries(Manual, 1..=3)).unwrap();
    let damage = "UPDATE segment SET entries = CAST(entries || x'00' AS BLOB)";
    house.sql().execute(damage, []).unwrap();
    assert!(matches!(house.store.entries(&run("r1")), Err(StoreError::Damaged(_))));
}

#[test]
fn unfinished_runs_come_oldest_first() {
    let mut house = House::new();
    house.load("b", at(2), &[]).unwrap();
    house.load("c", at(1), &[]).unwrap();
    house.load("a", at(2), &[]).unwrap();
    assert_eq!(house.store.unfinished_runs(house.tenant).unwrap(), [run("c"), run("a"), run("b")]);
}

#[test]
fn a_new_plan_takes_the_place_of_the_old_one() {
    let mut house = House::new();
    let loaded = entries(Manual, 1..=10);
    house.plan("r1", at(1), loaded.clone());
    assert_eq!(house.store.run(&run("r1")).unwrap().batches, 4);

    // Meanwhile all but the first three were seen in the list.
    let beliefs: Vec<_> = (0..10).map(|place| if place < 3 { Absent } else { Listed }).collect();
    let plan = plan::plan(&loaded, &beliefs, &[], LIMITS);
    house.store.record_plan(&run("r1"), house.list, &plan, &PlanNotes::default(), at(2), &happened()).unwrap();

    let found = house.store.run(&run("r1")).unwrap();
    assert_eq!((found.stage, found.batches, found.tally.already_listed), (Stage::Planned, 1, 7));
    let sent = house.send().unwrap();
    assert_eq!(house.store.batch(&sent.batch).unwrap().items, loaded[..3]);
    assert_eq!(house.send(), None);
}

#[test]
fn a_finished_run_keeps_its_report_and_drops_its_numbers() {
    let mut house = House::new();
    house.plan("r1", at(1), entries(Manual, 1..=3));
    let batch = house.send().unwrap().batch;
    house.settle(&batch, 0..3, None, at(102)).unwrap();
    house.finish("r1", at(103));

    assert_eq!(house.store.report(&run("r1")).unwrap(), Some(report("r1")));
    assert_eq!(house.store.entries(&run("r1")).unwrap(), []);
    assert_eq!(house.store.unfinished_runs(house.tenant).unwrap(), []);
    let kept: i64 =
        house.sql().query_row("SELECT coalesce(sum(length(items)), 0) FROM body", [], |row| row.get(0)).unwrap();
    assert_eq!(kept, 0);
    let last = house.store.events_after(house.store.last_event().unwrap() - 1, 1).unwrap();
    assert!(last[0].line.contains("\"eventType\":\"DNC_INGESTION\""));
}
