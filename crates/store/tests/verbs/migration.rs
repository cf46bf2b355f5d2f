//! A store of version 1, with a row in every table, opened by this version. See also `claims_to_feeds.rs`.

use dncsync_core::chunk::Chunk;
use dncsync_core::entry;
use dncsync_core::run::Stage;
use dncsync_core::source::SourceType::Manual;
use dncsync_core::target::{ListId, Scope, Target, TenantKey};
use dncsync_store::{PartState, SCHEMA_VERSION, Store};
use roaring::RoaringBitmap;
use rusqlite::{Connection, params};
use tempfile::TempDir;

use crate::house::{at, entries, numbers, root_of, run};

/// One run, planned: of its two batches one was sent, and an item of it refused; the other one waits.
fn version_1() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let sql = Connection::open(directory.path().join("dncsync.db")).unwrap();
    sql.execute_batch(include_str!("../../src/schema-1.sql")).unwrap();
    sql.pragma_update(None, "user_version", 1).unwrap();
    sql.execute_batch(
        r#"INSERT INTO tenant VALUES (1, 'https://api.example.com me', 77000);
           INSERT INTO list VALUES (1, 1, 'dnc-1', 1000, 1, 2, 500);
           INSERT INTO target VALUES (1, 1, 'HOUSE', 'GLOBAL', NULL, 1);
           INSERT INTO run (id, target, list, input, stage, started_at, files, rows, repeated, rejected, warnings,
                            requests_post) VALUES
               ('r1', 1, 1, 'a digest', 'planned', 5000, '["optouts.csv"]', 7, 1, 0, '{"notes.cut":4}', 3);
           INSERT INTO refusal VALUES ('r1', 0, 2, 'no such number');
           INSERT INTO slot VALUES (1, 1, 60000, 60500);
           INSERT INTO event VALUES (1, 'r1', '{"seq":1}'), (2, 'r1', '{"seq":2}');
           INSERT INTO webhook VALUES ('w1', 'r1', 0, '{}', 9000, 2, NULL);"#,
    )
    .unwrap();
    let mut chunk = Chunk::default();
    numbers([8, 9]).into_iter().for_each(|number| assert!(chunk.insert(number)));
    let (bits, crc) = chunk.to_stored();
    sql.execute("INSERT INTO chunk VALUES (1, 0, ?1, ?2)", params![bits, crc]).unwrap();
    let bytes = entry::pack(&entries(Manual, 1..=6));
    sql.execute("INSERT INTO segment VALUES ('r1', 0, ?1, ?2)", params![bytes, crc32fast::hash(&bytes)]).unwrap();
    for (seq, items) in [(0, 1..=3), (1, 4..=6)] {
        let bytes = entry::pack(&entries(Manual, items));
        let batch =
            "INSERT INTO batch (run, seq, count, urgent, digest, items, crc) VALUES ('r1', ?1, 3, 0, 'd', ?2, ?3)";
        sql.execute(batch, params![seq, bytes, crc32fast::hash(&bytes)]).unwrap();
    }
    sql.execute("UPDATE batch SET first_sent_at = 60000, refused = 1 WHERE seq = 0", []).unwrap();
    for (id, batch, members, state, accepted_at) in
        [(4, 0, vec![0, 1], "accepted", Some(60500)), (5, 1, vec![0, 1, 2], "waiting", None)]
    {
        let mut bytes = Vec::new();
        RoaringBitmap::from_iter(members).serialize_into(&mut bytes).unwrap();
        sql.execute(
            "INSERT INTO part VALUES (?1, 'r1', ?2, ?3, ?4, 1, ?5)",
            params![id, batch, bytes, state, accepted_at],
        )
        .unwrap();
    }
    directory
}

#[test]
fn a_store_of_version_1_is_brought_up_to_date_with_all_that_was_in_it() {
    let directory = version_1();
    let mut store = Store::open(directory.path()).unwrap();

    let sql = Connection::open(directory.path().join("dncsync.db")).unwrap();
    let version: i64 = sql.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(version, SCHEMA_VERSION);
    for table in ["tenant", "list", "target", "run", "segment", "refusal", "slot", "webhook", "feed", "load"] {
        let rows: i64 = sql.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
        assert_eq!(rows, 1, "{table}");
    }
    let broken: i64 = sql.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0)).unwrap();
    assert_eq!(broken, 0, "every row is where it belongs");

    let tenant = store.tenant(&TenantKey::new("https://api.example.com", "me")).unwrap();
    assert_eq!(store.not_before(tenant, at(1)).unwrap(), at(77));
    let target = store.target(tenant, &Target::list("HOUSE", Scope::Global).unwrap()).unwrap();
    let list = store.list_of(target).unwrap().unwrap();
    assert_eq!((&list.id, list.known, list.listed, list.page_size), (&ListId("dnc-1".into()), true, 2, Some(500)));
    assert_eq!(list.seen_whole_at, None, "nobody wrote down when");
    assert_eq!(store.present_among(list.key, &numbers([7, 8, 9])).unwrap(), numbers([8, 9]));

    let id = store.unfinished(target, "a digest").unwrap().unwrap();
    let found = store.run(&id).unwrap();
    assert_eq!((found.stage, found.batches, found.open, found.resent), (Stage::Planned, 2, 2, 0));
    assert_eq!((found.tally.rows, found.tally.refused, found.requests.post, found.requests.halving), (7, 1, 3, 0));
    assert_eq!(store.entries(&id).unwrap(), entries(Manual, 1..=6));
    assert_eq!(store.refusals(&id).unwrap(), [(0, 2, "no such number".into())]);

    let sent = store.batch(&store.open_batches(&id).unwrap()[0]).unwrap();
    assert_eq!((sent.items, sent.first_sent_at, sent.resends), (entries(Manual, 1..=3), Some(at(60)), 0));
    assert_eq!(sent.parts.len(), 1);
    assert_eq!(
        sent.parts[0].state,
        PartState::Accepted { at: dncsync_core::timestamp::Timestamp::from_millis(60_500) }
    );
    let next = store.next_part(tenant, |_| false).unwrap().unwrap();
    assert_eq!((next.batch.seq, next.members.len(), next.attempts, next.halved), (1, 3, 1, false));

    assert_eq!(
        store.events_after(0, 9).unwrap().iter().map(|logged| &*logged.line).collect::<Vec<_>>(),
        [r#"{"seq":1}"#, r#"{"seq":2}"#]
    );
    assert_eq!(store.undelivered_webhooks(tenant).unwrap()[0].webhook.id, "w1");
    assert_eq!((store.owed(target).unwrap().len(), store.handed_over(tenant).unwrap().len()), (0, 0));
    assert_eq!(store.mend(at(80), &run("r1")).unwrap(), dncsync_store::Mended::default());
}

#[test]
fn work_goes_on_in_a_store_that_was_brought_up_to_date() {
    let directory = version_1();
    let mut store = Store::open(directory.path()).unwrap();
    let tenant = store.tenant(&TenantKey::new("https://api.example.com", "me")).unwrap();
    let part = store.next_part(tenant, |_| false).unwrap().unwrap();
    store.begin_send(&part, 0, root_of(&part.batch), at(100), &crate::house::happened()).unwrap();
    store.log(at(101), &run("r1"), &[crate::house::happened()]).unwrap();
    let seqs: Vec<u64> = store.events_after(0, 9).unwrap().iter().map(|logged| logged.seq).collect();
    assert_eq!(seqs, [1, 2, 3, 4]);
}
