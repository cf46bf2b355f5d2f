//! Batches and their parts as they stand.

use dncsync_core::entry::Entry;
use dncsync_core::merkle::Hash;
use dncsync_core::numbers::Numbers;
use dncsync_core::run::RunId;
use dncsync_core::timestamp::Timestamp;
use roaring::RoaringBitmap;
use rusqlite::params;

use crate::error::StoreError;
use crate::lists::ListKey;
use crate::open::Store;
use crate::rows::{self, count, moment};
use crate::segments;
use crate::webhooks::Webhook;

/// One batch of one run.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BatchKey {
    /// The run.
    pub run: RunId,
    /// Its place in the plan, from 0.
    pub seq: u32,
}

/// A part in this store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartId(pub(crate) i64);

/// Where a part of a batch stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartState {
    /// Believed to be listed, by a sight too long ago: looked for before it is sent.
    Doubted,
    /// To be sent, for the first time or again.
    Waiting,
    /// A request with it left and its answer is not known.
    Sending,
    /// The server took it; now it has to be seen.
    Accepted {
        /// When its answer came.
        at: Timestamp,
    },
}

/// What of a batch goes out in one request.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Its id.
    pub id: PartId,
    /// Its batch.
    pub batch: BatchKey,
    /// Positions in the batch.
    pub members: RoaringBitmap,
    /// Where it stands.
    pub state: PartState,
    /// How often it has left.
    pub attempts: u32,
    /// Whether it is a half of a part that was refused without a name.
    pub halved: bool,
    /// Whether its items are removed from the list.
    pub removal: bool,
}

/// A batch of which something was sent and not everything is settled.
#[derive(Clone, Debug, PartialEq)]
pub struct SentBatch {
    /// Which one.
    pub key: BatchKey,
    /// The list it goes into.
    pub list: ListKey,
    /// Its digest.
    pub digest: String,
    /// The root over its items, once the log has named it.
    pub root: Option<Hash>,
    /// Its items; at their positions.
    pub items: Vec<Entry>,
    /// How many they are.
    pub count: u64,
    /// When the first request with it left; `None` where nothing of it had to be sent.
    pub first_sent_at: Option<Timestamp>,
    /// How often what was not seen of it was sent again.
    pub resends: u32,
    /// Whether its items are removed from the list.
    pub removal: bool,
    /// Items seen and new.
    pub successes: u64,
    /// Items seen before they were first sent.
    pub already_listed: u64,
    /// Items not taken.
    pub refused: u64,
    /// Its parts.
    pub parts: Vec<Part>,
}

/// How a batch stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The list it goes into.
    pub list: ListKey,
    /// How often what was not seen of it was sent again.
    pub resends: u32,
    /// Its parts.
    pub parts: Vec<Part>,
}

/// What a page of the list meant for one batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The batch.
    pub batch: BatchKey,
    /// Items seen for the first time by anybody.
    pub successes: u64,
    /// Items that another batch brought.
    pub already_listed: u64,
}

/// What takes the place of a refused part.
#[derive(Clone, Debug, PartialEq)]
pub enum Instead {
    /// What is left of it once the named items are set aside.
    Rest(RoaringBitmap),
    /// The server took what is left of it, and not the named items.
    Taken(RoaringBitmap),
    /// Its halves: nobody knows which item is to blame.
    Halves([RoaringBitmap; 2]),
}

/// How the items of a batch came out in the end, beside what is counted already.
#[derive(Clone, Debug)]
pub struct Outcome<'a> {
    /// The root over its items.
    pub root: Hash,
    /// Accepted, never seen.
    pub unconfirmed: &'a [Entry],
    /// The numbers that were seen.
    pub seen: &'a Numbers,
    /// The numbers that CXone would not take.
    pub refused: &'a Numbers,
    /// What the aggregator is told.
    pub webhook: Option<&'a Webhook>,
}

/// How the numbers of a batch that removes came out in the end, beside what is counted already.
#[derive(Clone, Debug)]
pub struct RemovalOutcome {
    /// The root over its items.
    pub root: Hash,
    /// Gone from the list.
    pub removed: Numbers,
    /// Claimed by a feed again meanwhile.
    pub kept: Numbers,
    /// Still there.
    pub still: Numbers,
}

pub(crate) const PART: &str = "SELECT part.id, part.run, part.batch, members, state, attempts, accepted_at, halved,
    (SELECT removal FROM batch AS of WHERE of.run = part.run AND of.seq = part.batch) FROM part";

impl Store {
    /// Numbers whose removal from a list has left, and is not settled: what a read shows of them proves nothing.
    pub fn leaving(&self, list: ListKey) -> Result<Numbers, StoreError> {
        let mut select = self.connection.prepare_cached(
            "SELECT items, crc FROM batch JOIN run ON run.id = batch.run
             JOIN body ON body.run = batch.run AND body.batch = batch.seq
             WHERE run.list = ?1 AND batch.removal = 1 AND first_sent_at IS NOT NULL AND settled_at IS NULL",
        )?;
        let mut found = select.query([list.0])?;
        let mut leaving = Numbers::default();
        while let Some(row) = found.next()? {
            let items = segments::entries(row.get_ref(0)?.as_blob().unwrap_or_default(), row.get(1)?)?;
            leaving.extend(items.into_iter().map(|item| item.number));
        }
        Ok(leaving)
    }

    /// A batch as it stands, with its items.
    pub fn batch(&self, key: &BatchKey) -> Result<SentBatch, StoreError> {
        let items = self.items(key)?;
        let batch = self.batch_without_items(key)?;
        Ok(SentBatch { items, ..batch })
    }

    /// The items of a batch; none once its run is finished.
    fn items(&self, key: &BatchKey) -> Result<Vec<Entry>, StoreError> {
        let mut select = self.connection.prepare_cached(
            "SELECT items, crc FROM run LEFT JOIN body ON body.run = run.id AND body.batch = ?2
             WHERE run.id = ?1 AND (items IS NOT NULL OR stage = 'finished')",
        )?;
        let mut found = select.query(params![key.run.as_str(), key.seq])?;
        let row = found.next()?.ok_or(StoreError::Damaged("the items of a batch are missing"))?;
        let crc: Option<u32> = row.get(1)?;
        segments::entries(row.get_ref(0)?.as_blob().unwrap_or_default(), crc.unwrap_or_default())
    }

    /// A batch as it stands, for whoever does not ask for its items.
    pub fn batch_without_items(&self, key: &BatchKey) -> Result<SentBatch, StoreError> {
        let mut select = self.connection.prepare_cached(
            "SELECT count, digest, first_sent_at, successes, batch.already_listed, refused, run.list, resends, removal, root
             FROM batch JOIN run ON run.id = batch.run WHERE run = ?1 AND seq = ?2",
        )?;
        let mut found = select.query(params![key.run.as_str(), key.seq])?;
        let row = found.next()?.ok_or(StoreError::Damaged("a batch is missing"))?;
        Ok(SentBatch {
            key: key.clone(),
            items: Vec::new(),
            count: count(row.get(0)?),
            digest: row.get(1)?,
            first_sent_at: moment(row.get(2)?),
            successes: count(row.get(3)?),
            already_listed: count(row.get(4)?),
            refused: count(row.get(5)?),
            list: ListKey(row.get(6)?),
            resends: row.get(7)?,
            removal: row.get(8)?,
            root: row.get::<_, Option<[u8; 32]>>(9)?.map(Hash),
            parts: self.parts(key)?,
        })
    }

    /// How a batch stands, without its items.
    pub fn standing(&self, key: &BatchKey) -> Result<Standing, StoreError> {
        let mut select = self.connection.prepare_cached(
            "SELECT run.list, resends FROM batch JOIN run ON run.id = batch.run WHERE run = ?1 AND seq = ?2",
        )?;
        let mut found = select.query(params![key.run.as_str(), key.seq])?;
        let row = found.next()?.ok_or(StoreError::Damaged("a batch is missing"))?;
        Ok(Standing { list: ListKey(row.get(0)?), resends: row.get(1)?, parts: self.parts(key)? })
    }

    fn parts(&self, key: &BatchKey) -> Result<Vec<Part>, StoreError> {
        let mut select =
            self.connection.prepare_cached(&format!("{PART} WHERE run = ?1 AND batch = ?2 ORDER BY id"))?;
        let mut found = select.query(params![key.run.as_str(), key.seq])?;
        let mut parts = Vec::new();
        while let Some(row) = found.next()? {
            parts.push(part_of_row(row)?);
        }
        Ok(parts)
    }

    /// The batches of a run of which something was sent, or is doubted, or nothing is left to be sent, and not everything
    /// is settled.
    pub fn open_batches(&self, run: &RunId) -> Result<Vec<BatchKey>, StoreError> {
        let mut select = self.connection.prepare_cached(
            "SELECT seq FROM batch WHERE run = ?1 AND settled_at IS NULL AND (first_sent_at IS NOT NULL OR doubted = 1
             OR NOT EXISTS (SELECT 1 FROM part WHERE part.run = batch.run AND part.batch = batch.seq)) ORDER BY seq",
        )?;
        let keys = select.query_map([run.as_str()], |row| Ok(BatchKey { run: run.clone(), seq: row.get(0)? }))?;
        Ok(keys.collect::<Result<_, _>>()?)
    }

    /// The refused items of a run: batch, position, reason.
    pub fn refusals(&self, run: &RunId) -> Result<Vec<(u32, u32, String)>, StoreError> {
        let sql = "SELECT batch, item, reason FROM refusal WHERE run = ?1 ORDER BY batch, item";
        let mut select = self.connection.prepare_cached(sql)?;
        let found = select.query_map([run.as_str()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The refused items of a batch.
    pub fn refused_items(&self, batch: &BatchKey) -> Result<RoaringBitmap, StoreError> {
        let mut select = self.connection.prepare_cached("SELECT item FROM refusal WHERE run = ?1 AND batch = ?2")?;
        let items = select.query_map(params![batch.run.as_str(), batch.seq], |row| row.get::<_, u32>(0))?;
        Ok(items.collect::<Result<_, _>>()?)
    }
}

pub(crate) fn part_of_row(row: &rusqlite::Row<'_>) -> Result<Part, StoreError> {
    let state = match (row.get_ref(4)?.as_str().unwrap_or_default(), moment(row.get(6)?)) {
        ("accepted", Some(at)) => PartState::Accepted { at },
        ("sending", _) => PartState::Sending,
        ("doubted", _) => PartState::Doubted,
        _ => PartState::Waiting,
    };
    Ok(Part {
        id: PartId(row.get(0)?),
        batch: BatchKey { run: RunId::new(row.get::<_, String>(1)?), seq: row.get(2)? },
        members: rows::members(row.get_ref(3)?.as_blob().unwrap_or_default())?,
        state,
        attempts: row.get(5)?,
        halved: row.get(7)?,
        removal: row.get(8)?,
    })
}
