//! What an engine is told once.

use std::time::Duration;

use dncsync_core::guard::PlanGuard;
use dncsync_core::pacing::Rate;
use dncsync_core::profile::Reach;
use dncsync_core::target::TenantKey;

use crate::audit::Record;
use crate::signature::WebhookSecret;
use crate::trouble::Trouble;

/// What an engine is told once.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Whose lists they are.
    pub tenant: TenantKey,
    /// Most requests, all processes of the state directory together.
    pub rate: Rate,
    /// Most requests at a time; with answers within 2 s four use 100 requests a minute whole.
    pub at_once: usize,
    /// Which numbers the tenant's lists can hold.
    pub reach: Reach,
    /// The most active records that the tenant can hold, where that is known.
    pub capacity: Option<u64>,
    /// How long after its last sending a number may stay unseen before it is reported unconfirmed.
    pub confirm_within: Duration,
    /// How long a run keeps trying while requests fail.
    pub patience: Duration,
    /// How long ago a number may have been seen to be believed; older ones are looked for again.
    pub trust: Duration,
    /// The most requests that are spent on looking for them; past it they are sent again instead.
    pub trust_budget: u64,
    /// Who is told.
    pub aggregator: Option<Aggregator>,
    /// Who runs it, for the record.
    pub who: String,
    /// When plans stop before their first removal, by list; and all others.
    pub guards: PlanGuards,
    /// What the record is kept with.
    pub record: Record,
}

impl Setup {
    /// Why so many records cannot be added where the tenant holds `records`; `None` where they can, or where nobody knows.
    pub(crate) fn over_capacity(&self, records: Option<u64>, additions: u64) -> Option<Trouble> {
        let (records, capacity) = records.zip(self.capacity)?;
        let over = additions > 0 && records + additions > capacity;
        over.then(|| Trouble::over_capacity(records, additions, capacity))
    }
}

/// When plans stop before their first removal.
#[derive(Clone, Debug, Default)]
pub struct PlanGuards {
    /// By the name of the list.
    pub of_list: std::collections::BTreeMap<String, PlanGuard>,
    /// Of lists that are not named.
    pub usual: PlanGuard,
}

impl PlanGuards {
    /// That of a list.
    pub fn of(&self, list_name: &str) -> PlanGuard {
        self.of_list.get(list_name).copied().unwrap_or(self.usual)
    }
}

/// Where the aggregator listens and how it knows us.
#[derive(Clone, Debug)]
pub struct Aggregator {
    /// Its address.
    pub url: String,
    /// The secret that signs; without one webhooks are unsigned, as the tutorial's are.
    pub secret: Option<WebhookSecret>,
    /// A certificate authority beside the platform's, in PEM.
    pub ca_pem: Option<Vec<u8>>,
}
