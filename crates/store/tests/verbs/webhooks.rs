use dncsync_core::source::SourceType::Manual;
use dncsync_core::target::TenantKey;
use dncsync_store::Undelivered;

use crate::house::{House, at, entries, run, webhook};

/// A house with one settled batch, told of by the webhook `w1` at second 102.
fn told() -> House {
    let mut house = House::new();
    house.plan("r1", at(1), entries(Manual, 1..=3));
    let batch = house.send().unwrap().batch;
    house.settle(&batch, 0..0, Some(&webhook("w1")), at(102)).unwrap();
    house
}

impl House {
    /// Delivered, pending, parked.
    fn counts(&self) -> [u64; 3] {
        let webhooks = self.store.webhooks_of(&run("r1")).unwrap();
        let overview = self.store.overview().unwrap();
        let (pending, parked) = (overview.webhooks_pending, overview.webhooks_parked);
        assert_eq!([webhooks.pending, webhooks.parked], [pending, parked], "status and report say the same");
        [webhooks.delivered, pending, parked]
    }

    fn found(&self) -> Undelivered {
        self.store.undelivered_webhooks(self.tenant).unwrap().remove(0)
    }

    /// The newest lines of the log, from the type on.
    fn log(&self, after: u64) -> Vec<String> {
        let lines = self.store.events_after(after, 10).unwrap();
        lines.iter().map(|logged| logged.line.split_once("eventType").unwrap().1.to_owned()).collect()
    }
}

#[test]
fn a_webhook_stays_pending_until_it_is_taken() {
    let mut house = told();
    let fresh = Undelivered {
        webhook: webhook("w1"),
        created_at: at(102),
        attempts: 0,
        next_try: None,
        not_before: None,
        parked: None,
        last_failure: None,
    };
    assert_eq!(house.found(), fresh);

    house.store.webhook_failed("w1", "status 503", at(110), Some(at(109))).unwrap();
    let failed = Undelivered {
        attempts: 1,
        next_try: Some(at(110)),
        not_before: Some(at(109)),
        last_failure: Some("status 503".into()),
        ..fresh
    };
    assert_eq!((house.found(), house.counts()), (failed, [0, 1, 0]));

    house.store.webhook_failed("w1", "status 500", at(150), None).unwrap();
    assert_eq!(house.found().not_before, None, "nobody asks for it any more");

    let events = house.store.last_event().unwrap();
    house.store.webhook_delivered(&webhook("w1"), at(151)).unwrap();
    assert_eq!(house.counts(), [1, 0, 0]);
    assert_eq!(house.store.undelivered_webhooks(house.tenant).unwrap(), []);
    assert_eq!(house.log(events), [r#"":"webhook.delivered","webhookId":"w1","batch":0}"#]);
}

#[test]
fn a_parked_one_says_why_and_gets_its_tries_back_when_it_leaves() {
    let mut house = told();
    house.store.webhook_failed("w1", "status 503", at(110), Some(at(109))).unwrap();
    let events = house.store.last_event().unwrap();
    house.store.webhook_parked(&webhook("w1"), "status 410", "gone", at(111)).unwrap();
    let found = house.found();
    assert_eq!((found.attempts, found.next_try, found.not_before), (2, None, None));
    assert_eq!((found.parked.as_deref(), found.last_failure.as_deref()), (Some("gone"), Some("status 410")));
    assert_eq!(house.counts(), [0, 0, 1]);
    assert_eq!(house.log(events), [r#"":"webhook.parked","webhookId":"w1","batch":0,"reason":"gone"}"#]);

    house.store.unpark_webhook("w1").unwrap();
    let found = house.found();
    assert_eq!((found.attempts, found.parked, found.last_failure.as_deref()), (0, None, Some("status 410")));
    assert_eq!(house.counts(), [0, 1, 0]);
}

#[test]
fn leaving_parking_is_for_parked_ones_only() {
    let mut house = told();
    house.store.webhook_failed("w1", "status 500", at(110), None).unwrap();
    house.store.unpark_webhook("w1").unwrap();
    assert_eq!(house.found().attempts, 1);
}

/// A run and a replay may try the same webhook at the same time.
#[test]
fn what_another_process_delivered_stays_delivered() {
    let mut house = told();
    house.store.webhook_delivered(&webhook("w1"), at(110)).unwrap();
    let events = house.store.last_event().unwrap();
    house.store.webhook_failed("w1", "status 500", at(112), None).unwrap();
    house.store.webhook_parked(&webhook("w1"), "status 410", "gone", at(111)).unwrap();
    house.store.webhook_delivered(&webhook("w1"), at(112)).unwrap();
    assert_eq!((house.counts(), house.store.last_event().unwrap()), ([1, 0, 0], events));
    assert_eq!(house.store.undelivered_webhook("w1").unwrap(), None);
}

#[test]
fn a_webhook_belongs_to_a_tenant() {
    let mut house = told();
    let other = house.store.tenant(&TenantKey::new("https://api.example.com", "other")).unwrap();
    assert_eq!(house.store.undelivered_webhooks(other).unwrap(), []);
    let known = |tenant, id| house.store.has_webhook(tenant, id).unwrap();
    assert_eq!([known(house.tenant, "w1"), known(house.tenant, "w2"), known(other, "w1")], [true, false, false]);
}
