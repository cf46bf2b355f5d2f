//! `dncsync forget`: what could identify a person goes, and the number stays blocked.

use dncsync_engine::{Forgot, Trouble};
use serde_json::json;

use crate::args::{Forget, Global};
use crate::commands::audit;
use crate::commands::explain::number;
use crate::config::{self, environment};
use crate::print;

/// Forgets; the exit status.
pub(crate) fn run(args: &Forget, global: &Global) -> Result<u8, Trouble> {
    let place = config::place(global, &environment)?;
    let number = number(&args.number, args.country.as_ref().or(place.file.country.as_ref()))?;
    let Forgot { items, notes, rows, elsewhere } = audit::ledger(&place)?.forget(number, &args.reason)?;
    let elsewhere: Vec<String> = elsewhere.iter().map(|path| path.display().to_string()).collect();
    if global.json {
        print::object(&json!({"items": items, "notes": notes, "rows": rows, "elsewhere": elsewhere}));
        return Ok(0);
    }
    print::line(&format!(
        "{number}: {items} items of batches, {notes} notes and {rows} rows were erased; it stays blocked"
    ));
    for path in elsewhere {
        print::line(&format!("look yourself: {path}"));
    }
    Ok(0)
}
