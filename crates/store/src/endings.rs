//! Ends: one set for each feed and day. A number without one is claimed for good.

use std::collections::BTreeMap;

use dncsync_core::change::{Action, End, Said};
use dncsync_core::chunk::Chunk;
use dncsync_core::day::Day;
use dncsync_core::load::Taken;
use dncsync_core::number::Number;
use rusqlite::{Connection, Transaction, params};

use crate::error::StoreError;
use crate::feeds::FeedId;
use crate::open::Store;
use crate::rows::{count, signed};

impl Store {
    /// The numbers of a feed that ended before a day, in order.
    pub fn ended(&self, feed: FeedId, today: Day) -> Result<Vec<Number>, StoreError> {
        ended(&self.connection, feed, today)
    }

    /// When the claim of a feed on a number ends.
    pub fn end_of(&self, feed: FeedId, number: Number) -> Result<End, StoreError> {
        let days = Days::of(&self.connection, feed, dncsync_core::chunk::key(number))?;
        Ok(days.end(number))
    }
}

/// The numbers of a feed that ended before a day, in order.
pub(crate) fn ended(connection: &Connection, feed: FeedId, today: Day) -> Result<Vec<Number>, StoreError> {
    let sql = "SELECT key, bits, crc FROM ending WHERE feed = ?1 AND day < ?2";
    let mut select = connection.prepare_cached(sql)?;
    let mut rows = select.query(params![feed.0, today.get()])?;
    let mut ended = Vec::new();
    while let Some(row) = rows.next()? {
        let chunk = Chunk::from_stored(row.get_ref(1)?.as_blob().unwrap_or_default(), row.get(2)?)?;
        ended.extend(chunk.numbers(count(row.get(0)?)));
    }
    ended.sort_unstable();
    Ok(ended)
}

/// Whether a feed has ends at all.
pub(crate) fn any(connection: &Connection, feed: FeedId) -> Result<bool, StoreError> {
    let mut select = connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM ending WHERE feed = ?1)")?;
    Ok(select.query_row([feed.0], |row| row.get(0))?)
}

/// The day of a lifted end that was none: the number was claimed for good.
const NEVER: i32 = i32::MAX;

/// Changes the ends of one chunk as a load does. Of two ends of one number the later stands; a file that is the whole
/// truth tells the ends, too. What it makes end earlier is kept like what it withdraws: what undoes it needs both.
pub(crate) fn change(
    transaction: &Transaction<'_>,
    (feed, load): (FeedId, i64),
    key: u64,
    taken: &Taken,
    said: &[Said<&str>],
    whole_truth: bool,
) -> Result<(), StoreError> {
    let mut days = Days::of(transaction, feed, key)?;
    let mut lifted: BTreeMap<i32, Chunk> = days.take_out(&taken.withdrawn).into_iter().collect();
    for said in said.iter().filter(|said| said.action == Action::Add) {
        let before = days.end(said.number);
        let first = taken.claimed.contains(said.number) || whole_truth;
        let end = if first { said.end } else { before.later(said.end) };
        if end != before && end.later(before) == before && taken.again.contains(said.number) {
            lifted.entry(before.day().map_or(NEVER, Day::get)).or_default().insert(said.number);
        }
        if end != before || (first && end != End::Never) {
            days.set(said.number, end);
        }
    }
    for (day, lifted) in lifted {
        insert(transaction, "lifted_end (load", load, key, day, &lifted)?;
    }
    days.save(transaction, feed, key)
}

/// The chunks in which a load took ends away.
pub(crate) fn lifted_keys(connection: &Connection, load: i64) -> Result<Vec<u64>, StoreError> {
    let mut select = connection.prepare_cached("SELECT DISTINCT key FROM lifted_end WHERE load = ?1")?;
    let keys = select.query_map([load], |row| row.get(0).map(count))?;
    Ok(keys.collect::<Result<_, _>>()?)
}

/// The ends that went away with claims that a load lifted, or that it made earlier, of one chunk.
pub(crate) fn lifted(connection: &Connection, load: i64, key: u64) -> Result<Days, StoreError> {
    Days::read(connection, "SELECT day, bits, crc FROM lifted_end WHERE load = ?1 AND key = ?2", load, key)
}

/// The ends of one chunk.
#[derive(Default)]
pub(crate) struct Days {
    days: BTreeMap<i32, Chunk>,
    changed: BTreeMap<i32, ()>,
}

impl Days {
    fn of(connection: &Connection, feed: FeedId, key: u64) -> Result<Self, StoreError> {
        Self::read(connection, "SELECT day, bits, crc FROM ending WHERE feed = ?1 AND key = ?2", feed.0, key)
    }

    fn read(connection: &Connection, sql: &str, of: i64, key: u64) -> Result<Self, StoreError> {
        let mut select = connection.prepare_cached(sql)?;
        let mut rows = select.query(params![of, signed(key)])?;
        let mut days = Self::default();
        while let Some(row) = rows.next()? {
            let chunk = Chunk::from_stored(row.get_ref(1)?.as_blob().unwrap_or_default(), row.get(2)?)?;
            days.days.insert(row.get(0)?, chunk);
        }
        Ok(days)
    }

    pub(crate) fn end(&self, number: Number) -> End {
        let day = self.days.iter().find(|(_, chunk)| chunk.contains(number));
        match day {
            None | Some((&NEVER, _)) => End::Never,
            Some((day, _)) => End::Day(Day::from_stored(*day)),
        }
    }

    /// All numbers that have one.
    pub(crate) fn numbers(&self) -> Chunk {
        let mut all = Chunk::default();
        self.days.values().for_each(|chunk| all.add(chunk));
        all
    }

    fn set(&mut self, number: Number, end: End) {
        for (day, chunk) in &mut self.days {
            if chunk.remove(number) {
                self.changed.insert(*day, ());
            }
        }
        if let End::Day(day) = end {
            self.days.entry(day.get()).or_default().insert(number);
            self.changed.insert(day.get(), ());
        }
    }

    /// Takes numbers out; what was taken, by day.
    fn take_out(&mut self, numbers: &Chunk) -> Vec<(i32, Chunk)> {
        let mut taken = Vec::new();
        for (day, chunk) in &mut self.days {
            let out = chunk.and(numbers);
            if !out.is_empty() {
                chunk.take_out(&out);
                self.changed.insert(*day, ());
                taken.push((*day, out));
            }
        }
        taken
    }

    fn save(&self, transaction: &Transaction<'_>, feed: FeedId, key: u64) -> Result<(), StoreError> {
        let sql = "DELETE FROM ending WHERE feed = ?1 AND key = ?2 AND day = ?3";
        let mut delete = transaction.prepare_cached(sql)?;
        for day in self.changed.keys() {
            delete.execute(params![feed.0, signed(key), day])?;
            match self.days.get(day) {
                Some(chunk) if !chunk.is_empty() => insert(transaction, "ending (feed", feed.0, key, *day, chunk)?,
                _ => {}
            }
        }
        Ok(())
    }
}

fn insert(
    transaction: &Transaction<'_>,
    into: &str,
    of: i64,
    key: u64,
    day: i32,
    chunk: &Chunk,
) -> Result<(), StoreError> {
    let (bits, crc) = chunk.to_stored();
    let sql = format!("INSERT INTO {into}, key, day, bits, crc) VALUES (?1, ?2, ?3, ?4, ?5)");
    transaction.prepare_cached(&sql)?.execute(params![of, signed(key), day, bits, crc])?;
    Ok(())
}
