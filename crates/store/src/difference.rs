//! What a target's list should hold and what it is believed to hold, compared: the content of a plan.

use std::collections::BTreeMap;

use dncsync_core::chunk::{Chunk, by_chunk};
use dncsync_core::difference::Sides;
use dncsync_core::digest::Digest;
use dncsync_core::entry::Entry;
use dncsync_core::number::Number;
use dncsync_core::numbers::Numbers;
use dncsync_core::profile::Reach;
use rusqlite::Connection;

use crate::error::StoreError;
use crate::feeds::{self, Feed, FeedId};
use crate::history::{self, Load, LoadKind};
use crate::lists::{self, ListKey, TargetId};
use crate::open::Store;
use crate::sets::{self, Piece, SetId};

/// Why numbers are added or removed, as far as a feed is the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Because {
    /// The feed claims them.
    Claimed,
    /// A load withdrew the claim: an input that deletes them or does not hold them any more, or a command.
    Withdrawn(LoadKind),
}

/// A target's list as it should be and as it is believed to be.
#[derive(Clone, Debug, Default)]
pub struct Difference {
    /// Desired and not there, each with the load that claimed it first: by load, then by number.
    pub add: Vec<(i64, Number)>,
    /// Put there by us, and claimed by no feed any more; sorted.
    pub withdrawn: Vec<Number>,
    /// Put there by us, claimed, and not among the campaign's own numbers; sorted.
    pub left_out: Vec<Number>,
    /// There, not desired and not put there by us; sorted, where they were asked for.
    pub foreign: Vec<Number>,
    /// How many of those there are.
    pub foreign_count: u64,
    /// Put there by us once, not there any more, and not desired; sorted.
    pub gone: Vec<Number>,
    /// Desired and there.
    pub right: u64,
    /// Desired, not there, and CXone would not take them.
    pub refused: u64,
    /// Desired, not there, and no list of the tenant can hold them.
    pub unheld: u64,
    /// What the list should hold.
    pub desired: u64,
    /// What it is believed to hold.
    pub listed: u64,
    /// By feed and reason: how many numbers. A number that several feeds claim counts for each.
    pub reasons: BTreeMap<(String, Because), u64>,
    /// Withdrawn numbers that no load of the target's feeds withdrew: a feed that it does not take any more claimed them.
    pub untaken: u64,
    /// Digest of all that this was made from: where it is the same, so is the rest.
    pub base: String,
    /// A feed whose set lost a piece: nothing may be removed on its account.
    pub damaged: Option<String>,
}

impl Store {
    /// Compares what a target's list should hold with what it is believed to hold. `under_way`: numbers that runs which
    /// are not finished send or remove. `name_foreign`: whether to name the foreign numbers, too.
    pub fn difference(
        &self,
        target: TargetId,
        list: Option<ListKey>,
        under_way: &Numbers,
        name_foreign: bool,
    ) -> Result<Difference, StoreError> {
        let connection = &self.connection;
        let feeds = feeds::of_target(connection, target)?;
        let mut comparison = Comparison::new(connection, target, &feeds, list)?;
        comparison.name_foreign = name_foreign;
        let under_way: BTreeMap<u64, Chunk> = under_way.chunks().collect();
        let sets = comparison.sets.clone();
        sets::walk(connection, &sets, |key, pieces| comparison.chunk(key, pieces, under_way.get(&key)))?;
        comparison.finish(target)
    }

    /// How many numbers of a target are foreign, to be added, to be removed: as much of the difference as a glance needs.
    pub(crate) fn difference_counts(
        &self,
        target: TargetId,
        list: Option<ListKey>,
    ) -> Result<(u64, u64, u64), StoreError> {
        let feeds = feeds::of_target(&self.connection, target)?;
        let under_way: BTreeMap<u64, Chunk> = self.under_way(target)?.chunks().collect();
        let mut comparison = Comparison::new(&self.connection, target, &feeds, list)?;
        comparison.glance = true;
        let sets = comparison.sets.clone();
        sets::walk(&self.connection, &sets, |key, pieces| comparison.chunk(key, pieces, under_way.get(&key)))?;
        let (add, made) = (comparison.additions, comparison.made);
        Ok((made.foreign_count, add, (made.withdrawn.len() + made.left_out.len()) as u64))
    }

    /// The loads that claimed sorted numbers of a target first: by load, then by number. What no feed claims is left out.
    pub fn claimants(&self, target: TargetId, sorted: &[Number]) -> Result<Vec<(i64, Number)>, StoreError> {
        let feeds = feeds::of_target(&self.connection, target)?;
        let mut comparison = Comparison::new(&self.connection, target, &feeds, None)?;
        for (key, numbers) in by_chunk(sorted) {
            let wanted = Chunk::of_sorted(numbers.iter().copied());
            let by_feed = feeds.iter().map(|feed| feed.chunk(&self.connection, key)).collect::<Result<Vec<_>, _>>()?;
            comparison.claimants(key, &wanted, &by_feed)?;
        }
        comparison.made.add.sort_unstable();
        Ok(comparison.made.add)
    }

    /// The additions of a difference as entries, in their order: source types and notes as they came with the row that
    /// claimed the number first.
    pub fn additions(&self, add: &[(i64, Number)]) -> Result<Vec<Entry>, StoreError> {
        let mut entries = Vec::with_capacity(add.len());
        for group in add.chunk_by(|a, b| a.0 == b.0) {
            let numbers: Vec<Number> = group.iter().map(|(_, number)| *number).collect();
            let load = history::load(&self.connection, group[0].0)?;
            entries.extend(history::described(&self.connection, &load, &numbers)?);
        }
        Ok(entries)
    }
}

/// A comparison under way.
struct Comparison<'a> {
    connection: &'a Connection,
    feeds: &'a [Feed],
    /// The loads of each feed, newest first.
    loads: Vec<Vec<Load>>,
    /// The sets that are walked: of each feed, then only, present, put, refused.
    sets: Vec<SetId>,
    only: Option<SetId>,
    list: Option<[SetId; 3]>,
    name_foreign: bool,
    /// Which numbers the list can hold.
    reach: Reach,
    /// Only the figures are wanted: who claimed what, and who withdrew it, is not looked up.
    glance: bool,
    additions: u64,
    base: Digest,
    made: Difference,
    /// By feed, so that names are written once.
    reasons: BTreeMap<(FeedId, Because), u64>,
}

impl<'a> Comparison<'a> {
    fn new(
        connection: &'a Connection,
        target: TargetId,
        feeds: &'a [Feed],
        list: Option<ListKey>,
    ) -> Result<Self, StoreError> {
        let only = feeds::only(connection, target)?;
        let reach = lists::reach(connection, target)?;
        let list = list.map(|list| lists::sets(connection, list)).transpose()?;
        let mut loads = Vec::new();
        for feed in feeds {
            let mut of_feed = history::of_feed(connection, feed.id)?;
            of_feed.reverse();
            loads.push(of_feed);
        }
        let mut sets: Vec<SetId> = feeds.iter().flat_map(Feed::sets).collect();
        sets.extend(only);
        sets.extend(list.iter().flatten());
        Ok(Self {
            connection,
            feeds,
            loads,
            sets,
            only,
            list,
            name_foreign: false,
            reach,
            glance: false,
            additions: 0,
            base: Digest::default(),
            made: Difference::default(),
            reasons: BTreeMap::new(),
        })
    }

    fn chunk(&mut self, key: u64, pieces: &[Option<Piece>], under_way: Option<&Chunk>) -> Result<(), StoreError> {
        let mut rest = pieces;
        let mut sums = Vec::with_capacity(pieces.len() + 1);
        let mut next = |count: usize| {
            let (these, others) = rest.split_at(count);
            rest = others;
            sums.push(checksum(these));
            these
        };
        let by_feed: Vec<Chunk> = self.feeds.iter().map(|feed| Feed::of_pieces(next(feed.sets().len()))).collect();
        let mut sides = Sides { under_way: under_way.cloned().unwrap_or_default(), ..Sides::default() };
        by_feed.iter().for_each(|claimed| sides.claimed.add(claimed));
        sides.unheld = sides.claimed.without(&sides.claimed.within(key, &self.reach.range()));
        if self.only.is_some() {
            sides.only = Some(Feed::of_pieces(next(1)));
        }
        if self.list.is_some() {
            let mut set = || Feed::of_pieces(next(1));
            (sides.present, sides.put, sides.refused) = (set(), set(), set());
            // Of what was put there only what is there matters: a plan that finds the rest gone forgets it.
            let there = sides.put.and(&sides.present);
            if let Some(put) = sums.iter_mut().rev().nth(1) {
                *put = if there.is_empty() { 0 } else { there.to_stored().1 };
            }
        } else {
            // A list that is yet to be made holds nothing, and so does it once it is made.
            sums.extend([0; 3]);
        }
        let leaving_or_coming = &sides.under_way;
        sums.push(if leaving_or_coming.is_empty() { 0 } else { leaving_or_coming.to_stored().1 });
        // A chunk that holds nothing is as good as none.
        if sums.iter().any(|sum| *sum != 0) {
            self.base.update(&key.to_be_bytes());
            sums.iter().for_each(|sum| self.base.update(&sum.to_be_bytes()));
        }
        let parted = sides.part();
        self.made.desired += sides.desired().len();
        self.made.listed += sides.present.len();
        self.made.right += parted.right.len();
        self.made.refused += parted.refused.len();
        self.made.unheld += parted.unheld.len();
        self.made.foreign_count += parted.foreign.len();
        if self.name_foreign {
            self.made.foreign.extend(parted.foreign.numbers(key));
        }
        self.made.gone.extend(parted.gone.numbers(key));
        self.made.left_out.extend(parted.left_out.numbers(key));
        self.made.withdrawn.extend(parted.withdrawn.numbers(key));
        self.additions += parted.add.len();
        if self.glance {
            return Ok(());
        }
        self.claimants(key, &parted.add, &by_feed)?;
        self.withdrawers(key, parted.withdrawn)
    }

    /// Finds the load that claimed each number first, over all feeds that claim it.
    fn claimants(&mut self, key: u64, add: &Chunk, by_feed: &[Chunk]) -> Result<(), StoreError> {
        let mut firsts: BTreeMap<Number, i64> = BTreeMap::new();
        for ((feed, claimed), loads) in self.feeds.iter().zip(by_feed).zip(&self.loads) {
            let mut open = add.and(claimed);
            if open.is_empty() {
                continue;
            }
            *self.reasons.entry((feed.id, Because::Claimed)).or_default() += open.len();
            for load in loads {
                let Some(set) = load.claimed else { continue };
                let hers = sets::chunk(self.connection, set, key)?.and(&open);
                for number in hers.numbers(key) {
                    let first = firsts.entry(number).or_insert(load.seq);
                    *first = load.seq.min(*first);
                }
                open.take_out(&hers);
                if open.is_empty() {
                    break;
                }
            }
            // A number whose load lost a piece is claimed all the same.
            let oldest = loads.last().map_or(0, |load| load.seq);
            open.numbers(key).for_each(|number| {
                firsts.entry(number).or_insert(oldest);
            });
        }
        self.made.add.extend(firsts.into_iter().map(|(number, load)| (load, number)));
        Ok(())
    }

    /// Finds why each number is not claimed any more: the newest load of any feed that withdrew it.
    fn withdrawers(&mut self, key: u64, mut open: Chunk) -> Result<(), StoreError> {
        if open.is_empty() {
            return Ok(());
        }
        let mut loads: Vec<&Load> = self.loads.iter().flatten().filter(|load| load.withdrawn.is_some()).collect();
        loads.sort_by_key(|load| std::cmp::Reverse(load.seq));
        for load in loads {
            let Some(set) = load.withdrawn else { continue };
            let hers = sets::chunk(self.connection, set, key)?.and(&open);
            if !hers.is_empty() {
                *self.reasons.entry((load.feed, Because::Withdrawn(load.kind))).or_default() += hers.len();
                open.take_out(&hers);
            }
        }
        self.made.untaken += open.len();
        Ok(())
    }

    fn finish(mut self, target: TargetId) -> Result<Difference, StoreError> {
        let name = |id: FeedId| self.feeds.iter().find(|feed| feed.id == id).map(|feed| feed.name.to_string());
        self.made.reasons = self
            .reasons
            .iter()
            .map(|((feed, because), count)| ((name(*feed).unwrap_or_default(), *because), *count))
            .collect();
        self.made.add.sort_unstable();
        self.made.damaged = feeds::lost(self.connection, target)?;
        for feed in self.feeds {
            self.base.field(feed.name.as_str().as_bytes());
        }
        self.base.field(&[self.only.is_some().into()]);
        if self.reach != Reach::World {
            self.base.field(self.reach.name().as_bytes());
        }
        self.made.base = self.base.finish();
        Ok(self.made)
    }
}

/// By which what a set holds of a key is told from anything else: that of the piece that stands, 0 where that is empty.
fn checksum(pieces: &[Option<Piece>]) -> u32 {
    pieces.iter().flatten().next().filter(|piece| !piece.chunk.is_empty()).map_or(0, |piece| piece.crc)
}
