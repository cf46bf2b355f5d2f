//! The story of a seed: drawn operations, checks after each, and the coming to rest.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use fastrand::Rng;
use tokio::time::{sleep, timeout};

use crate::aggregator::Mood;
use crate::feeds::Feed;
use crate::invariants::{Checked, Known, must};
use crate::net::Weather;
use crate::place::{Flags, Log, Nature, Place};
use crate::processes::{ENDLESS, End, Process, Work};
use crate::tenancy;

/// What a seed lived through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    pub(crate) seeds: u64,
    pub(crate) operations: u64,
    pub(crate) runs: u64,
    pub(crate) deaths: u64,
    pub(crate) faults: u64,
    pub(crate) requests: u64,
    pub(crate) lived: Duration,
}

impl Figures {
    pub(crate) fn add(&mut self, other: Self) {
        self.seeds += other.seeds;
        self.operations += other.operations;
        self.runs += other.runs;
        self.deaths += other.deaths;
        self.faults += other.faults;
        self.requests += other.requests;
        self.lived += other.lived;
    }
}

/// A seed's world and everything that was done in it.
pub(crate) struct Story {
    pub(crate) place: Place,
    pub(crate) feeds: Vec<Feed>,
    /// Removed behind our back, by the list's id.
    pub(crate) removed: RefCell<BTreeMap<String, BTreeSet<u64>>>,
    pub(crate) figures: Figures,
}

impl Story {
    /// Lives through a seed.
    pub(crate) async fn live(seed: u64, log: Log) -> Result<Figures, String> {
        let (profile, seed) = tenancy::of_seed(seed);
        fastrand::seed(seed);
        let mut dice = Rng::with_seed(seed);
        let nature = Nature::draw(profile, &mut dice);
        let place = Place::new(seed, nature, log);
        place.note(format!("{:?}", place.nature));
        let mut story = Self { place, feeds: Vec::new(), removed: RefCell::default(), figures: Figures::default() };
        for _ in 0..dice.u32(4..=10) {
            let deaths = story.figures.deaths;
            story.step(&mut dice).await?;
            story.check(story.figures.deaths > deaths)?;
        }
        story.come_to_rest(&mut dice).await?;
        Ok(story.figures())
    }

    fn figures(&self) -> Figures {
        let observed = self.place.sandbox().observed();
        Figures {
            seeds: 1,
            faults: observed.injected + self.place.net.faults.load(std::sync::atomic::Ordering::Relaxed),
            requests: observed.arrivals.len() as u64,
            lived: self.place.elapsed(),
            ..self.figures
        }
    }

    /// `whole`: the whole record is examined.
    fn check(&self, whole: bool) -> Checked {
        self.known(&self.removed.borrow()).holds()?;
        self.place.record_holds(whole)
    }

    fn known<'a>(&'a self, removed: &'a BTreeMap<String, BTreeSet<u64>>) -> Known<'a> {
        Known { place: &self.place, feeds: &self.feeds, removed }
    }

    async fn step(&mut self, dice: &mut Rng) -> Checked {
        self.figures.operations += 1;
        match dice.u32(..100) {
            0..52 => self.round(dice).await?,
            52..75 => self.weather(dice),
            75 => self.place.set_clock_back(Duration::from_secs(dice.u64(1..1800))),
            76..87 => {
                let most = [60, 600, 3 * 24 * 3600][dice.usize(..3)];
                let wait = Duration::from_secs(dice.u64(1..most));
                self.place.note(format!("{} s pass", wait.as_secs()));
                sleep(wait).await;
            }
            _ => self.meddle(&mut dice.fork()),
        }
        Ok(())
    }

    /// Nothing fails any more. The same orders are run again until each ends; then nothing is left to do.
    async fn come_to_rest(&mut self, dice: &mut Rng) -> Checked {
        self.place.note("faults end");
        self.set_weather(&[], Weather::default(), Mood::Takes, Duration::ZERO, 0);
        sleep(Duration::from_secs(3600)).await;
        // What was accepted and lost, or taken away before we saw it, is unconfirmed once, and sent by the next run.
        // The first round may continue runs whose numbers were seen before others took them away.
        self.all_again(dice).await?;
        let mut rounds = 0;
        while self.all_again(dice).await? > 0 {
            rounds += 1;
            must(rounds < 3, || "numbers stay unconfirmed at rest".to_owned())?;
        }
        self.check(false)?;
        self.known(&self.removed.borrow()).at_rest()?;
        let posts = self.place.sandbox().observed().posts;
        let lost = self.all_again(dice).await?;
        must(lost == 0, || format!("{lost} not confirmed at rest"))?;
        self.check(true)?;
        let more = self.place.sandbox().observed().posts - posts;
        must(more == 0, || format!("at rest, and {more} requests with items were sent"))
    }

    /// All orders again, in turn; how many numbers were not confirmed.
    async fn all_again(&mut self, dice: &mut Rng) -> Result<u64, String> {
        let mut lost = 0;
        for feed in 0..self.feeds.len() {
            // Nothing is believed: whatever others took away is looked for, and sent again.
            let flags = Flags { patience: 300, confirm_within: 60, trust: 0 };
            let process = Process { feed, flags, starts_ms: 0, work: Work::Ingest, dies: None, seed: dice.u64(..) };
            let end = timeout(ENDLESS, self.live_out(process)).await.map_err(|_| "no end at rest".to_owned())??;
            let End::Came(outcome) = end else { return Err("died at rest".to_owned()) };
            self.figures.runs += 1;
            must(outcome.stopped.is_none(), || format!("stopped at rest: {:?}", outcome.stopped))?;
            lost += outcome.report.unconfirmed + outcome.report.refused;
        }
        Ok(lost)
    }
}

/// One current-thread runtime on a paused clock, for one seed.
pub(crate) fn live(seed: u64, log: &Log) -> Result<Figures, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(Story::live(seed, log.clone()))
}
