//! What groups have and lists have not: they are renamed and made inactive, skills are bound to them, and their records
//! may have a date at which they expire.

use std::{io, time::Duration};

use serde::{Deserialize, Serialize};

use super::Lists;
use crate::{clock::seconds, item::Digits, list::Role, record::Change};

/// What of a group is to be another.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Altered {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) active: Option<bool>,
}

impl Lists {
    /// Active numbers of all lists together.
    pub(crate) fn active(&self) -> usize {
        self.lists.iter().map(super::List::active).sum()
    }

    /// Lets expire what was to expire by `now`: to be called before anything else is decided.
    pub(crate) fn pass_dates(&mut self, now: Duration) {
        self.lists.iter_mut().for_each(|list| list.pass_dates(now));
    }

    /// What of these the group holds is to expire at these moments. False: no such group.
    pub(crate) fn set_dates(&mut self, id: &str, dates: Vec<(Digits, u64)>, now: Duration) -> io::Result<bool> {
        let Some(position) = self.position(id) else {
            return Ok(false);
        };
        if !dates.is_empty() {
            let change = self.record(Change::Dates { list: id.to_owned(), dates }, now)?;
            if let Change::Dates { dates, .. } = change {
                self.lists[position].set_dates(&dates);
            }
        }
        Ok(true)
    }

    /// Whether another list than this one has the name.
    pub(crate) fn is_taken(&self, name: &str, id: &str) -> bool {
        self.by_name.get(name).is_some_and(|&at| self.lists[at].about.id != id)
    }

    /// False: no such list.
    pub(crate) fn alter(&mut self, id: &str, altered: Altered, now: Duration) -> io::Result<bool> {
        let Some(position) = self.position(id) else {
            return Ok(false);
        };
        self.record(Change::Alter { list: id.to_owned(), altered: altered.clone() }, now)?;
        self.apply_alter(position, altered, now);
        Ok(true)
    }

    pub(super) fn apply_alter(&mut self, position: usize, altered: Altered, at: Duration) {
        let list = &mut self.lists[position];
        list.group.updated = seconds(at);
        list.group.active = altered.active.unwrap_or(list.group.active);
        if let Some(description) = altered.description {
            list.about.description = description;
        }
        if let Some(name) = altered.name {
            self.by_name.remove(&list.about.list_name);
            self.by_name.insert(name.clone(), position);
            list.about.list_name = name;
        }
    }

    /// Binds a skill to a group, or frees it. False: no such list, or a skill that is not bound is to be freed.
    pub(crate) fn skill(&mut self, id: &str, role: Role, skill: u32, bound: bool, now: Duration) -> io::Result<bool> {
        let Some(position) = self.position(id) else {
            return Ok(false);
        };
        let was_bound = self.lists[position].group.skills(role).contains(&skill);
        if was_bound != bound {
            self.record(Change::Skill { list: id.to_owned(), role, skill, bound }, now)?;
            self.apply_skill(position, role, skill, bound);
        }
        Ok(was_bound || bound)
    }

    pub(super) fn apply_skill(&mut self, position: usize, role: Role, skill: u32, bound: bool) {
        let skills = self.lists[position].group.skills_mut(role);
        match bound {
            true => skills.insert(skill),
            false => skills.remove(&skill),
        };
    }
}
