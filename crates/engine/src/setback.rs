//! Failures: when to try again, and when to give up for now.

use dncsync_core::answer::Later;
use dncsync_core::retry::{self, Patience};
use dncsync_core::timestamp::Timestamp;
use dncsync_store::{Store, TenantId};

use crate::trouble::Trouble;
use crate::world::World;

/// The failures in a row, over all requests of a tenant: a server in trouble is not asked by another way.
pub(crate) struct Setbacks {
    patience: Patience,
    in_a_row: u32,
    resume_at: Timestamp,
}

impl Setbacks {
    /// None yet, but the server may have asked an earlier run to stay away.
    pub(crate) fn start(
        store: &Store,
        tenant: TenantId,
        patience: std::time::Duration,
        now: Timestamp,
    ) -> Result<Self, Trouble> {
        let start = Self { patience: Patience::new(patience), in_a_row: 0, resume_at: store.not_before(tenant, now)? };
        start.away(now)?;
        Ok(start)
    }

    /// When the next request may leave.
    pub(crate) fn resume_at(&self) -> Timestamp {
        self.resume_at
    }

    /// A request came to something.
    pub(crate) fn progress(&mut self) {
        self.patience.progress();
        self.in_a_row = 0;
    }

    /// A request came to nothing.
    ///
    /// # Errors
    /// Kind `Passing` where patience ended, or where the server asked us to stay away for longer than that.
    pub(crate) fn failed(
        &mut self,
        store: &mut Store,
        tenant: TenantId,
        world: &World,
        later: &Later,
    ) -> Result<(), Trouble> {
        let now = world.now();
        tracing::info!(reason = later.reason, failures = self.in_a_row + 1, "a request came to nothing");
        self.patience.failed(now, later.answered);
        // Several requests that were in flight together and failed together are one setback.
        if now >= self.resume_at {
            self.in_a_row += 1;
        }
        let backoff = now + retry::backoff(self.in_a_row, world.chance());
        // The last try is made when patience ends, not after it.
        let own = self.patience.ends_at().map_or(backoff, |end| backoff.min(end.max(now)));
        // A wait of nothing, as a date in the past gives, is no wait.
        let told = later.retry_after.filter(|wait| !wait.is_zero());
        self.resume_at = self.resume_at.max(told.map_or(own, |wait| now + wait));
        if later.retry_after.is_some() {
            store.stay_away(tenant, self.resume_at, now)?;
            self.away(now)?;
        }
        if self.patience.spent(now) { Err(Trouble::out_of_patience(later)) } else { Ok(()) }
    }

    fn away(&self, now: Timestamp) -> Result<(), Trouble> {
        if !self.patience.outlasted_by(now, self.resume_at) {
            return Ok(());
        }
        Err(Trouble::passing(
            "cxone.stayAway",
            format!("CXone asked us to stay away until {}, which is longer than --patience", self.resume_at),
            "run the same command again after that",
        ))
    }
}
