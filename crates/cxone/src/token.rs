//! The token: fetched when it is needed, by one caller at a time, and renewed before it expires.
//!
//! Where there is a keeper, the first one of a process is the one that an earlier process kept, if that is still good.
//! What is kept is looked at once only: a token that was refused is followed by one that was just granted, never by
//! another one of unknown age.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use dncsync_core::answer::Later;
use reqwest::Url;
use reqwest::header::HeaderValue;
use tokio::time::{Instant, timeout};

use crate::grant::{Fresh, NoToken, TOKEN_TIMEOUT, TokenFacts};
use crate::kept::{Keeper, Safe, Sealed};
use crate::sign_in::SignIn;
use crate::v2::scope;
use crate::wire::Wire;

/// How long before its end a token is renewed: a request must not arrive with one that expired on the way.
const MARGIN: Duration = Duration::from_secs(60);

/// A token that can be used.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    /// `Bearer …`, marked as sensitive.
    pub(crate) header: HeaderValue,
    /// The API that it opens, where that was found by it.
    pub(crate) api: Option<Url>,
    /// The how-manieth token it is: a refused one must not take its successor with it.
    pub(crate) generation: u64,
    pub(crate) facts: TokenFacts,
    renew_at: Instant,
}

#[derive(Default)]
struct Cache {
    token: Option<Token>,
    /// As it lies at the keeper's.
    kept: Option<Sealed>,
    /// How many there were.
    generations: u64,
    granted: Vec<String>,
}

/// Where tokens come from.
pub(crate) struct Tokens {
    wire: Wire,
    sign_in: SignIn,
    safe: OnceLock<Safe>,
    cache: Mutex<Cache>,
    /// Held by the one who fetches.
    fetching: tokio::sync::Mutex<()>,
}

impl Tokens {
    pub(crate) fn new(wire: Wire, sign_in: SignIn) -> Self {
        let (cache, fetching) = (Mutex::default(), tokio::sync::Mutex::default());
        Self { wire, sign_in, safe: OnceLock::new(), cache, fetching }
    }

    /// Keeps tokens beyond this process from now on.
    pub(crate) fn keep(&self, keeper: Arc<dyn Keeper>) {
        if let Some(safe) = Safe::new(keeper, &self.sign_in.binding()) {
            self.safe.get_or_init(|| safe);
        }
    }

    /// The token at hand, or a new one.
    pub(crate) async fn get(&self) -> Result<Token, NoToken> {
        timeout(TOKEN_TIMEOUT, self.cached_or_fetched()).await.unwrap_or_else(|_| Err(self.too_late()))
    }

    /// A new token, whatever is at hand.
    pub(crate) async fn renew(&self) -> Result<Token, NoToken> {
        let alone = async {
            let _alone = self.fetching.lock().await;
            self.fetch().await
        };
        timeout(TOKEN_TIMEOUT, alone).await.unwrap_or_else(|_| Err(self.too_late()))
    }

    fn too_late(&self) -> NoToken {
        let reason = format!("{} handed out no token in time", self.sign_in.host());
        NoToken::Passing(Later { reason, retry_after: None, throttled: false, answered: false })
    }

    /// Forgets a token that was refused, unless another one has taken its place.
    pub(crate) fn forget(&self, generation: u64) {
        self.discard(generation);
        self.cache().token.take_if(|token| token.generation == generation);
    }

    /// Leaves a token to no other process. This one may go on with it.
    pub(crate) fn discard(&self, generation: u64) {
        let mut cache = self.cache();
        if cache.token.as_ref().is_some_and(|token| token.generation == generation)
            && let (Some(safe), Some(sealed)) = (self.safe.get(), cache.kept.take())
        {
            safe.discard(&sealed);
        }
    }

    /// Of the scopes wanted, those that the last token lacks.
    pub(crate) fn missing_scopes(&self) -> Vec<&'static str> {
        scope::missing(&self.cache().granted)
    }

    async fn cached_or_fetched(&self) -> Result<Token, NoToken> {
        if let Some(token) = self.cached() {
            return Ok(token);
        }
        let _alone = self.fetching.lock().await;
        // Somebody may have fetched one while we waited.
        if let Some(token) = self.cached() {
            return Ok(token);
        }
        match self.taken_up() {
            Some(token) => Ok(token),
            None => self.fetch().await,
        }
    }

    /// The one that an earlier process kept, before there was any other in this one.
    fn taken_up(&self) -> Option<Token> {
        if self.cache().generations > 0 {
            return None;
        }
        let kept = self.safe.get()?.open()?;
        let lasts = lasts(&kept.fresh).checked_sub(kept.age).filter(|lasts| !lasts.is_zero())?;
        Some(self.take(kept.fresh, Instant::now() + lasts, Some(kept.sealed)))
    }

    async fn fetch(&self) -> Result<Token, NoToken> {
        // Its life is counted from before the request: that is early, and early is safe.
        let (asked_at, by_the_wall) = (Instant::now(), self.safe.get().map(Safe::now));
        let fresh = self.sign_in.fetch(&self.wire).await?;
        // One that lacks a scope is of no use to anybody, and the next process shall see whether it was granted since.
        let good = scope::missing(&fresh.facts.scopes).is_empty();
        let safe = self.safe.get().zip(by_the_wall).filter(|_| good);
        let sealed = safe.and_then(|(safe, asked_at)| safe.put(&fresh, asked_at));
        let renew_at = asked_at + lasts(&fresh);
        Ok(self.take(fresh, renew_at, sealed))
    }

    fn take(&self, fresh: Fresh, renew_at: Instant, kept: Option<Sealed>) -> Token {
        let mut cache = self.cache();
        cache.generations += 1;
        cache.granted.clone_from(&fresh.facts.scopes);
        cache.kept = kept;
        let (generation, facts) = (cache.generations, fresh.facts);
        cache.token.insert(Token { header: fresh.header, api: fresh.api, generation, facts, renew_at }).clone()
    }

    fn cached(&self) -> Option<Token> {
        self.cache().token.clone().filter(|token| Instant::now() < token.renew_at)
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        // Every change to the cache is a plain assignment: one that a panic cut short left nothing half done.
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long a token is used, from when it was asked for.
fn lasts(fresh: &Fresh) -> Duration {
    let life = fresh.facts.expires_in;
    life - MARGIN.min(life / 10)
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("sign_in", &self.sign_in).finish_non_exhaustive()
    }
}
