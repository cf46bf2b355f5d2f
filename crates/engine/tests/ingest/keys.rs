//! The key of the record: made once, kept, named, changed; and what comes of it where it is missing or another one.

use std::fs;

use dncsync_core::log_key::LogKey;
use dncsync_engine::{Engine, Ledger, Trouble, World};

use crate::house::{House, numbers, read};
use crate::profiles::Profile;

/// A world in which something happened.
async fn house() -> House {
    let house = House::new(Profile::V2).await;
    assert_eq!(house.outcome(&numbers(0..3)).await, "3 rows: 3 confirmed");
    house
}

fn key_of(text: &str) -> String {
    LogKey::read(text).expect("a key").public().to_string()
}

/// Why the record is not opened, and nothing else is done either.
fn refused(house: &House) -> String {
    let engine = Engine::open(house.state.path(), None, house.setup.clone(), World::real());
    let opened = engine.err().map(|trouble| trouble.code);
    assert_eq!(house.ledger().err().map(|trouble| trouble.code), opened);
    opened.unwrap_or("opened").to_owned()
}

#[tokio::test]
async fn it_is_made_on_first_use_for_this_user_and_stays() {
    let house = house().await;
    let made = read(&house.file("audit.key"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(house.file("audit.key")).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    house.outcome(&numbers(3..5)).await;
    assert_eq!(read(&house.file("audit.key")), made);
    let ledger = house.ledger().expect("a ledger");
    assert_eq!(ledger.key(), key_of(&made));
    let (size, newest) = ledger.checkpoint().expect("a state").expect("a checkpoint");
    assert_eq!(newest, read(&house.file("checkpoint")));
    let name = made.split('+').nth(2).expect("a name");
    assert!(newest.starts_with(&format!("{name}\n{size}\n")), "{newest}");
    house.verifies();
}

#[tokio::test]
async fn what_a_process_left_that_died_while_it_made_the_key_is_made_anew() {
    let house = House::new(Profile::V2).await;
    fs::write(house.file("audit.key.new"), "PRIVATE+KEY+dncs").expect("room");
    house.outcome(&numbers(0..3)).await;
    assert!(!house.file("audit.key.new").exists());
    assert_eq!(house.verifies().runs, 1);
}

#[tokio::test]
async fn a_new_logs_key_is_made_where_it_is_to_lie() {
    let mut house = House::new(Profile::V2).await;
    let file = house.file("mine.key");
    house.setup.record.key = Some(file.clone());
    assert_eq!(house.outcome(&numbers(0..3)).await, "3 rows: 3 confirmed");
    assert!(file.is_file() && !house.file("audit.key").exists());
    fs::remove_file(&file).expect("it is there");
    assert_eq!(refused(&house), "audit.keyMissing");
}

#[tokio::test]
async fn a_key_that_is_given_signs_and_none_lies_in_the_state() {
    let (mut house, given) = (House::new(Profile::V2).await, LogKey::first([7; 32]));
    let file = house.file("given");
    house.setup.record.key = Some(file.clone());
    fs::write(&file, given.to_text()).expect("room");
    assert_eq!(house.outcome(&numbers(0..3)).await, "3 rows: 3 confirmed");
    assert!(!house.file("audit.key").exists());
    assert_eq!(house.ledger().expect("a ledger").key(), given.public().to_string());
    let trusted = house.ledger().expect("a ledger").verify(Some(&given.public().to_string())).expect("a record");
    assert_eq!(trusted.findings, []);
    let other = LogKey::first([8; 32]).public().to_string();
    let told = house.ledger().expect("a ledger").verify(Some(&other)).expect("a record");
    assert!(!told.findings.is_empty(), "somebody else's key is none of the log's");
}

#[tokio::test]
async fn another_key_a_missing_one_and_none_at_all_are_refused() {
    let house = house().await;
    let (file, right) = (house.file("audit.key"), read(&house.file("audit.key")));
    fs::write(&file, LogKey::first([9; 32]).to_text()).expect("room");
    assert_eq!(refused(&house), "audit.keyDiffers");
    fs::write(&file, "a poem").expect("room");
    assert_eq!(refused(&house), "audit.key");
    fs::remove_file(&file).expect("a file");
    assert_eq!(refused(&house), "audit.keyMissing");
    assert!(!file.exists(), "a log that has a key gets no other one");

    fs::write(&file, right).expect("room");
    assert_eq!(house.verifies().runs, 1);
}

fn rotate(house: &House) -> Result<Ledger, Trouble> {
    house.ledger()?.rotate(None)
}

#[tokio::test]
async fn a_new_key_takes_the_place_of_the_old_one_and_the_log_tells_of_it() {
    let house = house().await;
    let old = key_of(&read(&house.file("audit.key")));
    let ledger = rotate(&house).expect("rotated");
    let new = key_of(&read(&house.file("audit.key")));
    assert_ne!(old, new);
    assert_eq!((ledger.key(), house.file("audit.key.next").exists()), (new.clone(), false));
    let told = &house.events("key.rotated")[0];
    assert_eq!((&told["old"], &told["new"]), (&old.clone().into(), &new.clone().into()));

    assert_eq!(house.outcome(&numbers(3..5)).await, "2 rows: 2 confirmed");
    rotate(&house).expect("rotated again");
    house.verifies();
    for trusted in [old, new] {
        let verified = house.ledger().expect("a ledger").verify(Some(&trusted)).expect("a record");
        assert_eq!(verified.findings, [], "who trusts one key of the log trusts those that follow");
    }
}

#[tokio::test]
async fn a_process_that_died_once_the_log_knew_the_new_key_is_made_good() {
    let house = house().await;
    let old = read(&house.file("audit.key"));
    rotate(&house).expect("rotated");
    fs::rename(house.file("audit.key"), house.file("audit.key.next")).expect("a file");
    fs::write(house.file("audit.key"), old).expect("room");

    assert_eq!(house.outcome(&numbers(3..5)).await, "2 rows: 2 confirmed");
    assert!(!house.file("audit.key.next").exists());
    house.verifies();
}

#[tokio::test]
async fn a_process_that_died_before_changed_nothing_and_its_key_is_used_by_the_next_change() {
    let house = house().await;
    let (old, name) = (read(&house.file("audit.key")), house.ledger().expect("a ledger").key());
    let waiting = LogKey::named(name.split('+').next().expect("a name"), [5; 32]);
    fs::write(house.file("audit.key.next"), waiting.to_text()).expect("room");
    house.outcome(&numbers(3..5)).await;
    assert_eq!(read(&house.file("audit.key")), old);

    assert_eq!(rotate(&house).expect("rotated").key(), waiting.public().to_string());
    assert!(!house.file("audit.key.next").exists());
    house.verifies();
}

#[tokio::test]
async fn a_new_key_may_lie_elsewhere_and_a_given_one_does_not_move_by_itself() {
    let mut house = house().await;
    let (old, elsewhere) = (read(&house.file("audit.key")), house.file("elsewhere"));
    house.ledger().expect("a ledger").rotate(Some(&elsewhere)).expect("rotated");
    assert_eq!(read(&house.file("audit.key")), old, "what was there is not touched");
    assert_eq!(refused(&house), "audit.keyDiffers");

    house.setup.record.key = Some(elsewhere);
    house.verifies();
    assert_eq!(rotate(&house).err().map(|trouble| trouble.code), Some("audit.key"));
    let foreign = house.file("foreign");
    fs::write(&foreign, LogKey::first([6; 32]).to_text()).expect("room");
    let into = house.ledger().expect("a ledger").rotate(Some(&foreign));
    assert_eq!(into.err().map(|trouble| trouble.code), Some("audit.key"), "its key is of another log");
    house.verifies();
}

#[tokio::test]
async fn who_has_the_old_key_at_hand_signs_nothing_and_reports_nothing_any_more() {
    let house = house().await;
    let mut working = house.engine();
    rotate(&house).expect("rotated");
    let outcome = working.ingest(&house.order(&numbers(3..5)), &mut |_| ()).await;
    assert_eq!(outcome.err().map(|trouble| trouble.code), Some("audit.keyChanged"));
    assert_eq!(house.outcome(&numbers(3..5)).await, "2 rows: 2 listed already", "the work itself was done");
    assert_eq!(house.verifies().runs, 3);
}
