//! Telling the aggregator. Stored before it is sent; never delays or fails an ingestion.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use dncsync_core::delivery::{self, Failure, Next};
use dncsync_core::timestamp::Timestamp;
use dncsync_core::webhook::EVENT_TYPE;
use dncsync_cxone::{SettingsError, Wire, http};
use dncsync_store::{Store, TenantId, Undelivered, Webhook};
use futures_util::stream::{FuturesUnordered, StreamExt};
use reqwest::Method;

use crate::audit::Trail;
use crate::setup::Aggregator;
use crate::trouble::Trouble;
use crate::world::World;

/// So many deliveries at a time: a slow aggregator must not hold more connections than that.
const AT_ONCE: usize = 4;

/// How long the aggregator may take to connect, and to answer in all (the tutorial's 10 s).
const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(10);

/// How long the end of a run waits for deliveries in flight.
pub(crate) const GRACE: Duration = Duration::from_secs(3);

/// A webhook that was tried, and what came of it.
pub(crate) type Tried = (Webhook, Result<(), Failure>);

type Delivery = Pin<Box<dyn Future<Output = Tried>>>;

/// The webhooks of one engine at work.
pub(crate) struct Deliveries {
    to: Option<(Aggregator, Wire)>,
    /// By the moment of the next try; those of the same moment in the order in which they came.
    waiting: BTreeMap<(Timestamp, u64), Webhook>,
    came: u64,
    flying: FuturesUnordered<Delivery>,
}

impl Deliveries {
    /// Everything that is pending for the tenant, each once, to the address that is configured now. What the
    /// aggregator asked to be left alone with waits until then; what is parked stays where it is.
    pub(crate) fn start(
        store: &Store,
        tenant: TenantId,
        to: Option<&Aggregator>,
        wire: &Wire,
    ) -> Result<Self, Trouble> {
        let mut deliveries = Self::to(to, wire)?;
        if deliveries.wanted() {
            let pending = store.undelivered_webhooks(tenant)?.into_iter().filter(|found| found.parked.is_none());
            for found in pending {
                deliveries.push_for(found.webhook, found.not_before.unwrap_or(Timestamp::ZERO));
            }
        }
        Ok(deliveries)
    }

    /// Nothing to tell yet.
    pub(crate) fn to(aggregator: Option<&Aggregator>, wire: &Wire) -> Result<Self, Trouble> {
        let to = aggregator.map(|aggregator| way_to(aggregator, wire).map(|wire| (aggregator.clone(), wire)));
        Ok(Self { to: to.transpose()?, waiting: BTreeMap::new(), came: 0, flying: FuturesUnordered::new() })
    }

    /// Whether there is an aggregator to tell.
    pub(crate) fn wanted(&self) -> bool {
        self.to.is_some()
    }

    /// A webhook was stored: it leaves as soon as there is room.
    pub(crate) fn push(&mut self, webhook: Webhook) {
        self.push_for(webhook, Timestamp::ZERO);
    }

    fn push_for(&mut self, webhook: Webhook, due: Timestamp) {
        self.came += 1;
        self.waiting.insert((due, self.came), webhook);
    }

    /// Lets as many leave as may, of those that are due.
    pub(crate) fn launch(&mut self, store: &mut Store, world: &World, trail: &Trail) -> Result<(), Trouble> {
        while self.flying.len() < AT_ONCE {
            let now = world.now();
            let (Some((aggregator, wire)), Some(next)) = (&self.to, self.waiting.first_entry()) else { break };
            if next.key().0 > now {
                break;
            }
            let webhook = next.remove();
            // Another process may have delivered or parked it while it waited here.
            let open = store.undelivered_webhook(&webhook.id)?.filter(|found| found.parked.is_none());
            let Some(Undelivered { mut webhook, .. }) = open else { continue };
            witnessed(&mut webhook, store, trail)?;
            let request = request(wire, aggregator, &webhook, now);
            let wire = wire.clone();
            let refused = dncsync_cxone::is_link_local(&aggregator.url);
            self.flying.push(Box::pin(async move {
                let result = if refused { Err(link_local()) } else { deliver(&wire, request).await };
                (webhook, result)
            }));
        }
        Ok(())
    }

    /// Whether nothing is on its way and nothing could leave now. What is due later is no reason to wait.
    pub(crate) fn idle(&self, now: Timestamp) -> bool {
        self.flying.is_empty() && self.waiting.first_key_value().is_none_or(|((due, _), _)| *due > now)
    }

    /// The next one that came to something. Never where nothing is on its way.
    pub(crate) async fn next(&mut self) -> Tried {
        match self.flying.next().await {
            Some(done) => done,
            None => std::future::pending().await,
        }
    }

    /// Records what a try came to, and tries again when it is time to.
    pub(crate) fn take(&mut self, store: &mut Store, world: &World, (webhook, result): Tried) -> Result<(), Trouble> {
        if let Some(due) = record(store, world, &webhook, result)? {
            self.push_for(webhook, due);
        }
        Ok(())
    }
}

/// Records what a try came to; when the next one is due, where there is to be one.
pub(crate) fn record(
    store: &mut Store,
    world: &World,
    webhook: &Webhook,
    result: Result<(), Failure>,
) -> Result<Option<Timestamp>, Trouble> {
    let now = world.now();
    let Err(failure) = result else {
        store.webhook_delivered(webhook, now)?;
        return Ok(None);
    };
    let Some(found) = store.undelivered_webhook(&webhook.id)? else {
        return Ok(None);
    };
    let (id, why) = (&webhook.id, &failure.words);
    match delivery::after(&failure, found.attempts + 1, found.created_at, now, world.chance()) {
        Next::Again { at, not_before } => {
            tracing::warn!(webhook = id, reason = why, "the aggregator did not take a webhook; it stays stored");
            store.webhook_failed(id, why, at, not_before)?;
            Ok(Some(at))
        }
        Next::Park { reason } => {
            tracing::warn!(webhook = id, reason = why, "a webhook is parked; `dncsync webhooks` tells more");
            store.webhook_parked(webhook, why, &reason, now)?;
            Ok(None)
        }
    }
}

async fn deliver(wire: &Wire, request: reqwest::RequestBuilder) -> Result<(), Failure> {
    match wire.send(request, "the aggregator").await {
        Ok(answer) => delivery::judge(answer.status().as_u16(), http::retry_after(&answer)),
        Err(fault) => Err(Failure::unanswered(fault.reason)),
    }
}

fn link_local() -> Failure {
    Failure::unanswered("link-local addresses are not called")
}

/// The way out where there is no client whose way it could be.
pub(crate) fn without_client() -> Result<Wire, Trouble> {
    Wire::net(None, CONNECT, ANSWER).map_err(|error| unusable(&error))
}

fn way_to(aggregator: &Aggregator, wire: &Wire) -> Result<Wire, Trouble> {
    wire.to_aggregator(aggregator.ca_pem.as_deref(), CONNECT, ANSWER).map_err(|error| unusable(&error))
}

fn unusable(error: &SettingsError) -> Trouble {
    Trouble::input("config.http", error.to_string(), "check CXONE_CA_FILE")
}

/// A webhook that leaves for the first time gets the newest checkpoint, which covers what it tells of: the aggregator becomes a
/// witness of the log. Whenever it is tried again its body is the same.
fn witnessed(webhook: &mut Webhook, store: &mut Store, trail: &Trail) -> Result<(), Trouble> {
    let body: serde_json::Value = serde_json::from_str(&webhook.body).unwrap_or_default();
    let (None, Some(open)) = (body.get("checkpoint"), webhook.body.strip_suffix('}')) else { return Ok(()) };
    if let Some(checkpoint) = trail.cover(store)? {
        webhook.body = format!("{open},\"checkpoint\":{}}}", serde_json::json!(checkpoint));
        store.keep_webhook_body(webhook)?;
    }
    Ok(())
}

fn request(wire: &Wire, aggregator: &Aggregator, webhook: &Webhook, now: Timestamp) -> reqwest::RequestBuilder {
    let seconds = now.millis().div_euclid(1000);
    let request = wire
        .request(Method::POST, &aggregator.url)
        .header("content-type", "application/json")
        .header("x-event-type", EVENT_TYPE)
        .header("webhook-id", &webhook.id)
        .header("webhook-timestamp", seconds.to_string());
    let signature = aggregator.secret.as_ref().map(|secret| secret.sign(&webhook.id, seconds, &webhook.body));
    match signature {
        Some(signature) => request.header("webhook-signature", signature),
        None => request,
    }
    .body(webhook.body.clone())
}
