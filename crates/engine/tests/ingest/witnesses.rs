//! A witness elsewhere gets each checkpoint: who puts a state directory back is found out, and nothing is written then.

use std::fs;
use std::path::{Path, PathBuf};

use dncsync_core::feed::FeedName;
use dncsync_core::guard::LoadGuard;
use dncsync_core::run::RunId;
use dncsync_engine::{Engine, LoadOrder, Source, TargetOrder, Trouble, World};
use tempfile::TempDir;

use crate::house::{House, numbers, read, target};
use crate::profiles::Profile;

/// A world with a witness, in which something happened.
async fn house() -> (House, TempDir) {
    let (mut house, elsewhere) = (House::new(Profile::V2).await, tempfile::tempdir().expect("a directory"));
    house.setup.record.witness = Some(elsewhere.path().join("witness"));
    assert_eq!(house.outcome(&numbers(0..3)).await, "3 rows: 3 confirmed");
    (house, elsewhere)
}

fn witness(house: &House) -> PathBuf {
    house.setup.record.witness.clone().expect("a witness")
}

/// The checkpoints that the witness has.
fn told(house: &House) -> Vec<String> {
    let text = read(&witness(house));
    let lines: Vec<&str> = text.lines().collect();
    // Five lines, and an empty one after them.
    lines.chunks(6).map(|note| note[..5].iter().map(|line| format!("{line}\n")).collect()).collect()
}

fn size(note: &str) -> u64 {
    note.lines().nth(1).and_then(|size| size.parse().ok()).expect("a size")
}

fn copied(from: &Path) -> TempDir {
    let to = tempfile::tempdir().expect("a directory");
    for entry in fs::read_dir(from).expect("a directory").flatten() {
        if entry.path().is_file() {
            fs::copy(entry.path(), to.path().join(entry.file_name())).expect("a copy");
        }
    }
    to
}

/// A world whose state directory was put back to how it was before its last run.
async fn put_back() -> (House, TempDir) {
    let (mut house, elsewhere) = house().await;
    let before = copied(house.state.path());
    assert_eq!(house.outcome(&numbers(3..5)).await, "2 rows: 2 confirmed");
    house.state = before;
    (house, elsewhere)
}

#[tokio::test]
async fn it_gets_each_checkpoint_once() {
    let (house, _elsewhere) = house().await;
    house.outcome(&numbers(3..5)).await;
    house.verifies();
    assert_eq!(told(&house), house.checkpoints());
    assert!(told(&house).is_sorted_by_key(|note| size(note)), "{:?}", told(&house));
}

#[tokio::test]
async fn what_is_torn_off_is_told_again_on_a_line_of_its_own() {
    let (house, _elsewhere) = house().await;
    let torn_after = |left: usize| {
        let (whole, notes) = (read(&witness(&house)), told(&house));
        let before: usize = notes[..notes.len() - 1].iter().map(|note| note.len() + 1).sum();
        fs::write(witness(&house), &whole[..before + left]).expect("room");
        house.verifies();
        let newest = house.checkpoints().pop().expect("a checkpoint");
        let (now, begun) = (read(&witness(&house)), &whole[..before + left]);
        assert_eq!(now, format!("{begun}\n\n{newest}\n"), "{left} bytes left");
        fs::write(witness(&house), whole).expect("room");
    };
    assert_eq!(told(&house).len(), 1);
    [5, 40, 150].into_iter().for_each(torn_after);
    house.ledger().expect("a ledger").rotate(None).expect("rotated");
    torn_after(100);
}

fn name(feed: &str) -> FeedName {
    FeedName::read(feed).expect("a name")
}

fn load(house: &House, feed: &str) -> LoadOrder {
    LoadOrder {
        feed: name(feed),
        sources: vec![Source::Items(numbers(7..9).into_bytes())],
        format: None,
        rules: house.order("").rules,
        end: None,
        rejects: None,
        allow_empty: false,
        approved: true,
        guard: LoadGuard::default(),
        account: None,
        note: None,
    }
}

/// Everything that people can order that writes; the code that each stops with.
async fn all_refusals(house: &House) -> Vec<(&'static str, String)> {
    let feed = || name("national");
    let rules = house.order("").rules;
    let sources = || vec![Source::Items(numbers(7..8).into_bytes())];
    let set = TargetOrder { target: target(), feeds: Vec::new(), only: None, rules };
    let quiet = &mut |_: &_| ();
    let code = |came: Result<(), Trouble>| came.err().map_or("done", |trouble| trouble.code).to_owned();
    let ids: [String; 0] = [];
    vec![
        ("ingest", code(house.engine().ingest(&house.order(&numbers(7..8)), quiet).await.map(drop))),
        ("resume", code(house.engine().resume(quiet).await.map(drop))),
        ("plan", code(house.engine().plan(&target(), quiet).await.map(drop))),
        ("apply", code(house.engine().apply(&target(), true, None, quiet).await.map(drop))),
        ("verify", code(house.engine().verify(&target(), true, quiet).await.map(drop))),
        ("adopt", code(house.engine().adopt(&target(), &feed(), quiet).await.map(drop))),
        ("rollback", code(house.engine().rollback(&RunId::new("r"), true, quiet).await.map(drop))),
        ("replay", code(house.engine().replay(&ids).await.map(drop))),
        ("load", code(house.engine().load_feed(&load(house, "national"), quiet).map(drop))),
        ("remove", code(house.engine().remove(&feed(), &sources(), rules, "asked", quiet).map(drop))),
        ("target", code(house.engine().set_target(&set, quiet).map(drop))),
        ("ledger", code(house.ledger().map(drop))),
    ]
}

#[tokio::test]
async fn where_the_state_was_put_back_everything_that_writes_is_refused() {
    let (house, _elsewhere) = put_back().await;
    let (events, sent) = (house.events("batch.sending").len(), house.sandbox.observed().posts);
    for (what, code) in all_refusals(&house).await {
        assert_eq!(code, "audit.rolledBack", "{what}");
    }
    let rows: i64 = house.sql().query_row("SELECT count(*) FROM event", [], |row| row.get(0)).expect("a count");
    assert_eq!(rows, i64::try_from(read(&house.file("dnc_ingestion_audit.jsonl")).lines().count()).expect("few"));
    assert_eq!((house.events("batch.sending").len(), house.sandbox.observed().posts), (events, sent));
}

#[tokio::test]
async fn who_answers_for_it_goes_on_and_the_log_tells_of_it() {
    let (mut house, _elsewhere) = put_back().await;
    let (seen, found) = (told(&house), read(&house.file("dnc_ingestion_audit.jsonl")).lines().count());
    house.setup.record.accept_rollback = Some("the disk broke".to_owned());
    assert_eq!(house.outcome(&numbers(3..5)).await, "2 rows: 2 confirmed");

    let event = &house.events("log.rolledBack")[0];
    let witnessed = seen.last().map(|note| size(note)).expect("a checkpoint");
    assert_eq!((&event["witnessed"], &event["found"]), (&witnessed.into(), &found.into()));
    assert_eq!((&event["reason"], &event["who"]), (&"the disk broke".into(), &"tests".into()));
    assert_eq!(told(&house).last(), house.checkpoints().last());
    assert_eq!(told(&house)[..seen.len()], seen, "what the witness has seen stays there");

    house.setup.record.accept_rollback = None;
    assert_eq!(house.outcome(&numbers(5..6)).await, "1 rows: 1 confirmed");
    assert_eq!(house.events("log.rolledBack").len(), 1);
    house.verifies();
}

#[tokio::test]
async fn what_was_accepted_in_vain_is_no_event() {
    let (mut house, _elsewhere) = house().await;
    house.setup.record.accept_rollback = Some("to be sure".to_owned());
    assert_eq!(house.outcome(&numbers(3..5)).await, "2 rows: 2 confirmed");
    assert_eq!(house.events("log.rolledBack"), [serde_json::Value::Null; 0]);
}

#[tokio::test]
async fn the_witness_of_another_log_is_refused() {
    let (house, _elsewhere) = house().await;
    let mut other = House::new(Profile::V2).await;
    other.setup.record.witness = house.setup.record.witness.clone();
    assert_eq!(other.outcome(&numbers(0..3)).await, "audit.rolledBack");
    let before = told(&house);
    assert_eq!(house.outcome(&numbers(3..5)).await, "2 rows: 2 confirmed");
    assert_eq!(told(&house)[..before.len()], before);
}

#[tokio::test]
async fn a_witness_that_cannot_be_written_stops_everything_until_it_can() {
    let (mut house, elsewhere) = house().await;
    let good = house.setup.record.witness.clone();
    for bad in [elsewhere.path().to_owned(), elsewhere.path().join("gone").join("witness")] {
        house.setup.record.witness = Some(bad);
        assert_eq!(house.outcome(&numbers(3..5)).await, "audit.witness");
    }
    assert_eq!(house.listed().len(), 3, "nothing was sent");
    house.setup.record.witness = good;
    assert_eq!(house.outcome(&numbers(3..5)).await, "2 rows: 2 confirmed");
    assert_eq!(told(&house).last(), house.checkpoints().last());
}

#[tokio::test]
async fn without_a_witness_nobody_notices() {
    let (mut house, _elsewhere) = put_back().await;
    house.setup.record.witness = None;
    // What the list holds is believed as it was then: the numbers are sent once more.
    assert_eq!(house.outcome(&numbers(3..5)).await, "2 rows: 2 confirmed");
    house.verifies();
}

/// Processes at work at once: each is told of a checkpoint, and none puts an older one in the place of a newer.
#[tokio::test]
async fn several_processes_tell_one_witness_and_show_one_checkpoint() {
    let (house, _elsewhere) = house().await;
    std::thread::scope(|scope| {
        for process in 0..4 {
            let (state, setup, order) = (house.state.path(), &house.setup, load(&house, &format!("feed{process}")));
            scope.spawn(move || {
                for _ in 0..12 {
                    let mut engine = Engine::open(state, None, setup.clone(), World::real()).expect("an engine");
                    engine.load_feed(&order, &mut |_| ()).expect("a load");
                }
            });
        }
    });
    let newest = house.checkpoints().pop().expect("a checkpoint");
    assert_eq!(read(&house.file("checkpoint")), newest);
    assert_eq!(told(&house).pop().as_ref(), Some(&newest));
    assert!(told(&house).windows(2).all(|two| size(&two[0]) < size(&two[1])), "{:?}", told(&house));
    house.verifies();
}
