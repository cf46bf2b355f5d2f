//! What stops a run, by what the caller can do about it.

use std::fmt;
use std::path::Path;

use dncsync_core::answer::{Lasting, Later};
use dncsync_store::{Run, StoreError};

/// Who has to do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The user: wrong use, input or configuration.
    Input,
    /// Somebody has to mend something that will not mend itself.
    Lasting,
    /// Nobody: run it again and it goes on.
    Passing,
    /// Somebody has to look at figures and approve them.
    Guarded,
    /// We: a bug.
    Bug,
}

/// Why a run stopped, in one line, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Who has to do something.
    pub kind: Kind,
    /// A stable code.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub todo: String,
}

impl Trouble {
    /// The code of stored data that does not fit its checksum.
    pub(crate) const DAMAGED: &'static str = "state.damaged";
    /// The code of a run that the tenant has no room for.
    pub(crate) const CAPACITY: &'static str = "tenant.capacity";
    /// The code of a saved plan that lost its base.
    pub(crate) const STALE: &'static str = "plan.stale";

    /// Wrong use, input or configuration.
    pub fn input(code: &'static str, message: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { kind: Kind::Input, code, message: message.into(), todo: todo.into() }
    }

    /// Something that stays until somebody mends it.
    pub fn lasting(code: &'static str, message: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { kind: Kind::Lasting, code, message: message.into(), todo: todo.into() }
    }

    /// Something that passes.
    pub fn passing(code: &'static str, message: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { kind: Kind::Passing, code, message: message.into(), todo: todo.into() }
    }

    /// What would take protection away needs approval.
    pub(crate) fn guarded(code: &'static str, message: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { kind: Kind::Guarded, code, message: message.into(), todo: todo.into() }
    }

    /// Removals of a run were not begun.
    pub(crate) fn withheld(why: &str) -> Self {
        let message = format!("{why}; nothing was removed, and what is to be added was sent");
        Self::guarded("guard.removals", message, "look at `dncsync plan`; where it is meant, say --approve")
    }

    /// The rows of a run cannot be read any more.
    pub(crate) fn rows_damaged(run: &Run) -> Self {
        let message = format!("the stored rows of run {} are damaged", run.id);
        Self::lasting(Self::DAMAGED, message, format!("feed its files in again: {}", run.files.join(", ")))
    }

    /// More active records than the tenant can hold.
    pub(crate) fn over_capacity(records: u64, additions: u64, capacity: u64) -> Self {
        let beyond = (records + additions).saturating_sub(capacity);
        let message = format!(
            "the tenant's DNC groups hold {records} active records, {additions} more are to be added, and CXone takes \
             {capacity} in all: {beyond} too many; nothing of that is sent, and the feeds claim it"
        );
        let todo = "keep the list to the numbers that the campaign calls (dncsync target set --only FILE), then dncsync \
                    apply; where NICE raised the measure, say so with --capacity";
        Self::lasting(Self::CAPACITY, message, todo)
    }

    /// Somebody asked us to stop.
    pub(crate) fn stopped() -> Self {
        Self::passing("stopped", "stopped before the work was done", "run the same command again, or `dncsync resume`")
    }

    /// Another process sends, and nobody waits for it.
    pub(crate) fn handed_over(holder: &str) -> Self {
        let message = format!("{holder} is sending; this load is in its queue");
        Self::passing("handed.over", message, "nothing: it sends this load, too; `dncsync status` tells how far it is")
    }

    /// Patience ended.
    pub(crate) fn out_of_patience(later: &Later) -> Self {
        let code = if later.answered { "cxone.unavailable" } else { "cxone.unreachable" };
        let message = if later.answered {
            format!("CXone does not answer as it should: {}", later.reason)
        } else {
            format!("CXone cannot be reached: {}", later.reason)
        };
        Self::passing(
            code,
            message,
            "run the same command again, it goes on where it stopped; `dncsync doctor` checks the way",
        )
    }

    /// A file of the user or of the state cannot be used.
    pub(crate) fn file(code: &'static str, path: &Path, error: &std::io::Error) -> Self {
        Self::input(code, format!("{}: {error}", path.display()), "check the path and its permissions")
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.message, self.todo)
    }
}

impl std::error::Error for Trouble {}

impl From<Lasting> for Trouble {
    fn from(lasting: Lasting) -> Self {
        Self { kind: Kind::Lasting, code: lasting.code, message: lasting.message, todo: lasting.todo }
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        let message = chain(&error);
        match error {
            StoreError::Directory { .. } => {
                Self::input("state.unusable", message, "give a directory that you may write: --state DIR")
            }
            StoreError::Newer { .. } => {
                Self::lasting("state.newer", message, "use the newer dncsync, or another --state")
            }
            StoreError::UnderWay => Self::input("run.underWay", message, "finish it first: `dncsync resume`"),
            StoreError::OtherKey => Self::passing(
                "audit.keyChanged",
                message,
                "run it again with the new one; the key's file may have another name: --audit-key FILE",
            ),
            StoreError::Damaged(_) => Self::lasting(
                Self::DAMAGED,
                message,
                "restore the state directory from a copy, or start with an empty one: lists are then read anew",
            ),
            StoreError::Spool(_) | StoreError::Sql(_) => Self::passing(
                "state.unavailable",
                message,
                "see that the disk has room and the state directory can be written, then run the same command again",
            ),
        }
    }
}

/// An error and its sources, in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text.push_str(&format!(": {inner}"));
        source = inner.source();
    }
    text
}
