//! Whole packs that are right, and what is found in ones that are not.

use dncsync_examiner::{Directory, Verified, verify};

use crate::story::story;
use crate::writer::{Files, Writer, hex};

fn verified(files: &Files, writer: &Writer) -> Verified {
    verify(files, &writer.key(0)).expect("it lies in memory")
}

/// What is found, one finding a line.
fn told(files: &Files, writer: &Writer) -> String {
    verified(files, writer).findings.iter().map(|finding| format!("{finding}\n")).collect()
}

#[test]
fn a_right_pack_passes() {
    let writer = story();
    let found = verified(&writer.export(None), &writer);
    assert_eq!(found.findings, []);
    assert_eq!((found.events, found.checkpoints, found.runs), (310, 8, 3));
    assert_eq!((found.batches, found.items), (3, 10));
    assert_eq!(found.root, hex(&crate::naive::root(&writer.leaves())));
    let later_key = verify(&writer.export(None), &writer.key(1)).expect("it lies in memory");
    assert_eq!(later_key, found, "whichever of its keys is trusted");
}

#[test]
fn a_pack_of_one_run_has_its_items_alone() {
    let writer = story();
    let found = verified(&writer.export(Some("r2")), &writer);
    assert_eq!((found.findings, found.batches, found.items), (vec![], 2, 5));
    let mut other = writer.export(Some("r1"));
    other.0.insert("run.txt".to_owned(), b"r9\n".into());
    assert!(told(&other, &writer).contains("run.txt: the log tells of no run r9"));
}

#[test]
fn an_empty_log_has_no_checkpoint() {
    let writer = Writer::new(None);
    let mut files = writer.export(None);
    assert_eq!(verified(&files, &writer).findings, []);
    files.0.insert("checkpoint".to_owned(), Vec::new());
    assert_eq!(told(&files, &writer), "checkpoint: no such file belongs to this pack\n");
}

#[test]
fn one_line_is_a_log() {
    let mut writer = Writer::new(None);
    writer.fill(1);
    writer.checkpoint();
    assert_eq!(verified(&writer.export(None), &writer).findings, []);
}

#[test]
fn a_pack_in_a_directory_is_read_as_well() {
    let (writer, directory) = (story(), tempfile::tempdir().expect("a directory"));
    for (name, bytes) in &writer.export(None).0 {
        let path = directory.path().join(name);
        std::fs::create_dir_all(path.parent().expect("it lies in one")).expect("made");
        std::fs::write(path, bytes).expect("written");
    }
    let found = verify(&Directory::at(directory.path()), &writer.key(0)).expect("it can be read");
    assert_eq!((found.findings, found.events), (vec![], 310));
}

#[test]
fn a_key_that_is_none_of_the_logs_is_not_led_to() {
    let (writer, mut other) = (story(), Writer::new(None));
    (0..3).for_each(|_| other.rotate());
    let found = verify(&writer.export(None), &other.key(3)).expect("it lies in memory");
    assert!(found.findings[0].to_string().starts_with("key.txt: the key that is trusted"), "{:?}", found.findings);
}

#[test]
fn a_changed_line_is_narrowed_down() {
    let writer = story();
    let mut files = writer.export(None);
    let log = String::from_utf8(files.0["log.jsonl"].clone()).expect("text");
    files.0.insert("log.jsonl".to_owned(), log.replace(r#""rows":8"#, r#""rows":7"#).into());
    let told = told(&files, &writer);
    assert!(told.contains("one of the lines 4 to 5 is not what it was"), "{told}");
    assert!(
        told.contains("log.jsonl, line 11: the report does not agree with the run's events: totalItems is 8"),
        "{told}"
    );
    assert!(told.contains("tile/entries/000: it has another line 4 than log.jsonl"), "{told}");
}

#[test]
fn files_that_are_missing_or_strange_are_named() {
    let writer = story();
    let mut files = writer.export(None);
    files.0.remove("tile/0/000");
    files.0.insert("tile/0/000.p/255".to_owned(), Vec::new());
    files.0.insert("notes/today.txt".to_owned(), Vec::new());
    files.0.remove("README.md");
    assert_eq!(
        told(&files, &writer),
        "tile/0/000: it is missing\nnotes/today.txt: no such file belongs to this pack\n\
         tile/0/000.p/255: no such file belongs to this pack\n"
    );
}

#[test]
fn lines_cut_off_the_end_are_missed() {
    let writer = story();
    let mut files = writer.export(None);
    let lines: String = writer.lines[..309].iter().map(|line| format!("{line}\n")).collect();
    files.0.insert("log.jsonl".to_owned(), lines.into());
    assert!(told(&files, &writer).contains("it is of 310 lines, and the log has 309: lines were cut off its end"));
}
