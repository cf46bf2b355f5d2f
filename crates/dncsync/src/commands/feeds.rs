//! `dncsync feeds`: each feed, how much it claims, how old it is.

use dncsync_core::feed::Freshness;
use dncsync_engine::{Engine, FeedStanding, Trouble, World};
use serde_json::{Value, json};

use crate::args::Global;
use crate::config::{self, environment};
use crate::print;

/// Shows them; the exit status.
pub(crate) fn run(global: &Global) -> Result<u8, Trouble> {
    let place = config::place(global, &environment)?;
    let stale_after = place.file.stale_after()?;
    let feeds = Engine::feeds(&place.state, World::real().now(), &stale_after)?;
    if global.json {
        let feeds: Vec<Value> = feeds.iter().map(value).collect();
        print::object(&json!({"state": place.state.display().to_string(), "feeds": feeds}));
    } else {
        table(&feeds);
    }
    Ok(0)
}

fn value(standing: &FeedStanding) -> Value {
    let load = standing.newest.as_ref().map(|load| {
        let names: Vec<&str> = load.files.iter().map(|file| file.name.as_str()).collect();
        json!({
            "runId": load.run.as_str(), "at": load.at, "mode": load.mode, "digest": load.digest, "files": names,
            "who": load.who, "account": load.account, "note": load.note, "counts": load.counts,
        })
    });
    json!({
        "feed": standing.feed.name.as_str(), "numbers": standing.feed.numbers, "lists": standing.lists,
        "lastLoad": load, "ageDays": standing.age_days, "freshness": standing.freshness,
        "damaged": standing.feed.damaged,
    })
}

fn table(feeds: &[FeedStanding]) {
    if feeds.is_empty() {
        print::line("no feed yet; begin with: dncsync load FILE --feed NAME");
    }
    for standing in feeds {
        let numbers = print::grouped(standing.feed.numbers);
        print::line(&format!("{:<32}{numbers:>14} numbers", standing.feed.name.as_str()));
        match &standing.newest {
            None => print::line("  no file was loaded into it"),
            Some(load) => {
                let files: Vec<&str> = load.files.iter().map(|file| file.name.as_str()).collect();
                let days = standing.age_days.unwrap_or(0);
                print::line(&format!("  last load {}  {} ({}), {days} days ago", load.at, files.join(", "), load.mode));
                let account = load.account.as_ref().map(|account| format!("  account {account}")).unwrap_or_default();
                print::line(&format!(
                    "  sha256 {}…  by {}{account}",
                    &load.digest[..load.digest.len().min(12)],
                    load.who
                ));
            }
        }
        if !standing.lists.is_empty() {
            print::line(&format!("  taken by {}", standing.lists.join(", ")));
        }
        if standing.feed.damaged {
            print::line(
                "  DAMAGED: a stored piece was lost; load it whole, with --mode replace. Until then nothing is removed on its account",
            );
        }
        match standing.freshness {
            Freshness::Fresh => {}
            Freshness::Stale => {
                print::line("  warning: fetch a new file soon; a registry's copy must be no older than 31 days")
            }
            Freshness::Overdue => {
                print::line(
                    "  WARNING: TOO OLD to call by: a registry's copy must be no older than 31 days. Load a new file now",
                );
            }
        }
    }
}
