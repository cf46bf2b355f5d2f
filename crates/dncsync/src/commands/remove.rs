//! `dncsync remove`: lifts claims of one feed.

use std::path::Path;

use dncsync_core::feed::Mode;
use dncsync_engine::{Lifted, Source, Trouble};
use serde_json::{Value, json};

use crate::args::{Global, Remove};
use crate::commands::ingest::{rules, source};
use crate::commands::load::{feed, status};
use crate::config::{self, environment};
use crate::screen::Screen;
use crate::{interrupt, print, wiring};

/// Does it; 3 where rows were rejected.
pub(crate) fn run(args: &Remove, global: &Global) -> Result<u8, Trouble> {
    let place = config::place(global, &environment)?;
    let config = config::resolve(&args.tenant, &place, &environment)?;
    let rules = rules(None, args.country.as_ref(), Mode::Add, &place)?;
    let feed = feed(&args.feed)?;
    if args.reason.trim().is_empty() {
        return Err(Trouble::input("usage", "no reason is given", "say why, for the record: --reason TEXT"));
    }
    let mut engine = wiring::offline(config, &place.state, interrupt::world())?;
    let mut screen = Screen::new(global.json);
    let lifted = engine.remove(&feed, &sources(&args.what), rules, &args.reason, &mut |progress| screen.show(progress));
    screen.clear();
    let lifted = lifted?;
    if global.json {
        print::object(&value(&lifted));
    } else {
        table(&lifted);
    }
    Ok(status(&lifted.report))
}

/// Numbers are read as one list. What does not look like a number is a file, and so is what is one.
fn sources(what: &[String]) -> Vec<Source> {
    let digits = |word: &str| word.bytes().any(|byte| byte.is_ascii_digit());
    let like_a_number = |word: &str| digits(word) && word.bytes().all(|byte| b"+0123456789 ()-./".contains(&byte));
    let is_file = |word: &&String| !like_a_number(word) || Path::new(word.as_str()).is_file();
    let (files, numbers): (Vec<&String>, Vec<&String>) = what.iter().partition(is_file);
    let mut sources: Vec<Source> = files.into_iter().map(|file| source(Path::new(file))).collect();
    if !numbers.is_empty() {
        let lines: String = numbers.into_iter().map(|number| format!("{number}\n")).collect();
        sources.push(Source::Items(lines.into_bytes()));
    }
    sources
}

fn value(lifted: &Lifted) -> Value {
    let mut value = serde_json::to_value(&lifted.report).expect("a report is JSON");
    let still: Vec<Value> =
        lifted.still.iter().map(|(number, feeds)| json!({"number": number.to_string(), "feeds": feeds})).collect();
    value["stillClaimed"] = json!(lifted.still_claimed);
    value["stillClaimedBy"] = json!(still);
    value
}

fn table(lifted: &Lifted) {
    let report = &lifted.report;
    print::line(&format!("removal {}  from feed {}", report.run_id, report.feed));
    print::line("");
    let counts = report.counts;
    let rows: [(&str, u64, &str); 4] = [
        ("withdrawn", counts.withdrawn, "the feed claims them no more"),
        ("not claimed", counts.not_claimed, "the feed did not claim them"),
        ("repeated", counts.duplicates_in_input, "named twice"),
        ("rejected", counts.rejected, "no numbers"),
    ];
    for (name, count, meaning) in rows.into_iter().filter(|(name, count, _)| *count > 0 || *name == "withdrawn") {
        print::line(&format!("  {name:<16}{:>12}  {meaning}", print::grouped(count)));
    }
    print::line("");
    if lifted.still_claimed == 0 {
        print::line("  no other feed claims them");
    } else {
        print::line(&format!("  other feeds still claim {}:", print::grouped(lifted.still_claimed)));
    }
    for (number, feeds) in &lifted.still {
        print::line(&format!("    {number}  {}", feeds.join(", ")));
    }
    if let Some(rejects) = &report.rejects {
        print::line(&format!("  rejected rows are in {rejects}: mend them and feed the file back in"));
    }
    print::line("  nothing was sent: dncsync plan shows what follows, dncsync apply does it");
}
