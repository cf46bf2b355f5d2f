//! The grounds of all targets: what is asked about them, and what they bar.

use std::collections::BTreeSet;

use dncsync_core::answer::{Answer, Later};
use dncsync_core::run::RunId;
use dncsync_store::{Charge, Run, TargetId};

use crate::ground::{Ground, Reply, Step};
use crate::sender::{Asked, Sender};
use crate::trouble::Trouble;
use crate::wanted::Wanted;

impl Sender<'_> {
    /// Whether a planned run stands on the list that its target is now.
    pub(crate) fn ground_is_current(&self, run: &Run) -> bool {
        let ready = self.grounds.get(&run.target).and_then(Ground::ready);
        ready.is_some_and(|list| run.list == Some(list.key))
    }

    pub(crate) fn entries_of(&self, target: TargetId) -> u64 {
        match self.grounds.get(&target).map(|ground| &ground.step) {
            Some(Step::Ready { entries, .. }) => *entries,
            _ => 0,
        }
    }

    /// The next target that has something to ask and asks nothing yet.
    pub(crate) fn next_ground(&self) -> Option<TargetId> {
        let free = |ground: &&Ground| ground.ask().is_some() && !self.is_asking(Asked::Ground(ground.id));
        self.grounds.values().find(free).map(|ground| ground.id)
    }

    /// Who pays for a request about the ground.
    pub(crate) fn charge_ground(&self, target: TargetId) -> Charge {
        let ground = &self.grounds[&target];
        let kind = ground.ask().map_or("list", |ask| ask.kind());
        Charge { run: ground.payer.clone(), kind, retried: self.again.contains(&Asked::Ground(target)), halving: false }
    }

    /// Records what was learnt of the ground.
    pub(crate) fn take_ground(&mut self, target: TargetId, run: &RunId, reply: Reply) -> Result<(), Trouble> {
        let asked = Asked::Ground(target);
        self.landed(asked);
        let now = self.world.now();
        if matches!(reply, Reply::Page(_)) {
            self.presence.let_go(self.store)?;
        }
        let Some(ground) = self.grounds.get_mut(&target) else {
            return Ok(());
        };
        match reply {
            Reply::Skills(answer) => return ground.skills(self.store, answer, now),
            Reply::Created(Answer::Applied(found)) => ground.created(self.store, &found, now)?,
            Reply::Created(Answer::Exists) => ground.exists(),
            Reply::Page(Answer::Applied(page)) => ground.read(self.store, &page, now)?,
            Reply::Page(Answer::TooLarge) => ground.ask_for_less(now),
            Reply::Found(Answer::Applied(page)) => {
                if !ground.found(self.store, &page, now)? {
                    return self.setback(run, &not_shown());
                }
            }
            Reply::Created(other) => return self.not_done(asked, run, Some(target), other),
            Reply::Found(other) => return self.not_done(asked, run, Some(target), other),
            Reply::Page(other) => return self.not_done(asked, run, Some(target), other),
        }
        // A list that exists and is not shown is no progress, however many pages do not show it.
        let waiting =
            matches!(self.grounds.get(&target).map(|ground| &ground.step), Some(Step::Find { exists: true, .. }));
        if !waiting {
            self.progress(asked);
        }
        Ok(())
    }

    /// Where its list bars what is wanted, nothing more comes of waiting.
    pub(crate) fn give_up_if_barred(&self, wanted: &Wanted) -> Result<(), Trouble> {
        let barred = |target: &TargetId| match self.grounds.get(target).map(|ground| &ground.step) {
            Some(Step::Barred(lasting)) => Some(lasting.clone()),
            _ => None,
        };
        let lasting = match wanted {
            Wanted::Run(run) => self.runs.get(run).and_then(barred),
            Wanted::Everything => None,
        };
        lasting.map_or(Ok(()), |lasting| Err(lasting.into()))
    }

    /// The runs that a list bars, and why the first of them is barred.
    pub(crate) fn bars(&self) -> (BTreeSet<RunId>, Option<Trouble>) {
        let bar = |target: &TargetId| match self.grounds.get(target).map(|ground| &ground.step) {
            Some(Step::Barred(lasting)) => Some(Trouble::from(lasting.clone())),
            _ => None,
        };
        let barred = self.runs.iter().filter_map(|(run, target)| Some((run.clone(), bar(target)?)));
        let (runs, whys): (BTreeSet<RunId>, Vec<Trouble>) = barred.unzip();
        (runs, whys.into_iter().next())
    }
}

fn not_shown() -> Later {
    Later {
        reason: "a list of that name exists and is not shown yet".into(),
        retry_after: None,
        throttled: false,
        answered: true,
    }
}
