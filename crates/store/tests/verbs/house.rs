//! A store with one tenant, one list, and what is needed to put runs into it.

use std::collections::BTreeMap;
use std::path::Path;

use dncsync_core::batch::Limits;
use dncsync_core::entry::Entry;
use dncsync_core::event::Event;
use dncsync_core::feed::Mode;
use dncsync_core::merkle::Hash;
use dncsync_core::number::Number;
use dncsync_core::numbers::Numbers;
use dncsync_core::plan::{self, Plan};
use dncsync_core::report::{Latency, Removals, Report, Requests, Tally, Webhooks};
use dncsync_core::row::Place;
use dncsync_core::run::RunId;
use dncsync_core::source::SourceType;
use dncsync_core::target::{ListId, Scope, Target, TenantKey};
use dncsync_core::timestamp::Timestamp;
use dncsync_store::{
    BatchKey, ListKey, NewLoad, NewRun, Outcome, Part, PlanNotes, RunEntries, RunKind, Store, StoreError, TargetId,
    TenantId, Webhook,
};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::house_feeds::new_load;

/// Three items to a batch, so that a plan of ten has four.
pub(crate) const LIMITS: Limits = Limits { items: 3, bytes: 1_000_000, item_bytes: |_| 1 };

pub(crate) struct House {
    pub(crate) directory: TempDir,
    pub(crate) store: Store,
    pub(crate) tenant: TenantId,
    pub(crate) target: TargetId,
    pub(crate) list: ListKey,
}

/// So many seconds after the beginning of time.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds * 1000)
}

/// What stands for the root over a batch's items: the store takes it as it comes.
pub(crate) fn root_of(batch: &BatchKey) -> Hash {
    Hash::of_leaf(format!("{} {}", batch.run, batch.seq).as_bytes())
}

pub(crate) fn run(name: &str) -> RunId {
    RunId::new(name)
}

pub(crate) fn numbers(numbers: impl IntoIterator<Item = u64>) -> Vec<Number> {
    numbers.into_iter().map(Number::from_stored).collect()
}

/// The same as a set.
pub(crate) fn set(all: impl IntoIterator<Item = u64>) -> Numbers {
    numbers(all).into_iter().collect()
}

/// Entries of one source, each with notes that name its number.
pub(crate) fn entries(source: SourceType, all: impl IntoIterator<Item = u64>) -> Vec<Entry> {
    let place = |line| Place { file: 0, line };
    numbers(all)
        .into_iter()
        .map(|number| Entry {
            number,
            source,
            notes: format!("note {}", number.get()).into(),
            place: place(number.get()),
        })
        .collect()
}

/// Something that happened; which thing it is does not matter to the store.
pub(crate) fn happened() -> Event {
    Event::Stopped { code: "test".into(), pending: 0 }
}

/// A webhook of the first batch of the run `r1`.
pub(crate) fn webhook(id: &str) -> Webhook {
    Webhook { id: id.into(), run: run("r1"), batch: 0, body: "{}".into() }
}

/// A report of three numbers that nobody saw.
pub(crate) fn report(id: &str) -> Report {
    Report {
        event_type: Report::EVENT_TYPE.into(),
        run_id: id.into(),
        campaign_id: None,
        list_id: Some("dnc-1".into()),
        list_name: "HOUSE".into(),
        scope: "GLOBAL".into(),
        total_items: 3,
        successes: 0,
        duplicates: 0,
        duplicates_in_input: 0,
        already_listed: 0,
        rejected: 0,
        refused: 0,
        unconfirmed: 3,
        pending: 0,
        resent: 0,
        removals: Removals::default(),
        hit_rate: 0.0,
        batches: 1,
        requests: Requests::default(),
        warnings: BTreeMap::new(),
        average_latency_ms: 0.0,
        latency_ms: Latency::default(),
        duration_ms: 102_000,
        timestamp: at(103),
        webhooks: Webhooks::default(),
        rejects: None,
        unconfirmed_file: None,
        state: "/state".into(),
        dry_run: false,
    }
}

/// What a part holds and where it stands: `r1 batch 0 {0, 1} Waiting, left 1×`.
pub(crate) fn show(part: &Part) -> String {
    let members: Vec<u32> = part.members.iter().collect();
    format!("{} batch {} {members:?} {:?}, left {}×", part.batch.run, part.batch.seq, part.state, part.attempts)
}

impl House {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut store = Store::open(directory.path()).unwrap();
        let tenant = store.tenant(&TenantKey::new("https://api.example.com", "me")).unwrap();
        let target = Target::list("HOUSE", Scope::Global).unwrap();
        let target = store.target(tenant, &target).unwrap();
        let list = store.resolved(target, &ListId("dnc-1".into()), true, at(0), &run("r0")).unwrap().key;
        Self { directory, store, tenant, target, list }
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Another connection to the database, past the store.
    pub(crate) fn sql(&self) -> Connection {
        Connection::open(self.path().join("dncsync.db")).unwrap()
    }

    /// Loads a run into the target's own feed.
    pub(crate) fn load(&mut self, id: &str, now: Timestamp, entries: &[Entry]) -> Result<(), StoreError> {
        self.record(id, now, entries, true)
    }

    fn record(&mut self, id: &str, now: Timestamp, entries: &[Entry], claims: bool) -> Result<(), StoreError> {
        let tally = Tally { rows: entries.len() as u64 + 3, repeated: 2, rejected: 1, ..Tally::default() };
        let source = entries.first().map_or(SourceType::Manual, |entry| entry.source);
        let (digest, id) = (format!("digest of {id}"), run(id));
        let claim = NewLoad { rows: tally.rows, rejected: 1, source, ..new_load(&id, Mode::Add) };
        let load = NewRun {
            id: &id,
            target: self.target,
            input: &digest,
            files: &["optouts.csv".to_owned()],
            tally,
            warnings: &BTreeMap::from([("notes.cut".to_owned(), 4)]),
            rejects: Some(("rejects/r.csv", 99)),
            entries: RunEntries::Few(entries),
            load: claims.then_some(&claim),
            kind: RunKind::Rows,
            approved: false,
            expects: None,
        };
        self.store.record_load(&load, now, &happened())
    }

    /// Loads a run and plans it as if the list held nothing.
    pub(crate) fn plan(&mut self, id: &str, now: Timestamp, entries: Vec<Entry>) -> Plan {
        self.load(id, now, &entries).unwrap();
        let plan = plan::plan(&entries, &[], &[], LIMITS);
        self.store.record_plan(&run(id), self.list, &plan, &PlanNotes::default(), now, &happened()).unwrap();
        plan
    }

    /// Plans a run whose numbers no feed claims by it.
    pub(crate) fn plan_alone(&mut self, id: &str, entries: Vec<Entry>) {
        self.record(id, at(1), &entries, false).unwrap();
        let plan = plan::plan(&entries, &[], &[], LIMITS);
        self.store.record_plan(&run(id), self.list, &plan, &PlanNotes::default(), at(1), &happened()).unwrap();
    }

    /// Settles a batch: the items at these positions were never seen, all others were.
    pub(crate) fn settle(
        &mut self,
        key: &BatchKey,
        unconfirmed: std::ops::Range<usize>,
        webhook: Option<&Webhook>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let batch = self.store.batch(key)?;
        let unconfirmed = &batch.items[unconfirmed];
        let seen: Numbers =
            batch.items.iter().filter(|item| !unconfirmed.contains(item)).map(|item| item.number).collect();
        self.store.settle(
            &batch,
            &Outcome { root: root_of(&batch.key), unconfirmed, seen: &seen, refused: &set([]), webhook },
            now,
            &happened(),
        )
    }

    /// Ends a run.
    pub(crate) fn finish(&mut self, id: &str, now: Timestamp) {
        self.store.finish(&run(id), &report(id), now).unwrap();
    }

    /// The newest lines of the log, their types only.
    pub(crate) fn events_after(&self, seq: u64) -> Vec<String> {
        let lines = self.store.events_after(seq, 1_000).unwrap();
        lines
            .iter()
            .map(|logged| {
                serde_json::from_str::<serde_json::Value>(&logged.line).unwrap()["eventType"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect()
    }

    pub(crate) fn next(&self) -> Option<Part> {
        self.store.next_part(self.tenant, |_| false).unwrap()
    }

    /// Sends what is next, and shows it; `None` where nothing waits.
    pub(crate) fn send(&mut self) -> Option<Part> {
        let part = self.next()?;
        self.store.begin_send(&part, 0, root_of(&part.batch), at(100), &happened()).unwrap();
        Some(part)
    }
}
