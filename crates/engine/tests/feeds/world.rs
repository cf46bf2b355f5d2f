//! The world of one seed: a place, and what whoever plays it knows.

use std::cell::Cell;
use std::fmt;
use std::time::Duration;

use dncsync_core::target::Target;
use dncsync_engine::{Engine, Trouble};
use dncsync_sandbox::Standing;

use crate::lists::Model;
use crate::model::Set;
use crate::net::Way;
use crate::place::{Flags, Log, Nature, Place};
use crate::rows::FIRST_DAY;

/// The campaigns whose lists are fed.
pub(crate) const CAMPAIGNS: [&str; 2] = ["NORTH", "SOUTH"];

/// The feeds that belong to nobody.
pub(crate) const FEEDS: [&str; 3] = ["national", "state", "extra"];

pub(crate) type Checked = Result<(), String>;

pub(crate) fn must(holds: bool, why: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(why()) }
}

/// What seeds lived through.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Figures {
    pub(crate) seeds: u64,
    pub(crate) steps: u64,
    pub(crate) applies: u64,
    pub(crate) additions: u64,
    pub(crate) removals: u64,
    pub(crate) withheld: u64,
    pub(crate) rollbacks: u64,
    pub(crate) deaths: u64,
    pub(crate) faults: u64,
}

impl Figures {
    pub(crate) fn add(&mut self, other: Self) {
        self.seeds += other.seeds;
        self.steps += other.steps;
        self.applies += other.applies;
        self.additions += other.additions;
        self.removals += other.removals;
        self.withheld += other.withheld;
        self.rollbacks += other.rollbacks;
        self.deaths += other.deaths;
        self.faults += other.faults;
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seeds, steps, applies, additions, removals, withheld, rollbacks, deaths, faults } = self;
        write!(
            f,
            "{seeds} seeds, {steps} steps, {applies} applies ({withheld} withheld), {additions} numbers added, {removals} \
             removed, {rollbacks} rollbacks, {deaths} process deaths, {faults} faults"
        )
    }
}

pub(crate) struct World {
    pub(crate) place: Place,
    pub(crate) model: Model,
    pub(crate) figures: Figures,
    pub(crate) seed: u64,
    engines: Cell<u64>,
}

pub(crate) fn target(campaign: &str) -> Target {
    Target::campaign(campaign).expect("a target")
}

pub(crate) fn list_name(campaign: &str) -> String {
    format!("CAMPAIGN_DNC_{campaign}")
}

pub(crate) fn shown(numbers: &Set) -> Vec<String> {
    numbers.iter().map(|number| format!("+{number}")).collect()
}

impl World {
    pub(crate) fn new(seed: u64, nature: Nature, log: Log) -> Self {
        fastrand::seed(seed);
        let place = Place::new(seed, nature, log);
        let model = Model { reach: place.nature.tenancy.reach, ..Model::default() };
        Self { place, model, figures: Figures::default(), seed, engines: Cell::new(0) }
    }

    /// A process that believes nothing older than itself.
    pub(crate) fn engine(&self) -> Engine {
        let flags = Flags { patience: 300, confirm_within: 60, trust: 0 };
        self.process(flags, &self.place.net.way(u64::MAX)).expect("an engine")
    }

    pub(crate) fn process(&self, flags: Flags, way: &Way) -> Result<Engine, Trouble> {
        self.engines.set(self.engines.get() + 1);
        self.place.engine(flags, way, self.seed << 16 | self.engines.get())
    }

    pub(crate) fn today(&self) -> i32 {
        FIRST_DAY + i32::try_from(self.place.elapsed().as_secs() / 86_400).expect("few days")
    }

    /// Midnight is not where it would fall into an operation.
    pub(crate) async fn keep_off_midnight(&self) {
        let left = 86_400 - self.place.elapsed().as_secs() % 86_400;
        if left < 7_200 {
            tokio::time::sleep(Duration::from_secs(left + 1)).await;
        }
    }

    /// What the tenant holds of a list, but for what a fault swallowed: no read will ever show that.
    pub(crate) fn held(&self, campaign: &str) -> Set {
        let list = self.place.sandbox().list(&list_name(campaign));
        let numbers = list.into_iter().flat_map(|list| list.numbers).filter(|it| it.standing != Standing::Lost);
        numbers.filter_map(|it| it.phone_number.strip_prefix('+')?.parse().ok()).collect()
    }
}
