//! `dncsync apply`: adds what a list lacks, then removes what no feed claims any more.

use dncsync_engine::Trouble;

use crate::args::{Apply, Global};
use crate::commands::ingest::{check_ready, target};
use crate::commands::plan;
use crate::config::{self, environment};
use crate::screen::Screen;
use crate::{exit, interrupt, print, wiring};

/// Does it; the exit status.
pub(crate) async fn run(args: &Apply, global: &Global) -> Result<u8, Trouble> {
    let place = config::place(global, &environment)?;
    let config = config::resolve(&args.tenant, &place, &environment)?;
    check_ready(&config)?;
    let (target, base) = match &args.plan {
        Some(path) => plan::saved(path).map(|(target, base)| (target, Some(base)))?,
        None => (target(&args.list, config.profile)?, None),
    };
    let mut wired = wiring::wire(config, &place.state, interrupt::world())?;
    let mut screen = Screen::new(global.json);
    let applied =
        wired.engine.apply(&target, args.approve, base.as_deref(), &mut |progress| screen.show(progress)).await;
    screen.clear();
    let outcome = applied?;
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
