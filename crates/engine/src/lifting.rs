//! `remove` and `rollback`: claims are lifted by hand, and a run is undone. Both change feeds and send nothing.

use dncsync_core::change::Action;
use dncsync_core::check::{Passed, Rules};
use dncsync_core::feed::{FeedName, Mode};
use dncsync_core::load::LoadReport;
use dncsync_core::number::Number;
use dncsync_core::preview::Preview;
use dncsync_core::report::Requests;
use dncsync_core::run::{RunId, Stage};
use dncsync_feed::Asked;
use dncsync_store::{LoadKind, NewLoad, StoreError, TargetId};

use crate::desk::{Desk, Judged};
use crate::engine::Engine;
use crate::inputs;
use crate::order::Source;
use crate::progress::Observer;
use crate::sorting::Sorter;
use crate::taking::{command_load, teller};
use crate::trouble::Trouble;

/// So many numbers are told by name with the feeds that still claim them.
const NAMED: usize = 100;

/// What came of lifting claims by hand.
#[derive(Clone, Debug, PartialEq)]
pub struct Lifted {
    /// How the rows came out.
    pub report: LoadReport,
    /// Numbers that other feeds still claim, each with their names; the first 100.
    pub still: Vec<(Number, Vec<String>)>,
    /// How many numbers others still claim.
    pub still_claimed: u64,
}

/// What came of undoing a run.
#[derive(Clone, Debug, PartialEq)]
pub struct RolledBack {
    /// The run that was undone.
    pub run: RunId,
    /// What was done to each feed.
    pub loads: Vec<LoadReport>,
    /// Numbers that stay claimed because a person asked for them.
    pub kept_requests: u64,
    /// Numbers that stay as they are because a later load claims or withdraws them.
    pub kept_later: u64,
    /// What is to be done in each list that takes one of the feeds.
    pub plans: Vec<Preview>,
}

impl Engine {
    /// Lifts claims of one feed. `country`-wise and otherwise numbers are read as any input's are.
    ///
    /// # Errors
    /// Where the feed does not exist or the input cannot be read; then nothing is changed.
    pub fn remove(
        &mut self,
        feed: &FeedName,
        sources: &[Source],
        rules: Rules,
        reason: &str,
        observer: &mut Observer<'_>,
    ) -> Result<Lifted, Trouble> {
        self.write_out()?;
        let feed = self.feed_at_hand(feed)?;
        let (started, id, who) = (self.world.now(), self.world.run_id(), self.setup.who.clone());
        let state = self.store.directory().to_owned();
        let mut inputs = inputs::open(sources, &state)?;
        let rejects = state.join("rejects").join(format!("{id}.csv"));
        let mut desk = Desk::open(&state, rejects, sources, Rules { mode: Mode::Add, ..rules }, Asked::default())?;
        let mut sorter = Sorter::new(Mode::Changes, &state);
        let mut numbers: Vec<Number> = Vec::new();
        desk.read_all(&mut inputs, &self.world, observer, &mut |passed: Passed<'_>| {
            numbers.push(passed.number);
            let said = dncsync_core::change::Said { action: Action::Delete, ..passed.said() };
            sorter.push(&said).map_err(|error| StoreError::Spool(error).into())
        })?;
        let Judged { rows, rejected, warnings, rejects } = desk.close(false)?;
        numbers.sort_unstable();
        numbers.dedup();
        let rejects = rejects.map(|(path, _)| path.display().to_string());
        let load = NewLoad {
            note: Some(reason),
            rows,
            rejected,
            warnings: &warnings,
            rejects: rejects.as_deref(),
            ..command_load(&id, &who, LoadKind::Remove)
        };
        let said = sorter.finish().map_err(StoreError::Spool)?;
        let tell = teller(&feed, &load);
        let end = self.store.take_load(feed.id, &load, said, &|_, _, _| None, started, &tell)?;
        let report = self.load_report(&feed, &load, &end, started);
        let mut lifted = Lifted { report, still: Vec::new(), still_claimed: 0 };
        self.tell_who_claims(&feed.name, &numbers, &mut lifted)?;
        self.write_out()?;
        Ok(lifted)
    }

    fn tell_who_claims(&self, but: &FeedName, numbers: &[Number], lifted: &mut Lifted) -> Result<(), Trouble> {
        let mut claimants: std::collections::BTreeMap<Number, Vec<String>> = std::collections::BTreeMap::new();
        for feed in self.store.feeds()?.iter().filter(|feed| feed.name != *but) {
            for number in self.store.claimed_among(feed, numbers)? {
                claimants.entry(number).or_default().push(feed.name.to_string());
            }
        }
        lifted.still_claimed = claimants.len() as u64;
        lifted.still = claimants.into_iter().take(NAMED).collect();
        Ok(())
    }

    /// Undoes a run: withdraws what its loads claimed first, claims again what they withdrew, as far as no later load
    /// says anything of the same number. A run that is not finished is finished first.
    ///
    /// # Errors
    /// Where there is no such run, or it loaded nothing.
    pub async fn rollback(
        &mut self,
        run: &RunId,
        requests_too: bool,
        observer: &mut Observer<'_>,
    ) -> Result<RolledBack, Trouble> {
        self.write_out()?;
        let loads = self.store.loads_of_run(run)?;
        if loads.is_empty() {
            let message = format!("no run {run} loaded anything into a feed");
            return Err(Trouble::input("run.unknown", message, "`dncsync feeds` and `dncsync audit` name runs"));
        }
        if loads.iter().any(|load| load.kind == LoadKind::Claims) {
            let message = "what runs asked for before there were feeds cannot be rolled back";
            return Err(Trouble::input("run.tooOld", message, "lift single claims with `dncsync remove`"));
        }
        self.settle_first(run, observer).await?;
        let (started, who) = (self.world.now(), self.setup.who.clone());
        let mut undone =
            RolledBack { run: run.clone(), loads: Vec::new(), kept_requests: 0, kept_later: 0, plans: Vec::new() };
        let mut targets: Vec<TargetId> = Vec::new();
        for load in loads.iter().rev() {
            let Some(feed) = self.store.feeds()?.into_iter().find(|feed| feed.id == load.feed) else { continue };
            let id = self.world.run_id();
            let new = NewLoad { source: load.source, undid: Some(run), ..command_load(&id, &who, LoadKind::Rollback) };
            let (end, undoing) = self.store.undo(load, requests_too, &new, started, &teller(&feed, &new))?;
            undone.kept_requests += undoing.kept_requests;
            undone.kept_later += undoing.kept_later;
            undone.loads.push(self.load_report(&feed, &new, &end, started));
            targets.extend(self.store.targets_of(feed.id)?);
        }
        targets.sort_unstable();
        targets.dedup();
        for target in targets {
            let of = self.store.target_of(target)?;
            let list = self.store.list_of(target)?;
            undone.plans.push(self.difference_of(&of, target, list, Requests::default(), observer)?.preview);
        }
        self.write_out()?;
        Ok(undone)
    }

    /// What an unfinished run is about comes to its end before it is undone.
    async fn settle_first(&mut self, run: &RunId, observer: &mut Observer<'_>) -> Result<(), Trouble> {
        if !self.store.has_run(run)? || self.store.run(run)?.stage == Stage::Finished {
            return Ok(());
        }
        let outcome = self.finish_run(run, true, observer).await?;
        match outcome.stopped {
            Some(trouble) if trouble.kind != crate::trouble::Kind::Guarded => Err(trouble),
            _ => Ok(()),
        }
    }
}
