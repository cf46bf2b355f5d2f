//! What a client is made from, and what can be wrong with it.

use std::fmt;

use crate::secret::Secret;

/// One tenant: where it is and who we are there.
#[derive(Clone)]
pub struct Settings {
    /// Base of the API; `/api/v2/dnc/…` is appended.
    pub api_url: String,
    /// The whole address that hands out tokens.
    pub token_url: String,
    /// `client_id`.
    pub client_id: String,
    /// `client_secret`.
    pub client_secret: Secret,
    /// Certificates in PEM to be trusted beside the platform's.
    pub ca_pem: Option<Vec<u8>>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("api_url", &self.api_url)
            .field("token_url", &self.token_url)
            .field("client_id", &self.client_id)
            .field("client_secret", &self.client_secret)
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
