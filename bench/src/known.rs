//! A list that dncsync knows to hold numbers, without having read them: what years of work would have left in the store.

use std::path::Path;

use dncsync_core::numbers::Numbers;
use dncsync_core::run::RunId;
use dncsync_core::target::{ListId, Scope, Target, TenantKey};
use dncsync_core::timestamp::Timestamp;
use dncsync_store::{Store, StoreError, TenantId};

use crate::clock;
use crate::wall::LIST_ID;

/// The name of the list.
pub(crate) const LIST: &str = "BENCH_DNC";

/// Who the client says it is.
pub(crate) const CLIENT_ID: &str = "bench";

/// The list of the tenant behind this address was read whole just now, and held these numbers.
pub(crate) fn list_holds(state: &Path, url: &str, numbers: &Numbers) -> Result<(), StoreError> {
    let now = Timestamp::from_millis(clock::millis());
    let run = RunId::make(now, 0);
    let mut store = Store::open(state)?;
    let tenant = store.tenant(&TenantKey::new(url, CLIENT_ID))?;
    let target = Target::list(LIST, Scope::Global).expect("a name that CXone takes");
    let target = store.target(tenant, &target)?;
    let list = store.resolved(target, &ListId(LIST_ID.to_owned()), false, now, &run)?;
    store.seen_whole(list.key, now, numbers, now, &run)?;
    Ok(())
}

/// Whatever the list holds was put there by dncsync: as if it had sent all of it. Said in SQL, because the store has no verb
/// for it, and sending 260 million numbers takes four hours.
pub(crate) fn all_was_put_there(state: &Path) -> Result<(), rusqlite::Error> {
    let store = rusqlite::Connection::open(state.join("dncsync.db"))?;
    store.execute(
        "INSERT INTO chunk (number_set, key, bits, crc)
         SELECT list.put, chunk.key, chunk.bits, chunk.crc FROM list JOIN chunk ON chunk.number_set = list.present",
        [],
    )?;
    store.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}

/// The tenant behind an address, in a store.
pub(crate) fn tenant(store: &mut Store, url: &str) -> Result<TenantId, StoreError> {
    store.tenant(&TenantKey::new(url, CLIENT_ID))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::made::{Month, Registry};
    use dncsync_core::number::Number;

    #[test]
    fn the_store_knows_the_list_and_who_put_it_there() {
        let directory = tempfile::tempdir().expect("a directory");
        let state = directory.path().join("state");
        let registry = Registry::new(1_000);
        list_holds(&state, "http://127.0.0.1:1", &registry.set()).expect("a store");
        all_was_put_there(&state).expect("a store");
        let mut store = Store::open(&state).expect("a store");
        let tenant = tenant(&mut store, "http://127.0.0.1:1").expect("a tenant");
        let target = store.target(tenant, &Target::list(LIST, Scope::Global).expect("a name")).expect("a target");
        let list = store.list_of(target).expect("a store").expect("a list");
        assert!(list.known && list.listed == 1_000);
        let mut sorted: Vec<Number> =
            (0..1_000).map(|line| Number::from_stored(registry.number(Month::First, line))).collect();
        sorted.sort_unstable();
        assert_eq!(store.present_among(list.key, &sorted).expect("a store"), sorted);
        assert_eq!(store.put_among(list.key, &sorted).expect("a store"), sorted);
    }
}
