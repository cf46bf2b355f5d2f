//! The exit status: the first that applies of 1, 2, 7, 5, 6, 4, 3, 0; of a plan 0 or 10.

use dncsync_core::report::Report;
use dncsync_engine::{Kind, Outcome, Trouble};

/// The status of a command that stopped.
pub(crate) fn of_trouble(trouble: &Trouble) -> u8 {
    of_kind(trouble.kind)
}

/// The status of a kind of trouble.
pub(crate) fn of_kind(kind: Kind) -> u8 {
    match kind {
        Kind::Bug => 1,
        Kind::Input => 2,
        Kind::Lasting => 7,
        Kind::Passing => 5,
        Kind::Guarded => 6,
    }
}

/// The status of an ingest.
pub(crate) fn of_outcome(outcome: &Outcome) -> u8 {
    match &outcome.stopped {
        _ if !outcome.report.holds() => of_kind(Kind::Bug),
        Some(trouble) => of_trouble(trouble),
        None => of_report(&outcome.report),
    }
}

/// The status of a finished run, or of a dry one.
pub(crate) fn of_report(report: &Report) -> u8 {
    match report {
        report if !report.holds() => of_kind(Kind::Bug),
        report if report.unconfirmed + report.removals.unconfirmed > 0 => 4,
        report if report.rejected + report.refused + report.removals.refused > 0 => 3,
        _ => 0,
    }
}

/// The status of a plan: whether there is something to do.
pub(crate) fn of_plan(something_to_do: bool) -> u8 {
    if something_to_do { 10 } else { 0 }
}

/// The weightiest of some statuses, in the order in which they are told.
pub(crate) fn weightiest(statuses: impl Iterator<Item = u8>) -> u8 {
    const ORDER: [u8; 7] = [1, 2, 7, 5, 6, 4, 3];
    let statuses: Vec<u8> = statuses.collect();
    ORDER.into_iter().find(|status| statuses.contains(status)).unwrap_or(0)
}
