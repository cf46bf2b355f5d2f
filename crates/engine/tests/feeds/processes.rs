//! Processes of a troubled seed: engines on one state directory, which work and die; and the weather they live in.

use std::cell::Cell;
use std::time::Duration;

use dncsync_core::feed::Mode;
use dncsync_core::run::RunId;
use dncsync_engine::{Engine, Outcome, Trouble};
use dncsync_sandbox::Fault;
use fastrand::Rng;
use tokio::time::sleep;

use crate::deeds::{draw_rows, ingest_order, load_order, rules};
use crate::lists::own;
use crate::net::Weather;
use crate::place::Flags;
use crate::rows::Row;
use crate::troubled::Story;
use crate::world::{CAMPAIGNS, Checked, FEEDS, must, target};

/// Why a run may stop in a world in which things fail.
const STOPS: [&str; 7] = [
    "cxone.unavailable",
    "cxone.unreachable",
    "cxone.stayAway",
    "token.refused",
    "list.gone",
    "batch.refused",
    "guard.removals",
];

#[derive(Clone, Debug)]
enum Work {
    Load(&'static str, Mode, Vec<Row>),
    Remove(String, Vec<Row>),
    Ingest(&'static str, Vec<Row>, bool),
    Apply(&'static str),
    Plan(&'static str),
    Undo(usize),
    Resume,
}

#[derive(Clone, Copy, Debug)]
enum Death {
    AfterMs(u64),
    /// When it opens its nth connection, and so many turns of the runtime later.
    AtConnection(u64, u32),
}

pub(crate) struct Process {
    work: Work,
    flags: Flags,
    starts_ms: u64,
    dies: Option<Death>,
}

impl Story {
    pub(crate) fn process(&self, dice: &mut Rng) -> Process {
        let campaign = CAMPAIGNS[dice.usize(..2)];
        let work = match dice.u32(..20) {
            0..5 => {
                let mode = [Mode::Add, Mode::Replace, Mode::Changes, Mode::Changes][dice.usize(..4)];
                Work::Load(FEEDS[dice.usize(..3)], mode, draw_rows(dice, mode, None, 30))
            }
            5..8 => {
                let names = [own(campaign), FEEDS[dice.usize(..3)].to_owned()];
                let rows = (0..dice.u32(1..8)).map(|_| Row::lifted(crate::rows::any_number(dice))).collect();
                Work::Remove(names[dice.usize(..2)].clone(), rows)
            }
            8..12 => {
                let rows = self.model.borrow().within(draw_rows(dice, Mode::Add, None, 12));
                Work::Ingest(campaign, rows, dice.u32(..4) > 0)
            }
            12..18 => Work::Apply(campaign),
            18 => [Work::Plan(campaign), Work::Resume][dice.usize(..2)].clone(),
            _ => Work::Undo(dice.usize(..1000)),
        };
        let longest = [50, 2_000, 90_000][dice.usize(..3)];
        let dies = match dice.u32(..10) {
            0 => Some(Death::AfterMs(dice.u64(..longest))),
            1..4 => Some(Death::AtConnection(dice.u64(1..12), dice.u32(..24))),
            _ => None,
        };
        let flags = Flags {
            patience: [2, 30, 300][dice.usize(..3)],
            confirm_within: [2, 20, 60][dice.usize(..3)],
            trust: [0, 1, 24][dice.usize(..3)],
        };
        Process { work, flags, starts_ms: [0, 0, 300, 1_500, 5_000, 20_000][dice.usize(..6)], dies }
    }

    pub(crate) async fn live_out(&self, process: Process) -> Checked {
        sleep(Duration::from_millis(process.starts_ms)).await;
        let (flags, work) = (process.flags, process.work);
        let fatal = if let Some(Death::AtConnection(nth, _)) = process.dies { nth } else { u64::MAX };
        let way = self.world.place.net.way(fatal);
        let death = async {
            match process.dies {
                None => std::future::pending().await,
                Some(Death::AfterMs(ms)) => sleep(Duration::from_millis(ms)).await,
                Some(Death::AtConnection(_, turns)) => {
                    way.fatal.notified().await;
                    for _ in 0..turns {
                        tokio::task::yield_now().await;
                    }
                }
            }
        };
        let done = Cell::new(false);
        let life = async {
            let engine = self.world.process(flags, &way).map_err(|trouble| trouble.to_string())?;
            let came = self.work(engine, &work).await;
            done.set(true);
            came
        };
        let came = tokio::select! {
            biased;
            () = death => Ok(()),
            came = life => came,
        };
        self.figures.borrow_mut().deaths += u64::from(!done.get());
        let end = if done.get() { "ends" } else { "dies" };
        self.world.place.note(format!("{} {end} {flags:?}: {came:?}", name(&work)));
        came.map_err(|why| format!("{}: {why}", name(&work)))
    }

    /// What changes feeds is done in one turn of the runtime, together with its part of the model.
    async fn work(&self, mut engine: Engine, work: &Work) -> Checked {
        self.world.place.note(format!("{} starts", name(work)));
        match work {
            Work::Load(feed, mode, rows) => {
                let loaded = engine.load_feed(&load_order(feed, *mode, rows, true), &mut |_| ());
                let report = loaded.map_err(|trouble| trouble.to_string())?;
                let place = self.model.borrow_mut().next();
                self.model.borrow_mut().feeds.entry((*feed).to_owned()).or_default().load(
                    &report.run_id,
                    *mode,
                    rows,
                    place,
                );
                self.changed();
                must(report.counts.holds(), || format!("{report:?}"))
            }
            Work::Remove(feed, rows) => {
                let name = dncsync_core::feed::FeedName::read(feed).expect("a name");
                let sources = [dncsync_engine::Source::Items(crate::rows::text(rows))];
                let lifted = engine.remove(&name, &sources, rules(Mode::Add), "asked", &mut |_| ());
                let lifted = lifted.map_err(|trouble| trouble.to_string())?;
                let place = self.model.borrow_mut().next();
                let mut model = self.model.borrow_mut();
                model.feeds.entry(feed.clone()).or_default().load(&lifted.report.run_id, Mode::Changes, rows, place);
                drop(model);
                self.changed();
                Ok(())
            }
            Work::Ingest(campaign, rows, wait) => {
                let place = self.model.borrow_mut().next();
                self.model.borrow_mut().feeds.entry(own(campaign)).or_default().load("", Mode::Add, rows, place);
                self.changed();
                let order = ingest_order(campaign, rows, self.world.model.reach, *wait);
                let outcome = engine.ingest(&order, &mut |_| ()).await;
                self.judge(&outcome.map_err(|trouble| trouble.to_string())?)
            }
            Work::Apply(campaign) => {
                self.figures.borrow_mut().applies += 1;
                let outcome = engine.apply(&target(campaign), true, None, &mut |_| ()).await;
                self.judge(&outcome.map_err(|trouble| trouble.to_string())?)
            }
            Work::Plan(campaign) => looked(engine.plan(&target(campaign), &mut |_| ()).await.map(drop)),
            Work::Resume => match engine.resume(&mut |_| ()).await {
                Ok(outcomes) => outcomes.iter().try_for_each(|outcome| self.judge(outcome)),
                Err(trouble) => looked(Err(trouble)),
            },
            Work::Undo(nth) => {
                let runs = self.model.borrow().runs();
                let run = runs[nth % runs.len()].clone();
                self.undo(engine, &run).await
            }
        }
    }

    async fn undo(&self, mut engine: Engine, run: &str) -> Checked {
        let undone =
            engine.rollback(&RunId::new(run), true, &mut |_| ()).await.map_err(|trouble| trouble.to_string())?;
        let (feed, at) = self.model.borrow().deed_of(run).expect("a deed");
        let place = self.model.borrow_mut().next();
        let mine = &undone.loads[0].run_id;
        let kept = self.model.borrow_mut().feeds.get_mut(&feed).expect("a feed").undo(at, mine, true, place);
        self.changed();
        self.figures.borrow_mut().rollbacks += 1;
        must((undone.kept_requests, undone.kept_later) == kept, || format!("kept {kept:?}: {undone:?}"))
    }

    pub(crate) async fn apply(&self, campaign: &'static str, flags: Flags) -> Checked {
        let mut engine = self.world.process(flags, &self.world.place.net.way(u64::MAX)).expect("an engine");
        let outcome = engine.apply(&target(campaign), true, None, &mut |_| ()).await;
        let outcome = outcome.map_err(|trouble| trouble.to_string())?;
        self.world.place.note(format!("at rest, apply of {campaign}: {:?}", outcome.report.removals));
        must(outcome.stopped.is_none(), || format!("stopped at rest: {outcome:?}"))?;
        self.judge(&outcome)
    }

    pub(crate) async fn resume(&self, flags: Flags) -> Checked {
        let mut engine = self.world.process(flags, &self.world.place.net.way(u64::MAX)).expect("an engine");
        let outcomes = engine.resume(&mut |_| ()).await.map_err(|trouble| trouble.to_string())?;
        outcomes.iter().try_for_each(|outcome| self.judge(outcome))
    }

    fn judge(&self, outcome: &Outcome) -> Checked {
        must(outcome.report.holds() && outcome.report.removals.holds(), || format!("{outcome:?}"))?;
        self.world.place.report_is_logged(outcome)?;
        let pending = outcome.report.pending + outcome.report.removals.pending;
        match &outcome.stopped {
            Some(stopped) if stopped.code == "handed.over" => Ok(()),
            Some(stopped) => must(STOPS.contains(&stopped.code), || format!("stopped: {} {stopped}", stopped.code)),
            None => must(pending == 0, || format!("pending at the end: {:?}", outcome.report)),
        }
    }

    pub(crate) fn calm(&self) {
        self.set_weather(&[], Weather::default(), Duration::from_secs(1), 0);
    }

    pub(crate) fn weather(&self, dice: &mut Rng) {
        let kinds = ["429", "429-bare", "500", "503", "close-before", "close-after", "truncate", "401", "slow=40000"];
        let paths = ["POST*items", "DELETE", "DELETE", "GET*items", "*"];
        let mut faults: Vec<String> = Vec::new();
        for _ in 0..dice.u32(..4) {
            let (kind, path) = (kinds[dice.usize(..kinds.len())], paths[dice.usize(..paths.len())]);
            // A token call answered 401 means wrong credentials, which is no passing fault.
            let path = if kind == "401" { "/api" } else { path };
            faults.push(format!("{kind}:{path}:{}", [0.1, 0.3, 0.6][dice.usize(..3)]));
        }
        if dice.u32(..4) == 0 {
            faults.push(["keep:DELETE:0.3", "lose-once:POST*items:0.1"][dice.usize(..2)].to_owned());
        }
        let weather = Weather {
            refuses: [0.0, 0.0, 0.1][dice.usize(..3)],
            delay_ms: [0, 300, 5_000][dice.usize(..3)],
            ..Weather::default()
        };
        let lag = Duration::from_millis([0, 1_000, 4_000, 15_000][dice.usize(..4)]);
        self.world.place.note(format!("weather: {faults:?} {weather:?}, index lags {} ms", lag.as_millis()));
        self.set_weather(&faults, weather, lag, dice.u64(..));
    }

    fn set_weather(&self, faults: &[String], weather: Weather, lag: Duration, seed: u64) {
        let faults: Vec<Fault> = faults.iter().map(|fault| fault.parse().expect("a fault")).collect();
        self.world.place.sandbox().set_faults(&faults, seed);
        self.world.place.sandbox().set_lag(lag);
        *self.world.place.net.weather.lock().unwrap() = weather;
    }
}

fn name(work: &Work) -> String {
    match work {
        Work::Load(feed, mode, rows) => format!("load {mode} of {} rows into {feed}", rows.len()),
        Work::Remove(feed, rows) => format!("remove of {} from {feed}", rows.len()),
        Work::Ingest(campaign, rows, wait) => format!("ingest of {} rows into {campaign}, wait {wait}", rows.len()),
        other => format!("{other:?}"),
    }
}

fn looked(came: Result<(), Trouble>) -> Checked {
    came.or_else(|trouble| must(STOPS.contains(&trouble.code), || format!("{} {trouble}", trouble.code)))
}
