//! The check-up: token, scopes, reachability, in that order, and what to mend.

use dncsync_core::answer::Answer;
use dncsync_core::paging::Paging;
use dncsync_cxone::LISTS_PAGE_SIZE;

use crate::ground::{Ask, Reply};
use crate::single::Single;
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
    /// What was looked at: `configuration`, `token`, `scopes`, `api`, `webhook`, `state`.
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

/// Looks at the tenant. Each request is made once: a check-up shows what is, it does not wait for better.
pub(crate) async fn look(single: &mut Single<'_>) -> Result<Vec<Finding>, Trouble> {
    let mut findings = Vec::new();
    match single.client.token().await {
        Answer::Applied(facts) => {
            findings.push(Finding::good("token", format!("granted for {} s", facts.expires_in.as_secs())));
            findings.push(scopes(&facts.scopes, &single.client.missing_scopes()));
        }
        other => {
            findings.push(Finding::bad("token", &trouble(other)));
            return Ok(findings);
        }
    }
    let (page, size) = Paging::whole(LISTS_PAGE_SIZE).ask();
    let name = "CAMPAIGN_DNC_".to_owned();
    let reply = single.once(Ask::Find { name, page, size }).await?;
    findings.push(match reply {
        Reply::Found(Answer::Applied(page)) => {
            Finding::good("api", format!("answers; lists of campaigns on the first page: {}", page.lists.len()))
        }
        Reply::Found(other) => Finding::bad("api", &trouble(other)),
        Reply::Created(_) | Reply::Page(_) => return Ok(findings),
    });
    Ok(findings)
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

fn trouble<T>(answer: Answer<T>) -> Trouble {
    match answer {
        Answer::Lasting(lasting) => lasting.into(),
        Answer::ComeBack(later) | Answer::Unknown(later) => Trouble {
            todo: "check the address, the network and the proxy (HTTPS_PROXY)".to_owned(),
            ..Trouble::out_of_patience(&later)
        },
        _ => Trouble::lasting("request.refused", "CXone refused the request", "check CXONE_API_URL"),
    }
}
