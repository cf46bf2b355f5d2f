//! `dncsync load`: an input is read into a feed. Sends nothing.

use dncsync_core::feed::{FeedName, Mode};
use dncsync_core::load::LoadReport;
use dncsync_engine::{LoadOrder, Trouble};

use crate::args::{Global, Load};
use crate::commands::ingest::{format, rules, source, wrong};
use crate::config::{self, Place, environment};
use crate::screen::Screen;
use crate::{interrupt, print, wiring};

/// Does it; 3 where rows were rejected.
pub(crate) fn run(args: &Load, global: &Global) -> Result<u8, Trouble> {
    let place = config::place(global, &environment)?;
    let config = config::resolve(&args.tenant, &place, &environment)?;
    let order = order(args, &place)?;
    let mut engine = wiring::offline(config, &place.state, interrupt::world())?;
    let mut screen = Screen::new(global.json);
    let report = engine.load_feed(&order, &mut |progress| screen.show(progress));
    screen.clear();
    let report = report?;
    if global.json {
        print::object(&report);
    } else {
        table(&report);
    }
    Ok(status(&report))
}

/// The status of a load that was taken.
pub(crate) fn status(report: &LoadReport) -> u8 {
    match report {
        report if !report.counts.holds() => 1,
        report if report.counts.rejected > 0 => 3,
        _ => 0,
    }
}

fn order(args: &Load, place: &Place) -> Result<LoadOrder, Trouble> {
    let mode = Mode::read(&args.mode).ok_or_else(|| wrong("--mode", &args.mode, "add, replace or changes"))?;
    Ok(LoadOrder {
        feed: feed(&args.feed)?,
        sources: args.files.iter().map(|path| source(path)).collect(),
        format: format(args.format.as_deref())?,
        rules: rules(args.source.as_ref(), args.country.as_ref(), mode, place)?,
        end: args.expires_column.clone(),
        rejects: args.rejects.clone(),
        allow_empty: args.allow_empty,
        approved: args.approve,
        guard: place.file.load_guard(&args.feed),
        account: args.account.clone(),
        note: args.note.clone(),
    })
}

/// The feed that is meant.
pub(crate) fn feed(name: &str) -> Result<FeedName, Trouble> {
    FeedName::read(name)
        .map_err(|error| Trouble::input("config.feed", format!("`{name}`: {error}"), "choose another name"))
}

/// What came of a load, for people.
pub(crate) fn table(report: &LoadReport) {
    print::line(&format!("load {}  into feed {} ({})", report.run_id, report.feed, report.mode));
    print::line("");
    let counts = report.counts;
    let rows: [(&str, u64, &str); 6] = [
        ("claimed", counts.claimed, "new in the feed"),
        ("claimed already", counts.already_claimed, "the feed claimed them before"),
        ("withdrawn", counts.withdrawn, "deleted by their rows"),
        ("not claimed", counts.not_claimed, "deleted by their rows, and not in the feed"),
        ("repeated", counts.duplicates_in_input, "another row of the number stands"),
        ("rejected", counts.rejected, "no number, source type or action to be taken"),
    ];
    for (name, count, meaning) in rows.into_iter().filter(|(name, count, _)| *count > 0 || *name == "claimed") {
        print::line(&format!("  {name:<16}{:>12}  {meaning}", print::grouped(count)));
    }
    print::line(&format!("  {:<16}{:>12}", "rows", print::grouped(counts.rows)));
    print::line("");
    if counts.absent > 0 {
        print::line(&format!("  not in the file any more, withdrawn: {}", print::grouped(counts.absent)));
    }
    let (before, now) = (print::grouped(report.before), print::grouped(report.numbers));
    print::line(&format!("  the feed claims {now} numbers (before: {before})"));
    if report.unchanged {
        print::line("  nothing changed: the feed's newest load was of this very input");
    }
    for (warning, count) in &report.warnings {
        print::line(&format!("  warning {warning}: {count}"));
    }
    if let Some(rejects) = &report.rejects {
        print::line(&format!("  rejected rows are in {rejects}: mend them and feed the file back in"));
    }
    print::line("  nothing was sent: dncsync plan shows what follows, dncsync apply does it");
}
