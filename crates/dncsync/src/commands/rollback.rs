//! `dncsync rollback`: undoes a run in its feeds, and shows the plan that follows.

use dncsync_core::run::RunId;
use dncsync_engine::{RolledBack, Trouble};
use serde_json::json;

use crate::args::{Global, Rollback};
use crate::commands::plan;
use crate::config::{self, environment};
use crate::screen::Screen;
use crate::{exit, interrupt, print, wiring};

/// Does it; 0 where nothing is to be done in any list, 10 where something is.
pub(crate) async fn run(args: &Rollback, global: &Global) -> Result<u8, Trouble> {
    let place = config::place(global, &environment)?;
    let config = config::resolve(&args.tenant, &place, &environment)?;
    let mut wired = wiring::wire(config, &place.state, interrupt::world())?;
    let mut screen = Screen::new(global.json);
    let run = RunId::new(args.run.clone());
    let undone =
        wired.engine.rollback(&run, args.include_customer_requests, &mut |progress| screen.show(progress)).await;
    screen.clear();
    let undone = undone?;
    if global.json {
        print::object(&json!({
            "eventType": "DNC_ROLLBACK", "runId": undone.run.as_str(), "loads": undone.loads,
            "keptCustomerRequests": undone.kept_requests, "keptLater": undone.kept_later, "plans": undone.plans,
        }));
    } else {
        table(&undone);
    }
    Ok(exit::of_plan(undone.plans.iter().any(|plan| !plan.is_empty())))
}

fn table(undone: &RolledBack) {
    print::line(&format!("rolled back {}; nothing was sent", undone.run));
    for load in &undone.loads {
        print::line(&format!(
            "  feed {}: withdrawn {}, claimed again {} (load {})",
            load.feed,
            print::grouped(load.counts.withdrawn),
            print::grouped(load.counts.claimed),
            load.run_id
        ));
    }
    if undone.kept_requests > 0 {
        let kept = print::grouped(undone.kept_requests);
        print::line(&format!(
            "  customer requests that stay: {kept}; --include-customer-requests withdraws them as well"
        ));
    }
    if undone.kept_later > 0 {
        let kept = print::grouped(undone.kept_later);
        print::line(&format!("  numbers that stay as they are: {kept}; later loads claim or withdraw them"));
    }
    for preview in &undone.plans {
        print::line("");
        plan::table(preview);
    }
}
