//! The figures of runs: every row has one outcome, and the outcomes of a run are those of its batches.

use std::collections::HashMap;

use crate::event::{Event, Loaded, Planned, Removals, Report};
use crate::sent::Settled;

/// What is known of runs that are under way.
#[derive(Default)]
pub(crate) struct Books {
    open: HashMap<String, Account>,
    reported: u64,
}

/// What the events of a run add up to so far.
#[derive(Default)]
struct Account {
    /// Rows, repeated ones, rejected ones.
    loaded: Option<(u64, u64, u64)>,
    planned: Planned,
    added: Sums,
    removed: Sums,
}

/// The batches of a run that are settled, of its last plan.
#[derive(Clone, Copy, Default)]
struct Sums {
    items: u64,
    successes: u64,
    already_listed: u64,
    refused: u64,
    unconfirmed: u64,
}

impl Books {
    /// Takes an event of a run in; what does not add up where it is a report.
    pub(crate) fn take(&mut self, run: Option<&str>, event: &Event) -> Result<(), String> {
        let Some(run) = run else {
            return match event {
                Event::Report(_) => Err("the report names no run".to_owned()),
                _ => Ok(()),
            };
        };
        match event {
            Event::Loaded(loaded) => self.of(run).load(loaded),
            // One made anew forgets what was done under the old one.
            Event::Planned(planned) => {
                let account = self.of(run);
                (account.planned, account.added, account.removed) = (*planned, Sums::default(), Sums::default());
            }
            Event::Settled(settled) => self.of(run).settle(settled),
            Event::Report(report) => {
                self.reported += 1;
                let account = self.open.remove(run).unwrap_or_default();
                return adds_up(report).and_then(|()| account.agrees(report));
            }
            _ => {}
        }
        Ok(())
    }

    /// How many runs were reported.
    pub(crate) fn reported(&self) -> u64 {
        self.reported
    }

    fn of(&mut self, run: &str) -> &mut Account {
        self.open.entry(run.to_owned()).or_default()
    }
}

impl Account {
    fn load(&mut self, loaded: &Loaded) {
        self.loaded = Some((loaded.rows, loaded.duplicates_in_input, loaded.rejected));
    }

    fn settle(&mut self, settled: &Settled) {
        let sums = if settled.removal { &mut self.removed } else { &mut self.added };
        // Figures that overflow agree with no report.
        for (sum, more) in [
            (&mut sums.items, settled.items),
            (&mut sums.successes, settled.successes),
            (&mut sums.already_listed, settled.already_listed),
            (&mut sums.refused, settled.refused),
            (&mut sums.unconfirmed, settled.unconfirmed),
        ] {
            *sum = sum.saturating_add(more);
        }
    }

    /// Whether a report tells of a run what its events do.
    fn agrees(&self, report: &Report) -> Result<(), String> {
        // A run that is made of a difference, and not of an input, loads no rows.
        if let Some((rows, repeated, rejected)) = self.loaded.filter(|(rows, _, _)| *rows > 0) {
            same("totalItems", report.total_items, rows, "that of run.loaded")?;
            same("duplicatesInInput", report.duplicates_in_input, repeated, "that of run.loaded")?;
            same("rejected", report.rejected, rejected, "that of run.loaded")?;
        }
        let (planned, added, of_batches) = (self.planned, self.added, "the sum over its settled batches");
        same("successes", report.successes, added.successes, of_batches)?;
        same("refused", report.refused, added.refused, of_batches)?;
        same("unconfirmed", report.unconfirmed, added.unconfirmed, of_batches)?;
        let listed = planned.already_listed.saturating_add(added.already_listed);
        same("alreadyListed", report.already_listed, listed, "that of its plan and its settled batches")?;
        let sent = planned.to_send.saturating_add(planned.doubted);
        same("the number of items that were settled", added.items, sent, "the number planned")?;
        self.removals_agree(&report.removals)
    }

    fn removals_agree(&self, told: &Removals) -> Result<(), String> {
        let (removed, of_batches) = (self.removed, "the sum over its settled batches of removals");
        same("removals.planned", told.planned, removed.items, of_batches)?;
        same("removals.removed", told.removed, removed.successes, of_batches)?;
        same("removals.kept", told.kept, removed.already_listed, of_batches)?;
        same("removals.refused", told.refused, removed.refused, of_batches)?;
        same("removals.unconfirmed", told.unconfirmed, removed.unconfirmed, of_batches)?;
        same("removals.planned", told.planned, self.planned.to_remove, "the number planned")
    }
}

/// Whether every row of a report has one outcome.
fn adds_up(report: &Report) -> Result<(), String> {
    let outcomes =
        [report.successes, report.duplicates, report.rejected, report.refused, report.unconfirmed, report.pending];
    whole("totalItems", report.total_items, &outcomes)?;
    whole("duplicates", report.duplicates, &[report.duplicates_in_input, report.already_listed])?;
    let of = &report.removals;
    whole("removals.planned", of.planned, &[of.removed, of.kept, of.refused, of.unconfirmed, of.pending])
}

fn whole(name: &str, whole: u64, parts: &[u64]) -> Result<(), String> {
    let sum: u128 = parts.iter().copied().map(u128::from).sum();
    if sum == u128::from(whole) {
        return Ok(());
    }
    Err(format!("the report does not add up: {name} is {whole}, and its parts are {sum} together"))
}

fn same(name: &str, told: u64, found: u64, by: &str) -> Result<(), String> {
    if told == found {
        return Ok(());
    }
    Err(format!("the report does not agree with the run's events: {name} is {told}, and {by} is {found}"))
}
