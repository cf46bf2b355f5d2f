//! The world of one seed: a tenant, a state directory, a network, a clock; and the log of what was done in it.

use std::cell::Cell;
use std::fmt::Display;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dncsync_core::guard::PlanGuard;
use dncsync_core::profile::Profile;
use dncsync_core::target::TenantKey;
use dncsync_core::timestamp::Timestamp;
use dncsync_cxone::Client;
use dncsync_engine::{Aggregator, Engine, Outcome, PlanGuards, Record, Setup, Trouble, World};
use dncsync_sandbox::{Options, Sandbox};
use fastrand::Rng;
use tempfile::TempDir;
use tokio::time::Instant;

use crate::net::{API, HOOKS, Net, Way};
use crate::tenancy::Tenancy;
use crate::witness::{self, Witness};

/// As the contract has it.
const LAG: Duration = Duration::from_secs(1);

/// When every simulated world begins: 2026-11-22, a Sunday.
const BEGINNING: i64 = 1_795_305_600_000;

/// What one seed's world is like, for as long as it lasts.
#[derive(Clone, Debug)]
pub(crate) struct Nature {
    pub(crate) tenancy: Tenancy,
    pub(crate) rate: u32,
    pub(crate) batch: usize,
    pub(crate) page_cap: usize,
    pub(crate) tell_totals: bool,
    /// Lists are read in an order that has nothing to do with when entries came.
    pub(crate) shuffled: bool,
    /// How long reads lag behind.
    pub(crate) lag: Duration,
    pub(crate) token_ttl: Duration,
    pub(crate) told: bool,
    /// How far the tenant's clock is ahead of ours.
    pub(crate) skew: Duration,
    /// When plans stop before their first removal.
    pub(crate) guard: PlanGuard,
}

impl Nature {
    pub(crate) fn draw(profile: Profile, dice: &mut Rng) -> Self {
        // With dice of its own: the rest of the story is the same under both profiles.
        let tenancy = Tenancy::draw(profile, &mut dice.clone());
        Self {
            rate: [6, 12, 30, 100, 100][dice.usize(..5)],
            batch: [1, 3, 7, 20, 10_000][dice.usize(..5)],
            page_cap: tenancy.page_cap([3, 10, 10_000][dice.usize(..3)]),
            shuffled: dice.clone().u32(..3) == 0,
            lag: LAG,
            tell_totals: dice.bool(),
            token_ttl: Duration::from_secs([5, 90, 3600][dice.usize(..3)]),
            told: dice.u32(..4) > 0,
            skew: Duration::from_secs([0, 3600][dice.usize(..2)]),
            guard: PlanGuard::default(),
            tenancy,
        }
    }

    /// Without anything odd.
    pub(crate) fn plain(profile: Profile) -> Self {
        Self {
            tenancy: Tenancy::plain(profile),
            rate: 100,
            batch: 10_000,
            page_cap: 10_000,
            tell_totals: true,
            shuffled: false,
            lag: LAG,
            token_ttl: Duration::from_secs(3600),
            told: true,
            skew: Duration::ZERO,
            guard: PlanGuard::default(),
        }
    }
}

/// What a process is started with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flags {
    pub(crate) patience: u64,
    pub(crate) confirm_within: u64,
    /// Hours.
    pub(crate) trust: u64,
}

pub(crate) struct Place {
    pub(crate) nature: Nature,
    pub(crate) net: Arc<Net>,
    pub(crate) log: Log,
    /// Who keeps what was shown of the record.
    witness: Witness,
    state: TempDir,
    began: Instant,
    /// How far this machine's clock was set back so far.
    set_back: Cell<Duration>,
}

/// What was done, with virtual time; outlives the world, so that it can be told when the world ended in a panic.
#[derive(Clone, Default)]
pub(crate) struct Log {
    pub(crate) lines: Arc<Mutex<Vec<String>>>,
    /// Whether somebody watches.
    pub(crate) aloud: bool,
}

impl Log {
    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }
}

impl Place {
    pub(crate) fn new(seed: u64, nature: Nature, log: Log) -> Self {
        let tenancy = &nature.tenancy;
        let options = Options {
            profile: tenancy.sandbox(),
            quirks: tenancy.quirks.clone(),
            // The Admin API has no limit of which anybody knows.
            rate: if tenancy.is_admin() { 0 } else { nature.rate },
            lag: nature.lag,
            shuffled: nature.shuffled,
            page_cap: nature.page_cap,
            token_ttl: nature.token_ttl,
            tell_totals: nature.tell_totals,
            ..Options::default()
        };
        let wall_clock = Duration::from_millis(BEGINNING.unsigned_abs()) + nature.skew;
        let sandbox = Sandbox::in_memory(options, wall_clock).expect("a sandbox");
        let (net, state, began) = (Net::new(sandbox, seed), directory(), Instant::now());
        Self { nature, net, log, witness: Witness::default(), state, began, set_back: Cell::default() }
    }

    pub(crate) fn sandbox(&self) -> &Sandbox {
        &self.net.sandbox
    }

    pub(crate) fn state(&self) -> &Path {
        self.state.path()
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// Keeps a line of what was done.
    pub(crate) fn note(&self, what: impl Display) {
        let at = self.elapsed();
        let (minutes, seconds) = (at.as_secs() / 60, at.as_secs_f64() % 60.0);
        let line = format!("{minutes:>6}:{seconds:06.3}  {what}");
        if self.log.aloud {
            println!("{line}");
        }
        self.log.lines.lock().unwrap().push(line);
    }

    /// What was shown of the record stays true, and the record verifies. `whole`: all of it is examined now, not only from time
    /// to time.
    pub(crate) fn record_holds(&self, whole: bool) -> Result<(), String> {
        self.witness.holds_whole(self.state(), &self.net.aggregator.received(), whole)
    }

    /// A report was given just now: where it says that a run is finished, the log holds that.
    pub(crate) fn report_is_logged(&self, outcome: &Outcome) -> Result<(), String> {
        if outcome.stopped.is_some() { Ok(()) } else { witness::holds_end(self.state(), &outcome.report.run_id) }
    }

    /// The clock of this machine is set back: processes that start from now on see it. Once in a world at most.
    pub(crate) fn set_clock_back(&self, by: Duration) {
        if self.set_back.get().is_zero() {
            self.note(format!("the clock is set back by {} s", by.as_secs()));
            self.set_back.set(by);
        }
    }

    /// A process: an engine of its own on the same state directory.
    pub(crate) fn engine(&self, flags: Flags, way: &Way, seed: u64) -> Result<Engine, Trouble> {
        let tenancy = &self.nature.tenancy;
        let client = Client::over(tenancy.settings(), way.wire.clone(), Some(self.nature.batch)).expect("a client");
        let aggregator = Aggregator { url: format!("https://{HOOKS}/dnc"), secret: None, ca_pem: None };
        let setup = Setup {
            tenant: TenantKey::new(&format!("https://{API}"), "simulation"),
            rate: tenancy.rate(self.nature.rate),
            at_once: 4,
            reach: tenancy.reach,
            capacity: tenancy.is_admin().then_some(1_000_000),
            confirm_within: Duration::from_secs(flags.confirm_within),
            patience: Duration::from_secs(flags.patience),
            trust: Duration::from_secs(flags.trust * 3600),
            trust_budget: 100,
            aggregator: self.nature.told.then_some(aggregator),
            who: "simulation".to_owned(),
            record: Record::default(),
            guards: PlanGuards { usual: self.nature.guard, ..PlanGuards::default() },
        };
        let now = Timestamp::from_millis(BEGINNING) + self.elapsed() - self.set_back.get();
        Engine::open(self.state(), Some(client), setup, World::simulated(seed, now))
    }
}

/// In memory where the system has a place for that: syncing is then free.
pub(crate) fn directory() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a directory")
}
