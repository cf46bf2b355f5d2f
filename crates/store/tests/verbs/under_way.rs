//! What runs that are not finished send or remove: it is no part of a difference.

use dncsync_core::plan;
use dncsync_core::source::SourceType::Manual;
use dncsync_core::target::{ListId, Scope, Target};
use dncsync_store::{NewRun, PlanNotes, RunEntries, RunKind, StoreError};

use crate::house::{House, LIMITS, at, entries, happened, run, set};

impl House {
    /// A run whose items are the difference, not planned yet.
    pub(crate) fn apply(&mut self, id: &str) {
        let (id, warnings) = (run(id), std::collections::BTreeMap::new());
        let run = NewRun {
            id: &id,
            target: self.target,
            input: "apply",
            files: &[],
            tally: dncsync_core::report::Tally::default(),
            warnings: &warnings,
            rejects: None,
            entries: RunEntries::Few(&[]),
            load: None,
            kind: RunKind::Apply,
            approved: true,
            expects: Some("a base"),
        };
        self.store.record_load(&run, at(1), &happened()).unwrap();
    }
}

#[test]
fn an_apply_run_is_kept_as_it_was_ordered() {
    let mut house = House::new();
    house.apply("a");
    let found = house.store.run(&run("a")).unwrap();
    assert_eq!((found.kind, found.approved, found.expects), (RunKind::Apply, true, Some("a base".into())));
    let plan = plan::plan(&entries(Manual, [1, 2]), &[], &[], LIMITS);
    let notes = PlanNotes { rows: Some(2), withheld: Some(("too many", 7)), ..PlanNotes::default() };
    house.store.record_plan(&run("a"), house.list, &plan, &notes, at(2), &happened()).unwrap();
    let found = house.store.run(&run("a")).unwrap();
    assert_eq!((found.tally.rows, found.withheld), (2, Some(("too many".into(), 7))));
}

#[test]
fn what_rows_bring_and_what_a_difference_sends_and_removes_is_under_way_until_the_run_is_finished() {
    let mut house = House::new();
    house.load("r1", at(1), &entries(Manual, [1, 2])).unwrap();
    house.plan("r2", at(1), entries(Manual, [3]));
    house.plan_removals("a", &[4], &[11, 12]);
    let other = house.store.target(house.tenant, &Target::list("OTHER", Scope::Global).unwrap()).unwrap();
    assert_eq!(house.store.under_way(house.target).unwrap(), set([1, 2, 3, 4, 11, 12]));
    assert_eq!(house.store.under_way(other).unwrap(), set([]));

    house.finish("a", at(9));
    house.finish("r2", at(9));
    assert_eq!(house.store.under_way(house.target).unwrap(), set([1, 2]));
}

#[test]
fn what_is_planned_is_under_way_also_where_its_entries_cannot_be_read() {
    let mut house = House::new();
    house.plan("r1", at(1), entries(Manual, [1, 2]));
    house.load("r2", at(1), &entries(Manual, [3])).unwrap();
    house.sql().execute("UPDATE segment SET entries = x'00'", []).unwrap();
    assert_eq!(house.store.under_way(house.target).unwrap(), set([1, 2]));
}

#[test]
fn a_plan_that_is_made_anew_does_not_stand_in_its_own_way() {
    let mut house = House::new();
    house.plan_removals("a", &[4], &[11]);
    house
        .sql()
        .execute("UPDATE body SET items = x'00' WHERE batch IN (SELECT seq FROM batch WHERE removal = 0)", [])
        .unwrap();
    assert!(matches!(house.store.under_way(house.target), Err(StoreError::Damaged(_))));
    assert_eq!(house.store.mend(at(5), &run("a")).unwrap().replanned, [run("a")]);
    assert_eq!(house.store.under_way(house.target).unwrap(), set([]), "a damaged batch, and its neighbour");

    // Nor does one whose list was deleted and made anew.
    house.plan_removals("b", &[4], &[11]);
    house.store.resolved(house.target, &ListId("dnc-2".into()), true, at(6), &run("b")).unwrap();
    assert_eq!(house.store.under_way(house.target).unwrap(), set([]));
}

#[test]
fn a_plan_of_a_difference_takes_over_what_was_owed() {
    let mut house = House::new();
    house.plan("r1", at(1), entries(Manual, 1..=3));
    let batch = house.send().unwrap().batch;
    house.settle(&batch, 1..3, None, at(130)).unwrap();
    house.finish("r1", at(131));
    assert_eq!(house.store.owed(house.target).unwrap().len(), 1);
    let add: Vec<_> = house.difference().add.into_iter().map(|(_, number)| number.get()).collect();
    assert_eq!(add, [1, 2, 3], "it is claimed and was never seen");

    house.apply("a");
    let plan = plan::plan(&house.store.additions(&house.difference().add).unwrap(), &[], &[], LIMITS);
    let notes = PlanNotes { rows: Some(3), ..PlanNotes::default() };
    house.store.record_plan(&run("a"), house.list, &plan, &notes, at(140), &happened()).unwrap();
    assert_eq!(house.store.owed(house.target).unwrap(), []);
}
