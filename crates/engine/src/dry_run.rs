//! Everything but sending: what would be added, what would be rejected.

use dncsync_core::answer::Answer;
use dncsync_core::batch::Limits;
use dncsync_core::belief::Belief;
use dncsync_core::entry::Entry;
use dncsync_core::number::Number;
use dncsync_core::plan;
use dncsync_core::report::Report;
use dncsync_core::timestamp::Timestamp;
use dncsync_store::ListState;

use crate::answers::token_refused;
use crate::ground::{Ask, Ground, Reply, Step};
use crate::intake::Loaded;
use crate::single::Single;
use crate::trouble::Trouble;

/// Finds out what is in the list, without making it: looks it up, and reads it whole where it was never read.
pub(crate) async fn look(single: &mut Single<'_>, mut ground: Ground) -> Result<Option<ListState>, Trouble> {
    // A list that is not there is not made; looking for it tells the same.
    if let Step::Create = ground.step {
        ground.exists();
    }
    look_from(single, ground).await
}

/// Looks a list up, without making or reading it.
pub(crate) async fn find(single: &mut Single<'_>, ground: &mut Ground) -> Result<Option<ListState>, Trouble> {
    if let Step::Create = ground.step {
        ground.exists();
    }
    let mut there = true;
    while there && matches!(ground.step, Step::Create | Step::Find { .. }) {
        there = turn(single, ground).await?;
    }
    match &ground.step {
        Step::Ready { list, .. } | Step::Read { list, .. } => Ok(Some(list.clone())),
        Step::Barred(lasting) => Err(lasting.clone().into()),
        Step::Create | Step::Find { .. } => Ok(None),
    }
}

/// Finds out what is in a list from where its ground stands.
pub(crate) async fn look_from(single: &mut Single<'_>, mut ground: Ground) -> Result<Option<ListState>, Trouble> {
    while ground.ask().is_some() {
        if !turn(single, &mut ground).await? {
            return Ok(None);
        }
    }
    match ground.step {
        Step::Ready { list, .. } => Ok(Some(list)),
        Step::Barred(lasting) => Err(lasting.into()),
        _ => Ok(None),
    }
}

/// One question about the ground, asked and answered, but for making a list. False where there is no such list.
pub(crate) async fn turn(single: &mut Single<'_>, ground: &mut Ground) -> Result<bool, Trouble> {
    let ask = match ground.ask() {
        None | Some(Ask::Create(_)) => return Ok(false),
        Some(ask) => ask,
    };
    let reply = single.ask(ask).await?;
    let now = single.world.now();
    match reply {
        Reply::Found(Answer::Applied(page)) => ground.found(single.store, &page, now),
        Reply::Page(Answer::Applied(page)) => ground.read(single.store, &page, now).map(|()| true),
        Reply::Page(Answer::TooLarge) => {
            ground.ask_for_less(now);
            Ok(true)
        }
        Reply::Skills(answer) => ground.skills(single.store, answer, now).map(|()| true),
        Reply::Found(Answer::Lasting(lasting)) | Reply::Page(Answer::Lasting(lasting)) => Err(lasting.into()),
        Reply::Found(Answer::TokenRefused) | Reply::Page(Answer::TokenRefused) => Err(token_refused()),
        _ => Err(Trouble::lasting(
            "request.refused",
            "CXone refused a request that it should take",
            "check with `dncsync doctor`",
        )),
    }
}

/// The report of what would be done.
pub(crate) fn foretell(
    loaded: Loaded,
    entries: Vec<Entry>,
    present: &[Number],
    limits: Limits,
    blank: Report,
    now: Timestamp,
) -> Report {
    let belief = |entry: &Entry| match present.binary_search(&entry.number) {
        Ok(_) => Belief::Listed,
        Err(_) => Belief::Absent,
    };
    let beliefs: Vec<Belief> = entries.iter().map(belief).collect();
    let plan = plan::plan(&entries, &beliefs, &[], limits);
    let mut tally = loaded.tally;
    tally.already_listed = plan.already_listed;
    Report {
        total_items: tally.rows,
        duplicates: tally.repeated + tally.already_listed,
        duplicates_in_input: tally.repeated,
        already_listed: tally.already_listed,
        rejected: tally.rejected,
        pending: tally.pending(),
        hit_rate: tally.hit_rate(),
        batches: plan.batches.len() as u64,
        warnings: loaded.warnings,
        rejects: loaded.rejects.map(|(path, _)| path.display().to_string()),
        timestamp: now,
        dry_run: true,
        ..blank
    }
}
