//! The end of a run: its refused items go to the rejects file, its report into the store and the trail.

use std::path::PathBuf;

use dncsync_core::entry::Entry;
use dncsync_core::report::{Latency, Removals, Report};
use dncsync_core::run::RunId;
use dncsync_core::timestamp::Timestamp;
use dncsync_store::{BatchKey, Run, Store};

use crate::setup::Setup;
use crate::trouble::Trouble;
use crate::{rejects, unconfirmed};

/// What came of a run so far.
pub(crate) fn report(store: &Store, run: &Run, setup: &Setup, now: Timestamp) -> Result<Report, Trouble> {
    let target = store.target_of(run.target)?;
    let list = match run.list {
        Some(list) => Some(store.list(list)?),
        None => store.list_of(run.target)?,
    };
    let tally = run.tally;
    let (latency_ms, average_latency_ms) = Latency::of(run.latencies.clone());
    let rejects = (tally.rejected + tally.refused > 0).then(|| run.rejects.as_ref().map(|(path, _)| path.clone()));
    let webhooks = store.webhooks_of(&run.id)?;
    let mut warnings = run.warnings.clone();
    let told = webhooks.all();
    if told > 0 && setup.aggregator.as_ref().is_some_and(|aggregator| aggregator.secret.is_none()) {
        warnings.insert("webhooks.unsigned".to_owned(), told);
    }
    // A list that scrubs no skill keeps nobody from being called.
    if list.as_ref().and_then(|list| list.scrubs).is_some_and(|(skills, _)| skills == 0) {
        warnings.insert("skills.none".to_owned(), 1);
    }
    Ok(Report {
        event_type: Report::EVENT_TYPE.to_owned(),
        run_id: run.id.to_string(),
        campaign_id: target.campaign_id().map(str::to_owned),
        list_id: list.map(|list| list.id.0),
        list_name: target.name().to_owned(),
        scope: target.scope().to_string(),
        total_items: tally.rows,
        successes: tally.successes,
        duplicates: tally.repeated + tally.already_listed,
        duplicates_in_input: tally.repeated,
        already_listed: tally.already_listed,
        rejected: tally.rejected,
        refused: tally.refused,
        unconfirmed: tally.unconfirmed,
        pending: tally.pending(),
        resent: run.resent,
        removals: Removals { withheld: run.withheld.as_ref().map_or(0, |(_, numbers)| *numbers), ..run.removals }
            .counted(),
        hit_rate: tally.hit_rate(),
        batches: run.batches,
        requests: run.requests,
        warnings,
        average_latency_ms,
        latency_ms,
        duration_ms: u64::try_from(now.since(run.started_at).as_millis()).unwrap_or(u64::MAX),
        timestamp: now,
        webhooks,
        rejects: rejects.flatten(),
        unconfirmed_file: unconfirmed::path(store, &run.id),
        state: store.directory().display().to_string(),
        dry_run: false,
    })
}

/// Ends a run. Dying anywhere in here is made good by doing it again: the run is finished only by the last line.
pub(crate) fn finish(store: &mut Store, run: &Run, setup: &Setup, now: Timestamp) -> Result<Report, Trouble> {
    let refused = refused(store, run)?;
    append_refused(run, &refused)?;
    name_unconfirmed(store, run)?;
    let report = report(store, run, setup, now)?;
    store.keep_evidence(&run.id, now)?;
    store.finish(&run.id, &report, now)?;
    Ok(report)
}

fn name_unconfirmed(store: &Store, run: &Run) -> Result<(), Trouble> {
    let owed = store.owed_of(&run.id)?;
    if owed.is_empty() {
        return Ok(());
    }
    let entries = owed.iter().flat_map(|batch| &batch.entries);
    let name = unconfirmed::name(&run.id);
    unconfirmed::write(store.directory(), &name, entries, &run.files).map(drop).map_err(|error| {
        let message = format!("{name} cannot be written: {error}");
        Trouble::passing("unconfirmed.unusable", message, "see that the disk has room, then run the same command again")
    })
}

/// An item that the server refused: the entry, its file's name, the server's reason.
type Refused = (Entry, String, String);

fn refused(store: &Store, run: &Run) -> Result<Vec<Refused>, Trouble> {
    let mut refused = Vec::new();
    let mut items = (u32::MAX, Vec::new());
    for (seq, item, reason) in store.refusals(&run.id)? {
        if items.0 != seq {
            let batch = store.batch(&BatchKey { run: run.id.clone(), seq })?;
            // A removal that CXone would not take leaves the number where it is: no row of anybody's to mend.
            items = (seq, if batch.removal { Vec::new() } else { batch.items });
        }
        if let Some(entry) = items.1.get(item as usize) {
            let file = run.files.get(entry.place.file as usize).cloned().unwrap_or_default();
            refused.push((entry.clone(), file, reason));
        }
    }
    Ok(refused)
}

fn append_refused(run: &Run, refused: &[Refused]) -> Result<(), Trouble> {
    let Some((path, keep)) = run.rejects.as_ref().filter(|_| run.tally.refused > 0) else {
        return Ok(());
    };
    let path = PathBuf::from(path);
    rejects::append_refused(&path, *keep, refused).map_err(|error| {
        let message = format!("the rejects file {} cannot be written: {error}", path.display());
        Trouble::passing("rejects.unusable", message, "mend that, then run the same command again")
    })
}

/// The run's id as a file name in the state's rejects directory.
pub(crate) fn default_rejects(store: &Store, run: &RunId) -> PathBuf {
    store.directory().join("rejects").join(format!("{run}.csv"))
}
