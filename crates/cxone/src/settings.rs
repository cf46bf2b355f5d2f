//! What a client is made from, and what can be wrong with it.

use std::fmt;

use crate::secret::Secret;

/// One tenant: how it speaks, where it is and who we are there.
#[derive(Clone)]
pub struct Settings {
    /// How we get in, and under which profile.
    pub access: Access,
    /// Certificates in PEM to be trusted beside the platform's.
    pub ca_pem: Option<Vec<u8>>,
}

/// How we get in; the profile follows from it.
#[derive(Clone, Debug)]
pub enum Access {
    /// Profile `v2`: a client's credentials.
    Client(ClientAccess),
    /// Profile `admin`: an employee's access key.
    Key(KeyAccess),
}

/// A client of profile `v2`.
#[derive(Clone, Debug)]
pub struct ClientAccess {
    /// Base of the API; `/api/v2/dnc/…` is appended.
    pub api_url: String,
    /// The whole address that hands out tokens.
    pub token_url: String,
    /// `client_id`.
    pub client_id: String,
    /// `client_secret`.
    pub client_secret: Secret,
}

/// An access key of profile `admin`.
#[derive(Clone, Debug)]
pub struct KeyAccess {
    /// `accessKeyId`.
    pub key_id: String,
    /// `accessKeySecret`.
    pub key_secret: Secret,
    /// The client that NICE registered, where one is used.
    pub client: Option<RegisteredClient>,
    /// Where `/.well-known/…` tells the other addresses.
    pub discovery_url: String,
    /// The area, such as `na1`: where a key signs in alone, unless `token_url` is given.
    pub area: String,
    /// The whole address that hands out tokens, instead of the discovered one.
    pub token_url: Option<String>,
    /// Base of the API, instead of the discovered one; `/incontactapi/services/…` is appended.
    pub api_url: Option<String>,
    /// The tenant's id, instead of the one that the token tells.
    pub tenant_id: Option<String>,
    /// The version N of the API in `v{N}.0`.
    pub version: u32,
    /// Most records of a request.
    pub batch: usize,
    /// By what pages are ordered; by nothing where it is empty.
    pub order_by: String,
}

/// A client that NICE registered for the OAuth grant.
#[derive(Clone, Debug)]
pub struct RegisteredClient {
    /// `client_id`.
    pub id: String,
    /// `client_secret`.
    pub secret: Secret,
    /// How it shows who it is; where it is not known both are tried.
    pub auth: Option<ClientAuth>,
}

/// How a client shows who it is (RFC 6749 §2.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAuth {
    /// In the header `Authorization: Basic`.
    Basic,
    /// In the form.
    Form,
}

impl Settings {
    /// A tenant of profile `v2`.
    pub fn v2(api_url: String, token_url: String, client_id: String, client_secret: Secret) -> Self {
        Self { access: Access::Client(ClientAccess { api_url, token_url, client_id, client_secret }), ca_pem: None }
    }
}

impl KeyAccess {
    /// A key alone, with everything else as NICE's documents have it.
    pub fn new(key_id: String, key_secret: Secret) -> Self {
        Self {
            key_id,
            key_secret,
            client: None,
            discovery_url: "https://cxone.niceincontact.com".to_owned(),
            area: "na1".to_owned(),
            token_url: None,
            api_url: None,
            tenant_id: None,
            version: 34,
            batch: crate::admin::records::MOST_RECORDS,
            order_by: "recordId".to_owned(),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("access", &self.access)
            .field("ca_pem", &self.ca_pem.as_ref().map(Vec::len))
            .finish()
    }
}

/// What is wrong with the settings. An address is never repeated whole: a webhook's may hold a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// No address at all.
    #[error("is no address; write it whole, as in https://api.us-east-1.niceincontact.com")]
    NotAnAddress,
    /// Neither http nor https.
    #[error("begins with {0}: and only https: is spoken here (http: on this machine)")]
    Scheme(String),
    /// Plain http to another machine.
    #[error("would send secrets to {0} in clear; use https:// (http:// is for this machine only)")]
    PlainHttp(String),
    /// A webhook's address that leads to the machine's own network segment.
    #[error("names a link-local address, and those are not called: a cloud gives out credentials there")]
    LinkLocal,
    /// More than a base address.
    #[error("holds a user name, a ? or a #; leave that out")]
    Surplus,
    /// The certificates cannot be used.
    #[error("CXONE_CA_FILE holds no certificate that can be read; it must hold one or more in PEM (BEGIN CERTIFICATE)")]
    UnreadableCa,
    /// The TLS library or the HTTP library did not start.
    #[error("HTTPS cannot be set up on this machine: {0}")]
    Https(String),
    /// A fault of one named setting.
    #[error("{name} {fault}")]
    Setting {
        /// The variable it comes from.
        name: &'static str,
        /// What is wrong with it.
        fault: Box<SettingsError>,
    },
}

impl SettingsError {
    pub(crate) fn of(name: &'static str) -> impl FnOnce(Self) -> Self {
        move |fault| Self::Setting { name, fault: Box::new(fault) }
    }
}
