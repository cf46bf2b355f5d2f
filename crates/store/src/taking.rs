//! A load is taken into its feed: whole or not at all, chunk by chunk, in constant memory.
//!
//! What it does to a chunk is decided by `core`; here the feed's set is changed, and what the load did is kept beside it.

use std::collections::BTreeMap;
use std::io;

use dncsync_core::change::{Action, End, Said};
use dncsync_core::chunk::Chunk;
use dncsync_core::day::Day;
use dncsync_core::event::Event;
use dncsync_core::feed::Mode;
use dncsync_core::load::{self, LoadCounts, Taken};
use dncsync_core::number::Number;
use dncsync_core::run::RunId;
use dncsync_core::source::SourceType;
use dncsync_core::timestamp::Timestamp;
use dncsync_core::told::{Told, by_chunk};
use rusqlite::{Transaction, TransactionBehavior, params};

use crate::endings;
use crate::error::StoreError;
use crate::events::append;
use crate::feeds::{self, Feed, FeedId};
use crate::history::{Load, LoadFile, LoadKind};
use crate::notes;
use crate::open::Store;
use crate::sets::{self, SetId};

/// A load that is about to be taken.
#[derive(Clone, Debug)]
pub struct NewLoad<'a> {
    /// Its id.
    pub id: &'a RunId,
    /// What brought it.
    pub kind: LoadKind,
    /// What its input means for the feed.
    pub mode: Mode,
    /// Who ran it.
    pub who: &'a str,
    /// The registry account that the input was downloaded under.
    pub account: Option<&'a str>,
    /// What somebody noted of it.
    pub note: Option<&'a str>,
    /// Its files.
    pub files: &'a [LoadFile],
    /// Digest of the input.
    pub digest: &'a str,
    /// Digest of the options that it was read with.
    pub asked: &'a str,
    /// The source type of most of its numbers.
    pub source: SourceType,
    /// Rows read.
    pub rows: u64,
    /// Rows that did not pass.
    pub rejected: u64,
    /// What was mended.
    pub warnings: &'a BTreeMap<String, u64>,
    /// Where refused rows went.
    pub rejects: Option<&'a str>,
    /// The run that it rolls back.
    pub undid: Option<&'a RunId>,
}

/// What came of a load.
#[derive(Clone, Debug, PartialEq)]
pub enum LoadEnd {
    /// It was taken.
    Taken {
        /// How its rows came out.
        counts: LoadCounts,
        /// Numbers that the feed claimed before.
        before: u64,
        /// Numbers that it claims now.
        after: u64,
    },
    /// A guard stopped it, and the feed is as it was: why, with figures.
    Stopped(String),
}

/// Says why a load must not be taken, from its counts and the sizes of the feed before and after.
pub type LoadStops<'a> = &'a dyn Fn(&LoadCounts, u64, u64) -> Option<String>;

impl Store {
    /// Takes a load into its feed. `told`: what its input says in the end, chunk by chunk in the order of their keys. `tell`
    /// makes the event of its counts and of how many numbers the feed claims after it.
    ///
    /// # Errors
    /// Also what `told` fails with; then, and where `stops` says so, nothing is changed.
    pub fn take_load(
        &mut self,
        feed: FeedId,
        load: &NewLoad<'_>,
        told: impl Iterator<Item = io::Result<Told>>,
        stops: LoadStops<'_>,
        now: Timestamp,
        tell: &dyn Fn(&LoadCounts, u64) -> Event,
    ) -> Result<LoadEnd, StoreError> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let (counts, before, after) = take(&transaction, feed, load, told, now)?;
        if let Some(why) = stops(&counts, before, after) {
            transaction.rollback()?;
            return Ok(LoadEnd::Stopped(why));
        }
        append(&transaction, now, load.id, &[tell(&counts, after)])?;
        transaction.commit()?;
        Ok(LoadEnd::Taken { counts, before, after })
    }

    /// Keeps a load of an input that `newest` was of already: it changes nothing. `None` where that is not the feed's
    /// newest load any more.
    pub fn take_once_more(
        &mut self,
        newest: &Load,
        load: &NewLoad<'_>,
        counts: &LoadCounts,
        now: Timestamp,
        tell: &dyn Fn(&LoadCounts, u64) -> Event,
    ) -> Result<Option<LoadEnd>, StoreError> {
        self.write(|transaction| {
            let sql = "SELECT max(seq) FROM load WHERE feed = ?1";
            if transaction.query_row(sql, [newest.feed.0], |row| row.get::<_, Option<i64>>(0))? != Some(newest.seq) {
                return Ok(None);
            }
            let Feed { numbers, .. } = feeds::by_id(transaction, newest.feed)?;
            let seq = insert(transaction, newest.feed, load, now)?;
            let sql = "UPDATE load SET same_as = ?2 WHERE seq = ?1";
            transaction.execute(sql, [seq, newest.same_as.unwrap_or(newest.seq)])?;
            keep_counts(transaction, seq, counts)?;
            append(transaction, now, load.id, &[tell(counts, numbers)])?;
            Ok(Some(LoadEnd::Taken { counts: *counts, before: numbers, after: numbers }))
        })
    }

    /// Withdraws the claims of a feed whose last day is over; `None` where there are none.
    pub fn take_expiry(
        &mut self,
        feed: FeedId,
        today: Day,
        load: &NewLoad<'_>,
        now: Timestamp,
        tell: &dyn Fn(&LoadCounts, u64) -> Event,
    ) -> Result<Option<LoadEnd>, StoreError> {
        self.write(|transaction| {
            let ended = endings::ended(transaction, feed, today)?;
            if ended.is_empty() {
                return Ok(None);
            }
            let load = NewLoad { rows: ended.len() as u64, ..load.clone() };
            let withdraw = |number| {
                Ok(Said {
                    number,
                    action: Action::Delete,
                    at: None,
                    end: End::Never,
                    source: load.source,
                    notes: Box::default(),
                })
            };
            let (counts, before, after) =
                take(transaction, feed, &load, by_chunk(ended.into_iter().map(withdraw)), now)?;
            append(transaction, now, load.id, &[tell(&counts, after)])?;
            Ok(Some(LoadEnd::Taken { counts, before, after }))
        })
    }
}

/// Takes a load within a change: its counts, and how many numbers the feed claimed before and claims after.
pub(crate) fn take(
    transaction: &Transaction<'_>,
    feed: FeedId,
    load: &NewLoad<'_>,
    told: impl Iterator<Item = io::Result<Told>>,
    now: Timestamp,
) -> Result<(LoadCounts, u64, u64), StoreError> {
    let feed = feeds::by_id(transaction, feed)?;
    let seq = insert(transaction, feed.id, load, now)?;
    let mut taking = Taking::new(transaction, feed, seq, load)?;
    let (mut numbers, mut last) = (0, None);
    for told in told {
        let told = told.map_err(StoreError::Spool)?;
        // A chunk that came back would take the place of what was kept of it: numbers would be lost without a word.
        if last.replace(told.key).is_some_and(|last| last >= told.key) || !told.holds() {
            return Err(StoreError::Spool(io::Error::other("its numbers are out of order")));
        }
        numbers += told.count();
        taking.chunk(told)?;
    }
    taking.counts.duplicates_in_input = load.rows.saturating_sub(load.rejected + numbers);
    taking.finish()
}

fn insert(transaction: &Transaction<'_>, feed: FeedId, load: &NewLoad<'_>, now: Timestamp) -> Result<i64, StoreError> {
    transaction.execute(
        "INSERT INTO load (run, feed, kind, mode, at, who, account, note, files, digest, asked, source, counts, warnings,
                           rejects, undid)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, '{}', ?13, ?14, ?15)",
        params![
            load.id.as_str(),
            feed.0,
            load.kind.name(),
            load.mode.name(),
            now.millis(),
            load.who,
            load.account,
            load.note,
            serde_json::to_string(load.files).expect("names are JSON"),
            load.digest,
            load.asked,
            load.source.name(),
            serde_json::to_string(load.warnings).expect("counts are JSON"),
            load.rejects,
            load.undid.map(RunId::as_str),
        ],
    )?;
    Ok(transaction.last_insert_rowid())
}

fn keep_counts(transaction: &Transaction<'_>, load: i64, counts: &LoadCounts) -> Result<(), StoreError> {
    let counts = serde_json::to_string(counts).expect("counts are JSON");
    transaction.execute("UPDATE load SET counts = ?2 WHERE seq = ?1", params![load, counts])?;
    Ok(())
}

/// A load while it is taken.
struct Taking<'t> {
    transaction: &'t Transaction<'t>,
    feed: Feed,
    load: i64,
    mode: Mode,
    source: SourceType,
    /// Into a feed that never held anything: what it claims first is what the feed claims.
    first: bool,
    ends: bool,
    counts: LoadCounts,
    claimed: Option<SetId>,
    again: Option<SetId>,
    withdrawn: Option<SetId>,
    sources: BTreeMap<SourceType, SetId>,
    notes: notes::Writer,
    /// Chunks that the feed holds and a whole truth may not name.
    unvisited: std::iter::Peekable<std::vec::IntoIter<u64>>,
}

impl<'t> Taking<'t> {
    fn new(transaction: &'t Transaction<'_>, feed: Feed, load: i64, new: &NewLoad<'_>) -> Result<Self, StoreError> {
        let keys = if new.mode == Mode::Replace { sets::keys(transaction, &feed.sets())? } else { Vec::new() };
        let sql = "SELECT NOT EXISTS (SELECT 1 FROM load WHERE feed = ?1 AND seq <> ?2)";
        let first = feed.numbers == 0 && transaction.query_row(sql, params![feed.id.0, load], |row| row.get(0))?;
        Ok(Self {
            transaction,
            first,
            ends: endings::any(transaction, feed.id)?,
            counts: LoadCounts { rows: new.rows, rejected: new.rejected, ..LoadCounts::default() },
            feed,
            load,
            mode: new.mode,
            source: new.source,
            claimed: None,
            again: None,
            withdrawn: None,
            sources: BTreeMap::new(),
            notes: notes::Writer::default(),
            unvisited: keys.into_iter().peekable(),
        })
    }

    /// Takes what the input says of one chunk, after those that lie before it.
    fn chunk(&mut self, told: Told) -> Result<(), StoreError> {
        while let Some(before) = self.unvisited.next_if(|unvisited| *unvisited < told.key) {
            self.take(Told::of(before))?;
        }
        self.unvisited.next_if_eq(&told.key);
        self.take(told)
    }

    fn take(&mut self, told: Told) -> Result<(), StoreError> {
        let key = told.key;
        let before = if self.first { Chunk::default() } else { self.feed.chunk(self.transaction, key)? };
        let taken = load::take(self.mode, &before, &told);
        self.counts.add(&taken);
        keep(self.transaction, &mut self.claimed, key, &taken.claimed)?;
        keep(self.transaction, &mut self.withdrawn, key, &taken.withdrawn)?;
        if self.mode != Mode::Replace {
            keep(self.transaction, &mut self.again, key, &taken.again)?;
        }
        let same = taken.claimed.is_empty() && taken.withdrawn.is_empty();
        if !self.first && !same {
            sets::put(self.transaction, self.feed.claimed, key, &taken.after(&before))?;
        }
        self.describe(key, &taken, &told)?;
        if self.ends || told.rows().any(|said| said.end.day().is_some()) {
            let (whole_truth, said) = (self.mode == Mode::Replace, told.all_rows(self.source));
            endings::change(self.transaction, (self.feed.id, self.load), key, &taken, &said, whole_truth)?;
        }
        Ok(())
    }

    /// Keeps source types and notes of what is claimed first.
    fn describe(&mut self, key: u64, taken: &Taken, told: &Told) -> Result<(), StoreError> {
        let claimed = |said: &Said<&str>| said.action == Action::Add && taken.claimed.contains(said.number);
        let mut sources: BTreeMap<SourceType, Vec<Number>> = BTreeMap::new();
        for said in told.rows().filter(claimed) {
            if said.source != self.source {
                sources.entry(said.source).or_default().push(said.number);
            }
            self.notes.add(self.transaction, self.load, said.number, said.notes)?;
        }
        for (source, numbers) in sources {
            let mut set = self.sources.get(&source).copied();
            keep(self.transaction, &mut set, key, &Chunk::of_sorted(numbers))?;
            self.sources.extend(set.map(|set| (source, set)));
        }
        Ok(())
    }

    fn finish(mut self) -> Result<(LoadCounts, u64, u64), StoreError> {
        while let Some(key) = self.unvisited.next() {
            self.take(Told::of(key))?;
        }
        self.notes.close(self.transaction, self.load)?;
        let sql = "UPDATE load SET claimed = ?2, again = ?3, withdrawn = ?4 WHERE seq = ?1";
        let id = |set: Option<SetId>| set.map(|set| set.0);
        self.transaction.execute(sql, params![self.load, id(self.claimed), id(self.again), id(self.withdrawn)])?;
        for (source, set) in &self.sources {
            let sql = "INSERT INTO load_source (load, source, number_set) VALUES (?1, ?2, ?3)";
            self.transaction.execute(sql, params![self.load, source.name(), set.0])?;
        }
        if self.first {
            let sql = "UPDATE feed SET base = ?2 WHERE id = ?1";
            self.transaction.execute(sql, params![self.feed.id.0, id(self.claimed)])?;
        }
        let counts = self.counts;
        keep_counts(self.transaction, self.load, &counts)?;
        let before = self.feed.numbers;
        let after = match self.mode {
            // What it was before may not be what can be read of it any more.
            Mode::Replace => counts.claimed + counts.already_claimed,
            Mode::Add | Mode::Changes => (before + counts.claimed).saturating_sub(counts.withdrawn),
        };
        feeds::count_numbers(self.transaction, self.feed.id, after)?;
        // What is the whole truth makes good whatever was lost of the feed.
        if self.mode == Mode::Replace {
            self.transaction.execute("UPDATE feed SET damaged = 0 WHERE id = ?1", [self.feed.id.0])?;
        }
        Ok((counts, before, after))
    }
}

/// Keeps a chunk of a set that is made with its first one.
fn keep(transaction: &Transaction<'_>, set: &mut Option<SetId>, key: u64, chunk: &Chunk) -> Result<(), StoreError> {
    if chunk.is_empty() {
        return Ok(());
    }
    let set = match *set {
        Some(set) => set,
        None => *set.insert(sets::make(transaction, "load")?),
    };
    sets::put(transaction, set, key, chunk)
}
