//! The state directory: private, and of one version.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use insta::assert_snapshot;

use crate::place::Place;

#[test]
fn the_state_is_for_this_user_only() {
    let place = Place::new();
    place.write("two.csv", "+12025551234\nnobody\n");
    place.run("ingest two.csv --campaign Q4 --sandbox");
    let mut found = Vec::new();
    modes(&place.state(""), &mut found);
    let mut found: Vec<String> = found.iter().map(|line| place.stable(line)).collect();
    found.sort();
    assert_snapshot!(found.join("\n"), @r"
    RUN.csv 600
    audit.key 600
    checkpoint 600
    dnc_ingestion_audit.jsonl 600
    dncsync.db 600
    dncsync/ 700
    opening.lock 600
    rejects/ 700
    sandbox.jsonl 600
    sender-TENANT.lock 600
    ");
}

/// Names with their modes.
fn modes(directory: &Path, found: &mut Vec<String>) {
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    found.push(format!("{}/ {:o}", directory.file_name().unwrap().display(), mode(directory)));
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            modes(&path, found);
        } else {
            let name = path.file_name().unwrap().display();
            found.push(format!("{name} {:o}", mode(&path)));
        }
    }
}

#[test]
fn a_state_of_a_newer_version_is_left_alone() {
    let place = Place::with_tutorial();
    place.run("ingest tutorial.jsonl --campaign Q4 --sandbox --dry-run");
    let database = place.state("dncsync.db");
    let mut bytes = std::fs::read(&database).unwrap();
    // `PRAGMA user_version` of the SQLite file format: four bytes, big-endian, at offset 60.
    bytes[60..64].copy_from_slice(&999u32.to_be_bytes());
    std::fs::write(&database, &bytes).unwrap();
    assert_snapshot!(place.run("status"), @r"
    $ dncsync status
    --- stderr
    dncsync: state.newer: the state was written by a newer dncsync (schema 999, this one knows 7); use the newer dncsync, or another --state
    [exit 7]
    ");
    assert_snapshot!(place.run("ingest tutorial.jsonl --campaign Q4 --sandbox --json"), @r#"
    $ dncsync ingest tutorial.jsonl --campaign Q4 --sandbox --json
    {"error":{"code":"state.newer","message":"the state was written by a newer dncsync (schema 999, this one knows 7)","todo":"use the newer dncsync, or another --state"}}
    --- stderr
    dncsync: state.newer: the state was written by a newer dncsync (schema 999, this one knows 7); use the newer dncsync, or another --state
    [exit 7]
    "#);
    assert_eq!(std::fs::read(&database).unwrap(), bytes);
}

#[test]
fn a_state_that_is_a_file() {
    let place = Place::with_tutorial();
    place.write("occupied", "");
    assert_snapshot!(place.run("ingest tutorial.jsonl --campaign Q4 --sandbox --state occupied"), @r"
    $ dncsync ingest tutorial.jsonl --campaign Q4 --sandbox --state occupied
    --- stderr
    dncsync: state.unusable: the state directory $HOME/occupied cannot be used: File exists (os error 17); give a directory that you may write: --state DIR
    [exit 2]
    ");
}
