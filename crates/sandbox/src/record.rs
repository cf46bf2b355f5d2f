//! The lines of the journal.

use serde::{Deserialize, Serialize};

use crate::{
    item::{Digits, Row},
    list::{About, Role},
    lists::Altered,
};

/// What one accepted call changed. Repeats of what a list holds change nothing and are not recorded.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Change<'a> {
    Create(About),
    Add {
        list: String,
        items: Vec<Row<'a>>,
        /// Accepted, but swallowed by a fault: never to be seen, not after a restart either.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        lost: Vec<Row<'a>>,
    },
    Remove {
        list: String,
        numbers: Vec<Digits>,
    },
    Delete {
        list: String,
    },
    /// A group was altered.
    Alter {
        list: String,
        altered: Altered,
    },
    /// Records of a group were given dates, in milliseconds since the epoch, at which they expire.
    Dates {
        list: String,
        dates: Vec<(Digits, u64)>,
    },
    /// A skill was bound to a group, or is not any more.
    Skill {
        list: String,
        role: Role,
        skill: u32,
        bound: bool,
    },
}

/// A change and when it was accepted.
#[derive(Serialize, Deserialize)]
pub(crate) struct Record<'a> {
    /// Milliseconds since the epoch, wall time.
    pub(crate) at: u64,
    pub(crate) change: Change<'a>,
}
