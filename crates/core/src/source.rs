//! Who said no: the four source types of CXone.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a suppression comes from, in CXone's own terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SourceType {
    /// Set by a person.
    Manual,
    /// From a registry kept by law.
    Regulatory,
    /// The person called asked for it: the most urgent kind.
    CustomerRequest,
    /// Set by a machine.
    System,
}

impl SourceType {
    /// All four, in the order of CXone's documents.
    pub const ALL: [Self; 4] = [Self::Manual, Self::Regulatory, Self::CustomerRequest, Self::System];

    /// The name that goes over the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Manual => "MANUAL",
            Self::Regulatory => "REGULATORY",
            Self::CustomerRequest => "CUSTOMER_REQUEST",
            Self::System => "SYSTEM",
        }
    }

    /// Reads a name in any case, with white space around it: a number must not stay unprotected because of a letter's
    /// case.
    pub fn read(text: &str) -> Option<Self> {
        // As it goes over the wire is how it mostly comes.
        let exact = Self::ALL.into_iter().find(|source| source.name() == text);
        exact.or_else(|| Self::ALL.into_iter().find(|source| source.name().eq_ignore_ascii_case(text.trim())))
    }
}

impl fmt::Display for SourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
