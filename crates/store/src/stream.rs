//! Whole sets, piece by piece, with what is known of their numbers: for exports.

use std::collections::BTreeMap;

use dncsync_core::chunk::Chunk;
use dncsync_core::entry::Entry;
use dncsync_core::number::Number;

use crate::error::StoreError;
use crate::feeds::Feed;
use crate::history::{self, Load};
use crate::lists::{self, ListKey};
use crate::open::Store;
use crate::sets;

/// So many numbers at a time.
const PIECE: usize = 10_000;

impl Store {
    /// Visits what a feed claims in order of number, in pieces, as entries: source types and notes as they came with the
    /// row that claimed the number.
    ///
    /// # Errors
    /// Also what `visit` fails with.
    pub fn each_entry<E: From<StoreError>>(
        &self,
        feed: &Feed,
        mut visit: impl FnMut(&[Entry]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut loads = history::of_feed(&self.connection, feed.id)?;
        loads.reverse();
        let mut piece: Vec<Number> = Vec::new();
        self.each_claimed::<E>(feed, |number| {
            piece.push(number);
            if piece.len() == PIECE {
                visit(&self.told(&loads, &piece)?)?;
                piece.clear();
            }
            Ok(())
        })?;
        if piece.is_empty() { Ok(()) } else { visit(&self.told(&loads, &piece)?) }
    }

    /// Sorted numbers as the newest of these loads tell that claimed them.
    fn told(&self, newest_first: &[Load], sorted: &[Number]) -> Result<Vec<Entry>, StoreError> {
        let mut entries: BTreeMap<Number, Entry> = BTreeMap::new();
        let mut open = sorted.to_vec();
        for load in newest_first {
            let Some(set) = load.claimed else { continue };
            let hers = sets::among(&self.connection, set, &open)?;
            if hers.is_empty() {
                continue;
            }
            open.retain(|number| hers.binary_search(number).is_err());
            let told = history::described(&self.connection, load, &hers)?;
            entries.extend(told.into_iter().map(|entry| (entry.number, entry)));
            if open.is_empty() {
                break;
            }
        }
        Ok(entries.into_values().collect())
    }

    /// Visits what is believed to be in a list in order of number, in pieces: each number, and whether dncsync put it
    /// there.
    ///
    /// # Errors
    /// Also what `visit` fails with.
    pub fn each_listed<E: From<StoreError>>(
        &self,
        list: ListKey,
        mut visit: impl FnMut(&[(Number, bool)]) -> Result<(), E>,
    ) -> Result<(), E> {
        let [present, put, _] = lists::sets(&self.connection, list)?;
        let mut failed: Option<E> = None;
        let mut piece: Vec<(Number, bool)> = Vec::new();
        sets::walk(&self.connection, &[present, put], |key, pieces| {
            let put = pieces[1].as_ref().map(|piece| piece.chunk.clone()).unwrap_or_default();
            let present: Chunk = pieces[0].as_ref().map(|piece| piece.chunk.clone()).unwrap_or_default();
            piece.extend(present.numbers(key).map(|number| (number, put.contains(number))));
            if piece.len() >= PIECE && failed.is_none() {
                failed = visit(&piece).err();
                piece.clear();
            }
            Ok(())
        })?;
        match failed {
            Some(error) => Err(error),
            None if piece.is_empty() => Ok(()),
            None => visit(&piece),
        }
    }
}
