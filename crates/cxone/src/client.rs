//! The calls, one request each.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use dncsync_core::answer::{Answer, Lasting, Later};
use dncsync_core::batch::Limits;
use dncsync_core::number::Number;
use dncsync_core::pacing::REQUEST_TIMEOUT;
use dncsync_core::target::{ListId, Target};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Url};

use crate::address;
use crate::admin;
use crate::admin::sign_in::AccessKey;
use crate::calls::Call;
use crate::grant::{NoToken, TOKEN_TIMEOUT, TokenFacts};
use crate::kept::Keeper;
use crate::reply::{self, Reply};
use crate::settings::{Access, Settings, SettingsError};
use crate::sign_in::SignIn;
use crate::speech::Speech;
use crate::token::{Token, Tokens};
use crate::told::{FoundList, ItemsPage, ListsPage, Posted, Removed, SkillsPage};
use crate::v2::scope;
use crate::v2::sign_in::ClientCredentials;
use crate::verdict;
use crate::wire::Wire;

/// How many lists to ask for on a page.
pub const LISTS_PAGE_SIZE: u64 = 100;

/// No server gives fewer numbers on a page than this, as far as anybody has seen: one that refuses a page of this size
/// has another reason.
pub const SMALLEST_PAGE: u64 = 100;

/// Longer than any sound network needs, and short enough to try again soon.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a request may take after its token is there: together they stay within what the rate window counts with.
const API_TIMEOUT: Duration = REQUEST_TIMEOUT.saturating_sub(TOKEN_TIMEOUT);

/// A tenant's API. Cheap to clone; clones share connections and token.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    wire: Wire,
    speech: Speech,
    /// The API; where it is not known before, the token tells.
    api: Option<Url>,
    tokens: Tokens,
}

impl Client {
    /// A client for one tenant. Sends nothing yet.
    ///
    /// # Errors
    /// An address or certificate that cannot be used.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        // Addresses first: what is wrong with them is told before what is wrong with certificates.
        let made = Tenancy::of(settings.access)?;
        let wire = Wire::net(settings.ca_pem.as_deref(), CONNECT_TIMEOUT, API_TIMEOUT)?;
        if made.sign_in.is_encrypted() {
            wire.make_ready();
        }
        Ok(made.over(wire))
    }

    /// A client whose requests leave through `wire`, each with `items` items at most where that is given.
    ///
    /// # Errors
    /// An address that cannot be used.
    pub fn over(settings: Settings, wire: Wire, items: Option<usize>) -> Result<Self, SettingsError> {
        let mut made = Tenancy::of(settings.access)?;
        if let Some(items) = items {
            made.speech.limits.items = items;
        }
        Ok(made.over(wire))
    }

    /// From now on a token is kept for the next process, and taken up from the last one. The first keeper stays.
    pub fn keep_token(&self, keeper: Arc<dyn Keeper>) {
        self.0.tokens.keep(keeper);
    }

    /// How the tenant speaks.
    pub fn speech(&self) -> &Speech {
        &self.0.speech
    }

    /// What one request may hold.
    pub fn limits(&self) -> Limits {
        self.0.speech.limits
    }

    /// The way that its requests take.
    pub fn wire(&self) -> &Wire {
        &self.0.wire
    }

    /// Creates a list: applied, or it exists.
    pub async fn create_list(&self, target: &Target) -> Answer<FoundList> {
        let speech = self.speech();
        let request = Request::of(Call::CreateList, |base| speech.lists_url(base)).with(speech.new_list(target));
        self.0.send(request, |_, body| speech.created(body, target.name())).await
    }

    /// One page of the lists whose names contain `name`; others than the wanted one may be among them.
    pub async fn find_lists(&self, name: &str, page: u64, size: u64) -> Answer<ListsPage> {
        let speech = self.speech();
        let request = Request::of(Call::FindLists, |base| speech.find_url(base, name, page, size));
        self.0.send(request, |_, body| speech.lists(body)).await
    }

    /// Adds items to a list. `body` is what [`Speech::body`] made.
    pub async fn post_items(&self, list: &ListId, body: Vec<u8>) -> Answer<Posted> {
        let speech = self.speech();
        let request = Request::of(Call::PostItems, |base| speech.items_url(base, list)).with(body);
        self.0.send(request, |_, body| speech.posted(body)).await
    }

    /// Removes items from a list; one that is not there is no error. `body` is what [`Speech::removal`] made.
    pub async fn remove_items(&self, list: &ListId, body: Vec<u8>) -> Answer<Removed> {
        let speech = self.speech();
        let request = Request::of(Call::RemoveItems, |base| speech.items_url(base, list)).with(body);
        self.0.send(request, |_, body| speech.removed(body)).await
    }

    /// One page of a list's indexed numbers. Too large, where the server may have refused the size of the page.
    pub async fn read_items(&self, list: &ListId, page: u64, size: u64) -> Answer<ItemsPage> {
        let speech = self.speech();
        let request = Request::of(Call::ReadItems, |base| speech.read_url(base, list, page, size));
        let answer = self.0.send(request, |reply, body| speech.items(reply, body)).await;
        match answer {
            Answer::Refused(_) if size > SMALLEST_PAGE => Answer::TooLarge,
            Answer::Refused(refusal) => Answer::Lasting(verdict::refused_page(&refusal)),
            answer => answer,
        }
    }

    /// Whether a list holds a number, where the tenant can be asked for a single one.
    pub async fn look_up(&self, list: &ListId, number: Number) -> Answer<bool> {
        let request = Request::of(Call::LookUp, |base| self.speech().calls().search(base, number));
        self.0.send(request, |reply, body| admin::decode::found(body, list, number, reply.at)).await
    }

    /// One page of the skills that a list scrubs.
    pub async fn scrubbed_skills(&self, list: &ListId, page: u64, size: u64) -> Answer<SkillsPage> {
        let url = |base: &Url| self.speech().calls().scrubbed_skills(base, list, page, size);
        self.0.send(Request::of(Call::ReadSkills, url), |_, body| admin::decode::skills(body)).await
    }

    /// Has a list scrub a skill.
    pub async fn scrub(&self, list: &ListId, skill: &str) -> Answer<()> {
        self.set_skill(Call::ScrubSkill, list, skill).await
    }

    /// Has a list scrub a skill no more.
    pub async fn spare(&self, list: &ListId, skill: &str) -> Answer<()> {
        self.set_skill(Call::SpareSkill, list, skill).await
    }

    async fn set_skill(&self, call: Call, list: &ListId, skill: &str) -> Answer<()> {
        let request = Request::of(call, |base| self.speech().calls().scrubbed_skill(base, list, skill));
        self.0.send(request, |_, _| Some(())).await
    }

    /// The token's facts; one is fetched where none is at hand.
    pub async fn token(&self) -> Answer<TokenFacts> {
        facts(self.0.tokens.get().await)
    }

    /// The facts of a new token, whatever is at hand: only that shows whether the credentials are good.
    pub async fn new_token(&self) -> Answer<TokenFacts> {
        facts(self.0.tokens.renew().await)
    }

    /// Of the three scopes that the work needs, those that the last token lacks; none where it told nothing of them.
    pub fn missing_scopes(&self) -> Vec<&'static str> {
        self.0.tokens.missing_scopes()
    }
}

fn facts(token: Result<Token, NoToken>) -> Answer<TokenFacts> {
    token.map_or_else(NoToken::answer, |token| Answer::Applied(token.facts))
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.0.api.as_ref().map(address::host);
        f.debug_struct("Client").field("host", &host).field("tokens", &self.0.tokens).finish_non_exhaustive()
    }
}

/// A tenant before there is a way to it.
struct Tenancy {
    speech: Speech,
    api: Option<Url>,
    sign_in: SignIn,
}

impl Tenancy {
    fn of(access: Access) -> Result<Self, SettingsError> {
        match access {
            Access::Client(client) => {
                let api = address::base(&client.api_url).map_err(SettingsError::of("CXONE_API_URL"))?;
                let token = address::base(&client.token_url).map_err(SettingsError::of("CXONE_TOKEN_URL"))?;
                let sign_in = ClientCredentials::new(api.clone(), token, client.client_id, client.client_secret);
                Ok(Self { speech: Speech::v2(), api: Some(api), sign_in: SignIn::V2(Box::new(sign_in)) })
            }
            Access::Key(key) => {
                let speech = Speech::admin(&key);
                Ok(Self { speech, api: None, sign_in: SignIn::Admin(Box::new(AccessKey::new(key)?)) })
            }
        }
    }

    fn over(self, wire: Wire) -> Client {
        let tokens = Tokens::new(wire.clone(), self.sign_in);
        Client(Arc::new(Inner { wire, speech: self.speech, api: self.api, tokens }))
    }
}

/// One API request before it is sent.
struct Request<'a> {
    call: Call,
    url: Box<dyn FnOnce(&Url) -> Url + Send + 'a>,
    body: Option<Vec<u8>>,
}

impl<'a> Request<'a> {
    fn of(call: Call, url: impl FnOnce(&Url) -> Url + Send + 'a) -> Self {
        Self { call, url: Box::new(url), body: None }
    }

    fn with(self, body: Vec<u8>) -> Self {
        Self { body: Some(body), ..self }
    }
}

impl Inner {
    /// Token, request, answer. The API is asked once at most, whatever happens.
    async fn send<T>(&self, request: Request<'_>, decode: impl FnOnce(&Reply, &[u8]) -> Option<T>) -> Answer<T> {
        let token = match self.tokens.get().await {
            Ok(token) => token,
            Err(none) => return none.answer(),
        };
        let missing = scope::missing(&token.facts.scopes);
        if !missing.is_empty() {
            return Answer::Lasting(verdict::scope_missing(&missing));
        }
        let Some(api) = self.api.as_ref().or(token.api.as_ref()) else {
            return Answer::Lasting(verdict::nowhere());
        };
        let (call, host) = (request.call, address::host(api));
        let json = HeaderValue::from_static("application/json");
        // Without it the Admin API answers with a text that is no JSON.
        let prepared = self.wire.request(call.method(), (request.url)(api)).header(ACCEPT, json.clone());
        let mut prepared = prepared.header(AUTHORIZATION, token.header);
        match request.body {
            Some(body) => prepared = prepared.header(CONTENT_TYPE, json).body(body),
            // Some servers refuse a POST that does not say that it has no body (411).
            None if call.method() == Method::POST => {
                prepared = prepared.header(CONTENT_LENGTH, HeaderValue::from_static("0"));
            }
            None => {}
        }
        let answer = match reply::exchange(&self.wire, prepared, &host).await {
            Ok(reply) => verdict::judge((self.speech.profile, call), &host, &reply, |body| decode(&reply, body)),
            Err(fault) => verdict::without_answer(fault),
        };
        match &answer {
            Answer::TokenRefused => self.tokens.forget(token.generation),
            // Its scopes or the address found by it may be what is wrong: the next process asks anew, as if none was kept.
            Answer::Lasting(Lasting { of_list: false, .. }) | Answer::ComeBack(Later { answered: false, .. }) => {
                self.tokens.discard(token.generation);
            }
            _ => {}
        }
        answer
    }
}
