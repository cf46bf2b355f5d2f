//! The record: its key, whether it holds, the pack, proofs, witnesses, what is forgotten.

use insta::assert_snapshot;

use crate::place::Place;

/// A place where the tutorial's three numbers were confirmed.
fn confirmed() -> Place {
    let place = Place::with_tutorial();
    place.run("ingest tutorial.jsonl --campaign Q4 --sandbox");
    place
}

/// The public key of a place's log.
fn key(place: &Place) -> String {
    place.json("audit key")["key"].as_str().unwrap().to_owned()
}

#[test]
fn it_is_checked_where_it_lies_and_where_it_was_taken_to() {
    let place = confirmed();
    assert_snapshot!(place.run("audit verify"), @r"
    $ dncsync audit verify
    events 7, checkpoints 1, root HASH
    batches 1, their items 3: they come to the roots that the log names
    reports 1: they add up
    the record holds
    [exit 0]
    ");
    assert_snapshot!(place.run("audit export pack"), @r"
    $ dncsync audit export pack
    9 files in pack
    to check them: dncsync audit verify --from pack --key KEY
    [exit 0]
    ");
    let key = key(&place);
    assert_snapshot!(place.run(&format!("audit verify --from pack --key {key}")), @r"
    $ dncsync audit verify --from pack --key KEY
    events 7, checkpoints 1, root HASH
    batches 1, their items 3: they come to the roots that the log names
    reports 1: they add up
    the record holds
    [exit 0]
    ");
    assert_snapshot!(place.run("audit verify --from pack"), @r"
    $ dncsync audit verify --from pack
    --- stderr
    dncsync: usage: --from needs --key; give the key that you trust: --key NAME+HASH+KEY; the one in the pack proves nothing
    [exit 2]
    ");
    assert_snapshot!(place.run("audit export pack"), @r"
    $ dncsync audit export pack
    --- stderr
    dncsync: audit.export: pack is not empty; name a directory that is not there yet
    [exit 2]
    ");
    let log = place.read("pack/log.jsonl");
    assert!(!log.contains("2025551234"), "no number in clear");
    place.write("pack/log.jsonl", log.replace("\"items\":3", "\"items\":4"));
    assert_snapshot!(place.run(&format!("audit verify --from pack --key {key} --json")), @r#"
    $ dncsync audit verify --from pack --key KEY --json
    {"batches":0,"checkpoints":1,"events":7,"findings":[{"place":"log.jsonl, line 4","what":"the event batch.sending does not hold: `positions` are 3, and `items` says 4"},{"place":"log.jsonl, line 6","what":"the event batch.settled does not hold: `successes`, `alreadyListed`, `refused` and `unconfirmed` are 3 together, and `items` says 4"},{"place":"log.jsonl, line 7","what":"the report does not agree with the run's events: successes is 3, and the sum over its settled batches is 0"},{"place":"checkpoints.txt, line 1","what":"the first 7 lines of the log do not come to the root that was signed: one of the lines 1 to 7 is not what it was"},{"place":"items/HASH","what":"no such file belongs to this pack"},{"place":"tile/0/000.p/7","what":"it has another line 4 than log.jsonl: one of the two is not what it was"},{"place":"tile/entries/000.p/7","what":"it has another line 4 than log.jsonl: one of the two is not what it was"}],"holds":false,"items":0,"root":"HASH","runs":1}
    [exit 7]
    "#);
}

#[test]
fn a_number_is_proven_to_whoever_has_the_public_key() {
    let place = confirmed();
    place.write("key.txt", place.json("audit key")["key"].as_str().unwrap());
    let proof = place.stdout("prove +12025551234");
    place.write("proof.json", &proof);
    assert_snapshot!(place.run("audit check proof.json --key key.txt"), @r"
    $ dncsync audit check proof.json --key key.txt
    +12025551234 was seen in the list CAMPAIGN_DNC_Q4 (CAMPAIGN), source REGULATORY
      came from  tutorial.jsonl, line 1 (SHA-256 HASH)
      sent       TIME  run RUN, batch 0, item 1
      answered   TIME  applied
      seen       TIME
    the proof holds: all of it is in the log of 7 events that the key signed
    [exit 0]
    ");
    place.write("other.json", proof.replace("+12025551234", "+12025551235"));
    assert_snapshot!(place.run("audit check other.json --key key.txt"), @r"
    $ dncsync audit check other.json --key key.txt
    --- stderr
    it does not hold: proof, item: its path does not show that the number is this item of the batch
    [exit 7]
    ");
    let other = Place::new();
    other.write("empty.csv", "");
    other.run("ingest empty.csv --campaign Q4 --sandbox --allow-empty");
    place.write("key.txt", key(&other));
    assert_snapshot!(place.run("audit check proof.json --key key.txt"), @r"
    $ dncsync audit check proof.json --key key.txt
    --- stderr
    it does not hold: proof, checkpoint: this checkpoint does not hold: its origin is LOG, and not LOG
    [exit 7]
    ");
}

#[test]
fn what_no_event_shows_is_stated_and_not_proven() {
    let place = confirmed();
    let key = key(&place);
    place.write("statement.json", place.stdout("prove +12025550199 --campaign Q4"));
    assert_snapshot!(place.run(&format!("audit check statement.json --key {key}")), @r"
    $ dncsync audit check statement.json --key KEY
    a statement of whoever holds the key, and not a proof:
      number: +12025550199
      asked of: TIME
      made at: TIME
      searched: list CAMPAIGN_DNC_Q4 (CAMPAIGN), read whole at TIME; no batch held the number
      No event of this log that can be shown says that the number was listed at that moment.
    [exit 0]
    ");
    assert_snapshot!(place.run("prove +12025550199 --list OTHER"), @r"
    $ dncsync prove +12025550199 --list OTHER
    --- stderr
    dncsync: list.unknown: there is no list OTHER in this state directory; `dncsync status` names the lists
    [exit 2]
    ");
    place.write("past.json", place.stdout("prove +12025551234 --at 2020-01-01"));
    assert_snapshot!(place.run(&format!("audit check past.json --key {key}")), @r"
    $ dncsync audit check past.json --key KEY
    a statement of whoever holds the key, and not a proof:
      number: +12025551234
      asked of: TIME
      made at: TIME
      searched: list CAMPAIGN_DNC_Q4 (CAMPAIGN), never read whole until then; no batch held the number
      No event of this log that can be shown says that the number was listed at that moment.
    [exit 0]
    ");
}

#[test]
fn another_key_signs_and_both_are_good() {
    let place = confirmed();
    let old = key(&place);
    place.write("proof.json", place.stdout("prove +12025551234"));
    assert_snapshot!(place.run("audit rotate"), @r"
    $ dncsync audit rotate
    KEY
    --- stderr
    the log is signed with this key from now on
    [exit 0]
    ");
    let new = key(&place);
    assert_ne!(old, new);
    for trusted in [&old, &new] {
        assert!(place.run(&format!("audit verify --key {trusted}")).ends_with("the record holds\n[exit 0]"));
        place.write("newer.json", place.stdout("prove +12025551234"));
        assert!(place.run(&format!("audit check newer.json --key {trusted}")).ends_with("[exit 0]"));
    }
    assert_snapshot!(place.run("audit rotate --to mine.key"), @r"
    $ dncsync audit rotate --to mine.key
    KEY
    --- stderr
    the log is signed with this key from now on; name its file from now on: --audit-key mine.key
    [exit 0]
    ");
    assert_snapshot!(place.run("audit"), @r"
    $ dncsync audit
    --- stderr
    dncsync: audit.keyDiffers: $HOME/.local/state/dncsync/audit.key holds another key than the log is signed with, KEY; name the file of that key: --audit-key FILE; `dncsync audit rotate` changes keys
    [exit 7]
    ");
    assert!(place.run("audit verify --audit-key mine.key").ends_with("[exit 0]"));
}

#[test]
fn a_state_directory_that_was_put_back_is_noticed_by_its_witness() {
    let place = Place::with_tutorial();
    place.write("one.txt", "+12025551234\n");
    place.run("ingest one.txt --campaign Q4 --sandbox --witness-file witness");
    place.copy_state("before");
    place.run("ingest tutorial.jsonl --campaign Q4 --sandbox --witness-file witness");
    place.put_back("before");
    // What is past its retention must wait, too: nothing is appended to a log that was put back.
    place.sql("UPDATE evidence SET kept_at = 0");
    assert_snapshot!(place.run("ingest tutorial.jsonl --campaign Q4 --sandbox --witness-file witness"), @r"
    $ dncsync ingest tutorial.jsonl --campaign Q4 --sandbox --witness-file witness
    --- stderr
    dncsync: audit.rolledBack: the witness witness has seen 14 events of this log, which has 7 that do not begin with them: the state directory was put back or replaced; restore the newest state directory; where there is none, say --accept-rollback REASON, which the log will tell
    [exit 7]
    ");
    let accepted =
        "ingest tutorial.jsonl --campaign Q4 --sandbox --witness-file witness --accept-rollback 'restored a backup'";
    assert!(place.run(accepted).ends_with("[exit 0]"));
    assert!(place.run("audit verify --witness-file witness").ends_with("[exit 0]"));
    let told = place.run("audit --last 0");
    let told: Vec<&str> = told.lines().filter(|line| line.contains("log.rolledBack")).collect();
    assert_snapshot!(told.join("\n"), @r#"TIME  log.rolledBack   found=7 reason="restored a backup" root=DIGEST who="uid N" witnessed=14"#);
}

#[test]
fn who_is_forgotten_stays_blocked_and_the_record_holds() {
    let place = Place::new();
    place.write("a.csv", "phone_number,source_type,notes\n+12025551234,MANUAL,Ms Miller\n+12025551235,MANUAL,Mr Smith\n12025551234,MANUAL,Ms Miller\n");
    place.run("ingest a.csv --campaign Q4 --sandbox --rejects mine.csv");
    assert!(place.state_holds("Ms Miller"), "it is there before");
    assert_snapshot!(place.run("forget +12025551234 --reason 'request 5551234'"), @r"
    $ dncsync forget +12025551234 --reason 'request 5551234'
    +1•••••••34: 1 items of batches, 1 notes and 0 rows were erased; it stays blocked
    look yourself: $HOME/mine.csv
    [exit 0]
    ");
    assert!(!place.state_holds("Ms Miller"), "also in no free page");
    assert_snapshot!(place.run("audit verify"), @r"
    $ dncsync audit verify
    events 8, checkpoints 2, root HASH
    batches 1, their items 2: they come to the roots that the log names
    reports 1: they add up
    the record holds
    [exit 0]
    ");
    assert_snapshot!(place.run("explain +12025551234"), @r"
    $ dncsync explain +12025551234
    +12025551234: blocked in CAMPAIGN_DNC_Q4 of the sandbox; claimed by list:CAMPAIGN_DNC_Q4  (as of TIME)

    feed list:CAMPAIGN_DNC_Q4: claims it since TIME, MANUAL
      TIME claimed by load RUN (uid N)
        a.csv, line 2 (sha256 DIGEST)

    list CAMPAIGN_DNC_Q4 (CAMPAIGN): listed, as it should be
      tenant sandbox embedded
      the list was last read whole TIME
      TIME confirmed by run RUN, batch 0
    [exit 0]
    ");
    place.write("gone.json", place.stdout("prove +12025551234"));
    let key = key(&place);
    assert_snapshot!(place.run(&format!("audit check gone.json --key {key}")), @r"
    $ dncsync audit check gone.json --key KEY
    a statement of whoever holds the key, and not a proof:
      number: +12025551234
      asked of: TIME
      made at: TIME
      searched: list CAMPAIGN_DNC_Q4 (CAMPAIGN), read whole at TIME; batch 0 of run RUN: confirmed at TIME
      known, not proven: batch 0 of run RUN confirmed it in list CAMPAIGN_DNC_Q4; its item was erased, is past its retention or older than the tree of the log, and cannot be proven any more
      No event of this log that can be shown says that the number was listed at that moment.
    [exit 0]
    ");
    place.write("there.json", place.stdout("prove +12025551235"));
    assert!(place.run(&format!("audit check there.json --key {key}")).ends_with("[exit 0]"));
    let told = place.run("audit --last 1");
    assert!(told.contains("person.forgotten") && !told.contains("5551234"), "{told}");
}

#[test]
fn items_past_their_retention_leave_their_hashes() {
    let place = confirmed();
    place.sql("UPDATE evidence SET kept_at = 0");
    place.write("empty.csv", "");
    place.run("ingest empty.csv --campaign Q4 --sandbox --allow-empty");
    assert_snapshot!(place.run("audit verify"), @r"
    $ dncsync audit verify
    events 12, checkpoints 3, root HASH
    batches 1, their items 3: they come to the roots that the log names
    reports 2: they add up
    the record holds
    [exit 0]
    ");
    let told = place.run("audit --last 0");
    let told: Vec<&str> = told.lines().filter(|line| line.contains("items.expired")).collect();
    assert_snapshot!(told.join("\n"), @"TIME  items.expired    batches=1 before=TIME items=3");
    assert!(place.stdout("prove +12025551234").contains("past its retention"));
}

#[test]
fn without_the_secret_nothing_can_be_proven_and_the_record_holds() {
    let place = confirmed();
    assert_snapshot!(place.run("audit destroy-secret --reason 'the account is closed'"), @r"
    $ dncsync audit destroy-secret --reason 'the account is closed'
    nothing of 3 items in 1 batches can be proven or guessed any more
    [exit 0]
    ");
    assert!(place.run("audit verify").ends_with("the record holds\n[exit 0]"));
    assert!(place.stdout("prove +12025551234").contains("cannot be proven any more"));
    place.write("more.txt", "+12025550199\n");
    place.run("ingest more.txt --campaign Q4 --sandbox");
    assert!(place.stdout("prove +12025550199").starts_with(r#"{"kind":"proof""#), "what is sent later has other salts");
    assert!(place.run("audit verify").ends_with("the record holds\n[exit 0]"));
}

/// What people may do to a file: change a byte, drop, repeat, insert or swap lines, cut it off.
fn mutated(bytes: &[u8], dice: &mut fastrand::Rng) -> Vec<u8> {
    let mut lines: Vec<Vec<u8>> = bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let (at, other) = (dice.usize(..lines.len()), dice.usize(..lines.len()));
    match dice.u8(..6) {
        0 => {
            let byte = dice.usize(..lines[at].len());
            lines[at][byte] ^= 1 << dice.u8(..8);
        }
        1 => drop(lines.remove(at)),
        2 => lines.insert(at, lines[other].clone()),
        3 => lines.insert(at, b"\n".to_vec()),
        4 => lines.swap(at, other),
        _ => {
            let kept = dice.usize(..lines[at].len());
            lines[at].truncate(kept);
        }
    }
    lines.concat()
}

#[test]
fn nothing_of_a_pack_can_be_changed_unseen() {
    let place = confirmed();
    place.run("audit rotate");
    place.write("more.csv", "+12025550191,MANUAL,\n+12025550192,MANUAL,\nnonsense,MANUAL,\n");
    place.run("ingest more.csv --campaign Q4 --sandbox");
    place.run("forget +12025550191 --reason request");
    place.run("audit export pack --with-numbers");
    let (key, mut files) = (key(&place), Vec::new());
    let mut directories = vec![place.path("pack")];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { directories.push(path) } else { files.push(path) }
        }
    }
    files.retain(|path| !path.ends_with("README.md"));
    files.sort();
    let holds = || dncsync_engine::verify_pack(&place.path("pack"), &key).unwrap().findings.is_empty();
    assert!(holds());
    let mut dice = fastrand::Rng::with_seed(20_261_126);
    for _ in 0..1_000 {
        let path = &files[dice.usize(..files.len())];
        let bytes = std::fs::read(path).unwrap();
        let changed = mutated(&bytes, &mut dice);
        if changed != bytes {
            std::fs::write(path, &changed).unwrap();
            assert!(!holds(), "{}: {}", path.display(), String::from_utf8_lossy(&changed));
            std::fs::write(path, &bytes).unwrap();
        }
    }
    assert!(holds());
}
