//! Runs that nobody waits for, and runs that are forgotten.

use dncsync_core::source::SourceType::Manual;
use dncsync_core::target::TenantKey;
use dncsync_store::Webhook;

use crate::house::{House, at, entries, happened, run};

#[test]
fn what_is_handed_over_is_known_until_it_is_finished() {
    let mut house = House::new();
    for id in ["r1", "r2", "r3"] {
        house.load(id, at(1), &[]).unwrap();
    }
    house.store.hand_over(&run("r3")).unwrap();
    house.store.hand_over(&run("r1")).unwrap();
    assert_eq!(house.store.handed_over(house.tenant).unwrap(), [run("r1"), run("r3")]);
    house.finish("r1", at(2));
    assert_eq!(house.store.handed_over(house.tenant).unwrap(), [run("r3")]);
    let other = house.store.tenant(&TenantKey::new("https://api.example.com", "somebody else")).unwrap();
    assert_eq!(house.store.handed_over(other).unwrap(), []);
}

fn webhook() -> Webhook {
    Webhook { id: "w1".into(), run: run("r1"), batch: 0, body: "{}".into() }
}

#[test]
fn a_forgotten_run_leaves_nothing_but_its_trail() {
    let mut house = House::new();
    house.plan("r1", at(1), entries(Manual, 1..=6));
    house.plan("r2", at(2), entries(Manual, 11..=13));
    let part = house.send().unwrap();
    let all = dncsync_store::Instead::Rest(roaring::RoaringBitmap::from_iter([1, 2]));
    house.store.refused(&part, &[(0, "no".into())], &all, at(101), &happened()).unwrap();
    house.settle(&part.batch, 1..3, None, at(130)).unwrap();
    let events = house.store.last_event().unwrap();

    house.store.forget_run(&run("r1"), at(300)).unwrap();

    assert_eq!(house.store.unfinished(house.target, "digest of r1").unwrap(), None);
    for table in ["part", "refusal", "owed", "batch", "segment"] {
        let sql = format!("SELECT count(*) FROM {table} WHERE run = 'r1'");
        assert_eq!(house.sql().query_row(&sql, [], |row| row.get::<_, i64>(0)).unwrap(), 0, "{table}");
    }
    assert_eq!(house.store.last_event().unwrap(), events, "the log is never cut");
    assert_eq!(house.next().unwrap().batch.run, run("r2"));
    house.load("r1", at(3), &entries(Manual, 1..=6)).unwrap();
}

#[test]
fn a_finished_run_cannot_be_forgotten() {
    let mut house = House::new();
    house.plan("r1", at(1), entries(Manual, 1..=3));
    let batch = house.send().unwrap().batch;
    house.settle(&batch, 2..3, None, at(130)).unwrap();
    house.finish("r1", at(131));

    house.store.forget_run(&run("r1"), at(300)).unwrap();

    assert_eq!(house.store.run(&run("r1")).unwrap().batches, 1);
    assert_eq!(house.store.owed(house.target).unwrap().len(), 1, "nor what it owes");
}

#[test]
fn the_webhooks_of_a_forgotten_run_wait_for_nobody() {
    let mut house = House::new();
    house.plan("r1", at(1), entries(Manual, 1..=3));
    let batch = house.send().unwrap().batch;
    house.settle(&batch, 0..0, Some(&webhook()), at(130)).unwrap();
    house.store.forget_run(&run("r1"), at(300)).unwrap();
    assert_eq!(house.store.undelivered_webhooks(house.tenant).unwrap(), []);
    assert_eq!(house.store.overview().unwrap().webhooks_pending, 0, "none can be sent: nobody would wait for it");
}
