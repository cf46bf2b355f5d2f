//! `batch.sending` and `batch.settled`: which items of a batch left, and which of them were seen.

use serde::Deserialize;

use crate::event::{Batch, there};
use crate::positions::Positions;
use crate::spelling::from_hex;
use crate::tree::Hash;

/// The keys of both events, as they are spelt.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Spelt {
    batch: u32,
    items: u64,
    #[serde(default, deserialize_with = "there")]
    digest: Option<String>,
    #[serde(default, deserialize_with = "there")]
    root: Option<String>,
    #[serde(default, deserialize_with = "there")]
    count: Option<u64>,
    #[serde(default, deserialize_with = "there")]
    positions: Option<String>,
    #[serde(default, deserialize_with = "there")]
    seen: Option<String>,
    #[serde(default, deserialize_with = "there")]
    removal: Option<bool>,
    #[serde(default, deserialize_with = "there")]
    successes: Option<u64>,
    #[serde(default, deserialize_with = "there")]
    already_listed: Option<u64>,
    #[serde(default, deserialize_with = "there")]
    refused: Option<u64>,
    #[serde(default, deserialize_with = "there")]
    unconfirmed: Option<u64>,
}

/// Items of a batch whose tree is known.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub(crate) root: Hash,
    pub(crate) count: u64,
    pub(crate) positions: Positions,
}

/// A request is about to leave.
#[derive(Debug)]
pub(crate) struct Sending {
    pub(crate) batch: Batch,
    pub(crate) removal: bool,
    /// What it holds. None in what dncsync wrote before the log was a tree.
    pub(crate) held: Option<Chosen>,
}

/// Every item of a batch has its outcome.
#[derive(Debug)]
pub(crate) struct Settled {
    pub(crate) batch: Batch,
    pub(crate) removal: bool,
    pub(crate) items: u64,
    pub(crate) successes: u64,
    pub(crate) already_listed: u64,
    pub(crate) refused: u64,
    pub(crate) unconfirmed: u64,
    /// What was seen, or of a removal seen gone. None in what dncsync wrote before the log was a tree.
    pub(crate) seen: Option<Chosen>,
}

impl Spelt {
    /// As `batch.sending`.
    pub(crate) fn sending(self, run: &str) -> Result<Sending, String> {
        if self.seen.is_some() {
            return Err("`seen` stands in an event of sending".to_owned());
        }
        let held = self.chosen(self.positions.as_deref())?;
        if let Some(held) = &held
            && held.positions.len() != self.items
        {
            return Err(format!("`positions` are {}, and `items` says {}", held.positions.len(), self.items));
        }
        Ok(Sending { batch: self.of(run), removal: self.is_removal()?, held })
    }

    /// As `batch.settled`.
    pub(crate) fn settled(self, run: &str) -> Result<Settled, String> {
        if self.positions.is_some() {
            return Err("`positions` stands in an event of settling".to_owned());
        }
        let figure = |of: Option<u64>, name: &str| of.ok_or_else(|| format!("`{name}` is missing"));
        let settled = Settled {
            batch: self.of(run),
            removal: self.is_removal()?,
            items: self.items,
            successes: figure(self.successes, "successes")?,
            already_listed: figure(self.already_listed, "alreadyListed")?,
            refused: figure(self.refused, "refused")?,
            unconfirmed: figure(self.unconfirmed, "unconfirmed")?,
            seen: self.chosen(self.seen.as_deref())?,
        };
        settled.check().map(|()| settled)
    }

    fn of(&self, run: &str) -> Batch {
        Batch { run: run.to_owned(), number: self.batch }
    }

    fn is_removal(&self) -> Result<bool, String> {
        match self.removal {
            Some(false) => Err("`removal` is false, which is said by leaving it out".to_owned()),
            removal => Ok(removal.is_some()),
        }
    }

    /// The items that are named by these positions, or all of them.
    fn chosen(&self, positions: Option<&str>) -> Result<Option<Chosen>, String> {
        match (&self.root, &self.digest) {
            (Some(root), None) => {
                let root = from_hex(root).ok_or("`root` is no hash in hexadecimal")?;
                let count = self.count.filter(|count| *count > 0).ok_or("`count` is missing, or 0")?;
                let positions =
                    positions.map_or_else(|| Ok(Positions::all(count)), |text| Positions::read(text, count));
                Ok(Some(Chosen { root, count, positions: positions? }))
            }
            (None, Some(_)) if self.count.is_none() && positions.is_none() => Ok(None),
            (None, Some(_)) => Err("it names items of a batch without the root of their tree".to_owned()),
            (Some(_), Some(_)) | (None, None) => Err("it must hold one of `root` and `digest`".to_owned()),
        }
    }
}

impl Settled {
    /// Whether each item has one outcome, and those that count as seen are the ones that were.
    fn check(&self) -> Result<(), String> {
        let outcomes = [self.successes, self.already_listed, self.refused, self.unconfirmed];
        let sum = outcomes.into_iter().map(u128::from).sum::<u128>();
        if sum != u128::from(self.items) {
            return Err(format!(
                "`successes`, `alreadyListed`, `refused` and `unconfirmed` are {sum} together, and `items` says {}",
                self.items
            ));
        }
        let Some(seen) = &self.seen else { return Ok(()) };
        if seen.count != self.items {
            return Err(format!("`count` is {}, and `items` says {}", seen.count, self.items));
        }
        // What is claimed again stays, and is not looked for any more.
        let expected = if self.removal { self.successes } else { self.successes + self.already_listed };
        if seen.positions.len() != expected {
            return Err(format!("{} items were seen, and its figures say {expected}", seen.positions.len()));
        }
        Ok(())
    }
}
