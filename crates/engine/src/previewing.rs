//! `plan` and `apply`: what would be added and removed, and doing it.

use dncsync_core::number::Number;
use dncsync_core::preview::{Preview, Reason};
use dncsync_core::rejection::RejectionCode;
use dncsync_core::report::Requests;
use dncsync_core::target::Target;
use dncsync_store::{Because, Difference, ListState, LoadKind, NewRun, RunKind, StoreError, TargetId};

use crate::differing::{expire, withheld};
use crate::engine::{Engine, Outcome, no_client};
use crate::ground::{Ground, Step};
use crate::progress::{Observer, Progress};
use crate::trouble::Trouble;
use crate::wanted::Wanted;
use crate::{dry_run, finish};
use dncsync_core::event::Event;

/// A plan: its figures, and the numbers themselves.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    /// The figures.
    pub preview: Preview,
    /// What would be added, in order of number.
    pub add: Vec<Number>,
    /// What would be removed, in order of number.
    pub remove: Vec<Number>,
}

/// The input of a run that applies a plan: no digest is like it.
const APPLY: &str = "apply";

impl Engine {
    /// What would be added to a list and removed from it. Sends no item. A list that was never read, or too long ago, is
    /// read whole.
    ///
    /// # Errors
    /// What kept it from looking at the list.
    pub async fn plan(&mut self, target: &Target, observer: &mut Observer<'_>) -> Result<Planned, Trouble> {
        self.write_out()?;
        let id = self.store.target(self.tenant, target)?;
        self.store.own_feed(id, self.world.now())?;
        // Nothing is sent while it is read, and nothing that is read changes what another process believes just now.
        let lease = self.turn(&Wanted::Everything, true, observer).await?;
        let (ground, requests) = self.look_at(id, observer).await?;
        drop(lease);
        let list = ground.ready().cloned();
        let mut planned = self.difference_of(target, id, list, requests, observer)?;
        let (records, additions) = (ground.records, planned.preview.additions);
        planned.preview.capacity = self.setup.over_capacity(records, additions).map(|trouble| trouble.message);
        self.write_out()?;
        Ok(planned)
    }

    /// Adds what a list lacks, then removes what no feed claims any more. `expects`: the base of a saved plan.
    ///
    /// # Errors
    /// Where there is no run to report of: a saved plan that lost its base, unusable state, an edited trail.
    pub async fn apply(
        &mut self,
        target: &Target,
        approved: bool,
        expects: Option<&str>,
        observer: &mut Observer<'_>,
    ) -> Result<Outcome, Trouble> {
        self.write_out()?;
        let (now, id) = (self.world.now(), self.world.run_id());
        let target_id = self.store.target(self.tenant, target)?;
        self.store.own_feed(target_id, now)?;
        let rejects = finish::default_rejects(&self.store, &id).display().to_string();
        let files = [APPLY.to_owned()];
        let run = NewRun {
            kind: RunKind::Apply,
            approved,
            expects,
            ..NewRun::of_command(&id, target_id, (APPLY, &files), &rejects, &[])
        };
        let event = Event::Loaded {
            files: Vec::new(),
            list_name: target.name().to_owned(),
            scope: target.scope().to_string(),
            rows: 0,
            duplicates_in_input: 0,
            rejected: 0,
        };
        self.store.record_load(&run, now, &event)?;
        let outcome = self.finish_run(&id, true, observer).await;
        self.write_out()?;
        outcome
    }

    /// Looks a list up, without making it, and reads it whole where it was never read, or too long ago: its ground, ready
    /// where there is such a list.
    async fn look_at(&mut self, target: TargetId, observer: &mut Observer<'_>) -> Result<(Ground, Requests), Trouble> {
        let Some(client) = self.client.clone() else {
            return Err(no_client());
        };
        let now = self.world.now();
        let mut ground = Ground::of(&self.store, target, self.world.run_id(), client.speech())?;
        if let Step::Create = ground.step {
            ground.exists();
        }
        let horizon = dncsync_core::belief::horizon(now, now, self.setup.trust);
        ground.must_be_seen_since(&self.store, horizon, self.setup.trust_budget, now)?;
        let mut single = self.single(&client)?;
        let mut there = true;
        while there && ground.ask().is_some() {
            if let Step::Read { paging, .. } = &ground.step {
                let list = ground.target.name().to_owned();
                observer(&Progress::Meeting { list, listed: paging.before() });
            }
            there = dry_run::turn(&mut single, &mut ground).await?;
        }
        let requests = single.requests;
        match ground.step {
            Step::Barred(lasting) => Err(lasting.into()),
            _ => Ok((ground, requests)),
        }
    }

    /// The plan from what is believed of a list just now.
    pub(crate) fn difference_of(
        &mut self,
        target: &Target,
        id: TargetId,
        list: Option<ListState>,
        requests: Requests,
        observer: &mut Observer<'_>,
    ) -> Result<Planned, Trouble> {
        expire(&mut self.store, &self.world, &self.setup.who, id)?;
        let under_way = self.store.under_way(id)?;
        let key = list.as_ref().map(|list| list.key);
        let difference = match self.store.difference(id, key, &under_way, false) {
            Err(StoreError::Damaged(_)) => {
                self.mend(&Wanted::Everything, observer)?;
                self.store.difference(id, key, &under_way, false)?
            }
            difference => difference?,
        };
        let feeds = self.store.feeds_of(id)?.into_iter().map(|feed| feed.name.to_string()).collect();
        let preview = Preview {
            event_type: Preview::EVENT_TYPE.to_owned(),
            campaign_id: target.campaign_id().map(str::to_owned),
            list_id: list.map(|list| list.id.0),
            list_name: target.name().to_owned(),
            scope: target.scope().to_string(),
            feeds,
            only: self.store.only_of(id)?.map(|only| only.name),
            desired: difference.desired,
            listed: difference.listed,
            right: difference.right,
            additions: difference.add.len() as u64,
            removals: difference.withdrawn.len() as u64,
            left_out: difference.left_out.len() as u64,
            foreign: difference.foreign_count,
            refused: difference.refused + difference.unheld,
            under_way: under_way.len(),
            reasons: reasons(&difference),
            guard: withheld(&difference, &self.setup, target.name(), false),
            capacity: None,
            damaged: difference.damaged.clone(),
            base: difference.base.clone(),
            requests,
            timestamp: self.world.now(),
            state: self.store.directory().display().to_string(),
        };
        let mut add: Vec<Number> = difference.add.iter().map(|(_, number)| *number).collect();
        add.sort_unstable();
        let mut remove: Vec<Number> = difference.withdrawn.iter().chain(&difference.left_out).copied().collect();
        remove.sort_unstable();
        Ok(Planned { preview, add, remove })
    }
}

fn reasons(difference: &Difference) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = difference
        .reasons
        .iter()
        .map(|((feed, because), numbers)| Reason {
            change: if *because == Because::Claimed { "add" } else { "remove" }.to_owned(),
            feed: Some(feed.clone()),
            reason: word(*because).to_owned(),
            numbers: *numbers,
        })
        .collect();
    for (reason, numbers) in [("feed not taken", difference.untaken), ("only", difference.left_out.len() as u64)] {
        if numbers > 0 {
            reasons.push(Reason { change: "remove".to_owned(), feed: None, reason: reason.to_owned(), numbers });
        }
    }
    if difference.unheld > 0 {
        let reason = RejectionCode::ProfileCountry.code().to_owned();
        reasons.push(Reason { change: "refuse".to_owned(), feed: None, reason, numbers: difference.unheld });
    }
    reasons.sort_by(|a, b| a.change.cmp(&b.change));
    reasons
}

fn word(because: Because) -> &'static str {
    match because {
        Because::Claimed => "claimed",
        Because::Withdrawn(LoadKind::Remove) => "removed by hand",
        Because::Withdrawn(LoadKind::Expiry) => "ended",
        Because::Withdrawn(LoadKind::Rollback) => "rolled back",
        Because::Withdrawn(LoadKind::Input | LoadKind::Adopt | LoadKind::Claims) => "withdrawn by a load",
    }
}
