//! `dncsync ingest`: files of DNC updates become confirmed suppression.

use std::path::Path;

use dncsync_core::check::{Country, Rules};
use dncsync_core::feed::Mode;
use dncsync_core::profile::{Profile, Reach};
use dncsync_core::source::SourceType;
use dncsync_core::target::{Scope, Target};
use dncsync_engine::{Order, Source, Trouble};
use dncsync_feed::Format;

use crate::args::{Global, Ingest, List};
use crate::config::{self, Config, Place, environment};
use crate::screen::Screen;
use crate::{exit, interrupt, print, wiring};

/// Does it; the exit status.
pub(crate) async fn run(args: &Ingest, global: &Global) -> Result<u8, Trouble> {
    let place = config::place(global, &environment)?;
    let config = config::resolve(&args.tenant, &place, &environment)?;
    let order = order(args, &config, &place)?;
    if !args.dry_run {
        check_ready(&config)?;
    }
    let mut wired = wiring::wire(config, &place.state, interrupt::world())?;
    let mut screen = Screen::new(global.json);
    if args.dry_run {
        let report = wired.engine.dry_run(&order, &mut |progress| screen.show(progress)).await;
        screen.clear();
        let report = report?;
        if global.json {
            print::report_object(&report, None);
        } else {
            print::report_table(&report);
        }
        return Ok(exit::of_report(&report));
    }
    let outcome = wired.engine.ingest(&order, &mut |progress| screen.show(progress)).await;
    screen.clear();
    let outcome = outcome?;
    if global.json {
        print::report_object(&outcome.report, outcome.stopped.as_ref());
    } else {
        print::report_table(&outcome.report);
    }
    if let Some(trouble) = &outcome.stopped {
        print::trouble(trouble, false);
    }
    Ok(exit::of_outcome(&outcome))
}

/// Without credentials nothing is begun; webhooks without a secret are sent, and somebody should know.
pub(crate) fn check_ready(config: &Config) -> Result<(), Trouble> {
    if config.settings.is_none() && !config.sandbox {
        return Err(config.no_credentials("", "try it with --sandbox"));
    }
    if config.setup.aggregator.as_ref().is_some_and(|aggregator| aggregator.secret.is_none()) {
        print::note(
            "webhooks are sent unsigned; set AGGREGATOR_WEBHOOK_SECRET so that the aggregator can tell them from forged ones",
        );
    }
    Ok(())
}

fn order(args: &Ingest, config: &Config, place: &Place) -> Result<Order, Trouble> {
    let rules = rules(args.source.as_ref(), args.country.as_ref(), Mode::Add, place)?;
    Ok(Order {
        target: target(&args.list, config.profile)?,
        sources: args.files.iter().map(|path| source(path)).collect(),
        format: format(args.format.as_deref())?,
        rules: Rules { reach: config.setup.reach, ..rules },
        rejects: args.rejects.clone(),
        allow_empty: args.allow_empty,
        wait: !args.no_wait,
    })
}

/// A file, or standard input.
pub(crate) fn source(path: &Path) -> Source {
    if path.as_os_str() == "-" { Source::Stdin } else { Source::File(path.to_owned()) }
}

/// The list that is meant.
pub(crate) fn target(list: &List, profile: Profile) -> Result<Target, Trouble> {
    if profile == Profile::Admin && list.scope.is_some() {
        let message = "the DNC groups of the Admin API have no scope";
        let todo = "leave --scope out; whom a group protects is said by the skills that it scrubs: dncsync target skills \
                    --list NAME --scrub ID,…";
        return Err(Trouble::input("config.scope", message, todo));
    }
    let target = match (&list.campaign, &list.list, &list.scope) {
        (Some(campaign), ..) => Target::campaign(campaign),
        (None, Some(name), Some(scope)) => {
            let scope =
                Scope::read(scope).ok_or_else(|| wrong("--scope", scope, "GLOBAL, CAMPAIGN, REGION or QUEUE"))?;
            Target::list(name, scope)
        }
        (None, Some(name), None) if profile == Profile::Admin => Target::group(name),
        _ => {
            return Err(Trouble::input("usage", "no list is named", "give --campaign ID, or --list NAME and --scope"));
        }
    };
    target.map_err(|error| Trouble::input("config.list", error.to_string(), "choose another name"))
}

/// The format that is meant; `None`: by content.
pub(crate) fn format(text: Option<&str>) -> Result<Option<Format>, Trouble> {
    match text {
        None | Some("auto") => Ok(None),
        Some(text) => Format::read(text).map(Some).ok_or_else(|| wrong("--format", text, "auto, csv, jsonl or txt")),
    }
}

/// What the user said about rows.
pub(crate) fn rules(
    source: Option<&String>,
    country: Option<&String>,
    mode: Mode,
    place: &Place,
) -> Result<Rules, Trouble> {
    let source = source.or(place.file.source.as_ref());
    let default_source = match source {
        None => SourceType::Manual,
        Some(text) => SourceType::read(text)
            .ok_or_else(|| wrong("--source", text, "MANUAL, REGULATORY, CUSTOMER_REQUEST or SYSTEM"))?,
    };
    let country = country.or(place.file.country.as_ref());
    let country = country
        .map(|text| Country::read(text).ok_or_else(|| wrong("--country", text, "a country's two letters, such as US")))
        .transpose()?;
    Ok(Rules { country, default_source, mode, reach: Reach::World })
}

/// A value that is none of those expected.
pub(crate) fn wrong(name: &str, text: &str, expected: &str) -> Trouble {
    Trouble::input("usage", format!("{name}: `{text}` is not {expected}"), "mend the value")
}
