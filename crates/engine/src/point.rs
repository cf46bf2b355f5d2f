//! One point of a check-up: what was looked at, how it came out, and what to mend.

use dncsync_core::target::ListId;

use crate::trouble::{Kind, Trouble};

/// How one point came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// In order.
    Good,
    /// Works, but somebody should look at it.
    Warning,
    /// Does not work; of which kind it is.
    Bad(Kind),
}

/// One point of the check-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at: `configuration`, `token`, `scopes`, `api`, `skills`, `webhook`, `state`, `record`, `probe`.
    pub point: &'static str,
    /// How it came out.
    pub verdict: Verdict,
    /// What was found.
    pub found: String,
    /// What to mend; empty where nothing is.
    pub todo: String,
}

impl Finding {
    /// In order.
    pub fn good(point: &'static str, found: impl Into<String>) -> Self {
        Self { point, verdict: Verdict::Good, found: found.into(), todo: String::new() }
    }

    /// Works, but somebody should look at it.
    pub fn warning(point: &'static str, found: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { point, verdict: Verdict::Warning, found: found.into(), todo: todo.into() }
    }

    /// Does not work.
    pub fn bad(point: &'static str, trouble: &Trouble) -> Self {
        Self { point, verdict: Verdict::Bad(trouble.kind), found: trouble.message.clone(), todo: trouble.todo.clone() }
    }
}

/// A list of this state directory: its name and the id that CXone gave it.
pub(crate) type Known = (String, ListId);
