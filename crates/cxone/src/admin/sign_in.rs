//! A token by access key: through the OAuth grant where NICE registered a client, by the key alone where not; and from
//! the token to the address of the API.

use std::fmt;
use std::sync::{Mutex, OnceLock, PoisonError};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use dncsync_core::answer::Lasting;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, RequestBuilder, Url};

use super::tenant;
use crate::address;
use crate::errors;
use crate::grant::{self, Fresh, NoToken, TOKEN_TIMEOUT};
use crate::kept::Binding;
use crate::reply::Reply;
use crate::settings::{ClientAuth, KeyAccess, RegisteredClient, SettingsError};
use crate::verdict;
use crate::wire::Wire;

/// One access key, and where it signs in.
pub(crate) struct AccessKey {
    settings: KeyAccess,
    discovery: Url,
    /// The address that was told, or else found.
    token: OnceLock<Url>,
    api: OnceLock<Url>,
    /// How the client shows who it is, once one way worked.
    shows: Mutex<Option<ClientAuth>>,
}

impl AccessKey {
    pub(crate) fn new(settings: KeyAccess) -> Result<Self, SettingsError> {
        let named = |name, url: &str| address::base(url).map_err(SettingsError::of(name));
        let discovery = named("CXONE_DISCOVERY_URL", &settings.discovery_url)?;
        let told = |name, url: &Option<String>| url.as_deref().map(|url| named(name, url)).transpose();
        let (token, api) = (OnceLock::new(), OnceLock::new());
        if let Some(url) = told("CXONE_TOKEN_URL", &settings.token_url)? {
            token.get_or_init(|| url);
        } else if settings.client.is_none() {
            let url = format!("https://{}.nice-incontact.com/authentication/v1/token/access-key", settings.area);
            let url = named("CXONE_REGION", &url)?;
            token.get_or_init(|| url);
        }
        if let Some(url) = told("CXONE_API_URL", &settings.api_url)? {
            api.get_or_init(|| url);
        }
        let shows = Mutex::new(settings.client.as_ref().and_then(|client| client.auth));
        Ok(Self { settings, discovery, token, api, shows })
    }

    pub(crate) fn host(&self) -> String {
        address::host(self.asks())
    }

    /// The address that is asked first.
    pub(crate) fn asks(&self) -> &Url {
        self.token.get().unwrap_or(&self.discovery)
    }

    pub(crate) fn binding(&self) -> Binding<'_> {
        let KeyAccess { key_id, key_secret, client, discovery_url, area, token_url, api_url, tenant_id, .. } =
            &self.settings;
        let (mut told, mut secrets) = (vec!["admin", key_id, discovery_url, area], vec![key_secret]);
        told.extend([token_url, api_url, tenant_id].map(|setting| setting.as_deref().unwrap_or_default()));
        if let Some(client) = client {
            told.push(&client.id);
            secrets.push(&client.secret);
        }
        Binding { secrets, told }
    }

    pub(crate) async fn fetch(&self, wire: &Wire) -> Result<Fresh, NoToken> {
        let url = self.token_url(wire).await?;
        let fresh = match &self.settings.client {
            None => self.by_key_alone(wire, url).await?,
            Some(client) => self.by_grant(wire, url, client).await?,
        };
        self.check_tenant(&fresh)?;
        let api = self.api_url(wire, &fresh).await?;
        Ok(fresh.of_api(api))
    }

    async fn by_key_alone(&self, wire: &Wire, url: &Url) -> Result<Fresh, NoToken> {
        let key = serde_json::json!({
            "accessKeyId": self.settings.key_id,
            "accessKeySecret": self.settings.key_secret.expose(),
        });
        let json = HeaderValue::from_static("application/json");
        let request = wire.request(Method::POST, url.clone()).header(CONTENT_TYPE, json).body(key.to_string());
        let host = address::host(url);
        let reply = grant::ask(wire, prepared(request), &host).await?;
        grant::judge(&host, &reply, key_refused)
    }

    /// Which way of showing the client's secret is right was settled when NICE registered it, and nobody remembers: the
    /// one that its documents name first is tried first.
    async fn by_grant(&self, wire: &Wire, url: &Url, client: &RegisteredClient) -> Result<Fresh, NoToken> {
        let host = address::host(url);
        let known = *self.shows.lock().unwrap_or_else(PoisonError::into_inner);
        let reply = self.granted(wire, url, client, known.unwrap_or(ClientAuth::Basic)).await?;
        let other_way =
            known.is_none() && errors::oauth_error(reply.explanation()).as_deref() == Some("invalid_client");
        let (way, reply) = match other_way {
            true => (ClientAuth::Form, self.granted(wire, url, client, ClientAuth::Form).await?),
            false => (known.unwrap_or(ClientAuth::Basic), reply),
        };
        let fresh = grant::judge(&host, &reply, grant_refused)?;
        *self.shows.lock().unwrap_or_else(PoisonError::into_inner) = Some(way);
        Ok(fresh)
    }

    async fn granted(
        &self,
        wire: &Wire,
        url: &Url,
        client: &RegisteredClient,
        way: ClientAuth,
    ) -> Result<Reply, NoToken> {
        let mut form = vec![
            ("grant_type", "password"),
            ("username", self.settings.key_id.as_str()),
            ("password", self.settings.key_secret.expose()),
        ];
        if way == ClientAuth::Form {
            form.extend([("client_id", client.id.as_str()), ("client_secret", client.secret.expose())]);
        }
        let mut request = wire.request(Method::POST, url.clone()).form(&form);
        if way == ClientAuth::Basic {
            request = request.header(AUTHORIZATION, basic(client));
        }
        grant::ask(wire, prepared(request), &address::host(url)).await
    }

    async fn token_url(&self, wire: &Wire) -> Result<&Url, NoToken> {
        if let Some(url) = self.token.get() {
            return Ok(url);
        }
        let mut url = self.discovery.clone();
        url.set_path("/.well-known/openid-configuration");
        let found = self.discovered(wire, url, tenant::token_endpoint, "CXONE_TOKEN_URL").await?;
        Ok(self.token.get_or_init(|| found))
    }

    async fn api_url(&self, wire: &Wire, fresh: &Fresh) -> Result<Url, NoToken> {
        if let Some(url) = self.api.get() {
            return Ok(url.clone());
        }
        let Some(id) = self.settings.tenant_id.as_ref().or(fresh.facts.tenant.as_ref()) else {
            return Err(NoToken::Lasting(Lasting {
                code: "tenant.unknown",
                message: "the token does not tell which tenant it belongs to".to_owned(),
                todo: "set CXONE_TENANT_ID, or the address of the API in CXONE_API_URL".to_owned(),
                of_list: false,
            }));
        };
        let mut url = self.discovery.clone();
        url.set_path("/.well-known/cxone-configuration");
        url.query_pairs_mut().append_pair("tenantId", id);
        let found = self.discovered(wire, url, tenant::api_endpoint, "CXONE_API_URL").await?;
        Ok(self.api.get_or_init(|| found).clone())
    }

    /// An address that the discovery tells. It gets a secret next: what is no address for one is refused.
    async fn discovered(
        &self,
        wire: &Wire,
        url: Url,
        read: fn(&[u8]) -> Option<String>,
        setting: &'static str,
    ) -> Result<Url, NoToken> {
        let host = address::host(&url);
        let reply = grant::ask(wire, prepared(wire.request(Method::GET, url)), &host).await?;
        let status = reply.status.as_u16();
        if status == 408 || status == 429 || status >= 500 || reply.body.is_err() {
            return Err(NoToken::Passing(verdict::passing(&host, &reply)));
        }
        let found = reply.body.as_deref().ok().filter(|_| reply.status.is_success()).and_then(read);
        found.and_then(|url| address::base(&url).ok()).ok_or_else(|| {
            NoToken::Lasting(Lasting {
                code: "discovery.failed",
                message: format!("{host} does not tell where this tenant's API is ({})", reply.status),
                todo: format!("check CXONE_DISCOVERY_URL and CXONE_TENANT_ID, or set {setting}"),
                of_list: false,
            })
        })
    }

    /// A key of another tenant would block numbers there, and nowhere where they are called.
    fn check_tenant(&self, fresh: &Fresh) -> Result<(), NoToken> {
        match (&self.settings.tenant_id, &fresh.facts.tenant) {
            (Some(asked), Some(told)) if !asked.eq_ignore_ascii_case(told) => Err(NoToken::Lasting(Lasting {
                code: "tenant.other",
                message: format!("the access key belongs to tenant {told}, not to {asked}"),
                todo: "check CXONE_TENANT_ID and CXONE_ACCESS_KEY_ID".to_owned(),
                of_list: false,
            })),
            _ => Ok(()),
        }
    }
}

/// Without `Accept` the API answers with a text that is no JSON.
fn prepared(request: RequestBuilder) -> RequestBuilder {
    request.timeout(TOKEN_TIMEOUT).header(ACCEPT, HeaderValue::from_static("application/json"))
}

/// RFC 6749 §2.3.1: id and secret are form-encoded before they are joined.
fn basic(client: &RegisteredClient) -> HeaderValue {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let joined = format!("{}:{}", encoded(&client.id), encoded(client.secret.expose()));
    let text = format!("Basic {}", BASE64_STANDARD.encode(joined));
    let mut value = HeaderValue::from_str(&text).expect("base64 is a header's text");
    value.set_sensitive(true);
    value
}

fn key_refused(host: &str, reply: &Reply) -> Lasting {
    refused(host, reply, "the access key or its secret", "check CXONE_ACCESS_KEY_ID and CXONE_ACCESS_KEY_SECRET")
}

fn grant_refused(host: &str, reply: &Reply) -> Lasting {
    match errors::oauth_error(reply.explanation()).as_deref() {
        Some("invalid_client" | "unauthorized_client") => refused(
            host,
            reply,
            "the client id or its secret",
            "check CXONE_CLIENT_ID and CXONE_CLIENT_SECRET; without both the access key signs in alone",
        ),
        _ => key_refused(host, reply),
    }
}

fn refused(host: &str, reply: &Reply, what: &str, todo: &str) -> Lasting {
    let words = reply.words().map(|words| format!(": {words}")).unwrap_or_default();
    Lasting {
        code: "credentials.refused",
        message: format!("{host} refuses {what} ({}){words}", reply.status),
        todo: todo.to_owned(),
        of_list: false,
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessKey").field("settings", &self.settings).finish_non_exhaustive()
    }
}
