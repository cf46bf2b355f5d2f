//! What a target is kept to: the campaign's own numbers.

use std::io;

use dncsync_core::change::{Action, End, Said};
use dncsync_core::chunk::{Chunk, key};
use dncsync_core::event::Event;
use dncsync_core::load::LoadCounts;
use dncsync_core::number::Number;
use dncsync_core::numbers::Numbers;
use dncsync_core::run::RunId;
use dncsync_core::timestamp::Timestamp;
use dncsync_core::told::by_chunk;
use rusqlite::{OptionalExtension, params};

use crate::error::StoreError;
use crate::events::append;
use crate::feeds::{self, FeedId};
use crate::lists::{ListKey, TargetId};
use crate::open::Store;
use crate::sets;
use crate::taking::{self, NewLoad};

/// The campaign's own numbers that a target is kept to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Only {
    /// The name of the file that they came from.
    pub name: String,
}

/// Chunks as they come, each with its key.
pub type Chunks<'a> = &'a mut dyn Iterator<Item = io::Result<(u64, Chunk)>>;

impl Store {
    /// Keeps a target to sorted numbers, or to none in particular any more; how many they are.
    pub fn keep_to(&mut self, target: TargetId, only: Option<(&str, Chunks<'_>)>) -> Result<u64, StoreError> {
        self.write(|transaction| {
            if let Some(before) = feeds::only(transaction, target)? {
                let sql = "UPDATE target SET only_numbers = NULL, only_name = NULL, only_damaged = 0 WHERE id = ?1";
                transaction.execute(sql, [target.0])?;
                sets::clear(transaction, before)?;
                transaction.execute("DELETE FROM number_set WHERE id = ?1", [before.0])?;
            }
            let Some((name, chunks)) = only else { return Ok(0) };
            let set = sets::make(transaction, "only")?;
            let sql = "UPDATE target SET only_numbers = ?2, only_name = ?3 WHERE id = ?1";
            transaction.execute(sql, params![target.0, set.0, name])?;
            let mut count = 0;
            for chunk in chunks {
                let (at, mut chunk) = chunk.map_err(StoreError::Spool)?;
                // A chunk that comes back is added to: what is lost here would lose its protection.
                let before = sets::chunk(transaction, set, at)?;
                chunk.add(&before);
                count += chunk.len() - before.len();
                sets::put(transaction, set, at, &chunk)?;
            }
            Ok(count)
        })
    }

    /// The campaign's own numbers that a target is kept to.
    pub fn only_of(&self, target: TargetId) -> Result<Option<Only>, StoreError> {
        let sql = "SELECT only_name FROM target WHERE id = ?1 AND only_numbers IS NOT NULL";
        let name = self.connection.query_row(sql, [target.0], |row| row.get(0)).optional()?;
        Ok(name.map(|name| Only { name }))
    }

    /// Whether a number is among the campaign's own numbers that a target is kept to; true where it is kept to none.
    pub fn lets_in(&self, target: TargetId, number: Number) -> Result<bool, StoreError> {
        match feeds::only(&self.connection, target)? {
            None => Ok(true),
            Some(set) => Ok(sets::chunk(&self.connection, set, key(number))?.contains(number)),
        }
    }

    /// All targets of all tenants.
    pub fn all_targets(&self) -> Result<Vec<TargetId>, StoreError> {
        let mut select = self.connection.prepare_cached("SELECT id FROM target ORDER BY tenant, name, scope")?;
        let targets = select.query_map([], |row| Ok(TargetId(row.get(0)?)))?;
        Ok(targets.collect::<Result<_, _>>()?)
    }

    /// Numbers that others had put into a list are claimed by a feed and ours from now on: `sorted` are they. The target
    /// takes that feed from now on, or nobody would claim there what is ours.
    pub fn adopt(
        &mut self,
        (target, list): (TargetId, ListKey),
        feed: FeedId,
        load: &NewLoad<'_>,
        sorted: &[Number],
        now: Timestamp,
        tell: &dyn Fn(&LoadCounts, u64) -> Event,
    ) -> Result<LoadCounts, StoreError> {
        let claim = |number: &Number| {
            Ok(Said {
                number: *number,
                action: Action::Add,
                at: None,
                end: End::Never,
                source: load.source,
                notes: Box::default(),
            })
        };
        self.write(|transaction| {
            let [_, put, _] = crate::lists::sets(transaction, list)?;
            sets::add(transaction, put, sorted)?;
            let sql =
                "INSERT INTO target_feed (target, feed) SELECT ?1, id FROM feed WHERE id = ?2 AND target IS NOT ?1
                       ON CONFLICT DO NOTHING";
            transaction.execute(sql, [target.0, feed.0])?;
            let (counts, _, after) = taking::take(transaction, feed, load, by_chunk(sorted.iter().map(claim)), now)?;
            let sql = "UPDATE load SET list = ?2 WHERE seq = (SELECT max(seq) FROM load WHERE feed = ?1)";
            transaction.execute(sql, [feed.0, list.0])?;
            append(transaction, now, load.id, &[tell(&counts, after)])?;
            Ok(counts)
        })
    }

    /// What runs into a target that are not finished send or remove.
    pub fn under_way(&self, target: TargetId) -> Result<Numbers, StoreError> {
        // A plan that lost its base, or a piece, is made anew: of the old one nothing is on its way.
        let sql = "SELECT run.id, kind = 'apply', stage = 'planned' AND run.list IS target.list
                   FROM run JOIN target ON target.id = run.target WHERE target = ?1 AND stage <> 'finished'";
        let mut select = self.connection.prepare_cached(sql)?;
        let mut rows = select.query([target.0])?;
        let mut numbers = Numbers::default();
        while let Some(row) = rows.next()? {
            let run = RunId::new(row.get::<_, String>(0)?);
            let (apply, planned): (bool, bool) = (row.get(1)?, row.get(2)?);
            let told = match self.numbers_of(&run) {
                Ok(of_run) => {
                    numbers.extend(of_run);
                    !apply
                }
                // Its files are needed again; what of it is planned is on its way all the same.
                Err(StoreError::Damaged(_)) => false,
                Err(other) => return Err(other),
            };
            if planned && !told {
                numbers.extend(self.open_items(&run)?);
            }
        }
        Ok(numbers)
    }

    fn open_items(&self, run: &RunId) -> Result<Vec<Number>, StoreError> {
        let mut select = self.connection.prepare_cached("SELECT items, crc FROM body WHERE run = ?1")?;
        let mut rows = select.query([run.as_str()])?;
        let mut numbers = Vec::new();
        while let Some(row) = rows.next()? {
            let items = crate::segments::entries(row.get_ref(0)?.as_blob().unwrap_or_default(), row.get(1)?)?;
            numbers.extend(items.into_iter().map(|item| item.number));
        }
        Ok(numbers)
    }
}
