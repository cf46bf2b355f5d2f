//! `dncsync export`: what a feed claims, or what a list holds.

use dncsync_engine::{ExportFormat, Trouble, World};

use crate::args::{Export, Global};
use crate::commands::ingest::{target, wrong};
use crate::commands::load::feed;
use crate::config::{self, environment};
use crate::{print, wiring};

/// Writes it to standard output; the exit status.
pub(crate) fn run(args: &Export, global: &Global) -> Result<u8, Trouble> {
    let place = config::place(global, &environment)?;
    let config = config::resolve(&args.tenant, &place, &environment)?;
    let format = match args.format.to_ascii_lowercase().as_str() {
        "csv" => ExportFormat::Csv,
        "txt" => ExportFormat::Txt,
        "jsonl" => ExportFormat::Jsonl,
        other => return Err(wrong("--format", other, "csv, txt or jsonl")),
    };
    let list = &args.list;
    if args.feed.is_none() && list.campaign.is_none() && list.list.is_none() && list.scope.is_none() {
        let todo = "give --feed NAME, or --campaign ID, or --list NAME and --scope";
        return Err(Trouble::input("usage", "neither a feed nor a list is named", todo));
    }
    if global.json {
        let todo = "leave --json out; an object for each number is --format jsonl";
        return Err(Trouble::input("usage", "an export is a file and no object", todo));
    }
    let profile = config.profile;
    let engine = wiring::offline(config, &place.state, World::real())?;
    print::stream(|to| match &args.feed {
        Some(name) => engine.export_feed(&feed(name)?, format, to),
        None => engine.export_list(&target(&args.list, profile)?, format, to),
    })?;
    Ok(0)
}
