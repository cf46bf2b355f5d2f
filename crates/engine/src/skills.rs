//! The skills that a list scrubs: a DNC group keeps a number from being called for those alone.

use std::collections::BTreeSet;

use dncsync_core::event::Event;
use dncsync_core::paging::Paging;
use dncsync_core::target::{ListId, Target};
use dncsync_cxone::{LISTS_PAGE_SIZE, Skill};

use crate::dry_run;
use crate::engine::{Engine, no_client};
use crate::ground::Ground;
use crate::single::Single;
use crate::trouble::{Kind, Trouble};

/// The skills of a list, and what was changed of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scrubbed {
    /// The id that CXone gave the list.
    pub list_id: String,
    /// The skills that it scrubs now.
    pub skills: Vec<Skill>,
    /// Those that were added.
    pub added: Vec<String>,
    /// Those that were taken out.
    pub spared: Vec<String>,
    /// Those that would be taken out: that lifts protection and needs approval.
    pub withheld: Vec<String>,
}

impl Engine {
    /// Shows the skills that a list scrubs, and sets them where `wanted` says which they shall be. Those that are not
    /// among them are taken out where that is `approved`.
    ///
    /// # Errors
    /// Where lists of this tenant have no skills, or CXone has no such list, or what CXone says of it.
    pub async fn skills(
        &mut self,
        target: &Target,
        wanted: Option<&BTreeSet<String>>,
        approved: bool,
    ) -> Result<Scrubbed, Trouble> {
        self.write_out()?;
        let client = self.client.clone().ok_or_else(no_client)?;
        if !client.speech().scrubs {
            let message = "lists of profile v2 have no scrubbed skills";
            return Err(Trouble::input(
                "profile.skills",
                message,
                "say --profile admin where that is what the tenant speaks",
            ));
        }
        let target_id = self.store.target(self.tenant, target)?;
        let run = self.world.run_id();
        let mut ground = Ground::of(&self.store, target_id, run.clone(), client.speech())?;
        let mut single = self.single(&client)?;
        let Some(list) = dry_run::find(&mut single, &mut ground).await? else {
            let message = format!("CXone has no DNC group {}", target.name());
            return Err(Trouble::input(
                "list.unknown",
                message,
                "check its name; `dncsync apply` or `ingest` makes it",
            ));
        };
        let mut skills = read(&mut single, &list.id).await?;
        let now: BTreeSet<String> = skills.iter().map(|skill| skill.id.clone()).collect();
        let missing = |others: &BTreeSet<String>, of: &BTreeSet<String>| of.difference(others).cloned().collect();
        let added: Vec<String> = wanted.map(|wanted| missing(&now, wanted)).unwrap_or_default();
        let surplus: Vec<String> = wanted.map(|wanted| missing(wanted, &now)).unwrap_or_default();
        let (spared, withheld) = if approved { (surplus, Vec::new()) } else { (Vec::new(), surplus) };
        let changes = !added.is_empty() || !spared.is_empty();
        if changes {
            let event = Event::SkillsChanging {
                list_id: list.id.0.clone(),
                add: added.clone(),
                remove: spared.clone(),
                who: single.setup.who.clone(),
            };
            single.store.log(single.world.now(), &run, &[event])?;
        }
        let changed = change(&mut single, &list.id, &added, &spared).await;
        if changes {
            skills = read(&mut single, &list.id).await?;
            let now: Vec<String> = skills.iter().map(|skill| skill.id.clone()).collect();
            // A change whose answer was lost is refused when it is repeated (404): what is read back decides.
            if !added.iter().all(|skill| now.contains(skill)) || spared.iter().any(|skill| now.contains(skill)) {
                changed?;
            }
            let event = Event::SkillsChanged { list_id: list.id.0.clone(), skills: now };
            single.store.log(single.world.now(), &run, &[event])?;
        }
        self.store.learn_scrubs(list.key, skills.len() as u64, self.world.now())?;
        self.write_out()?;
        Ok(Scrubbed { list_id: list.id.0, skills, added, spared, withheld })
    }
}

/// Additions first: what protects more comes before what protects less.
async fn change(single: &mut Single<'_>, list: &ListId, added: &[String], spared: &[String]) -> Result<(), Trouble> {
    let client = single.client;
    for skill in added {
        single.patiently("list", || client.scrub(list, skill)).await?;
    }
    let mut refused = Ok(());
    for skill in spared {
        match single.patiently("list", || client.spare(list, skill)).await {
            Err(trouble) if trouble.kind == Kind::Lasting => refused = Err(trouble),
            answer => answer?,
        }
    }
    refused
}

async fn read(single: &mut Single<'_>, list: &ListId) -> Result<Vec<Skill>, Trouble> {
    let (mut skills, mut paging) = (Vec::new(), Paging::whole(LISTS_PAGE_SIZE));
    let client = single.client;
    loop {
        let (page, size) = paging.ask();
        let told = single.patiently("list", || client.scrubbed_skills(list, page, size)).await?;
        skills.extend(told.skills);
        if !paging.advance(told.facts) {
            return Ok(skills);
        }
    }
}
