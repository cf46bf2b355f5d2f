//! The rate window, shared by all processes of one state directory.

use dncsync_core::pacing::{self, Leave, Pace, Rate, Slot};
use dncsync_core::run::RunId;
use dncsync_core::timestamp::Timestamp;
use rusqlite::{Transaction, params};

use crate::error::StoreError;
use crate::lists::TenantId;
use crate::open::Store;
use crate::rows::moment;
use crate::runs::{Charge, charge};

/// Without a limit nobody asks for the slots of the last minutes, and they are some thousand: once in so many is enough to forget
/// the old ones.
const PRUNED_EVERY: i64 = 64;

/// A place in the window that was taken for one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotId(i64);

/// Whether a request may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grant {
    /// Yes; tell when its answer came.
    Taken(SlotId),
    /// Not before this moment.
    Wait(Timestamp),
}

impl Store {
    /// Takes a slot for a request, durably, before the request leaves, and charges it to a run.
    pub fn take_slot(
        &mut self,
        tenant: TenantId,
        rate: Rate,
        now: Timestamp,
        charged: Option<&Charge>,
    ) -> Result<Grant, StoreError> {
        self.write_slot(charged, |transaction| {
            if rate.a_minute() > 0 {
                amend_and_prune(transaction, tenant, now)?;
                let rate = rate.with(Pace::limit(pace(transaction, tenant)?, rate.a_minute(), now));
                if let Leave::At(moment) = pacing::may_leave(&slots(transaction, tenant)?, rate, now) {
                    return Ok(Grant::Wait(moment));
                }
            }
            let sql = "INSERT INTO slot (tenant, taken_at) VALUES (?1, ?2)";
            transaction.execute(sql, params![tenant.0, now.millis()])?;
            let slot = SlotId(transaction.last_insert_rowid());
            if rate.a_minute() == 0 && slot.0 % PRUNED_EVERY == 0 {
                amend_and_prune(transaction, tenant, now)?;
            }
            if let Some(charged) = charged {
                charge(transaction, charged)?;
            }
            Ok(Grant::Taken(slot))
        })
    }

    /// The server said to a request of this run that we ask too often: the pace of the tenant, whose whole rate this is, is
    /// lowered.
    pub fn throttled(&mut self, tenant: TenantId, run: &RunId, rate: Rate, now: Timestamp) -> Result<(), StoreError> {
        self.write_beside_queue(|transaction| {
            let sql = "UPDATE run SET requests_throttled = requests_throttled + 1 WHERE id = ?1";
            transaction.execute(sql, [run.as_str()])?;
            if let Some(pace) = Pace::lowered(pace(transaction, tenant)?, rate.a_minute(), now) {
                let sql = "UPDATE tenant SET pace = ?2, pace_since = ?3 WHERE id = ?1";
                transaction.execute(sql, params![tenant.0, pace.kept, pace.since.millis()])?;
            }
            Ok(())
        })
    }

    /// That of a batch is on the disk before the batch leaves, too: what is recorded of the batch in between takes it along.
    fn write_slot<T>(
        &mut self,
        charged: Option<&Charge>,
        change: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let of_batch = charged.is_some_and(|charged| charged.kind == "post");
        if of_batch { self.write_soon_beside_queue(change) } else { self.write_beside_queue(change) }
    }

    /// The answer to a slot's request came, or was given up. Forgotten, the slot is held for longer.
    pub fn answered(&mut self, slot: SlotId, now: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE slot SET answered_at = ?2 WHERE id = ?1";
        self.write_soon_beside_queue(|transaction| {
            transaction.execute(sql, params![slot.0, now.millis()])?;
            Ok(())
        })
    }
}

/// A slot ahead of the clock counts from now on as answered now, for good; one long free is forgotten.
fn amend_and_prune(transaction: &Transaction<'_>, tenant: TenantId, now: Timestamp) -> Result<(), StoreError> {
    transaction.execute(
        "UPDATE slot SET taken_at = ?2, answered_at = ?2 WHERE tenant = ?1 AND (taken_at > ?2 OR answered_at > ?2)",
        params![tenant.0, now.millis()],
    )?;
    let free = now - (pacing::REQUEST_TIMEOUT + pacing::WINDOW + pacing::GUARD);
    let sql = "DELETE FROM slot WHERE tenant = ?1 AND coalesce(answered_at, taken_at) < ?2";
    transaction.execute(sql, params![tenant.0, free.millis()])?;
    Ok(())
}

fn pace(transaction: &Transaction<'_>, tenant: TenantId) -> Result<Option<Pace>, StoreError> {
    let mut select = transaction.prepare_cached("SELECT pace, pace_since FROM tenant WHERE id = ?1")?;
    let (kept, since): (Option<u32>, i64) = select.query_row([tenant.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(kept.map(|kept| Pace { kept, since: Timestamp::from_millis(since) }))
}

fn slots(transaction: &Transaction<'_>, tenant: TenantId) -> Result<Vec<Slot>, StoreError> {
    let mut select = transaction.prepare_cached("SELECT taken_at, answered_at FROM slot WHERE tenant = ?1")?;
    let slots = select.query_map([tenant.0], |row| {
        Ok(Slot { taken_at: Timestamp::from_millis(row.get(0)?), answered_at: moment(row.get(1)?) })
    })?;
    Ok(slots.collect::<Result<_, _>>()?)
}
