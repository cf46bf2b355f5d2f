//! What undoes a load: what it claimed first is withdrawn, what it withdrew is claimed again, and what it made end earlier
//! ends when it did, as far as no later load says anything of the same number.

use std::collections::BTreeMap;

use dncsync_core::change::{Action, End, Said};
use dncsync_core::chunk::Chunk;
use dncsync_core::entry::Entry;
use dncsync_core::event::Event;
use dncsync_core::feed::Mode;
use dncsync_core::load::LoadCounts;
use dncsync_core::number::Number;
use dncsync_core::row::Place;
use dncsync_core::source::SourceType;
use dncsync_core::timestamp::Timestamp;
use dncsync_core::told::by_chunk;
use rusqlite::Connection;

use crate::endings::{self, Days};
use crate::error::StoreError;
use crate::events::append;
use crate::feeds;
use crate::history::{self, Load};
use crate::lists;
use crate::open::Store;
use crate::sets::{self, SetId};
use crate::taking::{self, LoadEnd, NewLoad};

/// What undoes a load.
#[derive(Clone, Debug, Default)]
pub struct Undoing {
    /// What is to be said of its feed's numbers, sorted.
    pub said: Vec<Said>,
    /// Numbers that stay because a person asked for them.
    pub kept_requests: u64,
    /// Numbers that stay as they are because a later load claims or withdraws them.
    pub kept_later: u64,
}

impl Store {
    /// Works out what undoes a load. `requests_too`: whether customer requests are withdrawn as well.
    pub fn undoing(&self, load: &Load, requests_too: bool) -> Result<Undoing, StoreError> {
        Past { connection: &self.connection }.undoing(load, requests_too)
    }

    /// Undoes a load. What it had adopted in a list, and nobody claims any more, belongs to others again.
    pub fn undo(
        &mut self,
        load: &Load,
        requests_too: bool,
        new: &NewLoad<'_>,
        now: Timestamp,
        tell: &dyn Fn(&LoadCounts, u64) -> Event,
    ) -> Result<(LoadEnd, Undoing), StoreError> {
        self.write(|transaction| {
            let undoing = Past { connection: transaction }.undoing(load, requests_too)?;
            if let Some(list) = load.list {
                let withdrawn = undoing.said.iter().filter(|said| said.action == Action::Delete);
                let [_, put, _] = lists::sets(transaction, list)?;
                sets::take_out(transaction, put, &withdrawn.map(|said| said.number).collect::<Vec<_>>())?;
            }
            let new = NewLoad { rows: undoing.said.len() as u64, ..new.clone() };
            let told = by_chunk(undoing.said.iter().cloned().map(Ok));
            let (counts, before, after) = taking::take(transaction, load.feed, &new, told, now)?;
            append(transaction, now, new.id, &[tell(&counts, after)])?;
            Ok((LoadEnd::Taken { counts, before, after }, undoing))
        })
    }
}

/// What the store remembers, for whoever works out what undoes a piece of it.
struct Past<'a> {
    connection: &'a Connection,
}

impl Past<'_> {
    fn undoing(&self, load: &Load, requests_too: bool) -> Result<Undoing, StoreError> {
        let feed = feeds::by_id(self.connection, load.feed)?;
        let loads = history::of_feed(self.connection, load.feed)?;
        let (earlier, later): (Vec<&Load>, Vec<&Load>) =
            loads.iter().filter(|other| other.seq != load.seq).partition(|other| other.seq < load.seq);
        // A load that spared the work named all that the load of the same input had named.
        let spared: Vec<&Load> =
            later.iter().filter_map(|later| loads.iter().find(|of| Some(of.seq) == later.same_as)).collect();
        let mut undoing = Undoing::default();
        let sets: Vec<SetId> = load.claimed.into_iter().chain(load.withdrawn).collect();
        let mut keys = sets::keys(self.connection, &sets)?;
        keys.extend(endings::lifted_keys(self.connection, load.seq)?);
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            let claims = feed.chunk(self.connection, key)?;
            let (touched, named) = self.touched((&later, &spared), &claims, key)?;
            let made = self.of_set(load.claimed, key)?;
            let lifted = self.of_set(load.withdrawn, key)?;
            let withdraw = made.and(&claims);
            let restore = lifted.without(&claims);
            undoing.kept_later += withdraw.len_and(&touched) + withdraw.without(&touched).len_and(&named);
            undoing.kept_later += restore.len_and(&touched);
            let withdraw = withdraw.without(&touched).without(&named);
            let restore = restore.without(&touched);
            let mut said = self.withdrawals(load, &withdraw, key, requests_too, &mut undoing.kept_requests)?;
            let ends = endings::lifted(self.connection, load.seq, key)?;
            let shortened = ends.numbers().and(&claims).without(&touched).without(&named);
            said.extend(shortened.numbers(key).map(|number| say(plain(number, load), Action::Add, ends.end(number))));
            said.extend(self.restorations(load, &earlier, (restore, &ends), key)?);
            said.sort_unstable_by_key(|said| said.number);
            undoing.said.extend(said);
        }
        Ok(undoing)
    }

    fn of_set(&self, set: Option<SetId>, key: u64) -> Result<Chunk, StoreError> {
        set.map_or_else(|| Ok(Chunk::default()), |set| sets::chunk(self.connection, set, key))
    }

    /// Of one chunk, the numbers that later loads claim or withdraw; and those that a later load names by being the
    /// whole truth: what the feed claims after it, its file held.
    fn touched(
        &self,
        (later, spared): (&[&Load], &[&Load]),
        claims: &Chunk,
        key: u64,
    ) -> Result<(Chunk, Chunk), StoreError> {
        let (mut touched, mut named) = (Chunk::default(), Chunk::default());
        for load in later {
            for set in [load.claimed, load.again, load.withdrawn] {
                touched.add(&self.of_set(set, key)?);
            }
            if load.mode == Mode::Replace {
                named = claims.clone();
            }
        }
        for load in spared {
            for set in [load.claimed, load.again] {
                touched.add(&self.of_set(set, key)?);
            }
        }
        Ok((touched, named))
    }

    fn withdrawals(
        &self,
        load: &Load,
        withdraw: &Chunk,
        key: u64,
        requests_too: bool,
        kept: &mut u64,
    ) -> Result<Vec<Said>, StoreError> {
        let numbers: Vec<Number> = withdraw.numbers(key).collect();
        let mut said = Vec::with_capacity(numbers.len());
        for entry in history::described(self.connection, load, &numbers)? {
            if entry.source == SourceType::CustomerRequest && !requests_too {
                *kept += 1;
                continue;
            }
            said.push(say(entry, Action::Delete, End::Never));
        }
        Ok(said)
    }

    /// Claims as they were: source types, notes and ends of the load that had made them.
    fn restorations(
        &self,
        load: &Load,
        earlier: &[&Load],
        (mut open, ends): (Chunk, &Days),
        key: u64,
    ) -> Result<Vec<Said>, StoreError> {
        if open.is_empty() {
            return Ok(Vec::new());
        }
        let mut entries: BTreeMap<Number, Entry> = BTreeMap::new();
        for earlier in earlier.iter().rev() {
            let hers = self.of_set(earlier.claimed, key)?.and(&open);
            let numbers: Vec<Number> = hers.numbers(key).collect();
            let described = history::described(self.connection, earlier, &numbers)?;
            entries.extend(described.into_iter().map(|entry| (entry.number, entry)));
            open.take_out(&hers);
        }
        // A number whose load lost a piece was claimed all the same.
        entries.extend(open.numbers(key).map(|number| (number, plain(number, load))));
        let said = entries.into_values().map(|entry| {
            let end = ends.end(entry.number);
            say(entry, Action::Add, end)
        });
        Ok(said.collect())
    }
}

/// A number of which nothing else is known.
fn plain(number: Number, load: &Load) -> Entry {
    Entry { number, source: load.source, notes: Box::default(), place: Place { file: 0, line: 0 } }
}

fn say(entry: Entry, action: Action, end: End) -> Said {
    Said { number: entry.number, action, at: None, end, source: entry.source, notes: entry.notes }
}
