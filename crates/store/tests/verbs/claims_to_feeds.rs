//! A store of version 2, in which runs had claimed numbers by source type: from now on a target's own feed does.

use dncsync_core::chunk::Chunk;
use dncsync_core::entry;
use dncsync_core::number::Number;
use dncsync_core::source::SourceType::{self, CustomerRequest, Manual, Regulatory};
use dncsync_store::{Feed, ListKey, LoadKind, Store, StoreError, TargetId};
use rusqlite::{Connection, params};
use tempfile::TempDir;

use crate::house::{entries, numbers, run, set};
use crate::house_feeds::{FAR, plain};

/// Claims of two source types that overlap, in a list that shows some of them; and a target that has no list yet.
fn version_2() -> (TempDir, Connection) {
    let directory = tempfile::tempdir().unwrap();
    let sql = Connection::open(directory.path().join("dncsync.db")).unwrap();
    sql.execute_batch(include_str!("../../src/schema-1.sql")).unwrap();
    sql.execute_batch(include_str!("../../src/schema-2.sql")).unwrap();
    sql.pragma_update(None, "user_version", 2).unwrap();
    sql.execute_batch(
        "INSERT INTO tenant (id, key) VALUES (1, 'https://api.example.com me');
         INSERT INTO list (id, tenant, cxone_id, met_at, known, listed) VALUES (1, 1, 'dnc-0', 0, 1, 0),
                                                                               (4, 1, 'dnc-1', 0, 1, 4);
         INSERT INTO target VALUES (1, 1, 'HOUSE', 'GLOBAL', NULL, 4), (2, 1, 'LATER', 'GLOBAL', NULL, NULL);",
    )
    .unwrap();
    claim(&sql, 1, Manual, [1, 2, 3]);
    claim(&sql, 1, Manual, [FAR]);
    claim(&sql, 1, CustomerRequest, [3, 4]);
    claim(&sql, 2, Manual, [7]);
    let (bits, crc) = chunk([1, 2, 3, 9]).to_stored();
    sql.execute("INSERT INTO chunk VALUES (4, 0, ?1, ?2)", params![bits, crc]).unwrap();
    (directory, sql)
}

fn chunk<const N: usize>(all: [u64; N]) -> Chunk {
    Chunk::of_sorted(numbers(all))
}

fn claim<const N: usize>(sql: &Connection, target: i64, source: SourceType, all: [u64; N]) {
    let (bits, crc) = chunk(all).to_stored();
    let of = params![target, source.name(), (all[0] >> 16) as i64, bits, crc];
    sql.execute("INSERT INTO claim VALUES (?1, ?2, ?3, ?4, ?5)", of).unwrap();
}

/// A run that is not finished: it asks for 21 and 22 and customers asked for 3 and 23; it is planned to send the last two.
fn unfinished(sql: &Connection) {
    sql.execute_batch(
        "INSERT INTO run (id, target, list, input, stage, started_at, files, rows, repeated, rejected, warnings)
         VALUES ('r9', 1, 4, 'd', 'planned', 5, '[]', 4, 0, 0, '{}')",
    )
    .unwrap();
    let mut all = entries(Manual, [22, 21]);
    all.extend(entries(CustomerRequest, [23, 3]));
    let bytes = entry::pack(&all);
    sql.execute("INSERT INTO segment VALUES ('r9', 0, ?1, ?2)", params![bytes, crc32fast::hash(&bytes)]).unwrap();
    let bytes = entry::pack(&all[2..]);
    let batch = "INSERT INTO batch (run, seq, count, urgent, digest, items, crc) VALUES ('r9', 0, 2, 1, 'd', ?1, ?2)";
    sql.execute(batch, params![bytes, crc32fast::hash(&bytes)]).unwrap();
}

struct Opened {
    store: Store,
    target: TargetId,
    list: ListKey,
    own: Feed,
}

fn open(directory: &TempDir) -> Opened {
    let store = Store::open(directory.path()).unwrap();
    let target = store.all_targets().unwrap()[0];
    let list = store.list_of(target).unwrap().unwrap().key;
    let own = store.feeds_of(target).unwrap().remove(0);
    Opened { store, target, list, own }
}

fn claimed(store: &Store, feed: &Feed) -> Vec<u64> {
    let mut claimed = Vec::new();
    let visit = |number: Number| -> Result<(), StoreError> {
        claimed.push(number.get());
        Ok(())
    };
    store.each_claimed(feed, visit).unwrap();
    claimed
}

#[test]
fn claims_of_two_source_types_become_the_own_feed_of_their_target_each_number_once() {
    let (directory, _sql) = version_2();
    let Opened { store, target, list, own } = open(&directory);

    assert_eq!((own.name.as_str(), own.target, own.numbers), ("list:HOUSE", Some(target), 5));
    assert_eq!(claimed(&store, &own), [1, 2, 3, 4, FAR]);
    let loads = store.loads_of(own.id).unwrap();
    let told: Vec<_> = loads.iter().map(|load| (load.kind, load.source, load.counts.claimed)).collect();
    assert_eq!(told, [(LoadKind::Claims, CustomerRequest, 2), (LoadKind::Claims, Manual, 3)], "3 is a customer's");
    assert!(loads.iter().all(|load| load.counts.holds()));

    assert_eq!(store.present(list).unwrap(), set([1, 2, 3, 9]), "what was seen stays");
    assert_eq!(store.put_among(list, &numbers([1, 2, 3, 4, 9, FAR])).unwrap(), numbers([1, 2, 3, 4, FAR]));
    let later = store.feeds_of(store.all_targets().unwrap()[1]).unwrap();
    assert_eq!((later[0].name.as_str(), later[0].numbers), ("list:LATER", 1));
}

#[test]
fn what_is_claimed_and_listed_makes_no_difference() {
    let (directory, sql) = version_2();
    let (bits, crc) = chunk([1, 2, 3, 4, 9]).to_stored();
    sql.execute("UPDATE chunk SET bits = ?1, crc = ?2", params![bits, crc]).unwrap();
    let (bits, crc) = chunk([FAR]).to_stored();
    sql.execute("INSERT INTO chunk VALUES (4, ?1, ?2, ?3)", params![(FAR >> 16) as i64, bits, crc]).unwrap();
    let Opened { store, target, list, .. } = open(&directory);

    let difference = store.difference(target, Some(list), &set([]), true).unwrap();
    assert_eq!((difference.add, difference.withdrawn, difference.left_out), (vec![], vec![], vec![]));
    assert_eq!((difference.right, difference.desired, difference.listed), (5, 5, 6));
    assert_eq!(plain(&difference.foreign), [9], "nobody asked for it here: it is never removed");
}

#[test]
fn what_is_missing_is_added_under_the_source_type_it_was_claimed_by() {
    let (directory, _sql) = version_2();
    let Opened { store, target, list, .. } = open(&directory);
    let difference = store.difference(target, Some(list), &set([]), false).unwrap();
    let added = store.additions(&difference.add).unwrap();
    let added: Vec<_> = added.iter().map(|entry| (entry.number.get(), entry.source)).collect();
    assert_eq!(added, [(4, CustomerRequest), (FAR, Manual)]);
}

#[test]
fn what_an_unfinished_run_asks_for_is_claimed_as_well_or_it_would_be_removed_once_it_is_sent() {
    let (directory, sql) = version_2();
    unfinished(&sql);
    let Opened { mut store, target, list, own } = open(&directory);

    assert_eq!((claimed(&store, &own), own.numbers), (vec![1, 2, 3, 4, 21, 22, 23, FAR], 8));
    let told = store.loads_of_run(&run("r9")).unwrap();
    let told: Vec<_> = told.iter().map(|load| (load.source, load.counts.claimed)).collect();
    assert_eq!(told, [(Manual, 2), (CustomerRequest, 1)], "3 was a claim already");
    assert_eq!(plain(&store.put_among(list, &numbers([21, 22, 23])).unwrap()), [23], "what it is planned to send");

    store.see(list, &numbers([21, 22, 23]), &[]).unwrap();
    let difference = store.difference(target, Some(list), &set([]), false).unwrap();
    assert_eq!((difference.withdrawn, difference.right), (vec![], 6));
}

#[test]
fn damaged_claims_are_nothing_known_as_they_were_before() {
    for damage in ["UPDATE claim SET bits = x'00'", "UPDATE claim SET crc = -1", "UPDATE claim SET crc = 'text'"] {
        let (directory, sql) = version_2();
        claim(&sql, 2, Regulatory, [8]);
        sql.execute(&format!("{damage} WHERE source = 'MANUAL'"), []).unwrap();
        let Opened { store, list, own, .. } = open(&directory);
        assert_eq!((claimed(&store, &own), own.numbers), (vec![3, 4], 2), "{damage}");
        assert_eq!(
            plain(&store.put_among(list, &numbers([1, 2, 3, 4])).unwrap()),
            [3, 4],
            "what is not known is not ours"
        );
    }
}
