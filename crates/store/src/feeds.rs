//! Feeds: named sources of DNC facts, and which of them a target takes.

use dncsync_core::chunk::{Chunk, by_chunk};
use dncsync_core::feed::FeedName;
use dncsync_core::number::Number;
use dncsync_core::numbers::Numbers;
use dncsync_core::timestamp::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::error::StoreError;
use crate::lists::TargetId;
use crate::open::Store;
use crate::rows::{count, signed};
use crate::sets::{self, Piece, SetId};

/// A feed in this store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FeedId(pub(crate) i64);

/// A feed as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// Its id.
    pub id: FeedId,
    /// Its name.
    pub name: FeedName,
    /// The target whose own feed it is.
    pub target: Option<TargetId>,
    /// How many numbers it claims.
    pub numbers: u64,
    /// Whether a piece of it was lost: nothing is removed on its account until it is loaded whole.
    pub damaged: bool,
    pub(crate) claimed: SetId,
    pub(crate) base: Option<SetId>,
}

const FEED: &str = "SELECT feed.id, feed.name, feed.target, numbers, damaged, claimed, base";

fn feed_of_row(row: &Row<'_>) -> rusqlite::Result<Feed> {
    let name: String = row.get(1)?;
    Ok(Feed {
        id: FeedId(row.get(0)?),
        // What was stored under a name had one; an odd one can still be shown.
        name: FeedName::read(&name).unwrap_or_else(|_| FeedName::own(&name)),
        target: row.get::<_, Option<i64>>(2)?.map(TargetId),
        numbers: count(row.get(3)?),
        damaged: row.get(4)?,
        claimed: SetId(row.get(5)?),
        base: row.get::<_, Option<i64>>(6)?.map(SetId),
    })
}

impl Feed {
    /// The sets that hold what it claims: where the first has no chunk of a key, the second's stands.
    pub(crate) fn sets(&self) -> Vec<SetId> {
        std::iter::once(self.claimed).chain(self.base).collect()
    }

    /// What it claims of a key, from the chunks of [`Feed::sets`].
    pub(crate) fn of_pieces(pieces: &[Option<Piece>]) -> Chunk {
        pieces.iter().flatten().next().map(|piece| piece.chunk.clone()).unwrap_or_default()
    }

    /// What it claims of a key.
    pub(crate) fn chunk(&self, connection: &Connection, key: u64) -> Result<Chunk, StoreError> {
        match (sets::find(connection, self.claimed, key)?, self.base) {
            (Some(chunk), _) => Ok(chunk),
            (None, Some(base)) => sets::chunk(connection, base, key),
            (None, None) => Ok(Chunk::default()),
        }
    }
}

impl Store {
    /// The feed of this name that belongs to nobody; known from now on.
    pub fn feed(&mut self, name: &FeedName, now: Timestamp) -> Result<Feed, StoreError> {
        self.write(|transaction| match named(transaction, name)? {
            Some(feed) => Ok(feed),
            None => make(transaction, name, None, now),
        })
    }

    /// Forgets a feed that nothing was ever loaded into and no target takes: it was made for a load that did not come
    /// about.
    pub fn forget_if_unused(&mut self, feed: &Feed) -> Result<(), StoreError> {
        self.write(|transaction| {
            let sql =
                "DELETE FROM feed WHERE id = ?1 AND target IS NULL AND NOT EXISTS (SELECT 1 FROM load WHERE feed = ?1)
                       AND NOT EXISTS (SELECT 1 FROM target_feed WHERE feed = ?1)";
            if transaction.execute(sql, [feed.id.0])? == 1 {
                transaction.execute("DELETE FROM number_set WHERE id = ?1", [feed.claimed.0])?;
            }
            Ok(())
        })
    }

    /// The feed of this name that belongs to nobody, where there is one.
    pub fn feed_named(&self, name: &FeedName) -> Result<Option<Feed>, StoreError> {
        named(&self.connection, name)
    }

    /// The own feed of a target; known from now on.
    pub fn own_feed(&mut self, target: TargetId, now: Timestamp) -> Result<Feed, StoreError> {
        self.write(|transaction| own(transaction, target, now))
    }

    /// The own feeds of lists of this name, of whatever tenant: the tenant's key, and the feed.
    pub fn own_feeds(&self, list_name: &str) -> Result<Vec<(String, Feed)>, StoreError> {
        let sql = format!(
            "{FEED}, tenant.key FROM feed JOIN target ON target.id = feed.target
             JOIN tenant ON tenant.id = target.tenant WHERE target.name = ?1 ORDER BY tenant.key, target.scope"
        );
        let mut select = self.connection.prepare_cached(&sql)?;
        let found = select.query_map([list_name], |row| Ok((row.get(7)?, feed_of_row(row)?)))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// All feeds, lists' own ones last.
    pub fn feeds(&self) -> Result<Vec<Feed>, StoreError> {
        let mut select =
            self.connection.prepare_cached(&format!("{FEED} FROM feed ORDER BY feed.target IS NOT NULL, name, id"))?;
        let feeds = select.query_map([], feed_of_row)?;
        Ok(feeds.collect::<Result<_, _>>()?)
    }

    /// The feeds that a target takes: its own first, where it has one, then by name.
    pub fn feeds_of(&self, target: TargetId) -> Result<Vec<Feed>, StoreError> {
        of_target(&self.connection, target)
    }

    /// The targets that take a feed.
    pub fn targets_of(&self, feed: FeedId) -> Result<Vec<TargetId>, StoreError> {
        let mut select = self.connection.prepare_cached(
            "SELECT target FROM target_feed WHERE feed = ?1
             UNION SELECT target FROM feed WHERE id = ?1 AND target IS NOT NULL ORDER BY 1",
        )?;
        let targets = select.query_map([feed.0], |row| Ok(TargetId(row.get(0)?)))?;
        Ok(targets.collect::<Result<_, _>>()?)
    }

    /// From now on a target takes its own feed and these.
    pub fn take_feeds(&mut self, target: TargetId, feeds: &[FeedId], now: Timestamp) -> Result<(), StoreError> {
        self.write(|transaction| {
            own(transaction, target, now)?;
            transaction.execute("DELETE FROM target_feed WHERE target = ?1", [target.0])?;
            for feed in feeds {
                let sql =
                    "INSERT INTO target_feed (target, feed) SELECT ?1, id FROM feed WHERE id = ?2 AND target IS NOT ?1
                           ON CONFLICT DO NOTHING";
                transaction.execute(sql, [target.0, feed.0])?;
            }
            Ok(())
        })
    }

    /// Of sorted numbers, those that should be in a target's list, in order.
    pub fn desired_among(&self, target: TargetId, sorted: &[Number]) -> Result<Vec<Number>, StoreError> {
        desired_among(&self.connection, target, sorted)
    }

    /// All that should be in a target's list.
    pub fn desired(&self, target: TargetId) -> Result<Numbers, StoreError> {
        let (feeds, only) = (of_target(&self.connection, target)?, only(&self.connection, target)?);
        let sets: Vec<SetId> = feeds.iter().flat_map(Feed::sets).chain(only).collect();
        let mut desired = Numbers::default();
        sets::walk(&self.connection, &sets, |key, pieces| {
            let (mut rest, mut claimed) = (pieces, Chunk::default());
            for feed in &feeds {
                let (these, others) = rest.split_at(feed.sets().len());
                claimed.add(&Feed::of_pieces(these));
                rest = others;
            }
            if only.is_some() {
                claimed = claimed.and(&Feed::of_pieces(rest));
            }
            desired.add_chunk(key, &claimed);
            Ok(())
        })?;
        Ok(desired)
    }

    /// Of sorted numbers, those that a feed claims, in order.
    pub fn claimed_among(&self, feed: &Feed, sorted: &[Number]) -> Result<Vec<Number>, StoreError> {
        let mut claimed = Vec::new();
        for (key, numbers) in by_chunk(sorted) {
            let chunk = feed.chunk(&self.connection, key)?;
            claimed.extend(numbers.iter().copied().filter(|number| chunk.contains(*number)));
        }
        Ok(claimed)
    }

    /// Visits all that a feed claims, in order, in constant memory.
    pub fn each_claimed<E: From<StoreError>>(
        &self,
        feed: &Feed,
        mut visit: impl FnMut(Number) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut failed = None;
        sets::walk(&self.connection, &feed.sets(), |key, pieces| {
            for number in Feed::of_pieces(pieces).numbers(key) {
                if failed.is_none() {
                    failed = visit(number).err();
                }
            }
            Ok(())
        })?;
        failed.map_or(Ok(()), Err)
    }
}

fn named(connection: &Connection, name: &FeedName) -> Result<Option<Feed>, StoreError> {
    let sql = format!("{FEED} FROM feed WHERE name = ?1 AND target IS NULL");
    Ok(connection.prepare_cached(&sql)?.query_row([name.as_str()], feed_of_row).optional()?)
}

fn make(
    transaction: &Transaction<'_>,
    name: &FeedName,
    target: Option<TargetId>,
    now: Timestamp,
) -> Result<Feed, StoreError> {
    let claimed = sets::make(transaction, "feed")?;
    transaction.execute(
        "INSERT INTO feed (name, target, made_at, claimed) VALUES (?1, ?2, ?3, ?4)",
        params![name.as_str(), target.map(|target| target.0), now.millis(), claimed.0],
    )?;
    by_id(transaction, FeedId(transaction.last_insert_rowid()))
}

pub(crate) fn by_id(connection: &Connection, feed: FeedId) -> Result<Feed, StoreError> {
    Ok(connection.prepare_cached(&format!("{FEED} FROM feed WHERE feed.id = ?1"))?.query_row([feed.0], feed_of_row)?)
}

/// The own feed of a target, made where there is none.
pub(crate) fn own(transaction: &Transaction<'_>, target: TargetId, now: Timestamp) -> Result<Feed, StoreError> {
    let sql = format!("{FEED} FROM feed WHERE target = ?1");
    let found = transaction.prepare_cached(&sql)?.query_row([target.0], feed_of_row).optional()?;
    if let Some(feed) = found {
        return Ok(feed);
    }
    let name: String = transaction.query_row("SELECT name FROM target WHERE id = ?1", [target.0], |row| row.get(0))?;
    make(transaction, &FeedName::own(&name), Some(target), now)
}

pub(crate) fn of_target(connection: &Connection, target: TargetId) -> Result<Vec<Feed>, StoreError> {
    let sql = format!(
        "{FEED} FROM feed WHERE feed.target = ?1 OR feed.id IN (SELECT feed FROM target_feed WHERE target = ?1)
         ORDER BY feed.target IS NOT ?1, name, feed.id"
    );
    let mut select = connection.prepare_cached(&sql)?;
    let feeds = select.query_map([target.0], feed_of_row)?;
    Ok(feeds.collect::<Result<_, _>>()?)
}

/// The campaign's own numbers, where a target is kept to them.
pub(crate) fn only(connection: &Connection, target: TargetId) -> Result<Option<SetId>, StoreError> {
    let mut select = connection.prepare_cached("SELECT only_numbers FROM target WHERE id = ?1")?;
    Ok(select.query_row([target.0], |row| row.get::<_, Option<i64>>(0))?.map(SetId))
}

/// What lost a piece of what a target's list should hold: one of its feeds, or the campaign's own numbers.
pub(crate) fn lost(connection: &Connection, target: TargetId) -> Result<Option<String>, StoreError> {
    let sql = "SELECT only_damaged FROM target WHERE id = ?1";
    if connection.query_row(sql, [target.0], |row| row.get(0))? {
        return Ok(Some("--only".to_owned()));
    }
    Ok(of_target(connection, target)?.into_iter().find(|feed| feed.damaged).map(|feed| feed.name.to_string()))
}

pub(crate) fn desired_among(
    connection: &Connection,
    target: TargetId,
    sorted: &[Number],
) -> Result<Vec<Number>, StoreError> {
    let (feeds, only) = (of_target(connection, target)?, only(connection, target)?);
    let mut desired = Vec::new();
    for (key, numbers) in by_chunk(sorted) {
        let mut claimed = Chunk::default();
        for feed in &feeds {
            claimed.add(&feed.chunk(connection, key)?);
        }
        if let Some(only) = only {
            claimed = claimed.and(&sets::chunk(connection, only, key)?);
        }
        desired.extend(numbers.iter().copied().filter(|number| claimed.contains(*number)));
    }
    Ok(desired)
}

/// Keeps how many numbers a feed claims.
pub(crate) fn count_numbers(transaction: &Transaction<'_>, feed: FeedId, numbers: u64) -> Result<(), StoreError> {
    transaction.execute("UPDATE feed SET numbers = ?2 WHERE id = ?1", params![feed.0, signed(numbers)])?;
    Ok(())
}
