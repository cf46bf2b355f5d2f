//! Waiting for one's turn to send, and sending once it came.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use dncsync_core::report::Report;
use dncsync_core::run::{RunId, Stage};
use dncsync_cxone::Client;

use crate::engine::{Engine, no_client};
use crate::lease::{self, Lease};
use crate::progress::{Observer, Progress};
use crate::sender::Sender;
use crate::trouble::Trouble;
use crate::wanted::Wanted;

/// How often a process that waits for the sender looks whether it is done.
const LOOK_IN: Duration = Duration::from_millis(250);

/// What came of sending.
#[derive(Default)]
pub(crate) struct Worked {
    /// The reports of the runs that were finished.
    pub(crate) finished: BTreeMap<RunId, Report>,
    /// Runs that nothing can be done about until somebody mends their list, or feeds them in again.
    pub(crate) left: BTreeSet<RunId>,
    /// What stopped the work before its end.
    pub(crate) stopped: Option<Trouble>,
}

impl Engine {
    /// Sends and looks until what is wanted is finished, or waits for the process that does. `wait`: whether to wait
    /// for another process; where not, the load is left to it.
    pub(crate) async fn work(
        &mut self,
        wanted: &Wanted,
        wait: bool,
        observer: &mut Observer<'_>,
    ) -> Result<Worked, Trouble> {
        let client = self.client.clone().ok_or_else(no_client)?;
        let Some(mut lease) = self.turn(wanted, wait, observer).await? else {
            return Ok(Worked { finished: self.reports(wanted)?, ..Worked::default() });
        };
        loop {
            let worked = self.send(&client, wanted, observer).await?;
            drop(lease);
            let handed_over = self.store.handed_over(self.tenant)?;
            if worked.stopped.is_some() || handed_over.iter().all(|run| worked.left.contains(run)) {
                return Ok(worked);
            }
            // Handed over after the last look at the store, while the lease was still held: nobody else would send it.
            match lease::take(self.store.directory(), &self.setup.tenant)? {
                Some(again) => lease = again,
                None => return Ok(worked),
            }
        }
    }

    /// Waits for the lease; `None` where another process finished what is wanted meanwhile.
    pub(crate) async fn turn(
        &mut self,
        wanted: &Wanted,
        wait: bool,
        observer: &mut Observer<'_>,
    ) -> Result<Option<Lease>, Trouble> {
        let mut told = false;
        loop {
            if let Wanted::Run(run) = wanted {
                if self.store.run(run)?.stage == Stage::Finished {
                    return Ok(None);
                }
                if !wait {
                    self.store.hand_over(run)?;
                }
            }
            if let Some(lease) = lease::take(self.store.directory(), &self.setup.tenant)? {
                return Ok(Some(lease));
            }
            let holder = lease::holder(self.store.directory(), &self.setup.tenant);
            if !wait {
                return Err(Trouble::handed_over(&holder));
            }
            if !std::mem::replace(&mut told, true) {
                let mine =
                    if matches!(wanted, Wanted::Run(_)) { "this load is in its queue" } else { "waiting for it" };
                observer(&Progress::Waiting { why: format!("{holder} is sending; {mine}") });
            }
            if self.world.stopping() {
                return Err(Trouble::stopped());
            }
            let moment = self.world.now() + LOOK_IN;
            tokio::select! {
                () = self.world.sleep_until(moment) => (),
                () = self.world.stop_asked() => (),
            }
        }
    }

    /// Sends. Damage that is met is dropped once, and everything begins anew from what is left.
    async fn send(&mut self, client: &Client, wanted: &Wanted, observer: &mut Observer<'_>) -> Result<Worked, Trouble> {
        let mut finished = BTreeMap::new();
        loop {
            let ours = (self.tenant, &self.trail, &self.secret);
            let mut sender = Sender::start(&mut self.store, client, &self.world, &self.setup, ours)?;
            let stopped = sender.work(wanted, observer).await.err();
            finished.append(&mut sender.finished);
            let (mut left, bar) = sender.bars();
            let aside = std::mem::take(&mut sender.set_aside);
            drop(sender);
            let full = aside.values().find(|trouble| trouble.code == Trouble::CAPACITY).cloned();
            left.extend(aside.into_keys());
            let stopped = stopped.or(bar.or(full).filter(|_| *wanted == Wanted::Everything));
            match stopped {
                Some(trouble) if trouble.code == Trouble::DAMAGED && self.mend(wanted, observer)? => (),
                stopped => return Ok(Worked { finished, left, stopped }),
            }
        }
    }

    /// Drops what does not fit its checksum and says so; false where nothing was found that could be dropped.
    pub(crate) fn mend(&mut self, wanted: &Wanted, observer: &mut Observer<'_>) -> Result<bool, Trouble> {
        let run = match wanted {
            Wanted::Run(run) => run.clone(),
            Wanted::Everything => RunId::new(""),
        };
        let mended = self.store.mend(self.world.now(), &run)?;
        if mended.beliefs + mended.replanned.len() as u64 == 0 {
            return Ok(false);
        }
        observer(&Progress::Note(format!(
            "stored data was damaged ({} pieces, {} runs): nothing is believed of it, it is looked at and sent again",
            mended.beliefs,
            mended.replanned.len()
        )));
        Ok(true)
    }

    fn reports(&self, wanted: &Wanted) -> Result<BTreeMap<RunId, Report>, Trouble> {
        let Wanted::Run(run) = wanted else { return Ok(BTreeMap::new()) };
        Ok(self.store.report(run)?.map(|report| (run.clone(), report)).into_iter().collect())
    }
}
