//! `dncsync resume`: finishes what is unfinished, without its input.

use dncsync_engine::{Outcome, Trouble};
use serde_json::{Value, json};

use crate::args::{Global, Tenant};
use crate::commands::ingest::check_ready;
use crate::config::{self, environment};
use crate::screen::Screen;
use crate::{exit, interrupt, print, wiring};

/// Does it; the exit status is the weightiest of the runs'.
pub(crate) async fn run(args: &Tenant, global: &Global) -> Result<u8, Trouble> {
    let place = config::place(global, &environment)?;
    let config = config::resolve(args, &place, &environment)?;
    check_ready(&config)?;
    let mut wired = wiring::wire(config, &place.state, interrupt::world())?;
    let mut screen = Screen::new(global.json);
    let outcomes = wired.engine.resume(&mut |progress| screen.show(progress)).await;
    screen.clear();
    let outcomes = outcomes?;
    if global.json {
        let runs: Vec<Value> =
            outcomes.iter().map(|outcome| print::report_value(&outcome.report, outcome.stopped.as_ref())).collect();
        print::object(&json!({"runs": runs}));
    } else {
        table(&outcomes);
    }
    if let Some(trouble) = outcomes.iter().find_map(|outcome| outcome.stopped.as_ref()) {
        print::trouble(trouble, false);
    }
    Ok(exit::weightiest(outcomes.iter().map(exit::of_outcome)))
}

fn table(outcomes: &[Outcome]) {
    if outcomes.is_empty() {
        print::line("nothing is unfinished");
    }
    for outcome in outcomes {
        print::report_table(&outcome.report);
        print::line("");
    }
}
