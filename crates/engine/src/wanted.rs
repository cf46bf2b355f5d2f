//! What the sender works for.

use std::collections::BTreeMap;

use dncsync_core::run::RunId;
use dncsync_store::TargetId;

/// What the sender works for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// One run; whatever is older is finished before it.
    Run(RunId),
    /// Everything that is unfinished.
    Everything,
}

impl Wanted {
    /// Whether the run is the one that somebody waits for.
    pub(crate) fn is(&self, run: &RunId) -> bool {
        matches!(self, Self::Run(wanted) if wanted == run)
    }

    /// Whether a run must be finished before the work is done.
    pub(crate) fn includes(&self, run: &RunId) -> bool {
        match self {
            Self::Run(wanted) => run <= wanted,
            Self::Everything => true,
        }
    }

    /// The run of which a person waiting wants to hear.
    pub(crate) fn of<'a>(&self, runs: &'a BTreeMap<RunId, TargetId>) -> Option<(&'a RunId, &'a TargetId)> {
        match self {
            Self::Run(wanted) => runs.get_key_value(wanted),
            Self::Everything => runs.first_key_value(),
        }
    }
}
