//! `dncsync audit verify`, `check`: whether a record holds, and whether a proof does.

use std::path::Path;

use dncsync_engine::{Examined, Key, Proven, Trouble, check_proof, verify_pack};
use serde_json::{Value, json};

use super::{ledger, named_key};
use crate::args::{AuditCheck, AuditVerify, Global};
use crate::config::{self, environment};
use crate::print;

/// What was checked does not hold: somebody must look.
const WRONG: u8 = 7;

pub(super) fn verify(args: &AuditVerify, global: &Global) -> Result<u8, Trouble> {
    let key = args.key.as_deref().map(named_key).transpose()?;
    let examined = match (&args.from, key) {
        (Some(from), Some(key)) => verify_pack(from, &key)?,
        (Some(_), None) => {
            let todo = "give the key that you trust: --key NAME+HASH+KEY; the one in the pack proves nothing";
            return Err(Trouble::input("usage", "--from needs --key", todo));
        }
        (None, key) => ledger(&config::place(global, &environment)?)?.verify(key.as_deref())?,
    };
    if global.json {
        print::object(&verified_object(&examined));
    } else {
        table(&examined);
    }
    Ok(if examined.findings.is_empty() { 0 } else { WRONG })
}

fn verified_object(examined: &Examined) -> Value {
    let findings: Vec<Value> =
        examined.findings.iter().map(|finding| json!({"place": finding.place, "what": finding.what})).collect();
    json!({
        "holds": findings.is_empty(),
        "events": examined.events,
        "checkpoints": examined.checkpoints,
        "batches": examined.batches,
        "items": examined.items,
        "runs": examined.runs,
        "root": examined.root,
        "findings": findings,
    })
}

fn table(examined: &Examined) {
    for finding in &examined.findings {
        print::line(&format!("WRONG  {finding}"));
    }
    let Examined { events, checkpoints, batches, items, runs, root, .. } = examined;
    print::line(&format!("events {events}, checkpoints {checkpoints}, root {root}"));
    print::line(&format!("batches {batches}, their items {items}: they come to the roots that the log names"));
    print::line(&format!("reports {runs}: they add up"));
    print::line(if examined.findings.is_empty() { "the record holds" } else { "the record does not hold" });
}

pub(super) fn check(args: &AuditCheck, global: &Global) -> Result<u8, Trouble> {
    let key = named_key(&args.key)?;
    let key = Key::read(&key).map_err(|finding| {
        Trouble::input("audit.key", finding.to_string(), "give it as `dncsync audit key` prints it")
    })?;
    let proof = read(&args.proof)?;
    let proven = match check_proof(&proof, &key) {
        Ok(proven) => proven,
        Err(finding) => {
            if global.json {
                print::object(&json!({"holds": false, "place": finding.place, "what": finding.what}));
            }
            print::note(&format!("it does not hold: {finding}"));
            return Ok(WRONG);
        }
    };
    match (&proven, global.json) {
        (proven, true) => print::object(&proven_object(proven)),
        (Proven::Proof(_), false) => proof_in_words(&proven),
        (Proven::Statement(told), false) => {
            print::line("a statement of whoever holds the key, and not a proof:");
            told.lines.iter().for_each(|line| print::line(&format!("  {line}")));
        }
    }
    Ok(0)
}

fn read(path: &Path) -> Result<Vec<u8>, Trouble> {
    std::fs::read(path).map_err(|error| {
        Trouble::input("audit.proof", format!("{}: {error}", path.display()), "check the path and its permissions")
    })
}

fn proven_object(proven: &Proven) -> Value {
    match proven {
        Proven::Statement(told) => json!({"holds": true, "kind": "statement", "size": told.size, "lines": told.lines}),
        Proven::Proof(told) => json!({
            "holds": true,
            "kind": "proof",
            "number": told.number,
            "list": told.list,
            "scope": told.scope,
            "source": told.source,
            "at": told.at,
            "sentAt": told.sent_at,
            "answer": told.answered.as_ref().map(|answered| answered.answer.clone()),
            "answeredAt": told.answered.as_ref().map(|answered| answered.at.clone()),
            "seenAt": told.seen_at,
            "removal": told.removal,
            "runId": told.run,
            "batch": told.batch,
            "position": told.position,
            "file": told.file.as_ref().map(|file| json!({"name": file.name, "digest": file.digest, "line": file.line})),
            "size": told.size,
        }),
    }
}

fn proof_in_words(proven: &Proven) {
    let Proven::Proof(told) = proven else { return };
    let what = if told.removal { "was seen gone from" } else { "was seen in" };
    print::line(&format!("{} {what} the list {} ({}), source {}", told.number, told.list, told.scope, told.source));
    if let Some(file) = &told.file {
        let line = file.line.map(|line| format!(", line {line}")).unwrap_or_default();
        print::line(&format!("  came from  {}{line} (SHA-256 {})", file.name, file.digest));
    }
    print::line(&format!(
        "  sent       {}  run {}, batch {}, item {}",
        told.sent_at, told.run, told.batch, told.position
    ));
    if let Some(answered) = &told.answered {
        print::line(&format!("  answered   {}  {}", answered.at, answered.answer));
    }
    print::line(&format!("  seen       {}", told.seen_at));
    print::line(&format!("the proof holds: all of it is in the log of {} events that the key signed", told.size));
}
