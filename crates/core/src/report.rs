//! What came of a run: each row exactly one outcome, and they add up.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::timestamp::Timestamp;

/// How the rows of a run came out. Every row is in exactly one of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Rows read.
    pub rows: u64,
    /// Numbers newly seen in the list by a read-back.
    pub successes: u64,
    /// Rows whose number an earlier row had named.
    pub repeated: u64,
    /// Numbers that the list held already.
    pub already_listed: u64,
    /// Rows that did not pass the check.
    pub rejected: u64,
    /// Items that CXone would not take.
    pub refused: u64,
    /// Numbers accepted and never seen.
    pub unconfirmed: u64,
}

impl Tally {
    /// Rows that have no outcome yet.
    pub fn pending(&self) -> u64 {
        self.rows.saturating_sub(self.settled())
    }

    fn settled(&self) -> u64 {
        self.successes + self.repeated + self.already_listed + self.rejected + self.refused + self.unconfirmed
    }

    /// Whether it can be true: no more outcomes than rows.
    pub fn holds(&self) -> bool {
        self.settled() <= self.rows
    }

    /// The share of numbers that were nothing new, to four decimals; 0 where there is nothing to divide.
    pub fn hit_rate(&self) -> f64 {
        let duplicates = self.repeated + self.already_listed;
        let whole = duplicates + self.successes;
        if whole == 0 { 0.0 } else { (duplicates as f64 / whole as f64 * 10_000.0).round() / 10_000.0 }
    }
}

/// How many requests a run cost. Calls for a token are not among them: CXone does not count them either.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Requests {
    /// All of them.
    pub total: u64,
    /// For finding or creating the list.
    pub list: u64,
    /// With items.
    pub post: u64,
    /// For reading pages of items.
    pub get: u64,
    /// Of all of them: repetitions.
    pub retried: u64,
    /// Of all of them: answered with 429.
    pub throttled: u64,
    /// Of all of them: spent on finding items that the server refused without naming them. Told where it is not 0.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub halving: u64,
    /// The most that a run spends on that; 0 and not told where it spent nothing.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub halving_budget: u64,
}

/// How the removals of a run came out. Each is in exactly one of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Removals {
    /// Numbers to be removed.
    pub planned: u64,
    /// Gone from the list, by two whole reads.
    pub removed: u64,
    /// Claimed by a feed again before they were gone: they stay, or are added again by the next run.
    pub kept: u64,
    /// Removals that CXone would not take.
    pub refused: u64,
    /// Still in the list.
    pub unconfirmed: u64,
    /// Without an outcome yet.
    pub pending: u64,
    /// Not begun, because they need approval.
    pub withheld: u64,
}

impl Removals {
    /// The same with what has no outcome yet counted.
    #[must_use]
    pub fn counted(self) -> Self {
        Self { pending: self.planned.saturating_sub(self.settled()), ..self }
    }

    fn settled(self) -> u64 {
        self.removed + self.kept + self.refused + self.unconfirmed
    }

    /// Whether each has exactly one outcome.
    pub fn holds(self) -> bool {
        self.planned == self.settled() + self.pending
    }

    fn none(&self) -> bool {
        self.planned + self.withheld == 0
    }
}

/// Milliseconds from a batch's first send to its confirmation, over the confirmed batches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Latency {
    /// Half of them took no longer.
    pub p50: f64,
    /// 95 % of them took no longer.
    pub p95: f64,
    /// 99 % of them took no longer.
    pub p99: f64,
    /// The longest.
    pub max: f64,
}

impl Latency {
    /// The nearest-rank percentiles of some latencies in milliseconds, and their mean.
    pub fn of(mut millis: Vec<f64>) -> (Self, f64) {
        if millis.is_empty() {
            return (Self::default(), 0.0);
        }
        millis.sort_unstable_by(f64::total_cmp);
        let rank = |share: f64| millis[((share * millis.len() as f64).ceil() as usize).clamp(1, millis.len()) - 1];
        let mean = millis.iter().sum::<f64>() / millis.len() as f64;
        (Self { p50: rank(0.50), p95: rank(0.95), p99: rank(0.99), max: rank(1.0) }, (mean * 10.0).round() / 10.0)
    }
}

/// Webhooks of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhooks {
    /// Taken by the aggregator.
    pub delivered: u64,
    /// Stored, to be delivered by a later run.
    pub pending: u64,
    /// Stored, not tried again until somebody says so. Absent where there are none, as in reports of older versions.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub parked: u64,
}

impl Webhooks {
    /// All of them.
    pub fn all(&self) -> u64 {
        self.delivered + self.pending + self.parked
    }
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// The report of a run: what `--json` prints and what the audit trail keeps. The keys are a public interface.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Always `DNC_INGESTION`.
    pub event_type: String,
    /// The run.
    pub run_id: String,
    /// The campaign, where the list was named for one.
    pub campaign_id: Option<String>,
    /// The id CXone gave the list; absent where CXone was not reached.
    pub list_id: Option<String>,
    /// The list's name.
    pub list_name: String,
    /// The list's scope.
    pub scope: String,
    /// Rows read.
    pub total_items: u64,
    /// Numbers newly seen in the list by a read-back.
    pub successes: u64,
    /// `duplicatesInInput` + `alreadyListed`.
    pub duplicates: u64,
    /// Rows whose number an earlier row had named.
    pub duplicates_in_input: u64,
    /// Numbers that the list held already.
    pub already_listed: u64,
    /// Rows that did not pass the check.
    pub rejected: u64,
    /// Items that CXone would not take.
    pub refused: u64,
    /// Numbers accepted and never seen.
    pub unconfirmed: u64,
    /// Rows without an outcome yet.
    pub pending: u64,
    /// Numbers sent again because no read-back had seen them. Told where it is not 0.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub resent: u64,
    /// How removals came out. Absent where there were none.
    #[serde(default, skip_serializing_if = "Removals::none")]
    pub removals: Removals,
    /// duplicates / (duplicates + successes).
    pub hit_rate: f64,
    /// Batches of the plan.
    pub batches: u64,
    /// What it cost.
    pub requests: Requests,
    /// What was mended, by stable name.
    pub warnings: BTreeMap<String, u64>,
    /// Mean latency of a confirmed batch.
    pub average_latency_ms: f64,
    /// Percentiles of it.
    pub latency_ms: Latency,
    /// From the run's start to this report.
    pub duration_ms: u64,
    /// When this report was made.
    pub timestamp: Timestamp,
    /// Webhooks of this run.
    pub webhooks: Webhooks,
    /// Where refused rows went; absent where there were none.
    pub rejects: Option<String>,
    /// Where the unconfirmed numbers are named; absent where there were none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unconfirmed_file: Option<String>,
    /// Where dncsync remembers.
    pub state: String,
    /// Whether nothing was sent on purpose.
    pub dry_run: bool,
}

impl Report {
    /// The name of the record in the audit trail.
    pub const EVENT_TYPE: &'static str = "DNC_INGESTION";

    /// Whether every row has exactly one outcome.
    pub fn holds(&self) -> bool {
        let outcomes =
            self.successes + self.duplicates + self.rejected + self.refused + self.unconfirmed + self.pending;
        self.total_items == outcomes
            && self.duplicates == self.duplicates_in_input + self.already_listed
            && self.removals.holds()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_hit_rate_is_that_of_the_documentation() {
        let tally = Tally {
            rows: 25_000,
            successes: 24_000,
            repeated: 500,
            already_listed: 200,
            rejected: 290,
            refused: 10,
            unconfirmed: 0,
        };
        assert_eq!(tally.hit_rate(), 0.0283);
        assert_eq!(tally.pending(), 0);
        assert!(tally.holds());
        assert_eq!(Tally::default().hit_rate(), 0.0);
        assert_eq!(Tally { rows: 3, already_listed: 3, ..Tally::default() }.hit_rate(), 1.0);
    }

    #[test]
    fn percentiles_are_values_that_happened() {
        let (latency, mean) = Latency::of((1..=100).map(f64::from).collect());
        assert_eq!((latency.p50, latency.p95, latency.p99, latency.max, mean), (50.0, 95.0, 99.0, 100.0, 50.5));
        assert_eq!(Latency::of(Vec::new()).0, Latency::default());
    }

    /// A report of a tally, as the engine makes it: the figures that come from elsewhere are left out.
    fn report(tally: &Tally) -> Report {
        let text = format!(
            r#"{{"eventType":"DNC_INGESTION","runId":"r1","campaignId":null,"listId":null,"listName":"HOUSE",
                "scope":"GLOBAL","totalItems":{},"successes":{},"duplicates":{},"duplicatesInInput":{},
                "alreadyListed":{},"rejected":{},"refused":{},"unconfirmed":{},"pending":{},"hitRate":{},"batches":0,
                "requests":{{"total":0,"list":0,"post":0,"get":0,"retried":0,"throttled":0}},"warnings":{{}},
                "averageLatencyMs":0.0,"latencyMs":{{"p50":0.0,"p95":0.0,"p99":0.0,"max":0.0}},"durationMs":0,
                "timestamp":"1970-01-01T00:00:00.000Z","webhooks":{{"delivered":0,"pending":0}},"rejects":null,
                "state":"/state","dryRun":false}}"#,
            tally.rows,
            tally.successes,
            tally.repeated + tally.already_listed,
            tally.repeated,
            tally.already_listed,
            tally.rejected,
            tally.refused,
            tally.unconfirmed,
            tally.pending(),
            tally.hit_rate(),
        );
        serde_json::from_str(&text).expect("a report, also one that an older version wrote")
    }

    proptest! {
        /// However far a run has come: the outcomes and what is pending are the rows, neither more nor fewer.
        #[test]
        fn every_row_has_one_outcome(outcomes: [u32; 6], pending: u32) {
            let [successes, repeated, already_listed, rejected, refused, unconfirmed] = outcomes.map(u64::from);
            let rows = outcomes.iter().copied().map(u64::from).sum::<u64>() + u64::from(pending);
            let tally = Tally { rows, successes, repeated, already_listed, rejected, refused, unconfirmed };
            prop_assert!(tally.holds());
            prop_assert_eq!(tally.pending(), u64::from(pending));
            prop_assert!((0.0..=1.0).contains(&tally.hit_rate()));
            let whole = report(&tally);
            prop_assert!(whole.holds());
            let text = serde_json::to_string(&whole).expect("JSON");
            prop_assert_eq!(&serde_json::from_str::<Report>(&text).expect("a report"), &whole);
        }

        /// One row too many or too few anywhere, and the report says so.
        #[test]
        fn a_row_counted_twice_or_not_at_all_shows(outcomes in prop::array::uniform6(1u64..1_000), which in 0usize..8) {
            let [successes, repeated, already_listed, rejected, refused, unconfirmed] = outcomes;
            let rows = outcomes.iter().sum();
            let tally = Tally { rows, successes, repeated, already_listed, rejected, refused, unconfirmed };
            let mut wrong = report(&tally);
            let figures = [
                &mut wrong.successes, &mut wrong.duplicates, &mut wrong.duplicates_in_input, &mut wrong.already_listed,
                &mut wrong.rejected, &mut wrong.refused, &mut wrong.unconfirmed, &mut wrong.pending,
            ];
            *figures.into_iter().nth(which).expect("one of them") += 1;
            prop_assert!(!wrong.holds());
            prop_assert!(!Tally { refused: refused + 1, ..tally }.holds(), "more outcomes than rows");
        }

        /// Percentiles are latencies that happened, in order.
        #[test]
        fn percentiles_are_in_order(millis in prop::collection::vec(0u32..1_000_000, 1..200)) {
            let millis: Vec<f64> = millis.into_iter().map(f64::from).collect();
            let (Latency { p50, p95, p99, max }, mean) = Latency::of(millis.clone());
            prop_assert!(p50 <= p95 && p95 <= p99 && p99 <= max && mean <= max);
            prop_assert!([p50, p95, p99, max].iter().all(|value| millis.contains(value)));
            prop_assert!(millis.iter().filter(|value| **value <= p50).count() * 2 >= millis.len());
        }
    }
}
