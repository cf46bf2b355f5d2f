//! `explain`: is a number blocked, by which feed since when, in which lists confirmed when, and what happened to it.
//! Touches single rows; asks nobody.

use std::path::Path;

use dncsync_core::change::End;
use dncsync_core::day::Day;
use dncsync_core::number::Number;
use dncsync_core::timestamp::Timestamp;
use dncsync_store::{Did, Fate, Feed, FeedId, Load, Store, TargetId};
use serde::Serialize;

use crate::finding;
use crate::trouble::Trouble;

/// What is known of one number. The keys are a public interface.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// Always `DNC_EXPLANATION`.
    pub event_type: &'static str,
    /// The number, as it was asked for.
    pub number: String,
    /// The moment that this is about.
    pub at: Timestamp,
    /// Whether any list is known to have held it then.
    pub blocked: bool,
    /// Whether any feed claimed it then.
    pub claimed: bool,
    /// The feeds that ever said anything of it.
    pub feeds: Vec<FeedsWord>,
    /// The lists of this state directory.
    pub lists: Vec<InList>,
}

/// What a feed says of a number.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FeedsWord {
    /// The feed.
    pub feed: String,
    /// Whether it claims it.
    pub claims: bool,
    /// Since when, where no load withdrew it: a claim whose last day is over is none any more.
    pub since: Option<Timestamp>,
    /// The source type that it came with.
    pub source_type: Option<&'static str>,
    /// The notes that it came with.
    pub notes: Option<String>,
    /// The last day of the claim, where it has one.
    pub ends: Option<String>,
    /// What each load did to it, oldest first.
    pub loads: Vec<LoadsDeed>,
}

/// What a load did to a number.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LoadsDeed {
    /// When.
    pub at: Timestamp,
    /// `claimed`, `again` or `withdrew`.
    pub did: Did,
    /// The load's id.
    pub run_id: String,
    /// `input`, `remove`, `adopt`, `expiry`, `rollback` or `claims`.
    pub kind: &'static str,
    /// `add`, `replace` or `changes`.
    pub mode: &'static str,
    /// Who ran it.
    pub who: String,
    /// The registry account that its file was downloaded under.
    pub account: Option<String>,
    /// What somebody noted of it.
    pub note: Option<String>,
    /// Its files, each with SHA-256.
    pub files: Vec<FileOfLoad>,
}

/// A file of a load.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FileOfLoad {
    /// Its name.
    pub name: String,
    /// SHA-256 of its bytes.
    pub digest: String,
    /// The line on which the number stands, where the file is still as it was and the line was found.
    pub line: Option<u64>,
}

/// A number in a list.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InList {
    /// The list's name.
    pub list: String,
    /// Its scope.
    pub scope: String,
    /// The tenant.
    pub tenant: String,
    /// Whether a feed that it takes claims the number, and the campaign's own numbers let it in.
    pub desired: bool,
    /// Whether it is known to be listed, or to have been.
    pub listed: bool,
    /// Since when a read-back has confirmed it.
    pub confirmed_at: Option<Timestamp>,
    /// When the list was last read whole, where that was not after the moment that this is about.
    pub read_at: Option<Timestamp>,
    /// Whether others put it there.
    pub foreign: bool,
    /// Whether the campaign's own numbers leave it out.
    pub left_out: bool,
    /// Whether lists of this tenant cannot hold such a number. Told where it is so.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cannot_hold: bool,
    /// How many skills the list scrubs; one that scrubs none keeps nobody from being called. Told where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scrubbed_skills: Option<u64>,
    /// What became of it there, oldest first.
    pub happened: Vec<InListThen>,
}

/// What became of a number in a list.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InListThen {
    /// When.
    pub at: Timestamp,
    /// `confirmed`, `refused`, `unconfirmed` or `removed`.
    pub what: &'static str,
    /// The run.
    pub run_id: String,
    /// Its batch.
    pub batch: u32,
}

/// Explains a number as it stands now, or as it stood at a moment that is over.
///
/// # Errors
/// Where the state cannot be read.
pub fn explain(state: &Path, number: Number, at: Option<Timestamp>, now: Timestamp) -> Result<Explanation, Trouble> {
    let moment = at.unwrap_or(now);
    let mut explanation = Explanation {
        event_type: "DNC_EXPLANATION",
        number: number.e164(),
        at: moment,
        blocked: false,
        claimed: false,
        feeds: Vec::new(),
        lists: Vec::new(),
    };
    if !Store::exists(state) {
        return Ok(explanation);
    }
    let store = Store::open(state)?;
    // Lists of several tenants may have one name, and so may their own feeds.
    let mut claiming = Vec::new();
    for feed in store.feeds()? {
        let Some(word) = word_of(&store, &feed, number, moment)? else { continue };
        if word.claims {
            claiming.push(feed.id);
        }
        explanation.feeds.push(word);
    }
    for target in store.all_targets()? {
        explanation.lists.extend(in_list(&store, target, number, at, &claiming)?);
    }
    explanation.claimed = explanation.feeds.iter().any(|feed| feed.claims);
    explanation.blocked = explanation.lists.iter().any(|list| list.listed);
    Ok(explanation)
}

/// What a feed says; `None` where it never said anything until that moment.
fn word_of(store: &Store, feed: &Feed, number: Number, moment: Timestamp) -> Result<Option<FeedsWord>, Trouble> {
    let mut deeds: Vec<(Load, Did)> = Vec::new();
    for load in store.loads_of(feed.id)?.into_iter().filter(|load| load.at <= moment) {
        if let Some(did) = store.did(&load, number)? {
            deeds.push((load, did));
        }
    }
    let claim = match deeds.iter().rfind(|(_, did)| *did != Did::Again) {
        Some((load, Did::Claimed)) => Some(load),
        _ => None,
    };
    let entry = claim.map(|load| store.described(load, &[number])).transpose()?.and_then(|mut told| told.pop());
    let ends = match claim {
        Some(_) => store.end_of(feed.id, number)?,
        None => End::Never,
    };
    let notes = entry.as_ref().map(|entry| entry.notes.to_string()).filter(|notes| !notes.is_empty());
    let word = FeedsWord {
        feed: feed.name.to_string(),
        claims: claim.is_some() && ends.day().is_none_or(|last| last >= Day::of(moment)),
        since: claim.map(|load| load.at),
        source_type: entry.as_ref().map(|entry| entry.source.name()),
        notes,
        ends: ends.day().map(|day| day.to_string()),
        loads: deeds.into_iter().map(|(load, did)| deed(load, did, number)).collect(),
    };
    Ok((!word.loads.is_empty()).then_some(word))
}

/// The load by which a feed that a target takes claimed a number last, until a moment.
pub(crate) fn claimed_by(
    store: &Store,
    target: TargetId,
    number: Number,
    moment: Timestamp,
) -> Result<Option<Load>, Trouble> {
    let mut claimed: Option<Load> = None;
    for feed in store.feeds_of(target)? {
        for load in store.loads_of(feed.id)?.into_iter().filter(|load| load.at <= moment) {
            let newer = claimed.as_ref().is_none_or(|known| known.at <= load.at);
            if newer && store.did(&load, number)? == Some(Did::Claimed) {
                claimed = Some(load);
            }
        }
    }
    Ok(claimed)
}

fn deed(load: Load, did: Did, number: Number) -> LoadsDeed {
    let files = load.files.iter().map(|file| FileOfLoad {
        name: file.name.clone(),
        digest: file.digest.clone(),
        line: finding::line_of(file, number),
    });
    LoadsDeed {
        at: load.at,
        did,
        run_id: load.run.to_string(),
        kind: load.kind.name(),
        mode: load.mode.name(),
        files: files.collect(),
        who: load.who,
        account: load.account,
        note: load.note,
    }
}

/// A number in a list; `None` where the list has nothing to do with it.
fn in_list(
    store: &Store,
    target: TargetId,
    number: Number,
    at: Option<Timestamp>,
    claiming: &[FeedId],
) -> Result<Option<InList>, Trouble> {
    let of = store.target_of(target)?;
    let list = store.list_of(target)?;
    let claimed = store.feeds_of(target)?.iter().any(|feed| claiming.contains(&feed.id));
    let lets_in = store.lets_in(target, number)?;
    let cannot_hold = !store.can_hold(target, number)?;
    let scrubbed_skills = list.as_ref().and_then(|list| list.scrubs).map(|(skills, _)| skills);
    let mut happened = Vec::new();
    let (mut present, mut put) = (false, false);
    if let Some(list) = &list {
        happened = store.fates_of(list.key, number)?;
        present = !store.present_among(list.key, &[number])?.is_empty();
        put = !store.put_among(list.key, &[number])?.is_empty();
    }
    happened.retain(|then| at.is_none_or(|at| then.at <= at));
    let last = happened.iter().rfind(|then| matches!(then.fate, Fate::Confirmed | Fate::Removed));
    let confirmed = last.filter(|then| then.fate == Fate::Confirmed);
    // Of the past only what was recorded then is known.
    let listed = if at.is_some() { confirmed.is_some() } else { present };
    if !(claimed || listed || !happened.is_empty()) {
        return Ok(None);
    }
    Ok(Some(InList {
        list: of.name().to_owned(),
        scope: of.scope().to_string(),
        tenant: store.tenant_of(target)?,
        desired: claimed && lets_in,
        listed,
        confirmed_at: confirmed.map(|then| then.at),
        read_at: list.and_then(|list| list.seen_whole_at).filter(|read| at.is_none_or(|at| *read <= at)),
        foreign: listed && !claimed && !put,
        left_out: claimed && !lets_in,
        cannot_hold,
        scrubbed_skills,
        happened: happened
            .into_iter()
            .map(|then| InListThen {
                at: then.at,
                what: then.fate.name(),
                run_id: then.batch.run.to_string(),
                batch: then.batch.seq,
            })
            .collect(),
    }))
}
