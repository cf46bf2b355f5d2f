//! `dncsync status`: what is remembered, on one screen.

use std::path::Path;

use dncsync_engine::{Engine, Overview, Trouble};
use serde_json::{Value, json};

use crate::args::Global;
use crate::config::{self, environment};
use crate::print;

/// Shows it; the exit status.
pub(crate) fn run(global: &Global) -> Result<u8, Trouble> {
    let place = config::place(global, &environment)?;
    let overview = Engine::overview(&place.state)?.unwrap_or_default();
    let bytes = size(&place.state);
    if global.json {
        print::object(&value(&overview, &place.state, bytes));
    } else {
        table(&overview, &place.state, bytes);
    }
    Ok(0)
}

fn value(overview: &Overview, state: &Path, bytes: u64) -> Value {
    let targets: Vec<Value> = overview
        .targets
        .iter()
        .map(|target| {
            let mut value = json!({
                "tenant": target.tenant, "listName": target.name, "scope": target.scope, "listId": target.list_id,
                "listed": target.listed, "unfinishedRuns": target.unfinished_runs, "pending": target.pending,
            });
            if target.unconfirmed > 0 {
                value["unconfirmed"] = json!(target.unconfirmed);
            }
            value["feeds"] = json!(target.feeds);
            value["foreign"] = json!(target.foreign);
            value["toAdd"] = json!(target.to_add);
            value["toRemove"] = json!(target.to_remove);
            if let Some(skills) = target.scrubbed_skills {
                value["scrubbedSkills"] = json!(skills);
            }
            value
        })
        .collect();
    let last = overview.last_run.as_ref().map(|run| {
        let report: Option<Value> = run.report.as_ref().and_then(|text| serde_json::from_str(text).ok());
        json!({"runId": run.id, "startedAt": run.started_at, "endedAt": run.ended_at, "report": report})
    });
    json!({
        "state": state.display().to_string(),
        "bytes": bytes,
        "runs": overview.runs,
        "pending": overview.targets.iter().map(|target| target.pending).sum::<u64>(),
        "webhooksPending": overview.webhooks_pending,
        "webhooksParked": overview.webhooks_parked,
        "targets": targets,
        "lastRun": last,
    })
}

fn table(overview: &Overview, state: &Path, bytes: u64) {
    print::line(&format!("state {} ({} bytes), runs {}", state.display(), print::grouped(bytes), overview.runs));
    for target in &overview.targets {
        print::line("");
        print::line(&format!("{} ({})", target.name, target.scope));
        print::line(&format!("  tenant   {}", target.tenant));
        print::line(&format!("  list     {}", target.list_id.as_deref().unwrap_or("not met yet")));
        print::line(&format!("  seen in it  {}", print::grouped(target.listed)));
        if target.scrubbed_skills == Some(0) {
            let todo = format!("dncsync target skills --list {} --scrub ID,…", target.name);
            print::line(&format!("  it scrubs no skill, so it keeps nobody from being called: {todo}"));
        }
        if target.foreign > 0 {
            let foreign = print::grouped(target.foreign);
            print::line(&format!("  foreign  {foreign}: others put them there; dncsync target adopt claims them"));
        }
        if target.to_add + target.to_remove > 0 {
            let (add, remove) = (print::grouped(target.to_add), print::grouped(target.to_remove));
            print::line(&format!("  to add {add}, to remove {remove}: dncsync plan shows why, dncsync apply does it"));
        }
        if target.unfinished_runs > 0 {
            let pending = print::grouped(target.pending);
            print::line(&format!(
                "  pending  {pending} rows of {} unfinished runs: run the same command again, or dncsync resume",
                target.unfinished_runs
            ));
        }
        if target.unconfirmed > 0 {
            let unconfirmed = print::grouped(target.unconfirmed);
            print::line(&format!("  unconfirmed  {unconfirmed}: not protected yet; dncsync resume sends them again"));
        }
    }
    print::line("");
    match &overview.last_run {
        None => print::line("no run yet; begin with: dncsync demo"),
        Some(run) => {
            let ended = run.ended_at.map_or_else(|| "unfinished".to_owned(), |ended| format!("finished {ended}"));
            print::line(&format!("last run {}, begun {}, {ended}", run.id, run.started_at));
        }
    }
    if overview.webhooks_pending > 0 {
        print::line(&format!("webhooks pending {}: the next run delivers them", overview.webhooks_pending));
    }
    if overview.webhooks_parked > 0 {
        let parked = print::grouped(overview.webhooks_parked);
        print::line(&format!(
            "webhooks parked {parked}: `dncsync webhooks` says why, `dncsync webhooks replay` tries them again"
        ));
    }
}

/// What the files of the state directory come to, in bytes.
fn size(directory: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return 0;
    };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => size(&entry.path()),
            Ok(metadata) => metadata.len(),
            Err(_) => 0,
        })
        .sum()
}
