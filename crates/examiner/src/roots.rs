//! The batches that the log names the roots of.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::event::{Batch, Event};
use crate::tree::Hash;

/// Roots, and what the log says of each.
#[derive(Default)]
pub(crate) struct Roots(BTreeMap<Hash, Named>);

/// A batch whose root is named.
#[derive(Debug, PartialEq, Eq)]
struct Named {
    batch: Batch,
    count: u64,
    removal: bool,
    wanted: bool,
}

impl Roots {
    /// Takes an event in. What is said of one root must be the same everywhere. `wanted`: whether its items are expected.
    pub(crate) fn take(&mut self, event: &Event, wanted: bool) -> Result<(), String> {
        let (batch, removal, chosen) = match event {
            Event::Sending(sending) => (&sending.batch, sending.removal, &sending.held),
            Event::Settled(settled) => (&settled.batch, settled.removal, &settled.seen),
            _ => return Ok(()),
        };
        let Some(chosen) = chosen else { return Ok(()) };
        let named = Named { batch: batch.clone(), count: chosen.count, removal, wanted };
        match self.0.entry(chosen.root) {
            Entry::Vacant(first) => {
                first.insert(named);
            }
            Entry::Occupied(before) if *before.get() != named => {
                let before = before.get();
                let kind = |named: &Named| if named.removal { "removals" } else { "additions" };
                return Err(format!(
                    "its `root` is said to be of {} {} in {}, and before it was of {} {} in {}",
                    named.count,
                    kind(&named),
                    named.batch,
                    before.count,
                    kind(before),
                    before.batch
                ));
            }
            Entry::Occupied(_) => {}
        }
        Ok(())
    }

    /// The roots whose items are expected, and how many those are.
    pub(crate) fn wanted(&self) -> impl Iterator<Item = (&Hash, u64)> {
        self.0.iter().filter(|(_, named)| named.wanted).map(|(root, named)| (root, named.count))
    }
}
