//! Verifying: does a list hold what was asked for? Somebody may have deleted numbers in CXone's own screens.

use dncsync_core::entry::Entry;
use dncsync_core::event::Event;
use dncsync_core::number::Number;
use dncsync_core::numbers::Numbers;
use dncsync_core::report::Requests;
use dncsync_core::row::Place;
use dncsync_core::run::RunId;
use dncsync_core::target::Target;
use dncsync_core::verification::Verification;
use dncsync_store::{ListState, NewRun, StoreError, TargetId};

use crate::engine::{Engine, Outcome, no_client};
use crate::ground::{Ground, Step};
use crate::progress::{Observer, Progress};
use crate::trouble::Trouble;
use crate::wanted::Wanted;
use crate::{dry_run, finish, unconfirmed};

/// A list that was compared, and what stopped its repair before its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Verified {
    /// What was found, and what came of the repair.
    pub told: Verification,
    /// What stopped the repair.
    pub stopped: Option<Trouble>,
}

impl Engine {
    /// Reads a list whole, twice where something is missing, and compares it with what was asked for. `repair`: sends
    /// again what is missing.
    ///
    /// # Errors
    /// What kept it from reading the list.
    pub async fn verify(
        &mut self,
        target: &Target,
        repair: bool,
        observer: &mut Observer<'_>,
    ) -> Result<Verified, Trouble> {
        self.write_out()?;
        let id = self.world.run_id();
        let target_id = self.store.target(self.tenant, target)?;
        // Nothing is sent while it is read, and nothing that is read changes what another process believes just now.
        let lease = self.turn(&Wanted::Everything, true, observer).await?;
        let compared = self.compare(&id, target, target_id, observer).await?;
        drop(lease);
        let mut verified = Verified { told: compared.told, stopped: None };
        if repair && compared.missing.is_empty() {
            observer(&Progress::Note("nothing is missing: nothing to repair".to_owned()));
        } else if repair {
            let outcome = self.repair(target, target_id, &compared.missing, observer).await?;
            verified.told.repair = Some(outcome.report);
            verified.stopped = outcome.stopped;
        }
        self.write_out()?;
        Ok(verified)
    }

    async fn compare(
        &mut self,
        id: &RunId,
        target: &Target,
        target_id: TargetId,
        observer: &mut Observer<'_>,
    ) -> Result<Compared, Trouble> {
        let desired = match self.store.desired(target_id) {
            Err(StoreError::Damaged(_)) => {
                self.mend(&Wanted::Run(id.clone()), observer)?;
                self.store.desired(target_id)?
            }
            desired => desired?,
        };
        let pending = self.store.under_way(target_id)?;
        let mut reading = self.find(id, target_id).await?;
        let claimed = match &reading.list {
            Some(list) => desired.without(&self.store.not_taken(list.key)?),
            None => desired,
        };
        self.read(&mut reading, observer).await?;
        let mut missing = claimed.without(&reading.seen).without(&pending);
        // Absence is claimed twice: a list may change between two pages of one read.
        if !missing.is_empty() && reading.list.is_some() {
            self.read(&mut reading, observer).await?;
            missing = missing.without(&reading.seen);
        }
        missing = missing.iter().filter(|number| self.setup.reach.holds(*number)).collect();
        let right = claimed.and(&reading.seen);
        let unwanted = reading.seen.without(&claimed).without(&pending);
        let ours = match &reading.list {
            Some(list) => self.store.put_among(list.key, &unwanted.iter().collect::<Vec<_>>())?.len() as u64,
            None => 0,
        };
        let foreign = unwanted.len() - ours;
        let list_id = reading.list.as_ref().map(|list| list.id.0.clone());
        let now = self.world.now();
        let event = Event::Verified { list_id: list_id.clone(), right: right.len(), missing: missing.len(), foreign };
        self.store.log(now, id, &[event])?;
        let missing = self.claimed_entries(target_id, &missing)?;
        Ok(Compared {
            told: Verification {
                event_type: Verification::EVENT_TYPE.to_owned(),
                run_id: id.to_string(),
                campaign_id: target.campaign_id().map(str::to_owned),
                list_id,
                list_name: target.name().to_owned(),
                scope: target.scope().to_string(),
                listed: reading.seen.len(),
                right: right.len(),
                missing: missing.len() as u64,
                foreign,
                withdrawn: ours,
                pending: pending.len(),
                reads: reading.reads,
                requests: reading.requests,
                missing_file: self.name_missing(id, &missing)?,
                state: self.store.directory().display().to_string(),
                timestamp: now,
                repair: None,
            },
            missing,
        })
    }

    /// Looks the list up. It is never made: what is not there holds nothing.
    async fn find(&mut self, id: &RunId, target: TargetId) -> Result<Reading, Trouble> {
        let client = self.client.clone().ok_or_else(no_client)?;
        let mut ground = Ground::of(&self.store, target, id.clone(), client.speech())?;
        let mut single = self.single(&client)?;
        let list = dry_run::find(&mut single, &mut ground).await?;
        let requests = single.requests;
        Ok(Reading { list, ground, seen: Numbers::default(), reads: 0, requests })
    }

    /// One whole read of the list, where there is one.
    async fn read(&mut self, reading: &mut Reading, observer: &mut Observer<'_>) -> Result<(), Trouble> {
        let Some(list) = reading.list.clone() else {
            return Ok(());
        };
        let client = self.client.clone().ok_or_else(no_client)?;
        let mut single = self.single(&client)?;
        let key = list.key;
        reading.ground.step = reading.ground.reading(list, single.world.now());
        while let Step::Read { paging, .. } = &reading.ground.step {
            let name = reading.ground.target.name().to_owned();
            observer(&Progress::Meeting { list: name, listed: paging.before() });
            dry_run::turn(&mut single, &mut reading.ground).await?;
        }
        let requests = single.requests;
        reading.reads += 1;
        reading.requests.total += requests.total;
        reading.requests.get += requests.get;
        // What is believed of a list is what its last whole read saw.
        reading.seen = self.store.present(key)?;
        Ok(())
    }

    /// Missing numbers as entries, as they came with the rows that claimed them first.
    fn claimed_entries(&self, target: TargetId, missing: &Numbers) -> Result<Vec<Entry>, Trouble> {
        let sorted: Vec<Number> = missing.iter().collect();
        let mut entries = self.store.additions(&self.store.claimants(target, &sorted)?)?;
        for (line, entry) in (1..).zip(&mut entries) {
            entry.place = Place { file: 0, line };
        }
        Ok(entries)
    }

    fn name_missing(&self, id: &RunId, missing: &[Entry]) -> Result<Option<String>, Trouble> {
        if missing.is_empty() {
            return Ok(None);
        }
        let name = format!("missing/{id}.csv");
        let written = unconfirmed::write(self.store.directory(), &name, missing.iter(), &[]);
        written.map(|path| Some(path.display().to_string())).map_err(|error| {
            let message = format!("{name} cannot be written: {error}");
            Trouble::passing("missing.unusable", message, "see that the disk has room, then run the same command again")
        })
    }

    /// The missing numbers become a run like any other.
    async fn repair(
        &mut self,
        target: &Target,
        target_id: TargetId,
        missing: &[Entry],
        observer: &mut Observer<'_>,
    ) -> Result<Outcome, Trouble> {
        let (now, run) = (self.world.now(), self.world.run_id());
        let rows = missing.len() as u64;
        let event = Event::Loaded {
            files: Vec::new(),
            list_name: target.name().to_owned(),
            scope: target.scope().to_string(),
            rows,
            duplicates_in_input: 0,
            rejected: 0,
        };
        let path = finish::default_rejects(&self.store, &run).display().to_string();
        let files = ["verify --repair".to_owned()];
        let load = NewRun::of_command(&run, target_id, (REPAIR, &files), &path, missing);
        self.store.record_load(&load, now, &event)?;
        self.finish_run(&run, true, observer).await
    }
}

/// The input of a repair: no digest is like it.
const REPAIR: &str = "repair";

struct Compared {
    told: Verification,
    missing: Vec<Entry>,
}

/// A list while it is read.
struct Reading {
    list: Option<ListState>,
    ground: Ground,
    seen: Numbers,
    reads: u64,
    requests: Requests,
}
