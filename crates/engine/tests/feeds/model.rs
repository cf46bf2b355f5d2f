//! What must hold of feeds, written from the rules with plain maps and nothing of `core`: feeds claim numbers, loads
//! change claims, and a load can be undone.

use std::collections::{BTreeMap, BTreeSet};

use dncsync_core::feed::Mode;

use crate::rows::Row;

pub(crate) type Set = BTreeSet<u64>;

/// A number that a feed claims.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Claim {
    /// The last day, where there is one.
    pub(crate) end: Option<i32>,
    /// Which load claimed it first, by its place among all loads.
    pub(crate) since: u64,
    pub(crate) source: &'static str,
    pub(crate) notes: String,
}

/// What one load did.
#[derive(Clone, Debug, Default)]
pub(crate) struct Deed {
    /// What `rollback` takes; empty where nobody is told.
    pub(crate) run: String,
    /// The list whose numbers it adopted: its campaign and its id.
    pub(crate) adopted: Option<(&'static str, String)>,
    claimed: BTreeMap<u64, &'static str>,
    again: Set,
    pub(crate) withdrawn: BTreeMap<u64, Claim>,
    /// Numbers that it made end earlier, and when they ended before.
    shortened: BTreeMap<u64, Option<i32>>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Feed {
    pub(crate) claims: BTreeMap<u64, Claim>,
    pub(crate) deeds: Vec<Deed>,
    /// The input of the newest load, if it was an input: mode and rows.
    pub(crate) newest: Option<(Mode, Vec<u8>)>,
}

/// How the rows of a load come out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) rows: u64,
    pub(crate) claimed: u64,
    pub(crate) already_claimed: u64,
    pub(crate) withdrawn: u64,
    pub(crate) not_claimed: u64,
    pub(crate) repeated: u64,
    pub(crate) rejected: u64,
    pub(crate) absent: u64,
}

/// What is said of one number in the end.
struct Said {
    deletes: bool,
    end: Option<i32>,
    source: &'static str,
    notes: String,
}

/// Of two ends the later; none is later than any.
fn later(one: Option<i32>, other: Option<i32>) -> Option<i32> {
    Some(one?.max(other?))
}

/// What rows say of each number in the end.
fn said(mode: Mode, rows: &[Row]) -> BTreeMap<u64, Said> {
    let mut by_number: BTreeMap<u64, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        by_number.entry(row.number.unwrap_or_default()).or_default().push(row);
    }
    by_number.remove(&0);
    let stands = |mut rows: Vec<&Row>| {
        let ends = rows.iter().filter(|row| !row.deletes).map(|row| row.end);
        let end = ends.reduce(later).flatten();
        if mode == Mode::Changes {
            if rows.iter().all(|row| row.at.is_some()) {
                // Stable: of equal ones the later in the file stands.
                rows.sort_by_key(|row| (row.at, !row.deletes));
            }
            rows.reverse();
        }
        Said { deletes: rows[0].deletes, end, source: rows[0].source, notes: rows[0].notes.clone() }
    };
    by_number.into_iter().map(|(number, rows)| (number, stands(rows))).collect()
}

impl Feed {
    /// Takes a load of rows. `place`: its place among all loads.
    pub(crate) fn load(&mut self, run: &str, mode: Mode, rows: &[Row], place: u64) -> Counts {
        let said = said(mode, rows);
        let bad = rows.iter().filter(|row| row.number.is_none()).count() as u64;
        let mut counts = Counts { rows: rows.len() as u64, rejected: bad, ..Counts::default() };
        counts.repeated = counts.rows - bad - said.len() as u64;
        let mut deed = Deed { run: run.to_owned(), ..Deed::default() };
        if mode == Mode::Replace {
            let gone: Vec<u64> = self.claims.keys().copied().filter(|number| !said.contains_key(number)).collect();
            counts.absent = gone.len() as u64;
            gone.iter().for_each(|number| self.withdraw(*number, &mut deed));
        }
        for (number, said) in said {
            match (said.deletes, self.claims.contains_key(&number)) {
                (true, true) => {
                    counts.withdrawn += 1;
                    self.withdraw(number, &mut deed);
                }
                (true, false) => counts.not_claimed += 1,
                (false, known) => {
                    counts.claimed += u64::from(!known);
                    counts.already_claimed += u64::from(known);
                    let claim = Claim { end: said.end, since: place, source: said.source, notes: said.notes };
                    self.claim(number, claim, mode == Mode::Replace, &mut deed);
                }
            }
        }
        self.deeds.push(deed);
        counts
    }

    fn withdraw(&mut self, number: u64, deed: &mut Deed) {
        deed.withdrawn.extend(self.claims.remove(&number).map(|claim| (number, claim)));
    }

    fn claim(&mut self, number: u64, claim: Claim, whole_truth: bool, deed: &mut Deed) {
        let Some(known) = self.claims.get_mut(&number) else {
            deed.claimed.insert(number, claim.source);
            self.claims.insert(number, claim);
            return;
        };
        deed.again.insert(number);
        let end = if whole_truth { claim.end } else { later(known.end, claim.end) };
        if end != known.end && later(end, known.end) == known.end {
            deed.shortened.insert(number, known.end);
        }
        known.end = end;
    }

    /// Lifts claims whose last day is over.
    pub(crate) fn expire(&mut self, today: i32) {
        let over = |claim: &Claim| claim.end.is_some_and(|end| end < today);
        let ended: Vec<u64> = self.claims.iter().filter(|(_, claim)| over(claim)).map(|(number, _)| *number).collect();
        if ended.is_empty() {
            return;
        }
        let mut deed = Deed::default();
        ended.iter().for_each(|number| self.withdraw(*number, &mut deed));
        self.deeds.push(deed);
        self.newest = None;
    }

    /// Undoes a load as far as no later one claims or withdraws the number: customer requests that stay, and others.
    pub(crate) fn undo(&mut self, at: usize, run: &str, requests_too: bool, place: u64) -> (u64, u64) {
        let deed = self.deeds[at].clone();
        let later_deeds = &self.deeds[at + 1..];
        let touched: Set = later_deeds
            .iter()
            .flat_map(|later| later.claimed.keys().chain(&later.again).chain(later.withdrawn.keys()).copied())
            .collect();
        let (mut requests, mut kept) = (0, 0);
        let mut undoing = Deed { run: run.to_owned(), ..Deed::default() };
        for (number, source) in &deed.claimed {
            match self.claims.contains_key(number) {
                false => {}
                true if touched.contains(number) => kept += 1,
                true if *source == "CUSTOMER_REQUEST" && !requests_too => requests += 1,
                true => self.withdraw(*number, &mut undoing),
            }
        }
        for (number, end) in &deed.shortened {
            if !touched.contains(number) && self.claims.contains_key(number) {
                let claim = Claim { end: *end, ..self.claims[number].clone() };
                self.claim(*number, claim, false, &mut undoing);
            }
        }
        for (number, claim) in &deed.withdrawn {
            match self.claims.contains_key(number) {
                true => {}
                false if touched.contains(number) => kept += 1,
                false => self.claim(*number, Claim { since: place, ..claim.clone() }, false, &mut undoing),
            }
        }
        self.deeds.push(undoing);
        self.newest = None;
        (requests, kept)
    }

    pub(crate) fn set(&self) -> Set {
        self.claims.keys().copied().collect()
    }
}
