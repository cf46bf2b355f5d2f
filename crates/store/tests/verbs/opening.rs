use dncsync_core::pacing::Rate;
use dncsync_core::source::SourceType::Manual;
use dncsync_store::{SCHEMA_VERSION, Store, StoreError};
use rusqlite::Connection;

use crate::house::{House, at, entries, numbers, root_of, run};

fn version(connection: &Connection) -> i64 {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap()
}

#[test]
fn a_store_is_opened_again_with_all_that_was_in_it() {
    let mut house = House::new();
    house.load("r1", at(1), &entries(Manual, 1..=3)).unwrap();
    house.store.see(house.list, &numbers([7]), &[]).unwrap();
    let House { directory, store, list, .. } = house;
    drop(store);
    let store = Store::open(directory.path()).unwrap();
    assert_eq!(store.entries(&run("r1")).unwrap(), entries(Manual, 1..=3));
    assert_eq!(store.present_among(list, &numbers([7, 8])).unwrap(), numbers([7]));
}

#[test]
fn a_newer_schema_is_refused_and_left_alone() {
    let house = House::new();
    house.sql().pragma_update(None, "user_version", SCHEMA_VERSION + 1).unwrap();
    match Store::open(house.path()) {
        Err(StoreError::Newer { found, known }) => assert_eq!((found, known), (SCHEMA_VERSION + 1, SCHEMA_VERSION)),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was opened"),
    }
    assert_eq!(version(&house.sql()), SCHEMA_VERSION + 1);
}

/// A database without a version is an empty one; see also `migration.rs`.
#[test]
fn an_older_schema_is_brought_up_to_date() {
    let directory = tempfile::tempdir().unwrap();
    let older = Connection::open(directory.path().join("dncsync.db")).unwrap();
    older.execute_batch("CREATE TABLE older (note TEXT); INSERT INTO older VALUES ('kept')").unwrap();
    assert_eq!(version(&older), 0);

    let store = Store::open(directory.path()).unwrap();
    assert_eq!(version(&older), SCHEMA_VERSION);
    assert_eq!(store.overview().unwrap().runs, 0);
    let kept: String = older.query_row("SELECT note FROM older", [], |row| row.get(0)).unwrap();
    assert_eq!(kept, "kept");
}

#[test]
fn two_processes_see_each_others_writes() {
    let mut house = House::new();
    let mut other = Store::open(house.path()).unwrap();
    house.plan("r1", at(1), entries(Manual, 1..=3));
    let part = other.next_part(house.tenant, |_| false).unwrap().unwrap();
    other.begin_send(&part, 0, root_of(&part.batch), at(2), &crate::house::happened()).unwrap();
    assert_eq!(house.next(), None, "the other one sends it");
    other.see(house.list, &numbers([1, 2]), &[]).unwrap();
    assert_eq!(house.store.present_among(house.list, &numbers([2, 3])).unwrap(), numbers([2]));
}

#[test]
fn two_processes_share_one_window() {
    let mut house = House::new();
    let mut other = Store::open(house.path()).unwrap();
    house.store.take_slot(house.tenant, Rate::Window(1), at(0), None).unwrap();
    let grant = other.take_slot(house.tenant, Rate::Window(1), at(1), None).unwrap();
    assert!(matches!(grant, dncsync_store::Grant::Wait(_)));
}

#[test]
fn what_is_no_database_is_said_and_not_overwritten() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("dncsync.db");
    std::fs::write(&file, "not a database, but long enough to be looked at by SQLite as if it were one").unwrap();
    assert!(matches!(Store::open(directory.path()), Err(StoreError::Damaged(_))));
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("not a database"));
}

#[cfg(unix)]
#[test]
fn the_directory_and_its_files_are_for_this_user_only() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let directory = home.path().join("state");
    let _store = Store::open(&directory).unwrap();
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&directory), 0o700);
    for entry in std::fs::read_dir(&directory).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[cfg(unix)]
#[test]
fn a_directory_that_everybody_shares_is_not_taken() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let shared = home.path().join("tmp");
    std::fs::create_dir(&shared).unwrap();
    std::fs::set_permissions(&shared, std::fs::Permissions::from_mode(0o1777)).unwrap();
    assert!(matches!(Store::open(&shared), Err(StoreError::Directory { .. })));
    assert_eq!(shared.metadata().unwrap().permissions().mode() & 0o7777, 0o1777);
    assert!(!Store::exists(&shared));
}

/// Two commands started in the same moment on a directory that is not there yet.
#[test]
fn many_may_open_a_new_store_at_once() {
    for _ in 0..10 {
        let directory = tempfile::tempdir().unwrap();
        let state = directory.path().join("state");
        let opened = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| Store::open(&state).map(drop))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        assert!(opened.iter().all(Result::is_ok), "{opened:?}");
    }
}
