use dncsync_core::pacing::Rate;
use dncsync_core::timestamp::Timestamp;
use dncsync_store::{Charge, Grant, SlotId};

use crate::house::{House, at, run};

const LIMIT: u32 = 2;

impl House {
    fn take(&mut self, now: Timestamp) -> Result<SlotId, Timestamp> {
        match self.store.take_slot(self.tenant, Rate::Window(LIMIT), now, None).unwrap() {
            Grant::Taken(slot) => Ok(slot),
            Grant::Wait(until) => Err(until),
        }
    }

    /// Takes a slot whose answer comes a second later.
    fn request(&mut self, now: i64) {
        let slot = self.take(at(now)).unwrap();
        self.store.answered(slot, at(now + 1)).unwrap();
    }
}

/// The window is 60 s; 50 ms more make up for clocks.
fn minute_after(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds * 1000 + 60_050)
}

#[test]
fn no_more_leave_than_the_limit() {
    let mut house = House::new();
    house.request(0);
    house.request(10);
    assert_eq!(house.take(at(12)), Err(minute_after(1)), "a minute after the first one's answer");
    assert!(house.take(minute_after(1)).is_ok());
    assert_eq!(house.take(minute_after(1)), Err(minute_after(11)));
}

#[test]
fn a_slot_without_an_answer_is_held_for_as_long_as_a_request_may_take() {
    let mut house = House::new();
    house.take(at(0)).unwrap();
    house.request(0);
    assert!(house.take(minute_after(1)).is_ok(), "in place of the one that was answered");
    assert_eq!(house.take(minute_after(1)), Err(minute_after(60)), "60 s and no answer, and the window");
}

#[test]
fn a_clock_that_was_set_back_costs_one_window() {
    let mut house = House::new();
    house.request(10_000);
    house.request(10_000);
    assert_eq!(house.take(at(500)), Err(minute_after(500)));
    assert_eq!(house.take(at(530)), Err(minute_after(500)), "for good: not anew with every look");
    assert!(house.take(minute_after(500)).is_ok());
}

#[test]
fn tenants_have_windows_of_their_own() {
    let mut house = House::new();
    house.request(0);
    house.request(0);
    let other = dncsync_core::target::TenantKey::new("https://api.example.com", "somebody else");
    house.tenant = house.store.tenant(&other).unwrap();
    assert!(house.take(at(1)).is_ok());
}

#[test]
fn no_limit_is_no_limit() {
    let mut house = House::new();
    for _ in 0..500 {
        let grant = house.store.take_slot(house.tenant, Rate::Window(0), at(0), None).unwrap();
        assert!(matches!(grant, Grant::Taken(_)));
    }
}

#[test]
fn only_a_request_that_leaves_is_charged_to_its_run() {
    let mut house = House::new();
    house.load("r1", at(0), &[]).unwrap();
    for (kind, retried) in [("post", false), ("post", true), ("get", false)] {
        let charge = Charge { run: run("r1"), kind, retried, halving: false };
        house.store.take_slot(house.tenant, Rate::Window(LIMIT), at(0), Some(&charge)).unwrap();
    }
    let requests = house.store.run(&run("r1")).unwrap().requests;
    assert_eq!((requests.total, requests.post, requests.get, requests.retried), (2, 2, 0, 1));
}

impl House {
    /// How many of 200 requests of one moment leave, where a hundred may.
    fn leave(&self, now: Timestamp) -> usize {
        // On a copy, so that asking changes nothing.
        let copy = tempfile::tempdir().unwrap();
        self.sql().execute("VACUUM INTO ?1", [copy.path().join("dncsync.db").to_str().unwrap()]).unwrap();
        let mut store = dncsync_store::Store::open(copy.path()).unwrap();
        let asked = (0..200).map(|_| store.take_slot(self.tenant, Rate::Window(100), now, None).unwrap());
        asked.filter(|grant| matches!(grant, Grant::Taken(_))).count()
    }
}

#[test]
fn a_429_lowers_what_is_granted_and_it_comes_back_with_time() {
    let mut house = House::new();
    house.load("r1", at(0), &[]).unwrap();
    assert_eq!(house.leave(at(0)), 100);

    house.store.throttled(house.tenant, &run("r1"), Rate::Window(100), at(0)).unwrap();
    house.store.throttled(house.tenant, &run("r1"), Rate::Window(100), Timestamp::from_millis(500)).unwrap();
    assert_eq!(house.leave(at(1)), 95, "two of one burst are one");
    for second in 1..=3 {
        house.store.throttled(house.tenant, &run("r1"), Rate::Window(100), at(second)).unwrap();
    }
    assert_eq!(house.leave(at(4)), 83);
    assert_eq!(house.leave(at(62)), 83);
    assert_eq!(house.leave(at(63)), 93, "a tenth with each window");
    assert_eq!(house.leave(at(123)), 100);
    assert_eq!(house.store.run(&run("r1")).unwrap().requests.throttled, 5, "all of them are counted");
}

#[test]
fn a_pace_is_kept_by_the_next_process_and_is_the_tenants_own() {
    let mut house = House::new();
    house.store.throttled(house.tenant, &run("r1"), Rate::Window(100), at(0)).unwrap();
    house.store = dncsync_store::Store::open(house.path()).unwrap();
    assert_eq!(house.leave(at(1)), 95);
    let other = dncsync_core::target::TenantKey::new("https://api.example.com", "somebody else");
    house.tenant = house.store.tenant(&other).unwrap();
    assert_eq!(house.leave(at(1)), 100);
}

#[test]
fn where_there_is_no_limit_a_429_makes_none() {
    let mut house = House::new();
    house.store.throttled(house.tenant, &run("r1"), Rate::Window(0), at(0)).unwrap();
    for _ in 0..500 {
        let grant = house.store.take_slot(house.tenant, Rate::Window(0), at(1), None).unwrap();
        assert!(matches!(grant, Grant::Taken(_)));
    }
}

#[test]
fn requests_spent_on_halving_are_counted() {
    let mut house = House::new();
    house.load("r1", at(0), &[]).unwrap();
    let charge = Charge { run: run("r1"), kind: "post", retried: false, halving: true };
    house.store.take_slot(house.tenant, Rate::Window(LIMIT), at(0), Some(&charge)).unwrap();
    let requests = house.store.run(&run("r1")).unwrap().requests;
    assert_eq!((requests.post, requests.halving), (1, 1));
    assert!(requests.halving_budget > 0);
}

#[test]
fn being_told_to_stay_away_is_not_believed_once_the_clock_was_set_back() {
    let mut house = House::new();
    house.store.stay_away(house.tenant, at(500), at(440)).unwrap();
    assert_eq!(house.store.not_before(house.tenant, at(450)).unwrap(), at(500));
    assert_eq!(house.store.not_before(house.tenant, at(100)).unwrap(), at(0));
}
