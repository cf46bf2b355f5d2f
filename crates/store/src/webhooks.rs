//! Webhooks: stored before they are sent, delivered at least once under one id, parked where nothing comes of it.

use dncsync_core::event::Event;
use dncsync_core::report::Webhooks;
use dncsync_core::run::RunId;
use dncsync_core::timestamp::Timestamp;
use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::error::StoreError;
use crate::events::append;
use crate::lists::TenantId;
use crate::open::Store;
use crate::rows::{count, moment};

/// A webhook to be delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Its id, the same at every attempt.
    pub id: String,
    /// The run it tells of.
    pub run: RunId,
    /// The batch it tells of.
    pub batch: u32,
    /// Its body, exactly as it is signed and sent.
    pub body: String,
}

/// A webhook that nobody took yet, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undelivered {
    /// The webhook.
    pub webhook: Webhook,
    /// When it was stored.
    pub created_at: Timestamp,
    /// How often it was tried since then, or since it was taken out of parking.
    pub attempts: u32,
    /// When the next try is due in a run that is at work; `None` before the first try.
    pub next_try: Option<Timestamp>,
    /// Until when the aggregator asked to be left alone with it.
    pub not_before: Option<Timestamp>,
    /// Why it is not tried any more.
    pub parked: Option<String>,
    /// Why the last try failed.
    pub last_failure: Option<String>,
}

const COLUMNS: &str = "webhook.id, webhook.run, batch, body, created_at, attempts, nullif(next_try, 0),
    nullif(webhook.not_before, 0), parked, last_failure";

pub(crate) fn insert(transaction: &Transaction<'_>, webhook: &Webhook, now: Timestamp) -> Result<(), StoreError> {
    transaction.execute(
        "INSERT INTO webhook (id, run, batch, body, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![webhook.id, webhook.run.as_str(), webhook.batch, webhook.body, now.millis()],
    )?;
    Ok(())
}

impl Store {
    /// The webhooks of a tenant that were not delivered yet, parked ones too, oldest first.
    pub fn undelivered_webhooks(&self, tenant: TenantId) -> Result<Vec<Undelivered>, StoreError> {
        let mut select = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM webhook JOIN run ON run.id = webhook.run JOIN target ON target.id = run.target
             WHERE delivered_at IS NULL AND target.tenant = ?1 ORDER BY created_at, webhook.id"
        ))?;
        let found = select.query_map([tenant.0], undelivered)?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// One of them; `None` once it was delivered.
    pub fn undelivered_webhook(&self, id: &str) -> Result<Option<Undelivered>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM webhook WHERE delivered_at IS NULL AND id = ?1");
        Ok(self.connection.prepare_cached(&sql)?.query_row([id], undelivered).optional()?)
    }

    /// Whether a tenant has a webhook of this id, delivered or not.
    pub fn has_webhook(&self, tenant: TenantId, id: &str) -> Result<bool, StoreError> {
        let sql = "SELECT count(*) FROM webhook JOIN run ON run.id = webhook.run JOIN target ON target.id = run.target
             WHERE webhook.id = ?1 AND target.tenant = ?2";
        let found: i64 = self.connection.query_row(sql, params![id, tenant.0], |row| row.get(0))?;
        Ok(found > 0)
    }

    /// The body that a webhook leaves with, whenever it is tried: also after a power cut.
    pub fn keep_webhook_body(&mut self, webhook: &Webhook) -> Result<(), StoreError> {
        let sql = "UPDATE webhook SET body = ?2 WHERE id = ?1";
        self.write_beside_queue(|transaction| {
            transaction.prepare_cached(sql)?.execute(params![webhook.id, webhook.body])?;
            Ok(())
        })
    }

    /// A webhook was tried in vain and is tried again: then, and never before the moment that the aggregator named.
    ///
    /// Like all verbs here it leaves one alone that another process delivered in the meantime.
    pub fn webhook_failed(
        &mut self,
        id: &str,
        why: &str,
        next_try: Timestamp,
        not_before: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        self.connection.execute(
            "UPDATE webhook SET attempts = attempts + 1, last_failure = ?2, next_try = ?3, not_before = ?4
             WHERE id = ?1 AND delivered_at IS NULL",
            params![id, why, next_try.millis(), not_before.map_or(0, Timestamp::millis)],
        )?;
        Ok(())
    }

    /// A webhook was tried in vain and is not tried any more.
    pub fn webhook_parked(
        &mut self,
        webhook: &Webhook,
        why: &str,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|transaction| {
            let changed = transaction.execute(
                "UPDATE webhook SET attempts = attempts + 1, last_failure = ?2, parked = ?3, next_try = 0, not_before = 0
                 WHERE id = ?1 AND delivered_at IS NULL",
                params![webhook.id, why, reason],
            )?;
            let (webhook_id, reason) = (webhook.id.clone(), reason.to_owned());
            let event = Event::WebhookParked { webhook_id, batch: webhook.batch, reason };
            append(transaction, now, &webhook.run, &[event][..changed.min(1)])
        })
    }

    /// Takes a webhook out of parking, with a schedule of its own again.
    pub fn unpark_webhook(&mut self, id: &str) -> Result<(), StoreError> {
        let sql = "UPDATE webhook SET parked = NULL, attempts = 0 WHERE id = ?1 AND parked IS NOT NULL";
        self.connection.execute(sql, [id])?;
        Ok(())
    }

    /// A webhook was taken.
    pub fn webhook_delivered(&mut self, webhook: &Webhook, now: Timestamp) -> Result<(), StoreError> {
        self.write(|transaction| {
            let changed = transaction.execute(
                "UPDATE webhook SET attempts = attempts + 1, delivered_at = ?2, parked = NULL
                 WHERE id = ?1 AND delivered_at IS NULL",
                params![webhook.id, now.millis()],
            )?;
            let event = Event::WebhookDelivered { webhook_id: webhook.id.clone(), batch: webhook.batch };
            append(transaction, now, &webhook.run, &[event][..changed.min(1)])
        })
    }

    /// How the webhooks of a run stand.
    pub fn webhooks_of(&self, run: &RunId) -> Result<Webhooks, StoreError> {
        let sql = "SELECT count(delivered_at), count(*) - count(delivered_at) - count(parked), count(parked)
             FROM webhook WHERE run = ?1";
        Ok(self.connection.query_row(sql, [run.as_str()], |row| {
            let [delivered, pending, parked] = [row.get(0)?, row.get(1)?, row.get(2)?].map(count);
            Ok(Webhooks { delivered, pending, parked })
        })?)
    }
}

fn undelivered(row: &Row<'_>) -> rusqlite::Result<Undelivered> {
    let run = RunId::new(row.get::<_, String>(1)?);
    Ok(Undelivered {
        webhook: Webhook { id: row.get(0)?, run, batch: row.get(2)?, body: row.get(3)? },
        created_at: Timestamp::from_millis(row.get(4)?),
        attempts: row.get(5)?,
        next_try: moment(row.get(6)?),
        not_before: moment(row.get(7)?),
        parked: row.get(8)?,
        last_failure: row.get(9)?,
    })
}
