//! `consistency.jsonl`: that each checkpoint goes on from the one before it.

use std::io::{self, Read};

use serde::Serialize;

use crate::checkpoints::Checkpoints;
use crate::finding::Findings;
use crate::lines::Lines;
use crate::log::LONGEST;
use crate::spelling::base64;
use crate::tree::Tree;

/// The file.
pub(crate) const FILE: &str = "consistency.jsonl";

/// A line of it.
#[derive(Serialize)]
struct Line {
    from: u64,
    to: u64,
    path: Vec<String>,
}

/// Compares each line with the one that follows from the log. There is one path between two sizes, so that a line is right
/// where it is that one.
pub(crate) fn check(
    source: impl Read,
    tree: &Tree,
    checkpoints: &Checkpoints,
    findings: &mut Findings,
) -> io::Result<()> {
    let mut lines = Lines::of(source, LONGEST);
    for (number, pair) in (1..).zip(checkpoints.all.windows(2)) {
        let (from, to) = (pair[0].0, pair[1].0);
        match lines.read()? {
            Some(Ok(line)) if *line == *expected(tree, from, to) => {}
            Some(Ok(_)) => {
                findings.line(
                    FILE,
                    number,
                    format!("it is not what shows that {to} lines go on from the first {from}"),
                );
            }
            Some(Err(fault)) => {
                findings.line(FILE, number, fault.to_string());
                return Ok(());
            }
            None => {
                findings
                    .file(FILE, format!("it has {} lines, and must have {}", number - 1, checkpoints.all.len() - 1));
                return Ok(());
            }
        }
    }
    if lines.read()?.is_some() {
        findings.file(FILE, "it goes on after the line of the newest checkpoint");
    }
    Ok(())
}

fn expected(tree: &Tree, from: u64, to: u64) -> Vec<u8> {
    let path = tree.consistency(from, to).iter().map(|hash| base64(hash)).collect();
    serde_json::to_vec(&Line { from, to, path }).expect("two numbers and some texts are JSON")
}
