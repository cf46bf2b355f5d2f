//! The engine: one state directory, one tenant, and what people want done with them.

use std::path::Path;

use dncsync_core::event::Event;
use dncsync_core::items::Secret;
use dncsync_core::number::Number;
use dncsync_core::numbers::Numbers;
use dncsync_core::report::{Latency, Removals, Report, Requests, Tally, Webhooks};
use dncsync_core::run::RunId;
use dncsync_core::target::{Target, TenantKey};
use dncsync_cxone::{Client, Speech};
use dncsync_store::{Overview, Store, TargetId, TenantId, Undelivered};

use crate::audit::Trail;
use crate::checkup;
use crate::deliver;
use crate::ground::Ground;
use crate::inputs::{self, Input};
use crate::intake;
use crate::lease;
use crate::order::Order;
use crate::point::Finding;
use crate::progress::{Observer, Progress};
use crate::replay::{self, Replayed};
use crate::setback::Setbacks;
use crate::setup::Setup;
use crate::single::Single;
use crate::trouble::Trouble;
use crate::turn::Worked;
use crate::wanted::Wanted;
use crate::world::World;
use crate::{dry_run, finish};

/// What came of an order: a report, and why it is not the last one, where it is not.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Each row's outcome.
    pub report: Report,
    /// What stopped the run before its work was done.
    pub stopped: Option<Trouble>,
}

/// The engine.
pub struct Engine {
    pub(crate) store: Store,
    pub(crate) client: Option<Client>,
    pub(crate) world: World,
    pub(crate) setup: Setup,
    pub(crate) tenant: TenantId,
    pub(crate) trail: Trail,
    pub(crate) secret: Secret,
}

impl Engine {
    /// Opens the state directory. Without a client nothing can be sent.
    pub fn open(state: &Path, client: Option<Client>, setup: Setup, world: World) -> Result<Self, Trouble> {
        let mut store = Store::open(state)?;
        let tenant = store.tenant(&setup.tenant)?;
        store.set_reach(tenant, setup.reach)?;
        let secret = store.secret(tenant, world.secret())?;
        let trail = Trail::open(&store, &setup.record, &setup.who, &world)?;
        Ok(Self { store, client, world, setup, tenant, trail, secret })
    }

    /// The record is complete, and under a checkpoint: what comes of work is told after this.
    pub(crate) fn write_out(&mut self) -> Result<(), Trouble> {
        self.trail.write_out(&mut self.store, &self.world)
    }

    /// A file of DNC updates becomes confirmed suppression.
    ///
    /// The same order while its run is unfinished continues that run.
    ///
    /// # Errors
    /// A [`Trouble`] where there is no run to report of: wrong input, unusable state, an edited trail.
    pub async fn ingest(&mut self, order: &Order, observer: &mut Observer<'_>) -> Result<Outcome, Trouble> {
        self.write_out()?;
        let mut inputs = inputs::open(&order.sources, self.store.directory())?;
        let target = self.store.target(self.tenant, &order.target)?;
        let run = match self.continued(target, order, &mut inputs)? {
            Some(run) => {
                observer(&Progress::Note(format!("continuing run {run}")));
                run
            }
            None => match self.load(&mut inputs, order, target, observer) {
                // What the list's own feed claims cannot be read: what is damaged is dropped, and the input is at hand.
                Err(trouble) if trouble.code == Trouble::DAMAGED && self.mend(&Wanted::Everything, observer)? => {
                    self.load(&mut inputs, order, target, observer)?
                }
                loaded => loaded?,
            },
        };
        let outcome = self.finish_run(&run, order.wait, observer).await?;
        self.write_out()?;
        Ok(outcome)
    }

    /// Finishes everything that is unfinished, and what finished runs still owe. One outcome for each run, oldest first.
    ///
    /// # Errors
    /// A [`Trouble`] where nothing could be begun.
    pub async fn resume(&mut self, observer: &mut Observer<'_>) -> Result<Vec<Outcome>, Trouble> {
        self.write_out()?;
        for target in self.store.owing_targets(self.tenant)? {
            match self.load_owed(target) {
                Err(trouble) if trouble.code == Trouble::DAMAGED && self.mend(&Wanted::Everything, observer)? => {
                    self.load_owed(target)?;
                }
                loaded => loaded?,
            }
        }
        let unfinished = self.store.unfinished_runs(self.tenant)?;
        let worked = match self.work(&Wanted::Everything, true, observer).await {
            Ok(worked) => worked,
            Err(trouble) => Worked { stopped: Some(trouble), ..Worked::default() },
        };
        let mut outcomes = Vec::new();
        for run in unfinished {
            outcomes.push(match self.store.report(&run)? {
                Some(report) => Outcome { report, stopped: None },
                None if self.store.sound(&run)? => {
                    self.stopped(&run, worked.stopped.clone().unwrap_or_else(Trouble::stopped))?
                }
                None => {
                    let damaged = Trouble::rows_damaged(&self.store.run(&run)?);
                    self.stopped(&run, damaged)?
                }
            });
        }
        self.write_out()?;
        match worked.stopped {
            Some(trouble) if outcomes.is_empty() => Err(trouble),
            _ => Ok(outcomes),
        }
    }

    /// The unfinished run of this very input. One whose stored rows are damaged is forgotten: they are at hand again.
    fn continued(&mut self, target: TargetId, order: &Order, inputs: &mut [Input]) -> Result<Option<RunId>, Trouble> {
        // Mostly there is none at all, and a large input need not be read twice.
        if !self.store.has_unfinished(target)? {
            return Ok(None);
        }
        inputs.iter_mut().try_for_each(|input| input.digest().map(drop))?;
        let Some(run) = self.store.unfinished(target, &order.digest(inputs.iter().map(Input::known_digest)))? else {
            return Ok(None);
        };
        if self.store.sound(&run)? {
            return Ok(Some(run));
        }
        // Whoever sends just now may be at work on it, and may finish it without them.
        match lease::take(self.store.directory(), &self.setup.tenant)? {
            None => Ok(Some(run)),
            Some(_lease) => {
                self.store.forget_run(&run, self.world.now())?;
                Ok(None)
            }
        }
    }

    /// Sends and looks until a run is finished; what came of it, in any case.
    pub(crate) async fn finish_run(
        &mut self,
        run: &RunId,
        wait: bool,
        observer: &mut Observer<'_>,
    ) -> Result<Outcome, Trouble> {
        let mut worked = match self.work(&Wanted::Run(run.clone()), wait, observer).await {
            Ok(worked) => worked,
            Err(trouble) => Worked { stopped: Some(trouble), ..Worked::default() },
        };
        match (worked.finished.remove(run), worked.stopped) {
            (Some(report), _) => {
                let withheld = self.store.run(run)?.withheld;
                Ok(Outcome { report, stopped: withheld.map(|(why, _)| Trouble::withheld(&why)) })
            }
            (None, Some(trouble)) if trouble.code == Trouble::STALE => Err(trouble),
            // It would be tried in vain by every run to come. What it names is claimed by the list's own feed: `apply`
            // sends it once there is room, or what of it the campaign calls.
            (None, Some(trouble)) if trouble.code == Trouble::CAPACITY => {
                let outcome = self.stopped(run, trouble)?;
                self.store.forget_run(run, self.world.now())?;
                Ok(outcome)
            }
            (None, Some(trouble)) => self.stopped(run, trouble),
            (None, None) => Err(lost_report()),
        }
    }

    /// How far a run came that was stopped.
    fn stopped(&mut self, run: &RunId, stopped: Trouble) -> Result<Outcome, Trouble> {
        let now = self.world.now();
        let state = self.store.run(run)?;
        let report = finish::report(&self.store, &state, &self.setup, now)?;
        let event = Event::Stopped { code: stopped.code.to_owned(), pending: report.pending };
        self.store.log(now, run, &[event])?;
        Ok(Outcome { report, stopped: Some(stopped) })
    }

    /// Everything but sending. Without a client the list is not looked at either.
    pub async fn dry_run(&mut self, order: &Order, observer: &mut Observer<'_>) -> Result<Report, Trouble> {
        let started = self.world.now();
        let id = self.world.run_id();
        let mut inputs = inputs::open(&order.sources, self.store.directory())?;
        let none = Numbers::default();
        let state = self.store.directory();
        let loaded = intake::load(&mut inputs, order, &none, &id, state, &self.world, observer)?;
        let target = self.store.target(self.tenant, &order.target)?;
        let (list, requests) = match self.client.clone() {
            None => {
                observer(&Progress::Note("no credentials: the list itself was not looked at".into()));
                (self.store.list_of(target)?, Requests::default())
            }
            Some(client) => {
                let ground = Ground::of(&self.store, target, id.clone(), client.speech())?;
                let mut single = self.single(&client)?;
                (dry_run::look(&mut single, ground).await?, single.requests)
            }
        };
        let entries = loaded.entries()?;
        let mut sorted: Vec<Number> = entries.iter().map(|entry| entry.number).collect();
        sorted.sort_unstable();
        let present = match &list {
            Some(list) => self.store.present_among(list.key, &sorted)?,
            None => Vec::new(),
        };
        let limits = self.client.as_ref().map_or_else(|| Speech::v2().limits, Client::limits);
        let now = self.world.now();
        let mut blank = self.blank_report(&id, &order.target);
        blank.requests = requests;
        blank.list_id = list.map(|list| list.id.0);
        blank.duration_ms = u64::try_from(now.since(started).as_millis()).unwrap_or(u64::MAX);
        Ok(dry_run::foretell(loaded, entries, &present, limits, blank, now))
    }

    /// Token, scopes, reachability, and whether the lists of this state directory protect anybody. `probes`: ask the
    /// tenant what its documents leave open, as far as that is harmless.
    pub async fn check_up(&mut self, probes: bool) -> Result<Vec<Finding>, Trouble> {
        let client = self.client.clone().ok_or_else(no_client)?;
        let lists = self.store.lists_of(self.tenant)?;
        checkup::look(&mut self.single(&client)?, &lists, probes).await
    }

    /// How the record is kept, as a point of the check-up.
    pub fn record_point(&self) -> Finding {
        self.trail.point()
    }

    /// Makes a state directory where there is none.
    pub fn prepare(state: &Path) -> Result<(), Trouble> {
        Store::open(state)?;
        Ok(())
    }

    /// Everything that a state directory remembers, at one look. A directory without a state is left as it is.
    pub fn overview(state: &Path) -> Result<Option<Overview>, Trouble> {
        if !Store::exists(state) {
            return Ok(None);
        }
        Ok(Some(Store::open(state)?.overview()?))
    }

    /// The webhooks of a tenant that nobody took yet, oldest first. A directory without a state is left as it is.
    pub fn undelivered(state: &Path, tenant: &TenantKey) -> Result<Vec<Undelivered>, Trouble> {
        replay::list(state, tenant)
    }

    /// Tries webhooks that nobody took yet, once and now, to the address that is configured now; all where no id is
    /// named. Those that are parked leave parking.
    ///
    /// # Errors
    /// Where no aggregator is configured, an id does not exist, or the trail was edited.
    pub async fn replay(&mut self, ids: &[String]) -> Result<Replayed, Trouble> {
        self.write_out()?;
        // It needs no credentials: CXone is not asked.
        let wire = self.client.as_ref().map_or_else(deliver::without_client, |client| Ok(client.wire().clone()))?;
        let to = (self.setup.aggregator.as_ref(), &wire);
        let replayed = replay::replay(&mut self.store, self.tenant, (&self.world, &self.trail), to, ids).await?;
        self.write_out()?;
        Ok(replayed)
    }

    pub(crate) fn single<'a>(&'a mut self, client: &'a Client) -> Result<Single<'a>, Trouble> {
        let setbacks = Setbacks::start(&self.store, self.tenant, self.setup.patience, self.world.now())?;
        let (store, world, setup) = (&mut self.store, &self.world, &self.setup);
        Ok(Single { store, client, world, setup, tenant: self.tenant, setbacks, requests: Requests::default() })
    }

    fn blank_report(&self, run: &RunId, target: &Target) -> Report {
        Report {
            event_type: Report::EVENT_TYPE.to_owned(),
            run_id: run.to_string(),
            campaign_id: target.campaign_id().map(str::to_owned),
            list_id: None,
            list_name: target.name().to_owned(),
            scope: target.scope().to_string(),
            total_items: 0,
            successes: 0,
            duplicates: 0,
            duplicates_in_input: 0,
            already_listed: 0,
            rejected: 0,
            refused: 0,
            unconfirmed: 0,
            pending: 0,
            resent: 0,
            removals: Removals::default(),
            hit_rate: Tally::default().hit_rate(),
            batches: 0,
            requests: Requests::default(),
            warnings: std::collections::BTreeMap::new(),
            average_latency_ms: 0.0,
            latency_ms: Latency::default(),
            duration_ms: 0,
            timestamp: self.world.now(),
            webhooks: Webhooks::default(),
            rejects: None,
            unconfirmed_file: None,
            state: self.store.directory().display().to_string(),
            dry_run: true,
        }
    }
}

pub(crate) fn no_client() -> Trouble {
    Trouble::input(
        "config.credentials",
        "no credentials for CXone",
        "set CXONE_CLIENT_ID and CXONE_CLIENT_SECRET, or try it with --sandbox",
    )
}

fn lost_report() -> Trouble {
    Trouble::lasting("state.damaged", "the report of a finished run is missing", "restore the state directory")
}
