//! Where numbers go: one DNC list of one tenant.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::profile::Profile;

/// How far a list reaches, in CXone's own terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Scope {
    /// The whole tenant.
    Global,
    /// One campaign.
    Campaign,
    /// One region.
    Region,
    /// One queue.
    Queue,
}

impl Scope {
    /// All four, in the order of CXone's documents.
    pub const ALL: [Self; 4] = [Self::Global, Self::Campaign, Self::Region, Self::Queue];

    /// The name that goes over the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Global => "GLOBAL",
            Self::Campaign => "CAMPAIGN",
            Self::Region => "REGION",
            Self::Queue => "QUEUE",
        }
    }

    /// Reads a name in any case.
    pub fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name().eq_ignore_ascii_case(text.trim()))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Longest list name that CXone takes, in characters (`/api/v2/dnc` contract).
pub const MAX_LIST_NAME: usize = 255;

/// What the name of a campaign's list begins with.
const OF_CAMPAIGN: &str = "CAMPAIGN_DNC_";

/// A list that the user asked for, by name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    name: String,
    scope: Scope,
    campaign: Option<String>,
}

/// A list name that CXone would not take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// Nothing was given.
    #[error("the list or campaign has no name")]
    Empty,
    /// Longer than [`MAX_LIST_NAME`].
    #[error("the list name has {0} characters and CXone takes {MAX_LIST_NAME} at most")]
    TooLong(usize),
}

impl Target {
    /// The list of a campaign: `CAMPAIGN_DNC_` and its id, scope `CAMPAIGN`.
    pub fn campaign(id: &str) -> Result<Self, TargetError> {
        if id.is_empty() {
            return Err(TargetError::Empty);
        }
        let list = Self::list(&format!("{OF_CAMPAIGN}{id}"), Scope::Campaign)?;
        Ok(Self { campaign: Some(id.to_owned()), ..list })
    }

    /// A list by its own name.
    pub fn list(name: &str, scope: Scope) -> Result<Self, TargetError> {
        match name.chars().count() {
            0 => Err(TargetError::Empty),
            long if long > MAX_LIST_NAME => Err(TargetError::TooLong(long)),
            _ => Ok(Self { name: name.to_owned(), scope, campaign: None }),
        }
    }

    /// A DNC group of the Admin API, which knows no scopes: it is remembered as that of a campaign where its name says so,
    /// so that it is the same whether it is named or its campaign.
    pub fn group(name: &str) -> Result<Self, TargetError> {
        Self::list(name, if name.starts_with(OF_CAMPAIGN) { Scope::Campaign } else { Scope::Global })
    }

    /// A target as the store remembers it.
    pub fn stored(name: String, scope: Scope, campaign: Option<String>) -> Self {
        Self { name, scope, campaign }
    }

    /// The list's name in CXone. Names are compared exactly, by code point.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The list's scope.
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// The campaign that the list was named for, if it was.
    pub fn campaign_id(&self) -> Option<&str> {
        self.campaign.as_deref()
    }
}

/// The id that CXone gave a list. Opaque.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ListId(pub String);

impl fmt::Display for ListId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One CXone account as the store keys it: API address and client id. What is believed of a list belongs to the tenant
/// (design decision 11): another address or client is a first contact.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TenantKey(String);

impl TenantKey {
    /// The tenant behind an API address and a client id.
    pub fn new(api_url: &str, client_id: &str) -> Self {
        Self(format!("{} {client_id}", api_url.trim_end_matches('/')))
    }

    /// The embedded sandbox of a state directory: one tenant for each profile, whatever port it got today.
    pub fn embedded_sandbox(profile: Profile) -> Self {
        Self(match profile {
            Profile::V2 => "sandbox embedded".to_owned(),
            Profile::Admin => "sandbox embedded, admin".to_owned(),
        })
    }

    /// The key as text, for the store and for people.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_campaign_names_its_list() {
        let target = Target::campaign("Q4_OUTBOUND_2024").expect("a target");
        assert_eq!(target.name(), "CAMPAIGN_DNC_Q4_OUTBOUND_2024");
        assert_eq!(target.scope(), Scope::Campaign);
        assert_eq!(target.campaign_id(), Some("Q4_OUTBOUND_2024"));
    }

    #[test]
    fn a_name_is_measured_in_characters() {
        assert!(Target::list(&"ü".repeat(255), Scope::Global).is_ok());
        assert_eq!(Target::list(&"ü".repeat(256), Scope::Global), Err(TargetError::TooLong(256)));
        assert_eq!(Target::campaign(""), Err(TargetError::Empty));
    }
}
