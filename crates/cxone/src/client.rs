//! The calls, one request each.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use dncsync_core::answer::Answer;
use dncsync_core::batch::Limits;
use dncsync_core::pacing::REQUEST_TIMEOUT;
use dncsync_core::target::{ListId, Target};
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};

use crate::address;
use crate::calls::{self, Call};
use crate::decode::{self, FoundList, ItemsPage, ListsPage, Posted, Removed};
use crate::items;
use crate::reply;
use crate::scope;
use crate::settings::{Settings, SettingsError};
use crate::token::{TOKEN_TIMEOUT, TokenFacts, Tokens};
use crate::verdict;
use crate::wire::Wire;

/// How many numbers to ask for on a page: the most that the contract's server gives.
pub const PAGE_SIZE: u64 = 10_000;

/// How many lists to ask for on a page.
pub const LISTS_PAGE_SIZE: u64 = 100;

/// Longer than any sound network needs, and short enough to try again soon.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a request may take after its token is there: together they stay within what the rate window counts with.
const API_TIMEOUT: Duration = REQUEST_TIMEOUT.saturating_sub(TOKEN_TIMEOUT);

/// A tenant's API. Cheap to clone; clones share connections and token.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    wire: Wire,
    limits: Limits,
    api: Url,
    host: String,
    tokens: Tokens,
}

struct Addresses {
    api: Url,
    token: Url,
}

impl Addresses {
    fn of(settings: &Settings) -> Result<Self, SettingsError> {
        let api = address::base(&settings.api_url).map_err(SettingsError::of("CXONE_API_URL"))?;
        let token = address::base(&settings.token_url).map_err(SettingsError::of("CXONE_TOKEN_URL"))?;
        Ok(Self { api, token })
    }
}

impl Client {
    /// A client for one tenant. Sends nothing yet.
    ///
    /// # Errors
    /// An address or certificate that cannot be used.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        // Addresses first: what is wrong with them is told before what is wrong with certificates.
        let addresses = Addresses::of(&settings)?;
        let wire = Wire::net(settings.ca_pem.as_deref(), CONNECT_TIMEOUT, API_TIMEOUT)?;
        Ok(Self::made(settings, addresses, wire, items::LIMITS))
    }

    /// A client whose requests leave through `wire`, each with as many items as `limits` allow.
    ///
    /// # Errors
    /// An address that cannot be used.
    pub fn over(settings: Settings, wire: Wire, limits: Limits) -> Result<Self, SettingsError> {
        let addresses = Addresses::of(&settings)?;
        Ok(Self::made(settings, addresses, wire, limits))
    }

    fn made(settings: Settings, Addresses { api, token }: Addresses, wire: Wire, limits: Limits) -> Self {
        let tokens = Tokens::new(wire.clone(), token, settings.client_id, settings.client_secret);
        Self(Arc::new(Inner { wire, limits, host: address::host(&api), api, tokens }))
    }

    /// What one request may hold.
    pub fn limits(&self) -> Limits {
        self.0.limits
    }

    /// The way that its requests take.
    pub fn wire(&self) -> &Wire {
        &self.0.wire
    }

    /// Creates a list: applied, or it exists.
    pub async fn create_list(&self, target: &Target) -> Answer<FoundList> {
        let body = serde_json::json!({
            "listName": target.name(),
            "description": "Kept by dncsync",
            "sourceType": "SYSTEM",
            "scope": target.scope().name(),
        });
        let request =
            Request { call: Call::CreateList, url: calls::lists(&self.0.api), body: Some(body.to_string().into()) };
        self.0.send(request, |body| decode::created(body, target.name())).await
    }

    /// One page of the lists whose names contain `name`; others than the wanted one may be among them.
    pub async fn find_lists(&self, name: &str, page: u64, size: u64) -> Answer<ListsPage> {
        let url = calls::find_lists(&self.0.api, name, page, size);
        self.0.send(Request { call: Call::FindLists, url, body: None }, decode::lists).await
    }

    /// Adds items to a list. `body` is what [`crate::items::body`] made.
    pub async fn post_items(&self, list: &ListId, body: Vec<u8>) -> Answer<Posted> {
        let url = calls::items(&self.0.api, list);
        self.0.send(Request { call: Call::PostItems, url, body: Some(body) }, decode::posted).await
    }

    /// Removes items from a list; one that is not there is no error. `body` is what [`crate::items::removal`] made.
    pub async fn remove_items(&self, list: &ListId, body: Vec<u8>) -> Answer<Removed> {
        let url = calls::items(&self.0.api, list);
        self.0.send(Request { call: Call::RemoveItems, url, body: Some(body) }, decode::removed).await
    }

    /// One page of a list's indexed numbers.
    pub async fn read_items(&self, list: &ListId, page: u64, size: u64) -> Answer<ItemsPage> {
        let url = calls::read_items(&self.0.api, list, page, size);
        self.0.send(Request { call: Call::ReadItems, url, body: None }, decode::items).await
    }

    /// The token's facts; one is fetched where none is at hand.
    pub async fn token(&self) -> Answer<TokenFacts> {
        match self.0.tokens.get().await {
            Ok(token) => Answer::Applied(token.facts),
            Err(none) => none.answer(),
        }
    }

    /// Of the three scopes that the work needs, those that the last token lacks; none where it told nothing of them.
    pub fn missing_scopes(&self) -> Vec<&'static str> {
        self.0.tokens.missing_scopes()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("host", &self.0.host).field("tokens", &self.0.tokens).finish_non_exhaustive()
    }
}

/// One API request before it is sent.
struct Request {
    call: Call,
    url: Url,
    body: Option<Vec<u8>>,
}

impl Inner {
    /// Token, request, answer. The API is asked once at most, whatever happens.
    async fn send<T>(&self, request: Request, decode: impl FnOnce(&[u8]) -> Option<T>) -> Answer<T> {
        let token = match self.tokens.get().await {
            Ok(token) => token,
            Err(none) => return none.answer(),
        };
        let missing = scope::missing(&token.facts.scopes);
        if !missing.is_empty() {
            return Answer::Lasting(verdict::scope_missing(&missing));
        }
        let call = request.call;
        let mut prepared = self.wire.request(call.method(), request.url).header(AUTHORIZATION, token.header);
        if let Some(body) = request.body {
            prepared = prepared.header(CONTENT_TYPE, HeaderValue::from_static("application/json")).body(body);
        }
        let reply = match reply::exchange(&self.wire, prepared, &self.host).await {
            Ok(reply) => reply,
            Err(fault) => return verdict::without_answer(fault),
        };
        let answer = verdict::judge(call, &self.host, &reply, decode);
        if matches!(answer, Answer::TokenRefused) {
            self.tokens.forget(token.generation);
        }
        answer
    }
}
