//! What came of asking for a token: one that is fresh, or why there is none.

use std::time::Duration;

use dncsync_core::answer::{Answer, Lasting, Later};
use reqwest::header::HeaderValue;
use reqwest::{RequestBuilder, Url};
use serde::Deserialize;

use crate::address;
use crate::admin::tenant;
use crate::lenient::{Object, Scalar, read};
use crate::reply::{self, Reply};
use crate::verdict;
use crate::wire::Wire;

/// How long a call may spend on its token, waiting for another caller's included. With the time that the request
/// itself may take it comes to the `REQUEST_TIMEOUT` that the rate window counts with.
pub(crate) const TOKEN_TIMEOUT: Duration = Duration::from_secs(15);

/// How long a token lives that does not say it (tutorial: 3600 seconds).
const LIFE: Duration = Duration::from_secs(3600);

/// The longest life that is believed; more would also overflow the clock one day.
pub(crate) const LONGEST_LIFE: Duration = Duration::from_secs(24 * 3600);

/// What a token tells of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenFacts {
    /// The scopes granted; empty where it does not tell.
    pub scopes: Vec<String>,
    /// How long it lives, counted from when it was granted.
    pub expires_in: Duration,
    /// The tenant that it belongs to, where it tells.
    pub tenant: Option<String>,
    /// The host of the API that it opens, where that was found by it.
    pub api: Option<String>,
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

/// A token just granted.
pub(crate) struct Fresh {
    /// `Bearer …`, marked as sensitive.
    pub(crate) header: HeaderValue,
    /// The API that it opens, where that was found by it.
    pub(crate) api: Option<Url>,
    pub(crate) facts: TokenFacts,
}

impl Fresh {
    /// The same, with the address of the API that it opens.
    pub(crate) fn of_api(mut self, api: Url) -> Self {
        self.facts.api = Some(address::host(&api));
        Self { api: Some(api), ..self }
    }
}

/// One request on the way to a token. It applies nothing, so that none of its faults leaves anything open.
pub(crate) async fn ask(wire: &Wire, request: RequestBuilder, host: &str) -> Result<Reply, NoToken> {
    reply::exchange(wire, request, host).await.map_err(|fault| {
        let (reason, answered) = (fault.reason, fault.sent);
        NoToken::Passing(Later { reason, retry_after: None, throttled: false, answered })
    })
}

/// What an answer to a request for a token means. `refused` says whose fault it is where it is denied.
pub(crate) fn judge(
    host: &str,
    reply: &Reply,
    refused: impl FnOnce(&str, &Reply) -> Lasting,
) -> Result<Fresh, NoToken> {
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
    let granted = granted(reply.body.as_deref().ok()?)?;
    let mut header = HeaderValue::from_str(&format!("Bearer {}", granted.access_token)).ok()?;
    header.set_sensitive(true);
    let expires_in = granted.expires_in.map_or(LIFE, Duration::from_secs).min(LONGEST_LIFE);
    let facts = TokenFacts { scopes: granted.scopes, expires_in, tenant: granted.tenant, api: None };
    Some(Fresh { header, api: None, facts })
}

/// What a token answer tells.
struct Granted {
    access_token: String,
    expires_in: Option<u64>,
    scopes: Vec<String>,
    tenant: Option<String>,
}

#[derive(Deserialize)]
struct GrantedBody<'a> {
    #[serde(default, borrow)]
    access_token: Scalar<'a>,
    #[serde(default, borrow)]
    id_token: Scalar<'a>,
    #[serde(default, borrow)]
    expires_in: Scalar<'a>,
    #[serde(default, borrow)]
    scope: Scalar<'a>,
}

/// A token, if the body holds one.
fn granted(body: &[u8]) -> Option<Granted> {
    let told = read::<Object<GrantedBody<'_>>>(body)?.0?;
    let scopes = told.scope.text().unwrap_or_default();
    let tenant = [&told.id_token, &told.access_token].into_iter().find_map(|token| tenant::of_token(&token.text()?));
    Some(Granted {
        access_token: told.access_token.text()?.trim().to_owned(),
        expires_in: told.expires_in.count(),
        scopes: scopes.split([' ', ',']).filter(|scope| !scope.is_empty()).map(str::to_owned).collect(),
        tenant,
    })
}
