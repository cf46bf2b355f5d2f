//! A small world: a sandbox, a state directory, an engine.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use dncsync_core::check::Rules;
use dncsync_core::feed::Mode;
use dncsync_core::pacing::Rate;
use dncsync_core::profile::Reach;
use dncsync_core::source::SourceType;
use dncsync_core::target::{Target, TenantKey};
use dncsync_cxone::{Access, Client, KeyAccess, Secret, Settings};
use dncsync_engine::{
    Aggregator, Engine, Examined, Ledger, Order, Outcome, PlanGuards, Record, Setup, Source, Trouble, World,
};
use dncsync_sandbox::{Options, Sandbox};
use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

use crate::profiles::Profile;

/// The list that all tests use.
pub(crate) const LIST: &str = "CAMPAIGN_DNC_Q4";

/// A sandbox without index lag, with these faults.
pub(crate) fn options(faults: &[&str]) -> Options {
    let faults = faults.iter().map(|fault| fault.parse().expect("a fault")).collect();
    Options { lag: Duration::ZERO, faults, ..Options::default() }
}

/// A sandbox and a state directory.
pub(crate) struct House {
    pub(crate) profile: Profile,
    pub(crate) sandbox: Sandbox,
    pub(crate) state: TempDir,
    pub(crate) setup: Setup,
    /// How it signs in, where that is another way than usual.
    pub(crate) access: Option<KeyAccess>,
}

impl House {
    pub(crate) async fn with(profile: Profile, options: Options) -> Self {
        let sandbox = start(profile, options).await;
        let (rate, reach, capacity) = match profile {
            Profile::V2 => (Rate::Window(0), Reach::World, None),
            Profile::Admin => (Rate::Even(0), Reach::Nanp, Some(1_000_000)),
        };
        let setup = Setup {
            // One tenant whatever port its sandbox has, so that a test can mend a sandbox by starting another.
            tenant: TenantKey::new("https://api.example", "tests"),
            rate,
            at_once: 4,
            reach,
            capacity,
            confirm_within: Duration::from_secs(20),
            patience: Duration::from_secs(20),
            trust: Duration::from_secs(24 * 3600),
            trust_budget: 100,
            aggregator: None,
            who: "tests".to_owned(),
            record: Record::default(),
            guards: PlanGuards::default(),
        };
        Self { profile, sandbox, state: tempfile::tempdir().expect("a directory"), setup, access: None }
    }

    pub(crate) async fn new(profile: Profile) -> Self {
        Self::with(profile, options(&[])).await
    }

    /// Another sandbox behind the same address, as the engine sees it.
    pub(crate) async fn replace_sandbox(&mut self, options: Options) {
        self.sandbox = start(self.profile, options).await;
    }

    pub(crate) fn tell(&mut self, url: &str) {
        self.setup.aggregator = Some(Aggregator { url: url.to_owned(), secret: None, ca_pem: None });
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(self.settings()).expect("a client")
    }

    pub(crate) fn engine(&self) -> Engine {
        self.engine_with(self.client())
    }

    pub(crate) fn engine_with(&self, client: Client) -> Engine {
        Engine::open(self.state.path(), Some(client), self.setup.clone(), World::real()).expect("an engine")
    }

    fn settings(&self) -> Settings {
        let (sandbox, id, secret) = (&self.sandbox, "tests".to_owned(), Secret::new("secret".into()));
        if self.profile == Profile::V2 {
            return Settings::v2(sandbox.api_url(), sandbox.token_url(), id, secret);
        }
        let alone = KeyAccess { token_url: Some(sandbox.access_key_url()), ..KeyAccess::new(id, secret) };
        let key = self.access.clone().unwrap_or(alone);
        let key = KeyAccess { discovery_url: sandbox.discovery_url(), ..key };
        Settings { access: Access::Key(key), ca_pem: None }
    }

    pub(crate) fn order(&self, rows: &str) -> Order {
        Order {
            target: target(),
            sources: vec![Source::Items(rows.as_bytes().to_vec())],
            format: None,
            rules: Rules {
                country: None,
                default_source: SourceType::Manual,
                mode: Mode::Add,
                reach: self.setup.reach,
            },
            rejects: None,
            allow_empty: false,
            wait: true,
        }
    }

    pub(crate) async fn ingest(&self, rows: &str) -> Result<Outcome, Trouble> {
        self.engine().ingest(&self.order(rows), &mut |_| ()).await
    }

    /// Ingests and tells how the rows came out, in one line.
    pub(crate) async fn outcome(&self, rows: &str) -> String {
        match self.ingest(rows).await {
            Ok(outcome) => line(&outcome),
            Err(trouble) => trouble.code.to_owned(),
        }
    }

    /// The numbers that the list holds, sorted.
    pub(crate) fn listed(&self) -> Vec<String> {
        let list = self.sandbox.list(LIST).expect("the list");
        let mut numbers: Vec<String> = list.numbers.into_iter().map(|number| number.phone_number).collect();
        numbers.sort();
        numbers
    }

    /// Somebody else makes a list of these numbers.
    pub(crate) fn others_make(&self, list: &str, range: std::ops::Range<u32>) {
        self.sandbox.create_list_behind(list, "CAMPAIGN");
        let known: Vec<String> = numbers(range).lines().map(str::to_owned).collect();
        self.sandbox.add_behind(list, &known.iter().map(String::as_str).collect::<Vec<_>>());
    }

    /// How many calls arrived of this method, to addresses that end so.
    pub(crate) fn arrived(&self, method: &str, path: &str) -> usize {
        let arrivals = self.sandbox.observed().arrivals;
        arrivals.iter().filter(|call| call.method == method && call.path.ends_with(path)).count()
    }

    /// The record, complete and under a checkpoint.
    pub(crate) fn ledger(&self) -> Result<Ledger, Trouble> {
        let ledger = Ledger::open(self.state.path(), &self.setup.record, &self.setup.who, World::real())?;
        Ok(ledger.expect("a state"))
    }

    /// The record verifies, with its own key.
    pub(crate) fn verifies(&self) -> Examined {
        let verified = self.ledger().expect("a ledger").verify(None).expect("a record");
        assert_eq!(verified.findings, []);
        verified
    }

    /// The events of a kind, as the file of the trail has them.
    pub(crate) fn events(&self, kind: &str) -> Vec<Value> {
        let trail = read(&self.file("dnc_ingestion_audit.jsonl"));
        let events = trail.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        events.filter(|event| event["eventType"] == kind).collect()
    }

    /// Another connection to the database, past the store.
    pub(crate) fn sql(&self) -> Connection {
        Connection::open(self.file("dncsync.db")).expect("a database")
    }

    /// All checkpoints, the smallest first.
    pub(crate) fn checkpoints(&self) -> Vec<String> {
        let sql = self.sql();
        let mut select = sql.prepare("SELECT note FROM checkpoint ORDER BY size").expect("a query");
        let notes = select.query_map([], |row| row.get(0)).expect("rows");
        notes.collect::<Result<_, _>>().expect("notes")
    }

    pub(crate) fn file(&self, name: &str) -> std::path::PathBuf {
        self.state.path().join(name)
    }
}

async fn start(profile: Profile, options: Options) -> Sandbox {
    let profile = match profile {
        Profile::V2 => dncsync_sandbox::Profile::V2,
        Profile::Admin => dncsync_sandbox::Profile::Admin,
    };
    let options = Options { profile, ..options };
    Sandbox::start(options, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.expect("a sandbox")
}

/// The target whose list is [`LIST`].
pub(crate) fn target() -> Target {
    Target::campaign("Q4").expect("a target")
}

/// `5 rows: 3 confirmed, 1 repeated, ...`, only what is not 0; then what stopped it.
pub(crate) fn line(outcome: &Outcome) -> String {
    let report = &outcome.report;
    assert!(report.holds(), "the report must add up: {report:?}");
    let counts = [
        (report.successes, "confirmed"),
        (report.already_listed, "listed already"),
        (report.duplicates_in_input, "repeated"),
        (report.rejected, "rejected"),
        (report.refused, "refused"),
        (report.unconfirmed, "unconfirmed"),
        (report.pending, "pending"),
    ];
    let parts: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, name)| format!("{count} {name}")).collect();
    let stopped = outcome.stopped.as_ref().map(|trouble| format!("; stopped: {}", trouble.code));
    format!("{} rows: {}{}", report.total_items, parts.join(", "), stopped.unwrap_or_default())
}

/// `+12025550000` and so on: valid numbers, one a row.
pub(crate) fn numbers(range: std::ops::Range<u32>) -> String {
    range.map(|number| format!("+1202555{number:04}\n")).collect()
}

pub(crate) fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a file")
}
