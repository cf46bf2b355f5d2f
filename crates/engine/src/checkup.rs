//! The check-up: token, scopes, reachability, what the lists protect, in that order, and what to mend.

use dncsync_core::answer::Answer;
use dncsync_core::profile::Profile;
use dncsync_core::target::ListId;
use dncsync_cxone::{LISTS_PAGE_SIZE, ListsPage, TokenFacts};

use crate::point::{Finding, Known};
use crate::probe;
use crate::single::{Single, not_taken};
use crate::trouble::Trouble;

/// Looks at the tenant. Each request is made once: a check-up shows what is, it does not wait for better. `probes`:
/// whether to ask what the documents leave open.
pub(crate) async fn look(single: &mut Single<'_>, lists: &[Known], probes: bool) -> Result<Vec<Finding>, Trouble> {
    let mut findings = Vec::new();
    let client = single.client;
    // One at hand may be of yesterday, and proves nothing of the credentials.
    match client.new_token().await {
        Answer::Applied(facts) => findings.extend(token(&facts, single)),
        other => {
            findings.push(Finding::bad("token", &not_taken(other)));
            return Ok(findings);
        }
    }
    let name = "CAMPAIGN_DNC_";
    let found = match single.spend("list", client.find_lists(name, 1, LISTS_PAGE_SIZE)).await? {
        Answer::Applied(page) => page,
        other => {
            findings.push(Finding::bad("api", &not_taken(other)));
            return Ok(findings);
        }
    };
    findings.push(api(client.speech().profile, &found));
    if client.speech().scrubs {
        for (name, id) in lists {
            findings.push(skills(single, name, id).await?);
        }
        if probes {
            findings.extend(probe::ask(single, lists).await?);
        }
    }
    Ok(findings)
}

fn token(facts: &TokenFacts, single: &Single<'_>) -> Vec<Finding> {
    let granted = format!("granted for {} s", facts.expires_in.as_secs());
    if single.client.speech().profile == Profile::V2 {
        return vec![Finding::good("token", granted), scopes(&facts.scopes, &single.client.missing_scopes())];
    }
    // What it may do is what its employee's role may do; no answer tells that before something is refused.
    let tenant = facts.tenant.as_ref().map(|tenant| format!(", tenant {tenant}")).unwrap_or_default();
    let api = facts.api.as_ref().map(|api| format!(", api {api}")).unwrap_or_default();
    vec![Finding::good("token", format!("{granted}{tenant}{api}"))]
}

fn api(profile: Profile, page: &ListsPage) -> Finding {
    let found = match profile {
        Profile::V2 => format!("answers; lists of campaigns on the first page: {}", page.lists.len()),
        Profile::Admin => {
            let records = page.records.map(|records| format!(" with {records} active records")).unwrap_or_default();
            format!("answers; DNC groups: {}{records}", page.lists.len())
        }
    };
    Finding::good("api", found)
}

async fn skills(single: &mut Single<'_>, name: &str, list: &ListId) -> Result<Finding, Trouble> {
    let client = single.client;
    Ok(match single.spend("list", client.scrubbed_skills(list, 1, LISTS_PAGE_SIZE)).await? {
        Answer::Applied(page) if page.skills.is_empty() => Finding::warning(
            "skills",
            format!(
                "{name} scrubs no skill: it keeps nobody from being called, unless it is the tenant's default group"
            ),
            format!("dncsync target skills --list {name} --scrub ID,…"),
        ),
        Answer::Applied(page) => Finding::good("skills", format!("{name} scrubs {} skills", page.skills.len())),
        other => Finding::bad("skills", &not_taken(other)),
    })
}

fn scopes(granted: &[String], missing: &[&'static str]) -> Finding {
    if !missing.is_empty() {
        let message = format!("the token lacks {}", missing.join(", "));
        let todo = "grant the client dnc:write, dnc:read and compliance:read in CXone";
        return Finding::bad("scopes", &Trouble::lasting("scope.missing", message, todo));
    }
    match granted {
        [] => Finding::warning("scopes", "the token tells no scopes", "see that an ingest into a test list works"),
        granted => Finding::good("scopes", granted.join(" ")),
    }
}
