//! The calls about the skills of a group. A group protects nobody before a skill is scrubbed against it.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode, response::Response};
use serde_json::{Value, json};

use super::{
    call::Call,
    reading::{Fields, Page, fields},
    show::{Wrap, done, no_such_group, nothing, shown},
};
use crate::{answer::Refusal, list::Role, tenant::Tenant};

/// The skills that there are.
const SKILLS: std::ops::RangeInclusive<u32> = 1..=999_999;

/// `GET …/dnc-groups/{groupId}/scrubbed-skills`
pub(crate) async fn scrubbed(tenant: State<Arc<Tenant>>, call: Call, query: Fields) -> Result<Response, Refusal> {
    read(tenant.0, call, query, Role::Scrubbed).await
}

/// `GET …/dnc-groups/{groupId}/contributing-skills`
pub(crate) async fn contributing(tenant: State<Arc<Tenant>>, call: Call, query: Fields) -> Result<Response, Refusal> {
    read(tenant.0, call, query, Role::Contributing).await
}

/// `POST …/dnc-groups/{groupId}/scrubbed-skills/{skillId}`
pub(crate) async fn scrub(tenant: State<Arc<Tenant>>, call: Call) -> Result<Response, Refusal> {
    bind(tenant.0, call, Role::Scrubbed, true).await
}

/// `DELETE …/dnc-groups/{groupId}/scrubbed-skills/{skillId}`
pub(crate) async fn unscrub(tenant: State<Arc<Tenant>>, call: Call) -> Result<Response, Refusal> {
    bind(tenant.0, call, Role::Scrubbed, false).await
}

/// `POST …/dnc-groups/{groupId}/contributing-skills/{skillId}`
pub(crate) async fn contribute(tenant: State<Arc<Tenant>>, call: Call) -> Result<Response, Refusal> {
    bind(tenant.0, call, Role::Contributing, true).await
}

/// `DELETE …/dnc-groups/{groupId}/contributing-skills/{skillId}`
pub(crate) async fn withdraw(tenant: State<Arc<Tenant>>, call: Call) -> Result<Response, Refusal> {
    bind(tenant.0, call, Role::Contributing, false).await
}

async fn read(tenant: Arc<Tenant>, call: Call, query: Fields, role: Role) -> Result<Response, Refusal> {
    let page = Page::read(&fields(query)?, &tenant.options)?;
    tenant
        .work(move |tenant| {
            let mut lists = tenant.lists();
            let skills = lists.get(&call.group()).ok_or_else(no_such_group)?.group.skills(role);
            let total = skills.len();
            let shown_skills: Vec<Value> = page
                .of(skills.iter())
                .into_iter()
                .map(|id| json!({"skillId": id, "skillName": format!("Skill {id}")}))
                .collect();
            if shown_skills.is_empty() {
                return Ok(nothing());
            }
            let name = match role {
                Role::Scrubbed => "scrubbedSkills",
                Role::Contributing => "contributingSkills",
            };
            let mut body = json!({name: shown_skills});
            if tenant.options.tell_totals {
                body["totalRecords"] = total.into();
            }
            Ok(shown(&tenant.options, Wrap::Bare, body))
        })
        .await
}

async fn bind(tenant: Arc<Tenant>, call: Call, role: Role, bound: bool) -> Result<Response, Refusal> {
    call.may_write()?;
    tenant
        .work(move |tenant| {
            let mut lists = tenant.lists();
            let group = call.group();
            lists.get(&group).ok_or_else(no_such_group)?;
            let skill = call.skill().parse().ok().filter(|skill| SKILLS.contains(skill));
            let skill = skill.ok_or_else(no_such_skill)?;
            let done_so = lists.skill(&group, role, skill, bound, tenant.now()).map_err(|e| Refusal::journal(&e))?;
            if done_so { Ok(done()) } else { Err(no_such_skill()) }
        })
        .await
}

fn no_such_skill() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "NotFound", "There is no such skill")
}
