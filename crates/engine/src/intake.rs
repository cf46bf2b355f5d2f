//! From the files of an order to checked entries, each number once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use dncsync_core::entry::{Entries, Entry};
use dncsync_core::report::Tally;
use dncsync_core::run::RunId;
use dncsync_feed::Asked;

use crate::desk::{Desk, Judged};
use crate::inputs::Input;
use crate::order::Order;
use crate::progress::Observer;
use crate::trouble::Trouble;
use crate::world::World;

/// What came of reading and checking.
pub(crate) struct Loaded {
    /// Each number once, in the order of the input.
    pub(crate) entries: Vec<Entry>,
    /// Rows, repetitions, rejections.
    pub(crate) tally: Tally,
    /// What was mended.
    pub(crate) warnings: BTreeMap<String, u64>,
    /// The rejects file and its length.
    pub(crate) rejects: Option<(PathBuf, u64)>,
}

/// Reads and checks all inputs. Constant memory but for the entries that passed.
pub(crate) fn load(
    inputs: &mut [Input],
    order: &Order,
    run: &RunId,
    state: &Path,
    world: &World,
    observer: &mut Observer<'_>,
) -> Result<Loaded, Trouble> {
    let path = order.rejects.clone().unwrap_or_else(|| state.join("rejects").join(format!("{run}.csv")));
    let mut desk = Desk::open(state, path, &order.sources, order.rules, Asked::format(order.format))?;
    let mut all: Vec<Entry> = Vec::new();
    desk.read_all(inputs, world, observer, &mut |passed| {
        all.push(passed.entry);
        Ok(())
    })?;
    let Judged { rows, rejected, warnings, rejects } = desk.close(order.allow_empty)?;
    let entries = Entries::first_of_each(all);
    let tally = Tally { rows, rejected, repeated: entries.repeated(), ..Tally::default() };
    Ok(Loaded { entries: entries.into_unique(), tally, warnings, rejects })
}
