//! Planning from the whole of a list: what its feeds claim and it does not hold is added, what dncsync put there and no
//! feed claims any more is removed.

use dncsync_core::change::{Action, End, Said};
use dncsync_core::day::Day;
use dncsync_core::entry::Entry;
use dncsync_core::number::Number;
use dncsync_core::plan;
use dncsync_core::row::Place;
use dncsync_core::source::SourceType;
use dncsync_store::{Difference, ListState, LoadEnd, LoadKind, PlanNotes, Run, Store, TargetId};

use crate::sender::Sender;
use crate::setup::Setup;
use crate::taking::{command_load, teller};
use crate::trouble::Trouble;
use crate::world::World;

impl Sender<'_> {
    /// Plans a run whose items are the difference of its target. `approved`: beyond the guards.
    pub(crate) fn plan_difference(&mut self, run: &Run, list: &ListState, approved: bool) -> Result<(), Trouble> {
        expire(self.store, self.world, &self.setup.who, run.target)?;
        let under_way = self.store.under_way(run.target)?;
        let difference = self.store.difference(run.target, Some(list.key), &under_way, false)?;
        if run.expects.as_ref().is_some_and(|base| *base != difference.base) && !self.is_of_no_list(run, &difference)? {
            self.store.forget_run(&run.id, self.world.now())?;
            self.runs.remove(&run.id);
            return Err(stale());
        }
        let name = self.store.target_of(run.target)?.name().to_owned();
        let withheld = withheld(&difference, self.setup, &name, approved);
        let gone = difference.withdrawn.len() + difference.left_out.len();
        let removals = if withheld.is_some() { Vec::new() } else { removals(&difference) };
        let entries = self.store.additions(&difference.add)?;
        let rows = entries.len() as u64;
        let plan = plan::plan(&entries, &[], &removals, self.client.limits());
        let withheld = withheld.as_deref().map(|why| (why, gone as u64));
        let notes = PlanNotes { rows: Some(rows), gone: &difference.gone, withheld, ..PlanNotes::default() };
        self.record(run, list, &plan, &notes)
    }

    /// Whether a run stands on a plan of a list that CXone did not have: it is made by now, and holds nothing.
    fn is_of_no_list(&self, run: &Run, difference: &Difference) -> Result<bool, Trouble> {
        if difference.listed > 0 {
            return Ok(false);
        }
        let under_way = self.store.under_way(run.target)?;
        let of_none = self.store.difference(run.target, None, &under_way, false)?;
        Ok(run.expects.as_ref() == Some(&of_none.base) && of_none.add == difference.add)
    }
}

/// Why the removals of a difference must wait, where they must. Approval does not help where a feed lost a piece.
pub(crate) fn withheld(difference: &Difference, setup: &Setup, list: &str, approved: bool) -> Option<String> {
    let (withdrawn, left_out) = (difference.withdrawn.len() as u64, difference.left_out.len() as u64);
    if withdrawn + left_out == 0 {
        return None;
    }
    if let Some(feed) = &difference.damaged {
        return Some(format!(
            "a stored piece of {feed} was lost, so {} numbers that it may claim are not removed; load it whole, with --mode \
             replace",
            withdrawn + left_out
        ));
    }
    let guard = setup.guards.of(list);
    if approved { None } else { guard.stops(withdrawn, left_out, difference.listed) }
}

/// What is removed, as items of batches.
fn removals(difference: &Difference) -> Vec<Entry> {
    let mut gone: Vec<Number> = difference.withdrawn.iter().chain(&difference.left_out).copied().collect();
    gone.sort_unstable();
    let entry =
        |number| Entry { number, source: SourceType::System, notes: Box::default(), place: Place { file: 0, line: 0 } };
    gone.into_iter().map(entry).collect()
}

/// Withdraws the claims of a target's feeds whose last day is over. How many they were.
pub(crate) fn expire(store: &mut Store, world: &World, who: &str, target: TargetId) -> Result<u64, Trouble> {
    let now = world.now();
    let mut expired = 0;
    for feed in store.feeds_of(target)? {
        let id = world.run_id();
        let load = command_load(&id, who, LoadKind::Expiry);
        let end = store.take_expiry(feed.id, Day::of(now), &load, now, &teller(&feed, &load))?;
        if let Some(LoadEnd::Taken { counts, .. }) = end {
            expired += counts.withdrawn;
        }
    }
    Ok(expired)
}

/// A number that a command claims or lifts the claim of.
pub(crate) fn say(number: Number, action: Action) -> Said {
    Said { number, action, at: None, end: End::Never, source: SourceType::Manual, notes: Box::default() }
}

fn stale() -> Trouble {
    Trouble::input(
        Trouble::STALE,
        "the plan does not hold any more: its feeds or the list have changed since it was made; nothing was sent",
        "look at `dncsync plan` again",
    )
}
