//! `dncsync target`: which feeds a list takes, claiming what others put into it, and whose calls it blocks.

use std::collections::BTreeSet;

use dncsync_core::feed::Mode;
use dncsync_engine::{Kind, Scrubbed, TargetOrder, Trouble};
use serde_json::json;

use crate::args::{Global, TargetAction, TargetAdopt, TargetSet, TargetSkills};
use crate::commands::ingest::{check_ready, rules, target};
use crate::commands::load::{self, feed};
use crate::config::{self, environment};
use crate::screen::Screen;
use crate::{exit, interrupt, print, wiring};

/// Does it; the exit status.
pub(crate) async fn run(action: &TargetAction, global: &Global) -> Result<u8, Trouble> {
    match action {
        TargetAction::Set(args) => set(args, global),
        TargetAction::Adopt(args) => adopt(args, global).await,
        TargetAction::Skills(args) => skills(args, global).await,
    }
}

fn set(args: &TargetSet, global: &Global) -> Result<u8, Trouble> {
    let place = config::place(global, &environment)?;
    let config = config::resolve(&args.tenant, &place, &environment)?;
    let names = args.feeds.iter().map(|name| name.trim()).filter(|name| !name.is_empty());
    let order = TargetOrder {
        target: target(&args.list, config.profile)?,
        feeds: names.map(feed).collect::<Result<_, _>>()?,
        only: args.only.clone(),
        rules: rules(None, args.country.as_ref(), Mode::Add, &place)?,
    };
    let mut engine = wiring::offline(config, &place.state, interrupt::world())?;
    let mut screen = Screen::new(global.json);
    let set = engine.set_target(&order, &mut |progress| screen.show(progress));
    screen.clear();
    let set = set?;
    if global.json {
        print::object(&json!({
            "eventType": "DNC_TARGET", "listName": order.target.name(), "scope": order.target.scope(),
            "feeds": set.feeds, "only": set.only, "rejected": set.rejected, "rejects": set.rejects,
        }));
    } else {
        print::line(&format!("{} ({}) takes {}", order.target.name(), order.target.scope(), set.feeds.join(", ")));
        match set.only {
            None => print::line("  with every number that they claim"),
            Some(only) => print::line(&format!(
                "  with those numbers only that are among the campaign's own: {}",
                print::grouped(only)
            )),
        }
        if let Some(rejects) = &set.rejects {
            let rejected = print::grouped(set.rejected);
            print::line(&format!("  {rejected} rows of that file are no numbers; they are in {rejects}"));
        }
        print::line("  nothing was sent: dncsync plan shows what follows, dncsync apply does it");
    }
    Ok(if set.rejected > 0 { 3 } else { 0 })
}

async fn adopt(args: &TargetAdopt, global: &Global) -> Result<u8, Trouble> {
    let place = config::place(global, &environment)?;
    let config = config::resolve(&args.tenant, &place, &environment)?;
    check_ready(&config)?;
    let (target, feed) = (target(&args.list, config.profile)?, feed(&args.feed)?);
    let mut wired = wiring::wire(config, &place.state, interrupt::world())?;
    let mut screen = Screen::new(global.json);
    let report = wired.engine.adopt(&target, &feed, &mut |progress| screen.show(progress)).await;
    screen.clear();
    let report = report?;
    if global.json {
        print::object(&report);
    } else {
        let adopted = print::grouped(report.counts.claimed + report.counts.already_claimed);
        let list = target.name();
        print::line(&format!("adoption {}  from {list} into feed {feed}", report.run_id));
        print::line("");
        print::line(&format!("  {:<16}{adopted:>12}  others put them there; the feed claims them now", "claimed"));
        print::line("");
        print::line(&format!("  the feed claims {} numbers, and {list} takes it", print::grouped(report.numbers)));
    }
    Ok(load::status(&report))
}

async fn skills(args: &TargetSkills, global: &Global) -> Result<u8, Trouble> {
    let place = config::place(global, &environment)?;
    let config = config::resolve(&args.tenant, &place, &environment)?;
    check_ready(&config)?;
    let target = target(&args.list, config.profile)?;
    let wanted: BTreeSet<String> =
        args.scrub.iter().map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()).collect();
    let wanted = (!wanted.is_empty()).then_some(wanted);
    let mut wired = wiring::wire(config, &place.state, interrupt::world())?;
    let scrubbed = wired.engine.skills(&target, wanted.as_ref(), args.approve).await?;
    if global.json {
        let skills: Vec<_> =
            scrubbed.skills.iter().map(|skill| json!({"skillId": skill.id, "skillName": skill.name})).collect();
        print::object(&json!({
            "eventType": "DNC_SKILLS", "listName": target.name(), "listId": scrubbed.list_id, "scrubbedSkills": skills,
            "added": scrubbed.added, "removed": scrubbed.spared, "withheld": scrubbed.withheld,
        }));
    } else {
        show_skills(target.name(), &scrubbed);
    }
    Ok(if scrubbed.withheld.is_empty() { 0 } else { exit::of_kind(Kind::Guarded) })
}

fn show_skills(list: &str, scrubbed: &Scrubbed) {
    print::line(&format!("{list} ({}) scrubs {} skills", scrubbed.list_id, scrubbed.skills.len()));
    for skill in &scrubbed.skills {
        print::line(format!("  {:<12}  {}", skill.id, skill.name.as_deref().unwrap_or_default()).trim_end());
    }
    if scrubbed.skills.is_empty() {
        print::line("  it keeps nobody from being called, unless it is the tenant's default group");
        print::line(&format!("  say whom: dncsync target skills --list {list} --scrub ID,…"));
    }
    for (word, skills) in [("added", &scrubbed.added), ("taken out", &scrubbed.spared)] {
        if !skills.is_empty() {
            print::line(&format!("  {word}: {}", skills.join(", ")));
        }
    }
    if !scrubbed.withheld.is_empty() {
        let withheld = scrubbed.withheld.join(", ");
        print::line(&format!("  not taken out: {withheld}; their calls would not be blocked any more: say --approve"));
    }
}
