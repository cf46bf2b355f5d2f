//! A token by client credentials, as the tutorial asks for it.

use std::fmt;

use dncsync_core::answer::Lasting;
use reqwest::{Method, Url};

use super::scope;
use crate::address;
use crate::errors;
use crate::grant::{self, Fresh, NoToken, TOKEN_TIMEOUT};
use crate::kept::Binding;
use crate::reply::Reply;
use crate::secret::Secret;
use crate::verdict;
use crate::wire::Wire;

/// `POST …/oauth/token` with client id and secret.
pub(crate) struct ClientCredentials {
    /// The API that its tokens are for.
    api: Url,
    url: Url,
    host: String,
    client_id: String,
    client_secret: Secret,
}

impl ClientCredentials {
    pub(crate) fn new(api: Url, url: Url, client_id: String, client_secret: Secret) -> Self {
        Self { api, host: address::host(&url), url, client_id, client_secret }
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    pub(crate) fn binding(&self) -> Binding<'_> {
        let mut told = vec!["v2", self.api.as_str(), self.url.as_str(), &self.client_id];
        told.extend(scope::WANTED);
        Binding { secrets: vec![&self.client_secret], told }
    }

    pub(crate) async fn fetch(&self, wire: &Wire) -> Result<Fresh, NoToken> {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &self.client_id),
            ("client_secret", self.client_secret.expose()),
            ("scope", &scope::WANTED.join(" ")),
        ];
        let request = wire.request(Method::POST, self.url.clone()).timeout(TOKEN_TIMEOUT).form(&form);
        let reply = grant::ask(wire, request, &self.host).await?;
        grant::judge(&self.host, &reply, refused)
    }
}

impl fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCredentials").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

fn refused(host: &str, reply: &Reply) -> Lasting {
    let words = reply.words().map(|words| format!(": {words}")).unwrap_or_default();
    if errors::oauth_error(reply.explanation()).as_deref() == Some("invalid_scope") {
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
