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
                let ago = match standing.age_days.unwrap_or(0) {
                    0 => "less than a day ago".to_owned(),
                    1 => "1 day ago".to_owned(),
                    days => format!("{days} days ago"),
                };
                print::line(&format!("  last load {} ({}), {}, {ago}", load.run, load.mode, load.at));
                for file in &load.files {
                    print::line(&format!("    {} (sha256 {})", file.name, print::digest(&file.digest)));
                }
                let account = load.account.as_ref().map(|account| format!(", account {account}")).unwrap_or_default();
                let note = load.note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
                print::line(&format!("    by {}{account}{note}", load.who));
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
