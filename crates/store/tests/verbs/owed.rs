//! What finished runs could not confirm, and who takes it over.

use std::collections::BTreeMap;

use dncsync_core::report::Tally;
use dncsync_core::source::SourceType::Manual;
use dncsync_core::target::{Scope, Target, TenantKey};
use dncsync_store::{NewRun, Owed, PlanNotes, RunEntries, RunKind, TargetId};

use crate::house::{House, at, entries, happened, run};

/// A run of six, finished: of its first batch all were seen, of its second the last two were not.
fn owing(house: &mut House) -> Owed {
    house.plan("r1", at(1), entries(Manual, 1..=6));
    let (first, second) = (house.send().unwrap().batch, house.send().unwrap().batch);
    house.settle(&first, 0..0, None, at(130)).unwrap();
    house.settle(&second, 1..3, None, at(131)).unwrap();
    Owed { batch: second, entries: entries(Manual, 5..=6) }
}

fn new_run<'a>(
    id: &'a dncsync_core::run::RunId,
    target: TargetId,
    owed: &'a Owed,
    none: &'a BTreeMap<String, u64>,
) -> NewRun<'a> {
    let tally = Tally { rows: owed.entries.len() as u64, ..Tally::default() };
    NewRun {
        id,
        target,
        input: "owed",
        files: &[],
        tally,
        warnings: none,
        rejects: None,
        entries: RunEntries::Few(&owed.entries),
        load: None,
        kind: RunKind::Rows,
        approved: false,
        expects: None,
    }
}

#[test]
fn what_a_run_could_not_confirm_is_owed_once_it_is_finished() {
    let mut house = House::new();
    let owed = owing(&mut house);
    assert_eq!(house.store.owed(house.target).unwrap(), [], "it may still be seen");
    assert_eq!(house.store.owing_targets(house.tenant).unwrap(), []);
    assert_eq!(house.store.owed_of(&run("r1")).unwrap(), std::slice::from_ref(&owed), "the run itself knows");

    house.finish("r1", at(132));
    assert_eq!(house.store.owed(house.target).unwrap(), [owed]);
    assert_eq!(house.store.owing_targets(house.tenant).unwrap(), [house.target]);
}

#[test]
fn what_is_owed_belongs_to_its_target() {
    let mut house = House::new();
    owing(&mut house);
    house.finish("r1", at(132));
    let other = Target::list("OTHER", Scope::Global).unwrap();
    let other = house.store.target(house.tenant, &other).unwrap();
    assert_eq!(house.store.owed(other).unwrap(), []);
    let somebody = house.store.tenant(&TenantKey::new("https://api.example.com", "somebody else")).unwrap();
    assert_eq!(house.store.owing_targets(somebody).unwrap(), []);
}

#[test]
fn a_load_takes_over_what_is_owed_in_the_same_change() {
    let mut house = House::new();
    let owed = owing(&mut house);
    house.finish("r1", at(132));
    let (id, warnings) = (run("r2"), BTreeMap::new());
    let load = new_run(&id, house.target, &owed, &warnings);
    house.store.record_loads(&[(&load, &happened())], std::slice::from_ref(&owed.batch), None, at(140)).unwrap();

    assert_eq!(house.store.owed(house.target).unwrap(), []);
    assert_eq!(house.store.unfinished_runs(house.tenant).unwrap(), [run("r2")]);
    assert_eq!(house.store.entries(&run("r2")).unwrap(), owed.entries);
}

#[test]
fn what_could_not_be_taken_over_is_still_owed() {
    let mut house = House::new();
    let owed = owing(&mut house);
    house.finish("r1", at(132));
    let (id, taken_id, warnings) = (run("r2"), run("r1"), BTreeMap::new());
    let load = new_run(&id, house.target, &owed, &warnings);
    // The second load cannot be: its id is taken. Neither is the first, then.
    let fails = NewRun { id: &taken_id, ..load.clone() };
    let loads = [(&load, &happened()), (&fails, &happened())];
    assert!(house.store.record_loads(&loads, std::slice::from_ref(&owed.batch), None, at(140)).is_err());

    assert_eq!(house.store.owed(house.target).unwrap(), [owed]);
    assert_eq!(house.store.unfinished_runs(house.tenant).unwrap(), []);
}

#[test]
fn a_new_plan_owes_nothing_of_the_old_one() {
    let mut house = House::new();
    owing(&mut house);
    let plan = dncsync_core::plan::plan(&entries(Manual, 1..=6), &[], &[], crate::house::LIMITS);
    house.store.record_plan(&run("r1"), house.list, &plan, &PlanNotes::default(), at(140), &happened()).unwrap();
    assert_eq!(house.store.owed_of(&run("r1")).unwrap(), []);
}
