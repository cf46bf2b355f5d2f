//! The proof of one number: when it was sent and when it was seen, from the lines of the log that say so. Where there are none,
//! a signed statement of what was searched.

use dncsync_core::items;
use dncsync_core::number::Number;
use dncsync_core::positions;
use dncsync_core::run::RunId;
use dncsync_core::timestamp::Timestamp;
use dncsync_core::wording;
use dncsync_store::{BatchKey, Evidence, Fate, Happened, Item, ListState, Store, TargetId};
use serde::Deserialize;

use super::Trail;
use super::pack::hex;
use super::proof_form::{Line, Proof, ProvenFile, ProvenItem, Statement, encoded, json, text_of};
use super::stating::statement;
use super::tree::Tree;
use crate::trouble::Trouble;
use crate::{explaining, finding};

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// The number.
    pub number: Number,
    /// In lists of this name only.
    pub list: Option<String>,
    /// As it was then.
    pub at: Timestamp,
    /// Now.
    pub now: Timestamp,
}

/// What was found, as the text of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proved {
    /// One JSON object with its line end.
    pub text: String,
    /// Whether it is a proof; otherwise it is a statement.
    pub is_proof: bool,
    /// In words, for whoever asked: what of it could not be proven, and why.
    pub notes: Vec<String>,
}

/// What of an event is needed to know what it says of an item.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    #[serde(skip)]
    line: String,
    seq: u64,
    at: String,
    event_type: String,
    batch: Option<u32>,
    root: Option<String>,
    positions: Option<String>,
    seen: Option<String>,
    #[serde(default)]
    removal: bool,
    #[serde(default)]
    files: serde_json::Value,
}

impl Event {
    /// Whether it is of this item, and its positions, if it names any, hold it.
    fn is_of(&self, kind: &str, batch: &BatchKey, root: &str, position: u32) -> bool {
        let named = self.positions.as_ref().or(self.seen.as_ref());
        self.event_type == kind
            && self.batch == Some(batch.seq)
            && self.root.as_deref() == Some(root)
            && !self.removal
            && named.is_none_or(|named| positions::read(named).is_some_and(|named| named.contains(position)))
    }
}

/// An item that was seen in a list, and the events that say so.
struct Found {
    evidence: Evidence,
    position: u32,
    events: Vec<Event>,
    file: Option<ProvenFile>,
}

/// A list that was searched.
pub(super) struct Searched {
    target: TargetId,
    pub(super) name: String,
    pub(super) scope: String,
    pub(super) list: Option<ListState>,
    pub(super) happened: Vec<Happened>,
}

impl Trail {
    /// Proves that a number was sent and seen in a list, or states what was searched. Everything is under a checkpoint already.
    pub(crate) fn prove(&self, store: &Store, asked: &Question) -> Result<Proved, Trouble> {
        let Some(newest) = store.newest_checkpoint()? else { return Err(nothing_there()) };
        let searched = searched(store, asked)?;
        let (best, notes) = best(store, &searched, asked, newest.size)?;
        let rotations = self.rotations(store, newest.size)?;
        let tree = Tree::of(store, newest.size, |_| ())?;
        let line = |event: Event| Line::of(event.line, event.seq, &tree);
        let lines = |events: Vec<Event>| events.into_iter().map(line).collect::<Vec<_>>();
        let Some((list, mut found)) = best else {
            let words = statement(asked, &searched, &notes, (self.key().name(), newest.size, tree.root()));
            let (text, rotations) = (self.key.note(&words), lines(rotations));
            let statement = Statement { kind: "statement", text, rotations, checkpoint: newest.note };
            return Ok(Proved { text: json(&statement), is_proof: false, notes });
        };
        found.events.extend(rotations);
        found.events.sort_by_key(|event| event.seq);
        found.events.dedup_by_key(|event| event.seq);
        let proof = Proof {
            kind: "proof",
            number: asked.number.e164(),
            list: list.name.clone(),
            scope: list.scope.clone(),
            at: asked.at,
            item: self.item(store, &found)?,
            file: found.file,
            events: lines(found.events),
            checkpoint: newest.note,
        };
        Ok(Proved { text: json(&proof), is_proof: true, notes })
    }

    /// The item, with the salt that shows it and the way to its root.
    fn item(&self, store: &Store, Found { evidence, position, .. }: &Found) -> Result<ProvenItem, Trouble> {
        let secret = store.known_secret(evidence.tenant)?.ok_or_else(nothing_there)?;
        let salts = secret.salts(&evidence.batch.run, evidence.batch.seq, &evidence.digest);
        let leaf = |(place, item): (u32, &Item)| match item {
            Item::Leaf(leaf) => *leaf,
            Item::Whole(entry) => items::leaf(&salts.at(place), entry.number, entry.source),
        };
        let tree = Tree::over((0u32..).zip(&evidence.items).map(leaf));
        let source = match evidence.items.get(*position as usize) {
            Some(Item::Whole(entry)) => entry.source.name(),
            _ => "",
        };
        Ok(ProvenItem {
            source,
            salt: hex(&salts.at(*position)),
            position: *position,
            count: evidence.items.len() as u64,
            root: evidence.root.to_string(),
            path: encoded(tree.inclusion(u64::from(*position))),
        })
    }

    fn rotations(&self, store: &Store, size: u64) -> Result<Vec<Event>, Trouble> {
        if store.log_keys()?.len() < 2 {
            return Ok(Vec::new());
        }
        Ok(events_of(store, &RunId::new(""), size)?
            .into_iter()
            .filter(|event| event.event_type == "key.rotated")
            .collect())
    }
}

impl Searched {
    /// What confirmed the number since it was last removed, the newest first; nothing where it was removed.
    fn standing(&self) -> impl Iterator<Item = &Happened> {
        let standing = self.happened.iter().rev().take_while(|then| then.fate != Fate::Removed);
        standing.filter(|then| then.fate == Fate::Confirmed)
    }
}

/// The lists that are asked for, and what became of the number in them.
fn searched(store: &Store, asked: &Question) -> Result<Vec<Searched>, Trouble> {
    let mut searched = Vec::new();
    for target in store.all_targets()? {
        let of = store.target_of(target)?;
        if asked.list.as_ref().is_some_and(|name| name != of.name()) {
            continue;
        }
        let list = store.list_of(target)?;
        let mut happened = list.as_ref().map_or(Ok(Vec::new()), |list| store.fates_of(list.key, asked.number))?;
        happened.retain(|then| then.at <= asked.at);
        let (name, scope) = (of.name().to_owned(), of.scope().to_string());
        searched.push(Searched { target, name, scope, list, happened });
    }
    match &asked.list {
        Some(name) if searched.is_empty() => {
            let message = format!("there is no list {name} in this state directory");
            Err(Trouble::input("list.unknown", message, "`dncsync status` names the lists"))
        }
        _ => Ok(searched),
    }
}

/// Of all that can be proven what was seen last, and its list; and why some of it cannot be.
type Best<'a> = (Option<(&'a Searched, Found)>, Vec<String>);

fn best<'a>(store: &Store, searched: &'a [Searched], asked: &Question, size: u64) -> Result<Best<'a>, Trouble> {
    let mut confirmed: Vec<(&Searched, &Happened)> =
        searched.iter().flat_map(|list| list.standing().map(move |then| (list, then))).collect();
    confirmed.sort_by_key(|(_, then)| std::cmp::Reverse(then.at));
    let mut notes = Vec::new();
    for (list, then) in confirmed {
        match found(store, list, then, asked, size)? {
            Ok(found) => return Ok((Some((list, found)), notes)),
            Err(why) => notes.push(why),
        }
    }
    Ok((None, notes))
}

/// What proves that the number was seen then; or in words why that cannot be proven.
fn found(
    store: &Store,
    list: &Searched,
    then: &Happened,
    asked: &Question,
    size: u64,
) -> Result<Result<Found, String>, Trouble> {
    let (batch, at) = (&then.batch, text_of(asked.at));
    let mut events = events_of(store, &batch.run, size)?;
    events.retain(|event| event.at <= at);
    for evidence in store.evidence_of(batch)? {
        let here = |item: &Item| matches!(item, Item::Whole(entry) if entry.number == asked.number);
        let Some(position) = evidence.items.iter().position(here).and_then(|at| u32::try_from(at).ok()) else {
            continue;
        };
        let root = evidence.root.to_string();
        let is = |event: &Event, kind| event.is_of(kind, batch, &root, position);
        let Some(settled) = events.iter().find(|event| is(event, "batch.settled")).map(|event| event.seq) else {
            continue;
        };
        let sent = |event: &Event| is(event, "batch.sending") && event.seq < settled;
        let Some(first) = events.iter().find(|event| sent(event)).map(|event| event.seq) else { continue };
        let answer = |event: &Event| event.event_type == "batch.answered" && event.batch == Some(batch.seq);
        let of_batch = |event: &Event| {
            sent(event) || event.seq == settled || (answer(event) && (first..settled).contains(&event.seq))
        };
        let loaded = events.iter().find(|event| event.event_type == "run.loaded").cloned();
        let (file, brought) = origin(store, list, (&evidence, position), loaded.as_ref(), asked, size)?;
        let mut proven: Vec<Event> = events.iter().filter(|event| of_batch(event)).cloned().collect();
        proven.extend(loaded.into_iter().chain(brought));
        return Ok(Ok(Found { evidence, position, events: proven, file }));
    }
    Ok(Err(format!(
        "batch {} of run {} confirmed it in list {}; its item was erased, is past its retention or older than the tree of the log, and cannot be proven any more",
        batch.seq, batch.run, list.name
    )))
}

/// The file that the number came from, and the event of its load where that is another one than the run's.
fn origin(
    store: &Store,
    list: &Searched,
    (evidence, position): (&Evidence, u32),
    loaded: Option<&Event>,
    asked: &Question,
    size: u64,
) -> Result<(Option<ProvenFile>, Option<Event>), Trouble> {
    let Some(Item::Whole(entry)) = evidence.items.get(position as usize) else { return Ok((None, None)) };
    if let Some(loaded) = loaded.filter(|loaded| loaded.files.as_array().is_some_and(|files| !files.is_empty())) {
        // Where they were too many for a line, the log names them together, and no one of them.
        let all = store.run(&evidence.batch.run)?.files.len();
        let file = loaded.files.as_array().filter(|named| named.len() == all);
        let file = file.and_then(|named| named.get(entry.place.file as usize)).map(|file| {
            let text = |key: &str| file[key].as_str().unwrap_or_default().to_owned();
            ProvenFile { name: text("name"), digest: text("digest"), line: Some(entry.place.line) }
        });
        return Ok((file, None));
    }
    // The run was made from what feeds claim.
    let Some(load) = explaining::claimed_by(store, list.target, asked.number, asked.at)? else {
        return Ok((None, None));
    };
    let changed = events_of(store, &load.run, size)?.into_iter().find(|event| event.event_type == "feed.changed");
    let with_line = load.files.iter().map(|file| (file, finding::line_of(file, asked.number)));
    let file = with_line.max_by_key(|(_, line)| line.is_some());
    let file =
        file.map(|(file, line)| ProvenFile { name: wording::file_name(&file.name), digest: file.digest.clone(), line });
    let is_named = |file: &ProvenFile| {
        let named = changed.as_ref().and_then(|changed| changed.files.as_array()).into_iter().flatten();
        named.into_iter().any(|named| named["name"] == file.name.as_str() && named["digest"] == file.digest.as_str())
    };
    Ok((file.filter(is_named), changed))
}

fn events_of(store: &Store, run: &RunId, size: u64) -> Result<Vec<Event>, Trouble> {
    let lines = store.events_of(run)?;
    let within = lines.into_iter().take_while(|logged| logged.seq <= size);
    let event = |line: String| serde_json::from_str::<Event>(&line).ok().map(|event| Event { line, ..event });
    Ok(within.filter_map(|logged| event(logged.line)).collect())
}

fn nothing_there() -> Trouble {
    Trouble::input("audit.empty", "the log holds nothing", "name the state directory: --state DIR")
}
