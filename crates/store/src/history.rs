//! What loads did to feeds, and what they told of the numbers that they claimed.

use std::collections::BTreeMap;

use dncsync_core::entry::Entry;
use dncsync_core::feed::Mode;
use dncsync_core::load::LoadCounts;
use dncsync_core::number::Number;
use dncsync_core::row::Place;
use dncsync_core::run::RunId;
use dncsync_core::source::SourceType;
use dncsync_core::timestamp::Timestamp;
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::feeds::FeedId;
use crate::lists::ListKey;
use crate::notes;
use crate::open::Store;
use crate::sets::{self, SetId};

/// What brought a load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LoadKind {
    /// An input was read.
    Input,
    /// Claims were lifted by hand.
    Remove,
    /// Numbers that others had put into a list were claimed.
    Adopt,
    /// Claims ended.
    Expiry,
    /// A run was undone.
    Rollback,
    /// What runs had asked for before there were feeds.
    Claims,
}

impl LoadKind {
    const ALL: [Self; 6] = [Self::Input, Self::Remove, Self::Adopt, Self::Expiry, Self::Rollback, Self::Claims];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Remove => "remove",
            Self::Adopt => "adopt",
            Self::Expiry => "expiry",
            Self::Rollback => "rollback",
            Self::Claims => "claims",
        }
    }

    fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == text)
    }
}

/// A file of a load.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadFile {
    /// Its name, without directories.
    pub name: String,
    /// Where it lay; empty where it came through a pipe.
    pub path: String,
    /// SHA-256 of its bytes.
    pub digest: String,
    /// SHA-256 of its first MiB: another file of the same size is told from it without reading either. Empty where it is no
    /// longer than that, and for loads of earlier versions.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub head: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// When it was last changed; 0 where nobody can tell.
    pub modified: i64,
}

/// A load as it is remembered.
#[derive(Clone, Debug, PartialEq)]
pub struct Load {
    /// Its place among all loads.
    pub seq: i64,
    /// Its id.
    pub run: RunId,
    /// The feed that it changed.
    pub feed: FeedId,
    /// What brought it.
    pub kind: LoadKind,
    /// What its input meant for the feed.
    pub mode: Mode,
    /// When.
    pub at: Timestamp,
    /// Who ran it.
    pub who: String,
    /// The registry account that the input was downloaded under.
    pub account: Option<String>,
    /// What somebody noted of it.
    pub note: Option<String>,
    /// Its files.
    pub files: Vec<LoadFile>,
    /// Digest of its input.
    pub digest: String,
    /// Digest of the options that it was read with.
    pub asked: String,
    /// The source type of most of its numbers.
    pub source: SourceType,
    /// How its rows came out.
    pub counts: LoadCounts,
    /// What was mended.
    pub warnings: BTreeMap<String, u64>,
    /// Where refused rows went.
    pub rejects: Option<String>,
    pub(crate) claimed: Option<SetId>,
    pub(crate) again: Option<SetId>,
    pub(crate) withdrawn: Option<SetId>,
    /// The list whose foreign numbers it adopted.
    pub(crate) list: Option<ListKey>,
    /// The load whose numbers it named again, every one.
    pub(crate) same_as: Option<i64>,
}

/// What a load did to one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Did {
    /// It claimed it first.
    Claimed,
    /// It named it, and it was claimed already.
    Again,
    /// It lifted the claim.
    Withdrew,
}

const LOAD: &str = "SELECT seq, run, feed, kind, mode, at, who, account, note, files, digest, asked, source, counts,
    warnings, rejects, claimed, again, withdrawn, list, same_as FROM load";

fn load_of_row(row: &Row<'_>) -> rusqlite::Result<Load> {
    let text = |column: usize| row.get::<_, String>(column);
    let set = |column: usize| row.get::<_, Option<i64>>(column).map(|id| id.map(SetId));
    Ok(Load {
        seq: row.get(0)?,
        run: RunId::new(text(1)?),
        feed: FeedId(row.get(2)?),
        kind: LoadKind::read(&text(3)?).unwrap_or(LoadKind::Input),
        mode: Mode::read(&text(4)?).unwrap_or(Mode::Add),
        at: Timestamp::from_millis(row.get(5)?),
        who: text(6)?,
        account: row.get(7)?,
        note: row.get(8)?,
        files: serde_json::from_str(&text(9)?).unwrap_or_default(),
        digest: text(10)?,
        asked: text(11)?,
        source: SourceType::read(&text(12)?).unwrap_or(SourceType::Manual),
        counts: serde_json::from_str(&text(13)?).unwrap_or_default(),
        warnings: serde_json::from_str(&text(14)?).unwrap_or_default(),
        rejects: row.get(15)?,
        claimed: set(16)?,
        again: set(17)?,
        withdrawn: set(18)?,
        list: row.get::<_, Option<i64>>(19)?.map(ListKey),
        same_as: row.get(20)?,
    })
}

impl Store {
    /// The loads of a feed, oldest first.
    pub fn loads_of(&self, feed: FeedId) -> Result<Vec<Load>, StoreError> {
        of_feed(&self.connection, feed)
    }

    /// The newest load of a feed.
    pub fn newest_load(&self, feed: FeedId) -> Result<Option<Load>, StoreError> {
        let sql = format!("{LOAD} WHERE feed = ?1 ORDER BY seq DESC LIMIT 1");
        let mut select = self.connection.prepare_cached(&sql)?;
        let mut found = select.query_map([feed.0], load_of_row)?;
        Ok(found.next().transpose()?)
    }

    /// The newest load of a feed that read an input of which any row passed: one of which none did makes no feed fresher.
    pub fn newest_input(&self, feed: FeedId) -> Result<Option<Load>, StoreError> {
        let sql = format!("{LOAD} WHERE feed = ?1 AND kind = 'input' ORDER BY seq DESC");
        let mut select = self.connection.prepare_cached(&sql)?;
        for load in select.query_map([feed.0], load_of_row)? {
            let load = load?;
            if load.counts.rejected < load.counts.rows || load.counts.rows == 0 {
                return Ok(Some(load));
            }
        }
        Ok(None)
    }

    /// The loads of a run, oldest first.
    pub fn loads_of_run(&self, run: &RunId) -> Result<Vec<Load>, StoreError> {
        let mut select = self.connection.prepare_cached(&format!("{LOAD} WHERE run = ?1 ORDER BY seq"))?;
        let loads = select.query_map([run.as_str()], load_of_row)?;
        Ok(loads.collect::<Result<_, _>>()?)
    }

    /// What a load did to a number; `None` where nothing.
    pub fn did(&self, load: &Load, number: Number) -> Result<Option<Did>, StoreError> {
        let sets = [(load.claimed, Did::Claimed), (load.again, Did::Again), (load.withdrawn, Did::Withdrew)];
        for (set, did) in sets {
            let Some(set) = set else { continue };
            if sets::chunk(&self.connection, set, dncsync_core::chunk::key(number))?.contains(number) {
                return Ok(Some(did));
            }
        }
        Ok(None)
    }

    /// Sorted numbers that a load claimed, as entries: their source types and notes as they came.
    pub fn described(&self, load: &Load, sorted: &[Number]) -> Result<Vec<Entry>, StoreError> {
        described(&self.connection, load, sorted)
    }
}

pub(crate) fn of_feed(connection: &Connection, feed: FeedId) -> Result<Vec<Load>, StoreError> {
    let mut select = connection.prepare_cached(&format!("{LOAD} WHERE feed = ?1 ORDER BY seq"))?;
    let loads = select.query_map([feed.0], load_of_row)?;
    Ok(loads.collect::<Result<_, _>>()?)
}

pub(crate) fn described(connection: &Connection, load: &Load, sorted: &[Number]) -> Result<Vec<Entry>, StoreError> {
    let mut entries: Vec<Entry> = sorted
        .iter()
        .map(|number| Entry {
            number: *number,
            source: load.source,
            notes: Box::default(),
            place: Place { file: 0, line: 0 },
        })
        .collect();
    let mut select = connection.prepare_cached("SELECT source, number_set FROM load_source WHERE load = ?1")?;
    let mut rows = select.query(params![load.seq])?;
    while let Some(row) = rows.next()? {
        let source = SourceType::read(&row.get::<_, String>(0)?).unwrap_or(load.source);
        let under = sets::among(connection, SetId(row.get(1)?), sorted)?;
        fill(&mut entries, under.into_iter().map(|number| (number, ())), |entry, ()| entry.source = source);
    }
    let notes = notes::of(connection, load.seq, sorted)?;
    fill(&mut entries, notes.into_iter(), |entry, notes| entry.notes = notes);
    Ok(entries)
}

/// Fills in what is known of some of the entries; both are sorted by number.
fn fill<T>(entries: &mut [Entry], known: impl Iterator<Item = (Number, T)>, mut fill: impl FnMut(&mut Entry, T)) {
    let mut entries = entries.iter_mut();
    for (number, value) in known {
        if let Some(entry) = entries.find(|entry| entry.number == number) {
            fill(entry, value);
        }
    }
}

pub(crate) fn load(connection: &Connection, seq: i64) -> Result<Load, StoreError> {
    Ok(connection.prepare_cached(&format!("{LOAD} WHERE seq = ?1"))?.query_row([seq], load_of_row)?)
}
