//! `dncsync plan`: what would be added to a list and removed from it.

use std::fs;
use std::io::Write;
use std::path::Path;

use dncsync_core::number::Number;
use dncsync_core::preview::Preview;
use dncsync_core::target::{Scope, Target};
use dncsync_engine::{Planned, Trouble};
use serde::{Deserialize, Serialize};

use crate::args::{Global, Plan};
use crate::commands::ingest::{check_ready, target};
use crate::config::{self, environment};
use crate::screen::Screen;
use crate::{exit, interrupt, print, wiring};

/// Shows it; 0 where there is nothing to do, 10 where there is.
pub(crate) async fn run(args: &Plan, global: &Global) -> Result<u8, Trouble> {
    let place = config::place(global, &environment)?;
    let config = config::resolve(&args.tenant, &place, &environment)?;
    check_ready(&config)?;
    let target = target(&args.list, config.profile)?;
    let mut wired = wiring::wire(config, &place.state, interrupt::world())?;
    let mut screen = Screen::new(global.json);
    let planned = wired.engine.plan(&target, &mut |progress| screen.show(progress)).await;
    screen.clear();
    let planned = planned?;
    if let Some(path) = &args.save {
        save(&planned, path)?;
    }
    if global.json {
        print::object(&planned.preview);
    } else {
        table(&planned.preview);
        if let Some(path) = &args.save {
            print::line(&format!("  saved in {0}: dncsync apply {0}", path.display()));
        }
    }
    Ok(exit::of_plan(!planned.preview.is_empty()))
}

/// A plan as it lies in a file: who is meant, what it was made from, and the numbers, for whoever looks at them.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Saved {
    dncsync_plan: u32,
    list_name: String,
    scope: Scope,
    campaign_id: Option<String>,
    base: String,
    add: Vec<String>,
    remove: Vec<String>,
}

/// The version of the file's form.
const VERSION: u32 = 1;

fn save(planned: &Planned, path: &Path) -> Result<(), Trouble> {
    let Preview { list_name, scope, campaign_id, base, .. } = planned.preview.clone();
    let numbers = |numbers: &[Number]| numbers.iter().map(|number| number.e164()).collect();
    let saved = Saved {
        dncsync_plan: VERSION,
        list_name,
        scope: Scope::read(&scope).unwrap_or(Scope::Global),
        campaign_id,
        base,
        add: numbers(&planned.add),
        remove: numbers(&planned.remove),
    };
    let unusable = |error: std::io::Error| {
        let message = format!("{}: {error}", path.display());
        Trouble::input("plan.unusable", message, "check the path and its permissions")
    };
    let text = serde_json::to_string_pretty(&saved).expect("a plan is JSON");
    let mut file = dncsync_engine::private_file(path).map_err(unusable)?;
    writeln!(file, "{text}").map_err(unusable)
}

/// The list and the base of a saved plan.
pub(crate) fn saved(path: &Path) -> Result<(Target, String), Trouble> {
    let unusable = |what: String| {
        let message = format!("{}: {what}", path.display());
        Trouble::input("plan.unusable", message, "name a file that `dncsync plan --save` wrote")
    };
    let text = fs::read_to_string(path).map_err(|error| unusable(error.to_string()))?;
    // The parser's own words may repeat a number.
    let saved: Saved = serde_json::from_str(&text).map_err(|_| unusable("not a saved plan".to_owned()))?;
    if saved.dncsync_plan != VERSION {
        return Err(unusable(format!("a plan of form {}; this dncsync knows {VERSION}", saved.dncsync_plan)));
    }
    let target = match &saved.campaign_id {
        Some(campaign) => Target::campaign(campaign),
        None => Target::list(&saved.list_name, saved.scope),
    };
    Ok((target.map_err(|error| unusable(error.to_string()))?, saved.base))
}

/// A plan for people.
pub(crate) fn table(preview: &Preview) {
    let list_id = preview.list_id.as_deref().unwrap_or("not there yet");
    print::line(&format!("plan for {} ({}, {list_id})", preview.list_name, preview.scope));
    print::line(&format!("  takes {}", preview.feeds.join(", ")));
    if let Some(only) = &preview.only {
        print::line(&format!("  kept to the numbers of {only}"));
    }
    print::line("");
    let rows: [(&str, u64, &str); 7] = [
        ("add", preview.additions, "claimed and not listed"),
        ("remove", preview.removals, "put there by dncsync, and claimed by no feed any more"),
        ("left out", preview.left_out, "to be removed, because they are not among the campaign's own"),
        ("right", preview.right, "claimed and listed"),
        ("foreign", preview.foreign, "others put them there: left alone"),
        ("refused", preview.refused, "claimed, and CXone would not take them"),
        ("under way", preview.under_way, "of runs that are not finished"),
    ];
    for (name, count, meaning) in
        rows.into_iter().filter(|(name, count, _)| *count > 0 || ["add", "remove"].contains(name))
    {
        print::line(&format!("  {name:<16}{:>12}  {meaning}", print::grouped(count)));
    }
    if !preview.reasons.is_empty() {
        print::line("");
    }
    for reason in &preview.reasons {
        let why = match (&reason.feed, reason.reason.as_str()) {
            (Some(feed), why) => format!("{feed}: {why}"),
            (None, "only") => "not among the campaign's own numbers".to_owned(),
            (None, "feed not taken") => "claimed by feeds that the list takes no more".to_owned(),
            (None, why) => why.to_owned(),
        };
        print::line(&format!("  {:<16}{:>12}  {why}", reason.change, print::grouped(reason.numbers)));
    }
    let told = |change: &str| -> u64 {
        preview.reasons.iter().filter(|reason| reason.change == change).map(|reason| reason.numbers).sum()
    };
    if told("add") > preview.additions {
        print::line("  a number that several feeds claim counts for each of them");
    }
    print::line("");
    if let Some(guard) = &preview.guard {
        print::line(&format!("  guard: {guard}; apply stops before its first removal, unless you say --approve"));
    }
    if let Some(capacity) = &preview.capacity {
        print::line(&format!("  no room: {capacity}"));
    }
    print::line(match preview.is_empty() {
        true => "  nothing to do",
        false => "  do it with: dncsync apply, and the same list",
    });
}
