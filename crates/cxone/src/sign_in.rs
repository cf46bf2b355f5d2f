//! Where a token comes from.

use crate::admin::sign_in::AccessKey;
use crate::token::{Fresh, NoToken};
use crate::v2::sign_in::ClientCredentials;
use crate::wire::Wire;

/// The way of each profile.
#[derive(Debug)]
pub(crate) enum SignIn {
    V2(ClientCredentials),
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

    /// Asks for a token.
    pub(crate) async fn fetch(&self, wire: &Wire) -> Result<Fresh, NoToken> {
        match self {
            Self::V2(client) => client.fetch(wire).await,
            Self::Admin(key) => key.fetch(wire).await,
        }
    }
}
