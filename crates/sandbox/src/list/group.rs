//! What a DNC group is beyond a list: it may be inactive, and skills are bound to it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// The state of a group. A list of the profile `v2` has one too, and never looks at it.
pub(crate) struct Group {
    pub(crate) active: bool,
    /// When it was last altered: seconds since the epoch.
    pub(crate) updated: u32,
    scrubbed: BTreeSet<u32>,
    contributing: BTreeSet<u32>,
}

/// What a skill is to a group.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Role {
    /// Its calls are kept from the group's numbers.
    Scrubbed,
    /// Its agents add to the group.
    Contributing,
}

impl Group {
    pub(crate) fn new(created: u32) -> Group {
        Group { active: true, updated: created, scrubbed: BTreeSet::new(), contributing: BTreeSet::new() }
    }

    pub(crate) fn skills(&self, role: Role) -> &BTreeSet<u32> {
        match role {
            Role::Scrubbed => &self.scrubbed,
            Role::Contributing => &self.contributing,
        }
    }

    pub(crate) fn skills_mut(&mut self, role: Role) -> &mut BTreeSet<u32> {
        match role {
            Role::Scrubbed => &mut self.scrubbed,
            Role::Contributing => &mut self.contributing,
        }
    }
}
