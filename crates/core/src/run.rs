//! One run: an input on its way into one list, from its load to its report.

use std::fmt;

/// The id of a run: sorts by time, fits into a file name, can be read out on the telephone.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunId(String);

impl RunId {
    /// An id as it was made by [`RunId::make`] or stored.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// A new id: the moment, and chance enough that two machines never meet.
    pub fn make(now: crate::timestamp::Timestamp, chance: u64) -> Self {
        Self(format!("{}-{:08x}", now.compact(), chance & 0xFFFF_FFFF))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Its entries are durable.
    Loaded,
    /// Its batches are durable.
    Planned,
    /// Its report is durable.
    Finished,
}

impl Stage {
    /// The word in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Loaded => "loaded",
            Self::Planned => "planned",
            Self::Finished => "finished",
        }
    }

    /// From the word in the store.
    pub fn read(text: &str) -> Option<Self> {
        [Self::Loaded, Self::Planned, Self::Finished].into_iter().find(|stage| stage.name() == text)
    }
}
