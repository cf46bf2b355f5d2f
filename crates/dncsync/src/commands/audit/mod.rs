//! `dncsync audit`: the record, shown, checked and taken away.

use dncsync_engine::{Ledger, Trouble, World};

use crate::args::{Audit, AuditAction, Global};
use crate::config::{self, Place, environment};

mod checking;
mod keeping;
mod show;

/// Does what is asked; the exit status.
pub(crate) fn run(args: &Audit, global: &Global) -> Result<u8, Trouble> {
    match &args.action {
        None => show::run(args, global),
        Some(AuditAction::Key) => keeping::key(global),
        Some(AuditAction::Rotate(args)) => keeping::rotate(args, global),
        Some(AuditAction::DestroySecret(args)) => keeping::destroy_secret(args, global),
        Some(AuditAction::Export(args)) => keeping::export(args, global),
        Some(AuditAction::Verify(args)) => checking::verify(args, global),
        Some(AuditAction::Check(args)) => checking::check(args, global),
    }
}

/// The record of the state directory.
pub(crate) fn ledger(place: &Place) -> Result<Ledger, Trouble> {
    let found = Ledger::open(&place.state, &place.record, &config::who(&environment), World::real())?;
    found.ok_or_else(|| {
        let message = format!("{} holds no state", place.state.display());
        Trouble::input("state.empty", message, "name the state directory: --state DIR")
    })
}

/// The public key that somebody named: itself, or a file that holds it, as its last line where the log has had several.
fn named_key(text: &str) -> Result<String, Trouble> {
    if text.contains('+') && !std::path::Path::new(text).is_file() {
        return Ok(text.trim().to_owned());
    }
    std::fs::read_to_string(text).map(|text| text.lines().last().unwrap_or_default().trim().to_owned()).map_err(
        |error| {
            let message = format!("--key {text}: {error}");
            Trouble::input(
                "audit.key",
                message,
                "give the key as `dncsync audit key` prints it, or a file that holds it",
            )
        },
    )
}
