//! Where a token comes from.

use crate::admin::sign_in::AccessKey;
use crate::grant::{Fresh, NoToken};
use crate::kept::Binding;
use crate::v2::sign_in::ClientCredentials;
use crate::wire::Wire;

/// The way of each profile.
#[derive(Debug)]
pub(crate) enum SignIn {
    V2(Box<ClientCredentials>),
    Admin(Box<AccessKey>),
}

impl SignIn {
    /// Whom it asks, as people are told.
    pub(crate) fn host(&self) -> String {
        match self {
            Self::V2(client) => client.host().to_owned(),
            Self::Admin(key) => key.host(),
        }
    }

    /// Whether it asks over https. Where it does not, it is a server of this machine that is asked.
    pub(crate) fn is_encrypted(&self) -> bool {
        match self {
            Self::V2(client) => client.url().scheme() == "https",
            Self::Admin(key) => key.asks().scheme() == "https",
        }
    }

    /// Everything that a token of it depends on.
    pub(crate) fn binding(&self) -> Binding<'_> {
        match self {
            Self::V2(client) => client.binding(),
            Self::Admin(key) => key.binding(),
        }
    }

    /// Asks for a token.
    pub(crate) async fn fetch(&self, wire: &Wire) -> Result<Fresh, NoToken> {
        match self {
            Self::V2(client) => client.fetch(wire).await,
            Self::Admin(key) => key.fetch(wire).await,
        }
    }
}
