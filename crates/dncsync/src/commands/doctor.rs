//! `dncsync doctor`: configuration, token, scopes, reachability, in that order, and what to mend.

use dncsync_core::profile::Profile;
use dncsync_cxone::Access;
use dncsync_engine::{Finding, Trouble, Verdict, World};
use serde_json::{Value, json};

use crate::args::{Doctor, Global};
use crate::config::{self, Config, Place, environment};
use crate::{exit, print, wiring};

/// Looks and says; the exit status is that of the first point that is bad.
pub(crate) async fn run(args: &Doctor, global: &Global) -> Result<u8, Trouble> {
    let place = config::place(global, &environment)?;
    let config = config::resolve(&args.tenant, &place, &environment)?;
    let mut findings = vec![configuration(&config, &place)];
    let webhook = webhook(&config);
    if findings[0].verdict == Verdict::Good {
        match wiring::wire(config, &place.state, World::real()) {
            Err(trouble) => findings.push(Finding::bad("state", &trouble)),
            Ok(mut wired) => {
                findings.push(Finding::good("state", place.state.display().to_string()));
                findings.push(wired.engine.record_point());
                findings.extend(wired.engine.check_up(args.probe).await?);
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
        let profile =
            if config.profile == Profile::V2 { String::new() } else { format!(", profile {}", config.profile) };
        return Finding::good("configuration", format!("the embedded sandbox{profile}; {file}"));
    }
    match &config.settings {
        Some(settings) => Finding::good("configuration", format!("{}; {file}", access(&settings.access))),
        None => {
            let missing = config.no_credentials(&format!("; {file}"), "look at the sandbox with --sandbox");
            Finding::bad("configuration", &missing)
        }
    }
}

fn access(access: &Access) -> String {
    match access {
        Access::Client(client) => {
            format!("api {}, token {}, client {}", client.api_url, client.token_url, client.client_id)
        }
        Access::Key(key) => {
            let api = key.api_url.as_ref().map_or_else(|| format!("found by {}", key.discovery_url), Clone::clone);
            let how =
                key.client.as_ref().map_or_else(|| "alone".to_owned(), |client| format!("as client {}", client.id));
            format!("profile admin, version {}, api {api}, access key {} {how}", key.version, key.key_id)
        }
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
