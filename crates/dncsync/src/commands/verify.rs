//! `dncsync verify`: does a list hold what was asked for?

use dncsync_core::verification::Verification;
use dncsync_engine::{Trouble, Verified};
use serde_json::json;

use crate::args::{Global, Verify};
use crate::commands::ingest::{check_ready, target};
use crate::config::{self, environment};
use crate::screen::Screen;
use crate::{exit, interrupt, print, wiring};

/// Does it; 4 where numbers are missing, with `--repair` what came of sending them again.
pub(crate) async fn run(args: &Verify, global: &Global) -> Result<u8, Trouble> {
    let place = config::place(global, &environment)?;
    let config = config::resolve(&args.tenant, &place, &environment)?;
    check_ready(&config)?;
    let target = target(&args.list, config.profile)?;
    let mut wired = wiring::wire(config, &place.state, interrupt::world())?;
    let mut screen = Screen::new(global.json);
    let verified = wired.engine.verify(&target, args.repair, &mut |progress| screen.show(progress)).await;
    screen.clear();
    let Verified { told, stopped } = verified?;
    if global.json {
        let mut object = serde_json::to_value(&told).expect("a verification is JSON");
        if let Some(trouble) = &stopped {
            object["error"] = json!(print::error_value(trouble));
        }
        print::object(&object);
    } else {
        table(&told);
    }
    if let Some(trouble) = &stopped {
        print::trouble(trouble, false);
    }
    Ok(match (&stopped, &told.repair) {
        (Some(trouble), _) => exit::of_trouble(trouble),
        (None, Some(repair)) => exit::of_report(repair),
        (None, None) if told.missing > 0 => 4,
        (None, None) => 0,
    })
}

fn table(told: &Verification) {
    let list_id = told.list_id.as_deref().unwrap_or("there is no such list");
    print::line(&format!("{} ({}, {list_id})", told.list_name, told.scope));
    print::line("");
    let rows: [(&str, u64, &str); 4] = [
        ("right", told.right, "asked for and listed"),
        ("missing", told.missing, "asked for and not listed: not protected"),
        ("foreign", told.foreign, "listed, and nobody asked for it here: left alone"),
        ("pending", told.pending, "of runs that are not finished"),
    ];
    for (name, count, meaning) in rows {
        print::line(&format!("  {name:<16}{:>12}  {meaning}", print::grouped(count)));
    }
    print::line("");
    print::line(&format!("  whole reads {}, requests {}", told.reads, told.requests.total));
    if let Some(file) = &told.missing_file {
        print::line(&format!("  the missing numbers are in {file}"));
    }
    match &told.repair {
        None if told.missing > 0 => print::line("  send them again with: dncsync verify --repair, and the same list"),
        None => {}
        Some(report) => {
            print::line("");
            print::report_table(report);
        }
    }
}
