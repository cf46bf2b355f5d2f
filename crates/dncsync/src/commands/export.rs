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
    let engine = wiring::offline(config, &place.state, World::real())?;
    print::stream(|to| match &args.feed {
        Some(name) => engine.export_feed(&feed(name)?, format, to),
        None => engine.export_list(&target(&args.list)?, format, to),
    })?;
    Ok(0)
}
