//! Items of the roots that the log names: kept whatever becomes of the run.

use dncsync_core::entry::Entry;
use dncsync_core::plan;
use dncsync_core::source::SourceType::Manual;
use dncsync_store::{BatchKey, Evidence, Item, PlanNotes, StoreError};

use crate::house::{House, LIMITS, at, entries, happened, root_of, run};

/// So many batches that `keep_evidence` needs more than one turn.
const MANY: u64 = 20;

fn key(id: &str, seq: u32) -> BatchKey {
    BatchKey { run: run(id), seq }
}

/// The first numbers of the items of a batch, as they are kept: number and notes.
fn shown(evidence: &Evidence) -> Vec<String> {
    let one = |item: &Item| match item {
        Item::Whole(Entry { number, notes, .. }) => format!("{} {notes}", number.get()),
        Item::Leaf(leaf) => leaf.to_string(),
    };
    evidence.items.iter().map(one).collect()
}

impl House {
    /// What is there of the batches whose root is known, each by its place in the plan.
    fn evidence(&self, id: &str) -> Vec<(u32, Vec<String>)> {
        let mut seqs: Vec<u32> = self.sql_u32("SELECT DISTINCT batch FROM evidence");
        seqs.extend(self.sql_u32("SELECT seq FROM batch WHERE root IS NOT NULL"));
        seqs.sort_unstable();
        seqs.dedup();
        let all = |seq| self.store.evidence_of(&key(id, seq)).unwrap();
        seqs.into_iter().flat_map(|seq| all(seq).into_iter().map(move |found| (seq, shown(&found)))).collect()
    }

    fn sql_u32(&self, sql: &str) -> Vec<u32> {
        let store = self.sql();
        let mut select = store.prepare(sql).unwrap();
        let found = select.query_map([], |row| row.get(0)).unwrap();
        found.collect::<Result<_, _>>().unwrap()
    }

    fn kept(&self) -> u32 {
        self.sql_u32("SELECT count(*) FROM evidence")[0]
    }
}

fn notes(numbers: impl IntoIterator<Item = u64>) -> Vec<String> {
    numbers.into_iter().map(|number| format!("{number} note {number}")).collect()
}

#[test]
fn what_left_can_be_shown_and_what_did_not_leave_is_nothing_to_show() {
    let mut house = House::new();
    house.plan("r1", at(1), entries(Manual, 1..=6));
    assert_eq!(house.evidence("r1"), []);
    house.send().unwrap();
    assert_eq!(house.evidence("r1"), [(0, notes(1..=3))]);
    assert_eq!(house.store.roots().unwrap(), [(root_of(&key("r1", 0)), run("r1"))]);
    let found = house.store.evidence(root_of(&key("r1", 0))).unwrap().unwrap();
    assert_eq!((found.batch, found.tenant), (key("r1", 0), house.tenant));
    assert_eq!(house.store.evidence(root_of(&key("r1", 1))).unwrap(), None);
    assert_eq!(house.kept(), 0, "while the run is under way it lies where it is sent from");
}

#[test]
fn it_is_kept_as_it_was_and_once() {
    let mut house = House::new();
    house.plan("r1", at(1), entries(Manual, 1..=3 * MANY));
    while house.send().is_some() {}
    let before = house.evidence("r1");
    let of_first = house.store.evidence(root_of(&key("r1", 0))).unwrap();
    for _ in 0..2 {
        house.store.keep_evidence(&run("r1"), at(5)).unwrap();
        assert_eq!(u64::from(house.kept()), MANY);
        assert_eq!(house.store.evidence(root_of(&key("r1", 0))).unwrap(), of_first);
        assert_eq!(house.store.roots().unwrap().len() as u64, MANY);
        assert_eq!(house.evidence("r1"), before, "a run that is not finished yet has it once, too");
    }
    house.finish("r1", at(9));
    assert_eq!(house.evidence("r1"), before);
    assert_eq!(house.store.evidence(root_of(&key("r1", 0))).unwrap(), of_first);
}

#[test]
fn it_outlives_the_end_of_a_run_and_a_run_that_is_forgotten() {
    for ends in [true, false] {
        let mut house = House::new();
        house.plan("r1", at(1), entries(Manual, 1..=3));
        house.send().unwrap();
        if ends {
            house.finish("r1", at(9));
        } else {
            house.store.forget_run(&run("r1"), at(9)).unwrap();
            assert_eq!(house.sql_u32("SELECT count(*) FROM batch"), [0]);
        }
        assert_eq!(house.evidence("r1"), [(0, notes(1..=3))], "finished: {ends}");
        assert_eq!(house.sql_u32("SELECT count(*) FROM body"), [0]);
    }
}

#[test]
fn a_plan_that_is_made_anew_keeps_what_of_the_old_one_had_left() {
    let mut house = House::new();
    house.plan("r1", at(1), entries(Manual, 1..=6));
    house.send().unwrap();
    let plan = plan::plan(&entries(Manual, 2..=3), &[], &[], LIMITS);
    house.store.record_plan(&run("r1"), house.list, &plan, &PlanNotes::default(), at(2), &happened()).unwrap();
    assert_eq!(house.evidence("r1"), [(0, notes(1..=3))]);

    let part = house.next().unwrap();
    let other = root_of(&key("anew", 0));
    house.store.begin_send(&part, 0, other, at(3), &happened()).unwrap();
    house.finish("r1", at(9));
    assert_eq!(house.evidence("r1"), [(0, notes(1..=3)), (0, notes(2..=3))]);
    assert_eq!(house.store.roots().unwrap().len(), 2);
}

#[test]
fn what_is_planned_anew_as_it_was_has_one_root() {
    let mut house = House::new();
    let plan = house.plan("r1", at(1), entries(Manual, 1..=3));
    house.send().unwrap();
    house.store.record_plan(&run("r1"), house.list, &plan, &PlanNotes::default(), at(2), &happened()).unwrap();
    house.send().unwrap();
    house.finish("r1", at(9));
    assert_eq!(house.evidence("r1"), [(0, notes(1..=3))]);
}

#[test]
fn what_cannot_be_read_is_left_out_and_keeps_nothing_from_ending() {
    let mut house = House::new();
    house.plan("r1", at(1), entries(Manual, 1..=6));
    while house.send().is_some() {}
    house.sql().execute("UPDATE body SET items = x'00' WHERE batch = 0", []).unwrap();
    assert!(matches!(house.store.evidence(root_of(&key("r1", 0))), Err(StoreError::Damaged(_))));
    house.finish("r1", at(9));
    assert_eq!(house.evidence("r1"), [(1, notes(4..=6))]);
}

#[test]
fn a_tenant_has_one_secret_and_another_one_has_another() {
    let mut house = House::new();
    assert!(house.store.known_secret(house.tenant).unwrap().is_none());
    let secret = house.store.secret(house.tenant, [7; 32]).unwrap();
    assert_eq!(house.store.secret(house.tenant, [8; 32]).unwrap().bytes(), secret.bytes());
    assert_eq!(house.store.known_secret(house.tenant).unwrap().unwrap().bytes(), secret.bytes());
    let other = house.store.tenant(&dncsync_core::target::TenantKey::new("https://api.example.com", "you")).unwrap();
    assert_eq!(house.store.secret(other, [8; 32]).unwrap().bytes(), &[8; 32]);
}
