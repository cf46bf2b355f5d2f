//! `dncsync doctor`: configuration, token, scopes, reachability, in that order, and what to mend.

use dncsync_engine::{Finding, Trouble, Verdict, World};
use serde_json::{Value, json};

use crate::args::{Global, Tenant};
use crate::config::{self, Config, Place, environment};
use crate::{exit, print, wiring};

/// Looks and says; the exit status is that of the first point that is bad.
pub(crate) async fn run(args: &Tenant, global: &Global) -> Result<u8, Trouble> {
    let place = config::place(global, &environment)?;
    let config = config::resolve(args, &place, &environment)?;
    let mut findings = vec![configuration(&config, &place)];
    let webhook = webhook(&config);
    if findings[0].verdict == Verdict::Good {
        match wiring::wire(config, &place.state, World::real()) {
            Err(trouble) => findings.push(Finding::bad("state", &trouble)),
            Ok(mut wired) => {
                findings.push(Finding::good("state", place.state.display().to_string()));
                findings.extend(wired.engine.check_up().await?);
            }
        }
    }
    findings.push(webhook);
    show(&findings, global.json);
    let bad = findings.iter().find_map(|finding| match finding.verdict {
        Verdict::Bad(kind) => Some(exit::of_kind(kind)),
        _ => None,
    });
    Ok(bad.unwrap_or(0))
}

fn configuration(config: &Config, place: &Place) -> Finding {
    let file = place.found.as_ref().map_or_else(|| "no file".to_owned(), |path| path.display().to_string());
    if config.sandbox {
        return Finding::good("configuration", format!("the embedded sandbox; {file}"));
    }
    match &config.settings {
        Some(settings) => Finding::good(
            "configuration",
            format!("api {}, token {}, client {}; {file}", settings.api_url, settings.token_url, settings.client_id),
        ),
        None => Finding::bad(
            "configuration",
            &Trouble::input(
                "config.credentials",
                format!("no credentials for CXone; {file}"),
                "set CXONE_CLIENT_ID and CXONE_CLIENT_SECRET, or look at the sandbox with --sandbox",
            ),
        ),
    }
}

fn webhook(config: &Config) -> Finding {
    match &config.setup.aggregator {
        None => Finding::good("webhook", "none is configured"),
        Some(aggregator) if aggregator.secret.is_none() => Finding::warning(
            "webhook",
            "webhooks are sent unsigned",
            "set AGGREGATOR_WEBHOOK_SECRET, so that the aggregator can tell them from forged ones",
        ),
        Some(_) => Finding::good("webhook", "signed after Standard Webhooks"),
    }
}

fn show(findings: &[Finding], as_json: bool) {
    let word = |verdict: &Verdict| match verdict {
        Verdict::Good => "ok",
        Verdict::Warning => "warning",
        Verdict::Bad(_) => "bad",
    };
    if as_json {
        let points: Vec<Value> = findings
            .iter()
            .map(|finding| {
                json!({"point": finding.point, "verdict": word(&finding.verdict), "found": finding.found, "todo": finding.todo})
            })
            .collect();
        return print::object(&json!({"points": points}));
    }
    for finding in findings {
        print::line(&format!("{:<14} {:<8} {}", finding.point, word(&finding.verdict), finding.found));
        if !finding.todo.is_empty() {
            print::line(&format!("{:<14} {:<8} → {}", "", "", finding.todo));
        }
    }
}
