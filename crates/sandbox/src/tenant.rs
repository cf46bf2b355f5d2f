//! All that the tenant is while it runs, shared by its calls.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{Options, answer::Refusal, clock::Clock, lists::Lists, observed::Ledger, strike::Strikes, token::Tokens};

/// Locks are taken one at a time or in the order of the fields, and never across an await.
pub(crate) struct Tenant {
    pub(crate) clock: Clock,
    pub(crate) options: Options,
    /// Served over streams in memory, most likely on a paused clock, which another thread's work would hold up.
    in_memory: bool,
    lists: Mutex<Lists>,
    strikes: Mutex<Strikes>,
    tokens: Mutex<Tokens>,
    ledger: Mutex<Ledger>,
}

impl Tenant {
    pub(crate) fn open(options: Options) -> io::Result<Tenant> {
        Tenant::with(options, Clock::start(), false)
    }

    pub(crate) fn open_in_memory(options: Options, clock: Clock) -> io::Result<Tenant> {
        Tenant::with(options, clock, true)
    }

    fn with(options: Options, clock: Clock, in_memory: bool) -> io::Result<Tenant> {
        Ok(Tenant {
            lists: Mutex::new(Lists::open(&options, clock.now())?),
            strikes: Mutex::new(Strikes::new(&options.faults, options.seed)),
            tokens: Mutex::new(Tokens::default()),
            ledger: Mutex::new(Ledger::new(options.rate, in_memory).speaking(options.profile)),
            in_memory,
            clock,
            options,
        })
    }

    pub(crate) fn now(&self) -> Duration {
        self.clock.now()
    }

    pub(crate) fn lists(&self) -> MutexGuard<'_, Lists> {
        let mut lists = lock(&self.lists);
        lists.pass_dates(self.now());
        lists
    }

    pub(crate) fn strikes(&self) -> MutexGuard<'_, Strikes> {
        lock(&self.strikes)
    }

    pub(crate) fn tokens(&self) -> MutexGuard<'_, Tokens> {
        lock(&self.tokens)
    }

    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        lock(&self.ledger)
    }

    /// Runs `work` where it may block: checking ten thousand numbers or syncing a file must not hold up the other
    /// calls, least of all on the single-threaded runtime of a program that embeds the sandbox.
    pub(crate) async fn work<T: Send + 'static>(
        self: Arc<Tenant>,
        work: impl FnOnce(&Tenant) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        if self.in_memory {
            return work(&self);
        }
        tokio::task::spawn_blocking(move || work(&self)).await.unwrap_or_else(|_| Err(Refusal::internal()))
    }
}

/// A lock is only poisoned by a bug; the tenant then goes on as well as it can, like a real one.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
