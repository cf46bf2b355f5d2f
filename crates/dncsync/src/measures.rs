//! The measures that a configuration file sets for single feeds and lists: when a guard stops, when a feed is stale.

use std::collections::BTreeMap;

use dncsync_core::guard::{LoadGuard, PlanGuard};
use dncsync_engine::{PlanGuards, Trouble};
use serde::Deserialize;

/// What a configuration file says of one feed.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FeedMeasures {
    stale_after: Option<String>,
    max_rejected: Option<f64>,
    max_shrink: Option<f64>,
}

/// What a configuration file says of one list.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListMeasures {
    max_removals: Option<u64>,
    max_removals_share: Option<f64>,
    max_left_out: Option<f64>,
}

/// Days after which a feed is stale, where nothing says otherwise: a registry's copy must be no older than 31 days.
const STALE_AFTER: u64 = 21;

/// When a load that replaces a feed stops.
pub(crate) fn load_guard(told: Option<&FeedMeasures>) -> LoadGuard {
    let (usual, told) = (LoadGuard::default(), told.cloned().unwrap_or_default());
    LoadGuard {
        most_rejected: told.max_rejected.unwrap_or(usual.most_rejected),
        most_shrink: told.max_shrink.unwrap_or(usual.most_shrink),
    }
}

/// When plans stop before their first removal, by list.
pub(crate) fn plan_guards(told: &BTreeMap<String, ListMeasures>) -> PlanGuards {
    let usual = PlanGuard::default();
    let of = |told: &ListMeasures| PlanGuard {
        most_removals: told.max_removals.unwrap_or(usual.most_removals),
        most_share: told.max_removals_share.unwrap_or(usual.most_share),
        most_left_out: told.max_left_out.unwrap_or(usual.most_left_out),
        ..usual
    };
    PlanGuards { of_list: told.iter().map(|(name, told)| (name.clone(), of(told))).collect(), usual }
}

/// From which day on each feed is stale.
pub(crate) fn stale_after(
    usual: Option<&String>,
    feeds: &BTreeMap<String, FeedMeasures>,
) -> Result<impl Fn(&str) -> u64 + use<>, Trouble> {
    let days = |text: &String| {
        let time = humantime::parse_duration(text.trim());
        time.map(|time| time.as_secs() / (24 * 3600)).map_err(|_| {
            let message = format!("stale_after: `{text}` is not a number of days, such as 21d");
            Trouble::input("config.value", message, "mend the value")
        })
    };
    let usual = usual.map(days).transpose()?.unwrap_or(STALE_AFTER);
    let mut of_feed = BTreeMap::new();
    for (name, told) in feeds {
        if let Some(text) = &told.stale_after {
            of_feed.insert(name.clone(), days(text)?);
        }
    }
    Ok(move |feed: &str| of_feed.get(feed).copied().unwrap_or(usual))
}
