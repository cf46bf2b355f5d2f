//! The token: fetched when it is needed, by one caller at a time, and renewed before it expires.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use dncsync_core::answer::Later;
use reqwest::Url;
use reqwest::header::HeaderValue;
use tokio::time::{Instant, timeout};

use crate::grant::{NoToken, TOKEN_TIMEOUT, TokenFacts};
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
    fetched: u64,
    granted: Vec<String>,
}

/// Where tokens come from.
pub(crate) struct Tokens {
    wire: Wire,
    sign_in: SignIn,
    cache: Mutex<Cache>,
    /// Held by the one who fetches.
    fetching: tokio::sync::Mutex<()>,
}

impl Tokens {
    pub(crate) fn new(wire: Wire, sign_in: SignIn) -> Self {
        Self { wire, sign_in, cache: Mutex::default(), fetching: tokio::sync::Mutex::default() }
    }

    /// The token at hand, or a new one.
    pub(crate) async fn get(&self) -> Result<Token, NoToken> {
        timeout(TOKEN_TIMEOUT, self.cached_or_fetched()).await.unwrap_or_else(|_| {
            let reason = format!("{} handed out no token in time", self.sign_in.host());
            Err(NoToken::Passing(Later { reason, retry_after: None, throttled: false, answered: false }))
        })
    }

    /// Forgets a token that was refused, unless another one has taken its place.
    pub(crate) fn forget(&self, generation: u64) {
        let mut cache = self.cache();
        cache.token.take_if(|token| token.generation == generation);
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
        // Its life is counted from before the request: that is early, and early is safe.
        let asked_at = Instant::now();
        let granted = self.sign_in.fetch(&self.wire).await?;
        let mut cache = self.cache();
        cache.fetched += 1;
        cache.granted.clone_from(&granted.facts.scopes);
        let life = granted.facts.expires_in;
        let renew_at = asked_at + life - MARGIN.min(life / 10);
        let token = Token {
            header: granted.header,
            api: granted.api,
            generation: cache.fetched,
            facts: granted.facts,
            renew_at,
        };
        cache.token = Some(token.clone());
        Ok(token)
    }

    fn cached(&self) -> Option<Token> {
        self.cache().token.clone().filter(|token| Instant::now() < token.renew_at)
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        // Every change to the cache is a plain assignment: one that a panic cut short left nothing half done.
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("sign_in", &self.sign_in).finish_non_exhaustive()
    }
}
