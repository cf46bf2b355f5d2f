//! The parts that wait to be sent, in the order in which they leave.
//!
//! Before each request somebody asks for the most urgent one; to sort all that wait each time would make a thousand batches cost a
//! million looks. So the order is kept in memory, and made anew once anything but the departure of its parts may have changed it.

use std::cell::{Cell, RefCell};

use dncsync_core::run::RunId;
use rusqlite::Connection;

use crate::batches::{PART, Part, PartId, part_of_row};
use crate::error::StoreError;
use crate::lists::{ListKey, TenantId};
use crate::open::Store;

/// A part that waits.
#[derive(Clone, Debug)]
struct Waiting {
    part: PartId,
    list: Option<ListKey>,
    removal: bool,
}

/// What is remembered of the order.
#[derive(Default)]
pub(crate) struct Queue {
    order: RefCell<Option<Order>>,
    /// Whether a verb of this store changed what waits.
    changed: Cell<bool>,
}

struct Order {
    tenant: TenantId,
    /// The last one is the most urgent.
    waiting: Vec<Waiting>,
    /// SQLite's count of what other connections committed.
    others: i64,
}

impl Queue {
    /// What waits may have changed.
    pub(crate) fn changed(&self) {
        self.changed.set(true);
    }

    /// A part has left.
    pub(crate) fn left(&self, part: PartId) {
        if let Some(order) = self.order.borrow_mut().as_mut() {
            // Nearly always the last one.
            if let Some(place) = order.waiting.iter().rposition(|waiting| waiting.part == part) {
                order.waiting.remove(place);
            }
        }
    }
}

const ORDER: &str = "SELECT part.id, run.list, batch.removal
    FROM part JOIN batch ON batch.run = part.run AND batch.seq = part.batch JOIN run ON run.id = part.run
    JOIN target ON target.id = run.target
    WHERE target.tenant = ?1 AND part.state = 'waiting' AND batch.settled_at IS NULL AND run.stage = 'planned'
    ORDER BY batch.removal DESC, batch.urgent, run.started_at DESC, run.id DESC, batch.seq DESC, part.id DESC";

impl Store {
    /// The most urgent part that waits: customer requests first, then loads by age, then the order of the plan; removals
    /// last, and only once nothing that is added to their list waits or is on its way. Parts for which `skip` is true are
    /// passed over.
    pub fn next_part(&self, tenant: TenantId, skip: impl Fn(&Part) -> bool) -> Result<Option<Part>, StoreError> {
        self.bring_up_to_date(tenant)?;
        let order = self.queue.order.borrow();
        let Some(order) = order.as_ref() else { return Ok(None) };
        for waiting in order.waiting.iter().rev() {
            let Some(part) = self.part(waiting.part)? else { continue };
            let passes = skip(&part) || (part.removal && self.adds_first(&part.batch.run)?);
            if !passes {
                return Ok(Some(part));
            }
        }
        Ok(None)
    }

    /// Whether a part waits that adds to a list.
    pub fn adds_wait(&self, tenant: TenantId, list: ListKey) -> Result<bool, StoreError> {
        self.bring_up_to_date(tenant)?;
        let order = self.queue.order.borrow();
        let adds = |waiting: &Waiting| waiting.list == Some(list) && !waiting.removal;
        Ok(order.as_ref().is_some_and(|order| order.waiting.iter().rev().any(adds)))
    }

    fn bring_up_to_date(&self, tenant: TenantId) -> Result<(), StoreError> {
        let others = self.connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
        let mut order = self.queue.order.borrow_mut();
        let known = order.as_ref().is_some_and(|order| order.tenant == tenant && order.others == others);
        if !known || self.queue.changed.get() {
            *order = Some(Order { tenant, waiting: waiting(&self.connection, tenant)?, others });
            self.queue.changed.set(false);
        }
        Ok(())
    }

    fn part(&self, id: PartId) -> Result<Option<Part>, StoreError> {
        // Its batch may have been settled since: everything in it was seen.
        let mut select = self.connection.prepare_cached(&format!(
            "{PART} JOIN batch ON batch.run = part.run AND batch.seq = part.batch
             WHERE part.id = ?1 AND state = 'waiting' AND settled_at IS NULL"
        ))?;
        let mut found = select.query([id.0])?;
        found.next()?.map(part_of_row).transpose()
    }

    /// Whether something is still to be added to the list that a run goes into: protection never shrinks before it has
    /// grown.
    fn adds_first(&self, run: &RunId) -> Result<bool, StoreError> {
        let mut select = self.connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM part JOIN batch ON batch.run = part.run AND batch.seq = part.batch
             JOIN run ON run.id = part.run WHERE run.list = (SELECT list FROM run WHERE id = ?1) AND batch.removal = 0
             AND batch.settled_at IS NULL AND part.state IN ('waiting', 'sending', 'doubted') AND run.stage = 'planned')",
        )?;
        Ok(select.query_row([run.as_str()], |row| row.get(0))?)
    }
}

fn waiting(connection: &Connection, tenant: TenantId) -> Result<Vec<Waiting>, StoreError> {
    let mut select = connection.prepare_cached(ORDER)?;
    let waiting = select.query_map([tenant.0], |row| {
        let list = row.get::<_, Option<i64>>(1)?.map(ListKey);
        Ok(Waiting { part: PartId(row.get(0)?), list, removal: row.get(2)? })
    })?;
    Ok(waiting.collect::<Result<_, _>>()?)
}
