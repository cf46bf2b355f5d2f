//! The token: fetched when it is needed, by one caller at a time, and renewed before it expires.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use dncsync_core::answer::{Answer, Lasting, Later};
use reqwest::header::HeaderValue;
use reqwest::{Method, Url};
use tokio::time::{Instant, timeout};

use crate::address;
use crate::decode;
use crate::reply::{self, Reply};
use crate::scope;
use crate::secret::Secret;
use crate::verdict;
use crate::wire::Wire;

/// How long a call may spend on its token, waiting for another caller's included. With the time that the request
/// itself may take it comes to the `REQUEST_TIMEOUT` that the rate window counts with.
pub(crate) const TOKEN_TIMEOUT: Duration = Duration::from_secs(15);

/// How long a token lives that does not say it (tutorial: 3600 seconds).
const LIFE: Duration = Duration::from_secs(3600);

/// The longest life that is believed; more would also overflow the clock one day.
const LONGEST_LIFE: Duration = Duration::from_secs(24 * 3600);

/// How long before its end a token is renewed: a request must not arrive with one that expired on the way.
const MARGIN: Duration = Duration::from_secs(60);

/// What a token tells of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenFacts {
    /// The scopes granted; empty where it does not tell.
    pub scopes: Vec<String>,
    /// How long it lives, counted from when it was granted.
    pub expires_in: Duration,
}

/// A token that can be used.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    /// `Bearer …`, marked as sensitive.
    pub(crate) header: HeaderValue,
    /// The how-manieth token it is: a refused one must not take its successor with it.
    pub(crate) generation: u64,
    pub(crate) facts: TokenFacts,
    renew_at: Instant,
}

/// Why there is no token.
#[derive(Clone, Debug)]
pub(crate) enum NoToken {
    Passing(Later),
    Lasting(Lasting),
}

impl NoToken {
    /// As the answer of the call that needed it: a token call applies nothing, so nothing is unknown.
    pub(crate) fn answer<T>(self) -> Answer<T> {
        match self {
            Self::Passing(later) => Answer::ComeBack(later),
            Self::Lasting(lasting) => Answer::Lasting(lasting),
        }
    }
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
    url: Url,
    host: String,
    client_id: String,
    client_secret: Secret,
    cache: Mutex<Cache>,
    /// Held by the one who fetches.
    fetching: tokio::sync::Mutex<()>,
}

impl Tokens {
    pub(crate) fn new(wire: Wire, url: Url, client_id: String, client_secret: Secret) -> Self {
        let host = address::host(&url);
        Self {
            wire,
            url,
            host,
            client_id,
            client_secret,
            cache: Mutex::default(),
            fetching: tokio::sync::Mutex::default(),
        }
    }

    /// The token at hand, or a new one.
    pub(crate) async fn get(&self) -> Result<Token, NoToken> {
        timeout(TOKEN_TIMEOUT, self.cached_or_fetched()).await.unwrap_or_else(|_| {
            let reason = format!("{} handed out no token in time", self.host);
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
        let granted = self.fetch().await?;
        let mut cache = self.cache();
        cache.fetched += 1;
        cache.granted.clone_from(&granted.facts.scopes);
        let life = granted.facts.expires_in;
        let renew_at = asked_at + life - MARGIN.min(life / 10);
        let token = Token { header: granted.header, generation: cache.fetched, facts: granted.facts, renew_at };
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

    async fn fetch(&self) -> Result<Fresh, NoToken> {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &self.client_id),
            ("client_secret", self.client_secret.expose()),
            ("scope", &scope::WANTED.join(" ")),
        ];
        let request = self.wire.request(Method::POST, self.url.clone()).timeout(TOKEN_TIMEOUT).form(&form);
        match reply::exchange(&self.wire, request, &self.host).await {
            Ok(reply) => judge(&self.host, &reply),
            Err(fault) => {
                let (reason, answered) = (fault.reason, fault.sent);
                Err(NoToken::Passing(Later { reason, retry_after: None, throttled: false, answered }))
            }
        }
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("host", &self.host).field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// A token just granted.
pub(crate) struct Fresh {
    header: HeaderValue,
    pub(crate) facts: TokenFacts,
}

fn judge(host: &str, reply: &Reply) -> Result<Fresh, NoToken> {
    let passing = || verdict::passing(host, reply);
    match reply.status.as_u16() {
        200..=299 => fresh(reply).ok_or_else(|| {
            let reason = format!("{host} answered {} without a token that can be read", reply.status);
            NoToken::Passing(Later { reason, ..passing() })
        }),
        400 | 401 | 403 => Err(NoToken::Lasting(refused(host, reply))),
        429 => Err(NoToken::Passing(Later { throttled: true, ..passing() })),
        408 | 500.. => Err(NoToken::Passing(passing())),
        status => {
            Err(NoToken::Lasting(verdict::wrong_address(host, &format!("does not hand out tokens there ({status})"))))
        }
    }
}

pub(crate) fn fresh(reply: &Reply) -> Option<Fresh> {
    let granted = decode::granted(reply.body.as_deref().ok()?)?;
    let mut header = HeaderValue::from_str(&format!("Bearer {}", granted.access_token)).ok()?;
    header.set_sensitive(true);
    let expires_in = granted.expires_in.map_or(LIFE, Duration::from_secs).min(LONGEST_LIFE);
    Some(Fresh { header, facts: TokenFacts { scopes: granted.scopes, expires_in } })
}

fn refused(host: &str, reply: &Reply) -> Lasting {
    let words = decode::words(reply.explanation()).map(|words| format!(": {words}")).unwrap_or_default();
    if decode::oauth_error(reply.explanation()).as_deref() == Some("invalid_scope") {
        return Lasting {
            message: format!("{host} does not grant the scopes {}{words}", scope::WANTED.join(", ")),
            ..verdict::scope_missing(&scope::WANTED)
        };
    }
    Lasting {
        code: "credentials.refused",
        message: format!("{host} refuses the client id or its secret ({}){words}", reply.status),
        todo: "check CXONE_CLIENT_ID and CXONE_CLIENT_SECRET, and that CXONE_REGION is the tenant's own".to_owned(),
        of_list: false,
    }
}
