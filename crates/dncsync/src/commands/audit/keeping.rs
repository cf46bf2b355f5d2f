//! `dncsync audit key`, `rotate`, `export`: the key, another key, the evidence pack.

use dncsync_engine::{Shown, Trouble};
use serde_json::json;

use super::ledger;
use crate::args::{AuditDestroySecret, AuditExport, AuditRotate, Global};
use crate::config::{self, environment};
use crate::print;

pub(super) fn key(global: &Global) -> Result<u8, Trouble> {
    let ledger = ledger(&config::place(global, &environment)?)?;
    if global.json {
        print::object(&json!({"key": ledger.key(), "checkpoint": ledger.checkpoint()?.map(|(_, note)| note)}));
    } else {
        print::line(&ledger.key());
    }
    Ok(0)
}

pub(super) fn rotate(args: &AuditRotate, global: &Global) -> Result<u8, Trouble> {
    let before = ledger(&config::place(global, &environment)?)?;
    let old = before.key();
    let new = before.rotate(args.to.as_deref())?.key();
    if global.json {
        print::object(&json!({"old": old, "key": new}));
        return Ok(0);
    }
    print::line(&new);
    let where_from =
        args.to.as_ref().map(|path| format!("; name its file from now on: --audit-key {}", path.display()));
    print::note(&format!("the log is signed with this key from now on{}", where_from.unwrap_or_default()));
    Ok(0)
}

pub(super) fn destroy_secret(args: &AuditDestroySecret, global: &Global) -> Result<u8, Trouble> {
    let (batches, items) = ledger(&config::place(global, &environment)?)?.destroy_secrets(&args.reason)?;
    if global.json {
        print::object(&json!({"batches": batches, "items": items}));
    } else {
        print::line(&format!("nothing of {items} items in {batches} batches can be proven or guessed any more"));
    }
    Ok(0)
}

pub(super) fn export(args: &AuditExport, global: &Global) -> Result<u8, Trouble> {
    let ledger = ledger(&config::place(global, &environment)?)?;
    let shown = if args.with_numbers { Shown::Numbers } else { Shown::Hashes };
    let usual = || args.run.as_ref().map_or_else(|| "evidence".to_owned(), |run| format!("evidence-{run}"));
    let directory = args.directory.clone().unwrap_or_else(|| usual().into());
    let files = ledger.export(&directory, args.run.as_deref(), shown)?;
    let (directory, key) = (directory.display(), ledger.key());
    if global.json {
        print::object(&json!({"directory": directory.to_string(), "files": files, "key": key}));
        return Ok(0);
    }
    print::line(&format!("{files} files in {directory}"));
    print::line(&format!("to check them: dncsync audit verify --from {directory} --key {key}"));
    Ok(0)
}
