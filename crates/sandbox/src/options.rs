//! What a sandbox is started with.

use std::{fmt, path::PathBuf, str::FromStr, time::Duration};

use crate::{Fault, Profile, Quirk, token::SCOPES};

/// How the tenant behaves. The default is the contract's: 100 requests a minute, an index that lags by a second.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which interface it serves.
    pub profile: Profile,
    /// Most API requests in any 60 s, counted over arrivals; 0 = no limit.
    pub rate: u32,
    /// How long an accepted item, or a removal, takes to show up in reads.
    pub lag: Duration,
    /// Most entities on a page, whatever `pageSize` (or `top`) asks for.
    pub page_cap: usize,
    /// How long a token is good for.
    pub token_ttl: Duration,
    /// `false`: item and list pages tell neither `total`, `pageCount` nor `pageSize`.
    pub tell_totals: bool,
    /// Reads show the items of a list in an order of their own, in which new ones may lie anywhere; under the profile `v2`.
    pub shuffled: bool,
    /// An append-only journal of accepted calls; without one the tenant forgets everything when it ends.
    pub data: Option<PathBuf>,
    /// Who may have a token. Empty: any client id and secret, except the secret `wrong`, which is always refused so
    /// that a refusal can be seen. Under the profile `admin` these are the access keys, and any client is known.
    pub clients: Vec<Client>,
    /// What goes wrong, on request.
    pub faults: Vec<Fault>,
    /// Seed of the dice that the faults throw.
    pub seed: u64,
    /// In what it differs from the usual tenant, under the profile `admin`.
    pub quirks: Vec<Quirk>,
    /// Most active records in all groups together, under the profile `admin`.
    pub capacity: usize,
}

impl Options {
    pub(crate) fn has(&self, quirk: Quirk) -> bool {
        self.quirks.contains(&quirk)
    }
}

impl Default for Options {
    fn default() -> Options {
        Options {
            profile: Profile::default(),
            rate: 100,
            lag: Duration::from_secs(1),
            page_cap: 10_000,
            token_ttl: Duration::from_secs(3600),
            tell_totals: true,
            shuffled: false,
            data: None,
            clients: Vec::new(),
            faults: Vec::new(),
            seed: 0,
            quirks: Vec::new(),
            capacity: 1_000_000,
        }
    }
}

/// One who may have a token. Written `ID:SECRET[:SCOPE SCOPE..]`, scopes separated by commas or spaces.
#[derive(Clone, PartialEq, Eq)]
pub struct Client {
    /// `client_id`.
    pub id: String,
    /// `client_secret`.
    pub secret: String,
    /// What the client may be granted; `None` = everything.
    pub scopes: Option<Vec<String>>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("id", &self.id).field("scopes", &self.scopes).finish_non_exhaustive()
    }
}

/// A client that is not written `ID:SECRET[:SCOPE SCOPE..]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientError(String);

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ClientError {}

impl FromStr for Client {
    type Err = ClientError;

    fn from_str(text: &str) -> Result<Client, ClientError> {
        // The scopes have colons of their own (`dnc:read`), so only the first two colons separate.
        let mut parts = text.splitn(3, ':');
        let id = parts.next().unwrap_or_default();
        let secret = parts.next().unwrap_or_default();
        if id.is_empty() || secret.is_empty() {
            return Err(ClientError("a client is written ID:SECRET[:SCOPE SCOPE..]".to_owned()));
        }
        let scopes = parts.next().map(scopes).transpose()?;
        Ok(Client { id: id.to_owned(), secret: secret.to_owned(), scopes })
    }
}

fn scopes(text: &str) -> Result<Vec<String>, ClientError> {
    let words = text.split([',', ' ']).filter(|word| !word.is_empty());
    words
        .map(|word| match SCOPES.contains(&word) {
            true => Ok(word.to_owned()),
            false => Err(ClientError(format!("no such scope: {word} (there are {})", SCOPES.join(", ")))),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_id_secret_and_scopes() {
        let client: Client = "me:s3cret:dnc:read,compliance:read".parse().unwrap();
        assert_eq!((client.id.as_str(), client.secret.as_str()), ("me", "s3cret"));
        assert_eq!(client.scopes.unwrap(), ["dnc:read", "compliance:read"]);
        assert_eq!("me:s3cret".parse::<Client>().unwrap().scopes, None);
        assert_eq!("me:s3cret:dnc:write dnc:read".parse::<Client>().unwrap().scopes.unwrap().len(), 2);
    }

    #[test]
    fn what_is_not_a_client_is_refused() {
        for text in ["", "me", "me:", ":secret", "me:secret:dnc:everything"] {
            assert!(text.parse::<Client>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_secret_is_not_in_the_debug_form() {
        let client: Client = "me:s3cret".parse().unwrap();
        assert!(!format!("{client:?}").contains("s3cret"));
    }
}
