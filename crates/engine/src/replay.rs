//! Webhooks on command: which are stored, and each of them tried once now.

use std::path::Path;

use dncsync_core::target::TenantKey;
use dncsync_cxone::Wire;
use dncsync_store::{Store, TenantId, Undelivered};

use crate::audit::Trail;
use crate::deliver::{Deliveries, record};
use crate::setup::Aggregator;
use crate::trouble::Trouble;
use crate::world::World;

/// What a replay came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    /// The ids that were taken.
    pub taken: Vec<String>,
    /// Those that were not, and where they stand now.
    pub left: Vec<Undelivered>,
    /// The ids that were named and had been delivered before: they were not sent.
    pub before: Vec<String>,
}

/// The webhooks of a tenant that nobody took yet. A directory without a state is left as it is.
pub(crate) fn list(state: &Path, tenant: &TenantKey) -> Result<Vec<Undelivered>, Trouble> {
    if !Store::exists(state) {
        return Ok(Vec::new());
    }
    let mut store = Store::open(state)?;
    let tenant = store.tenant(tenant)?;
    Ok(store.undelivered_webhooks(tenant)?)
}

/// Tries each of these once, now, whatever its schedule and the aggregator's wishes; all of them where none is named.
///
/// The lease is not taken: a run at work may try the same webhook, and the aggregator knows it by its id.
pub(crate) async fn replay(
    store: &mut Store,
    tenant: TenantId,
    (world, trail): (&World, &Trail),
    (to, wire): (Option<&Aggregator>, &Wire),
    ids: &[String],
) -> Result<Replayed, Trouble> {
    let mut deliveries = Deliveries::to(to, wire)?;
    if !deliveries.wanted() {
        return Err(no_aggregator());
    }
    let (chosen, mut replayed) = choose(store, tenant, ids)?;
    for found in &chosen {
        store.unpark_webhook(&found.webhook.id)?;
        deliveries.push(found.webhook.clone());
    }
    loop {
        deliveries.launch(store, world, trail)?;
        if deliveries.idle(world.now()) {
            break;
        }
        let (webhook, result) = deliveries.next().await;
        record(store, world, &webhook, result)?;
    }
    for Undelivered { webhook, .. } in chosen {
        match store.undelivered_webhook(&webhook.id)? {
            Some(left) => replayed.left.push(left),
            None => replayed.taken.push(webhook.id),
        }
    }
    Ok(replayed)
}

/// Which are to be tried. An id that does not exist stops everything before anything is sent.
fn choose(store: &Store, tenant: TenantId, ids: &[String]) -> Result<(Vec<Undelivered>, Replayed), Trouble> {
    let (mut chosen, mut replayed) = (store.undelivered_webhooks(tenant)?, Replayed::default());
    if ids.is_empty() {
        return Ok((chosen, replayed));
    }
    for id in ids {
        if !store.has_webhook(tenant, id)? {
            return Err(unknown(id));
        }
        if !chosen.iter().any(|found| found.webhook.id == *id) && !replayed.before.contains(id) {
            replayed.before.push(id.clone());
        }
    }
    chosen.retain(|found| ids.contains(&found.webhook.id));
    Ok((chosen, replayed))
}

fn no_aggregator() -> Trouble {
    Trouble::input("config.webhook", "no aggregator is configured", "set AGGREGATOR_WEBHOOK, or give --webhook URL")
}

fn unknown(id: &str) -> Trouble {
    let message = format!("this tenant has no webhook `{id}`");
    Trouble::input("webhook.unknown", message, "`dncsync webhooks` lists those that can be replayed")
}
