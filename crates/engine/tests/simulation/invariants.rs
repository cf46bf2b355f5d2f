//! What must hold after every step, and what must hold at rest. Looks at the disk and at the tenant, never at the engine.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::Value;

use crate::feeds::{CAMPAIGNS, Feed};
use crate::place::Place;
use crate::records::{Records, Run};

/// From taking its slot until a request arrives, at most: four for a token of 15 s each, and its own delay.
const ON_ITS_WAY_SECS: usize = 100;

pub(crate) type Checked = Result<(), String>;

/// What is known from outside of what the engine may have done.
pub(crate) struct Known<'a> {
    pub(crate) place: &'a Place,
    pub(crate) feeds: &'a [Feed],
    /// Removed behind our back, by the list's id.
    pub(crate) removed: &'a BTreeMap<String, BTreeSet<u64>>,
}

/// Fails with these words unless it holds.
pub(crate) fn must(holds: bool, words: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(words()) }
}

impl Known<'_> {
    /// What must hold after every step.
    pub(crate) fn holds(&self) -> Checked {
        let records = Records::read(self.place.state());
        self.the_rate()?;
        self.present_was_seen(&records)?;
        self.trail_is_the_log(&records)?;
        self.every_row_once(&records)?;
        self.successes_once(&records)?;
        self.only_what_was_asked(&records)?;
        self.webhooks(&records)
    }

    /// No more requests than the tenant takes, or than we promised to send.
    fn the_rate(&self) -> Checked {
        let (observed, tenancy) = (self.place.sandbox().observed(), &self.place.nature.tenancy);
        let counts = |path: &str| path.starts_with("/api/") || path.starts_with("/incontactapi/");
        let arrivals: Vec<u64> =
            observed.arrivals.iter().filter(|call| counts(&call.path)).map(|call| call.at_ms).collect();
        // Under `admin` departures are counted: what arrives within a minute left within a minute and the longest that one
        // may be on its way, and one more in the second in which both begin.
        let span = if tenancy.is_admin() { 60 + ON_ITS_WAY_SECS } else { 60 };
        let most = self.place.nature.rate as usize * span / 60 + usize::from(tenancy.is_admin());
        let over = arrivals.windows(most + 1).find(|some| some[most] - some[0] < 60_000);
        must(over.is_none(), || format!("more than {most} requests arrived in 60 s: {over:?} ms"))?;
        must(observed.throttled == 0, || format!("the tenant said 429 of its own {} times", observed.throttled))
    }

    /// No wrong claim of protection: what the store calls present could be read at some time.
    fn present_was_seen(&self, records: &Records) -> Checked {
        for (id, present) in records.lists.values() {
            let ever = self.place.sandbox().ever_indexed(id).ok_or_else(|| format!("the tenant never had {id}"))?;
            let wrong: Vec<&u64> = present.iter().filter(|number| !ever.contains(number)).collect();
            must(wrong.is_empty(), || format!("called present in {id} and never listed: {wrong:?}"))?;
        }
        Ok(())
    }

    fn trail_is_the_log(&self, records: &Records) -> Checked {
        must(records.lines.starts_with(&records.trail), || "the audit file is no prefix of the log".to_owned())?;
        let gap = (1u64..).zip(&records.events).find(|(seq, event)| event["seq"] != *seq);
        must(gap.is_none(), || format!("a gap in the log: {gap:?}"))?;
        must(!records.lines.contains("202555"), || "a number in clear in the log".to_owned())?;
        let mut settled: HashSet<(&Value, &Value)> = HashSet::new();
        for event in &records.events {
            match event["eventType"].as_str().unwrap_or_default() {
                // Another plan, other batches.
                "run.planned" => settled.retain(|(run, _)| **run != event["runId"]),
                "batch.settled" => {
                    let new = settled.insert((&event["runId"], &event["batch"]));
                    must(new, || format!("settled twice: {event}"))?;
                    let sum: u64 = ["successes", "alreadyListed", "refused", "unconfirmed"]
                        .map(|key| count(event, key))
                        .iter()
                        .sum();
                    must(sum == count(event, "items"), || format!("does not add up: {event}"))?;
                }
                _ => {}
            }
        }
        for run in &records.runs {
            let ends = records
                .events
                .iter()
                .filter(|event| event["eventType"] == "DNC_INGESTION" && event["runId"] == run.id.as_str());
            let (ends, expected) = (ends.count(), usize::from(run.stage == "finished"));
            must(ends == expected, || format!("{ends} records of the end of {run:?}"))?;
        }
        Ok(())
    }

    /// The feed that a run came from, found by what its first event says.
    fn feed_of(&self, records: &Records, run: &Run) -> Result<&Feed, String> {
        let loaded = |event: &&Value| event["eventType"] == "run.loaded" && event["runId"] == run.id.as_str();
        let event = records.events.iter().find(loaded).ok_or_else(|| format!("never loaded: {run:?}"))?;
        let digest = event["files"][0]["digest"].as_str().unwrap_or_default();
        let found = self.feeds.iter().find(|feed| feed.sha256() == digest && feed.campaign == run.campaign);
        found.ok_or_else(|| format!("nobody ordered {run:?}"))
    }

    /// Every row has one outcome: in the columns, in the report, and as the input says.
    fn every_row_once(&self, records: &Records) -> Checked {
        for run in &records.runs {
            let feed = if run.owed { None } else { Some(self.feed_of(records, run)?) };
            let told = feed.map_or((run.loaded.0, 0, 0), |feed| (feed.rows, feed.repeated, feed.rejected));
            must(run.loaded == told, || format!("{:?} of {run:?}", feed.map(|feed| &feed.text)))?;
            let mut outcomes = run.already_listed;
            for batch in records.batches_of(&run.id) {
                let whole = !batch.settled || batch.outcomes() == batch.count;
                must(whole && batch.outcomes() <= batch.count, || format!("not once each: {batch:?}"))?;
                outcomes += batch.outcomes();
            }
            let unique = feed.map_or(run.loaded.0, |feed| feed.valid.len() as u64);
            let over = if run.stage == "finished" { outcomes == unique } else { outcomes <= unique };
            must(over, || format!("{outcomes} outcomes of {unique} numbers in {run:?}"))?;
            if let Some(report) = &run.report {
                adds_up(report, told)?;
                must(count(report, "pending") == 0, || format!("finished with pending rows: {report}"))?;
            }
            feed.map_or(Ok(()), |feed| self.protected(records, run, feed))?;
        }
        Ok(())
    }

    /// Numbers that a run counts as listed could be read from the list at some time.
    fn protected(&self, records: &Records, run: &Run, feed: &Feed) -> Checked {
        let Some((id, _)) = run.list.and_then(|list| records.lists.get(&list)) else { return Ok(()) };
        let listed = run.already_listed
            + records.batches_of(&run.id).map(|batch| batch.successes + batch.already_listed).sum::<u64>();
        let ever = self.place.sandbox().ever_indexed(id).ok_or_else(|| format!("the tenant never had {id}"))?;
        let most = feed.valid.iter().filter(|number| ever.contains(number)).count() as u64;
        must(listed <= most, || format!("{listed} counted as listed, {most} can be: {run:?}"))
    }

    /// A number that came once is a success once, whatever died in between; once more for each time that it was taken
    /// away, or that a page moved under a reading while others were taken away.
    fn successes_once(&self, records: &Records) -> Checked {
        for (key, (id, _)) in &records.lists {
            if self.removed.contains_key(id) {
                continue;
            }
            let runs = records.runs.iter().filter(|run| run.list == Some(*key));
            let successes: u64 = runs.flat_map(|run| records.batches_of(&run.id)).map(|batch| batch.successes).sum();
            let most = self.place.sandbox().ever_indexed(id).map_or(0, |ever| ever.len() as u64);
            must(successes <= most, || format!("{successes} successes in {id}, which has {most} numbers"))?;
        }
        Ok(())
    }

    /// No number was sent that no input for that list holds.
    fn only_what_was_asked(&self, records: &Records) -> Checked {
        let name_of =
            |run: &Value| records.runs.iter().find(|row| *run == row.id.as_str()).map(|row| row.campaign.as_str());
        let resolved = records.events.iter().filter(|event| event["eventType"] == "list.resolved");
        let lists: BTreeMap<&str, &str> =
            resolved.filter_map(|event| Some((event["listId"].as_str()?, name_of(&event["runId"])?))).collect();
        for post in self.place.sandbox().observed().applied {
            let campaign =
                lists.get(post.list.as_str()).ok_or_else(|| format!("sent into {} unresolved", post.list))?;
            let asked =
                |number: &u64| self.feeds.iter().any(|feed| feed.campaign == *campaign && feed.valid.contains(number));
            must(post.numbers.iter().all(asked), || format!("sent and in no input: {post:?}"))?;
        }
        Ok(())
    }

    fn webhooks(&self, records: &Records) -> Checked {
        let received = self.place.net.aggregator.received();
        for webhook in &records.webhooks {
            let came = received.iter().any(|(id, body)| *id == webhook.id && *body == webhook.body);
            must(came || !webhook.delivered, || format!("called delivered and never came: {webhook:?}"))?;
        }
        for (id, body) in &received {
            let stored = records.webhooks.iter().any(|webhook| webhook.id == *id && webhook.body == *body);
            must(stored, || format!("came and is not stored: {id} {body}"))?;
        }
        let of_kind = |kind: &'static str| records.events.iter().filter(move |event| event["eventType"] == kind);
        let batch_of = |event: &Value| (event["runId"].to_string(), count(event, "batch"));
        let sent: HashSet<(String, u64)> = of_kind("batch.sending").map(batch_of).collect();
        // Nobody is told of a batch that was looked for and not sent.
        let settled = of_kind("batch.settled").filter(|event| sent.contains(&batch_of(event)));
        for event in settled.filter(|_| self.place.nature.told) {
            let (run, batch) = (&event["runId"], count(event, "batch"));
            let of_batch = |webhook: &&crate::records::Webhook| *run == webhook.run.as_str() && webhook.batch == batch;
            let tells = records.webhooks.iter().filter(of_batch).any(|webhook| {
                let body: Value = serde_json::from_str(&webhook.body).unwrap_or_default();
                [("batchSize", "items"), ("indexed", "successes"), ("duplicates", "alreadyListed")]
                    .iter()
                    .all(|(told, logged)| body[told] == event[logged])
            });
            must(tells, || format!("no webhook tells of {event}"))?;
        }
        Ok(())
    }

    /// What must hold when nothing fails any more and everything was ordered again.
    pub(crate) fn at_rest(&self) -> Checked {
        let records = Records::read(self.place.state());
        let unfinished: Vec<&Run> = records.runs.iter().filter(|run| run.stage != "finished").collect();
        must(unfinished.is_empty(), || format!("never finished: {unfinished:?}"))?;
        must(records.trail == records.lines, || "the audit file is not whole".to_owned())?;
        let untold = records.webhooks.iter().find(|webhook| !webhook.delivered);
        must(untold.is_none(), || format!("never delivered: {untold:?}"))?;
        for campaign in CAMPAIGNS {
            self.protects(campaign)?;
        }
        Ok(())
    }

    /// The remote list holds every valid number of every feed, whatever others took away meanwhile.
    fn protects(&self, campaign: &str) -> Checked {
        let feeds = || self.feeds.iter().filter(|feed| feed.campaign == campaign);
        let Some(feed) = feeds().next() else { return Ok(()) };
        let list = self.place.sandbox().list(&feed.list()).ok_or("the list is gone")?;
        let listed: BTreeSet<u64> =
            list.numbers.iter().filter_map(|listed| listed.phone_number.strip_prefix('+')?.parse().ok()).collect();
        let wanted: BTreeSet<u64> = feeds().flat_map(|feed| feed.valid.iter().copied()).collect();
        let missing: Vec<&u64> = wanted.difference(&listed).collect();
        must(missing.is_empty(), || format!("not listed in {campaign} at the end: {missing:?}"))
    }
}

/// A report tells of each row once, and of the input what is true.
pub(crate) fn adds_up(report: &Value, told: (u64, u64, u64)) -> Checked {
    let of = |key| count(report, key);
    let outcomes =
        of("successes") + of("duplicates") + of("rejected") + of("refused") + of("unconfirmed") + of("pending");
    must(of("totalItems") == outcomes, || format!("does not add up: {report}"))?;
    let counted = (of("totalItems"), of("duplicatesInInput"), of("rejected"));
    must(counted == told, || format!("miscounts {told:?}: {report}"))
}

fn count(value: &Value, key: &str) -> u64 {
    value[key].as_u64().unwrap_or(u64::MAX / 8)
}
