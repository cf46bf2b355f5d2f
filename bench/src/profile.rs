//! One measured process under a profiler: `dncsync-bench profile ingest|load ROWS "valgrind ..."`. See `bench/profile`.

use std::time::Duration;

use crate::figure::Measured;
use crate::made::{Format, Updates};
use crate::{ingest, options, prepare, registry};

/// Runs it; whatever the profiler writes it writes by itself.
pub(crate) fn run(words: Vec<String>) -> Result<(), String> {
    let [what, rows, under] = words.try_into().map_err(|_| "usage: profile ingest|load ROWS COMMAND".to_owned())?;
    let rows: u64 = rows.parse().map_err(|_| format!("`{rows}` is no number of rows"))?;
    let flags = ["--under".to_owned(), under, "--work".to_owned(), "target/bench-profile".to_owned()];
    let mut bench = options::read(flags)?.bench;
    bench.limit = Duration::from_secs(3_600);
    prepare(&bench, std::iter::empty())?;
    let outcome = match what.as_str() {
        "ingest" => ingest::local_part(&bench, &Updates::new(), Format::Csv, rows).map(|_| ()),
        "load" => registry::load_alone(&bench, rows).map(|_| ()),
        other => return Err(format!("`{other}` is neither ingest nor load")),
    };
    outcome.map_err(|why| match why {
        Measured::Wrong(why) => why,
        other => format!("{other:?}"),
    })
}
