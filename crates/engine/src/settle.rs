//! Settling: batches of which every item has its outcome are told of, runs of which every batch is settled end.

use dncsync_core::entry::Entry;
use dncsync_core::event::Event;
use dncsync_core::number::Number;
use dncsync_core::numbers::Numbers;
use dncsync_core::positions;
use dncsync_core::report::Report;
use dncsync_core::run::{RunId, Stage};
use dncsync_core::timestamp::Timestamp;
use dncsync_core::webhook::Body;
use dncsync_store::{BatchKey, Outcome, SentBatch, TargetId, Webhook};
use roaring::RoaringBitmap;

use crate::awaited::Awaited;
use crate::deliver::GRACE;
use crate::ground::Ground;
use crate::progress::{Observer, Progress};
use crate::sender::Sender;
use crate::trouble::Trouble;
use crate::wanted::Wanted;
use crate::{finish, ground};

impl Sender<'_> {
    /// Batches of which every item has its outcome are settled, and the aggregator is told.
    pub(crate) fn settle_batches(&mut self) -> Result<(), Trouble> {
        // What is seen counts once it is in the store.
        let settled = |of: &Awaited| of.settled() && self.presence.is_written(of.list);
        let done: Vec<BatchKey> =
            self.awaited.iter().filter(|(_, awaited)| settled(awaited)).map(|(key, _)| key.clone()).collect();
        for key in done {
            let Some(awaited) = self.awaited.remove(&key) else {
                continue;
            };
            let unconfirmed: Vec<Number> = awaited.unseen.iter().collect();
            self.settle(&key, &unconfirmed, awaited.unseen.all())?;
        }
        self.settle_removals()
    }

    /// Whether everything that is wanted is finished, and everything that was handed over meanwhile. What a list bars
    /// is not waited for.
    pub(crate) fn done(&mut self, wanted: &Wanted) -> Result<bool, Trouble> {
        let open = |run: &RunId, target: &TargetId| wanted.includes(run) && !self.is_barred(*target);
        if matches!(wanted, Wanted::Run(run) if self.runs.contains_key(run)) {
            return Ok(false);
        }
        if self.runs.iter().any(|(run, target)| open(run, target)) {
            return Ok(false);
        }
        let handed_over = self.store.handed_over(self.tenant)?;
        let barred = |run: &RunId| self.runs.get(run).is_some_and(|target| self.is_barred(*target));
        if handed_over.iter().any(|run| !barred(run) && !self.set_aside.contains_key(run)) {
            return Ok(false);
        }
        Ok(matches!(wanted, Wanted::Run(_)) || !self.waits_for_deliveries())
    }

    fn is_barred(&self, target: TargetId) -> bool {
        matches!(self.grounds.get(&target).map(|ground| &ground.step), Some(ground::Step::Barred(_)))
    }

    pub(crate) fn finish_runs(&mut self, wanted: &Wanted, observer: &mut Observer<'_>) -> Result<(), Trouble> {
        let ready: Vec<RunId> = self.runs.keys().cloned().collect();
        for id in ready {
            if self.has_open_batches(&id) {
                continue;
            }
            let run = self.store.run(&id)?;
            if run.stage != Stage::Planned || run.open > 0 || !self.ground_is_current(&run) {
                continue;
            }
            if self.grounds.get(&run.target).is_some_and(Ground::waits_for_skills) {
                continue;
            }
            let last = wanted.is(&id) || (*wanted == Wanted::Everything && self.runs.len() == 1);
            if last && self.waits_for_deliveries() {
                continue;
            }
            let report = finish::finish(self.store, &run, self.setup, self.world.now())?;
            self.runs.remove(&id);
            self.finder.forget(&id);
            if !wanted.is(&id) {
                observer(&Progress::Finished { summary: summary(&report) });
            }
            self.finished.insert(id, report);
        }
        Ok(())
    }

    /// Whether a batch of a run is known to be open; where none is, the store says how the run stands.
    fn has_open_batches(&self, run: &RunId) -> bool {
        let first = BatchKey { run: run.clone(), seq: 0 };
        let of_run = |key: Option<&BatchKey>| key.is_some_and(|key| key.run == *run);
        of_run(self.awaited.range(first.clone()..).next().map(|(key, _)| key))
            || of_run(self.doubted.range(first.clone()..).next().map(|(key, _)| key))
            || of_run(self.leaving.range(first..).next().map(|(key, _)| key))
    }

    /// The end of a run waits for deliveries in flight, but not long.
    fn waits_for_deliveries(&mut self) -> bool {
        let now = self.world.now();
        if self.deliveries.idle(now) {
            return false;
        }
        let ending = *self.ending.get_or_insert(now + GRACE);
        now < ending
    }

    /// Records the outcome of a batch; `unconfirmed`: sorted numbers that nobody saw, `awaited`: those that were waited for,
    /// sorted.
    pub(crate) fn settle(&mut self, key: &BatchKey, unconfirmed: &[Number], awaited: &[Number]) -> Result<(), Trouble> {
        let now = self.world.now();
        let mut batch = self.store.batch_without_items(key)?;
        // Where all its numbers were waited for and seen, they are at hand.
        let all_seen = unconfirmed.is_empty() && batch.refused == 0 && awaited.len() as u64 == batch.count;
        if !all_seen || batch.root.is_none() {
            batch = self.store.batch(key)?;
        }
        let latency = batch.first_sent_at.map(|sent| now.since(sent)).unwrap_or_default();
        let latency_ms = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX);
        let owed: Vec<Entry> =
            batch.items.iter().filter(|item| unconfirmed.binary_search(&item.number).is_ok()).cloned().collect();
        let of = self.rooted(&batch);
        let places = if all_seen { None } else { Some(self.places_seen(&batch, unconfirmed)?) };
        let event = Event::Settled {
            batch: key.seq,
            of,
            items: batch.count,
            seen: places.and_then(|places| positions::unless_all(&places, of.count)),
            successes: batch.successes,
            already_listed: batch.already_listed,
            refused: batch.refused,
            unconfirmed: owed.len() as u64,
            latency_ms,
            removal: false,
        };
        // A batch that was only looked for is nothing that the aggregator waits for.
        let wanted = self.deliveries.wanted() && batch.first_sent_at.is_some();
        let webhook = if wanted { Some(self.webhook(&batch, latency_ms, now)?) } else { None };
        let (seen, refused) = if all_seen {
            (awaited.iter().copied().collect(), Numbers::default())
        } else {
            self.seen(&batch, unconfirmed)?
        };
        let outcome =
            Outcome { root: of.root, unconfirmed: &owed, seen: &seen, refused: &refused, webhook: webhook.as_ref() };
        self.store.settle(&batch, &outcome, now, &event)?;
        if let Some(webhook) = webhook {
            self.deliveries.push(webhook);
        }
        Ok(())
    }

    /// The numbers of a batch that were seen, and those that CXone would not take.
    fn seen(&self, batch: &SentBatch, unconfirmed: &[Number]) -> Result<(Numbers, Numbers), Trouble> {
        let refused = if batch.refused > 0 { self.store.refused_items(&batch.key)? } else { RoaringBitmap::new() };
        let (taken, refused): (Vec<_>, Vec<_>) =
            (0u32..).zip(&batch.items).partition(|(place, _)| !refused.contains(*place));
        let number = |(_, item): (u32, &Entry)| item.number;
        let taken = taken.into_iter().map(number);
        let mut seen: Vec<Number> = taken.filter(|number| unconfirmed.binary_search(number).is_err()).collect();
        // In order they fall into place, each behind the last.
        seen.sort_unstable();
        Ok((seen.into_iter().collect(), refused.into_iter().map(number).collect()))
    }

    /// Which items of a batch were seen.
    fn places_seen(&self, batch: &SentBatch, unconfirmed: &[Number]) -> Result<RoaringBitmap, Trouble> {
        let refused = self.store.refused_items(&batch.key)?;
        let seen = |(place, item): (u32, &Entry)| {
            (!refused.contains(place) && unconfirmed.binary_search(&item.number).is_err()).then_some(place)
        };
        Ok((0u32..).zip(&batch.items).filter_map(seen).collect())
    }

    fn webhook(&self, batch: &SentBatch, latency_ms: u64, now: Timestamp) -> Result<Webhook, Trouble> {
        let target = match self.runs.get(&batch.key.run) {
            Some(target) => *target,
            None => self.store.run(&batch.key.run)?.target,
        };
        let target = self.store.target_of(target)?;
        let body = Body {
            timestamp: now,
            list_id: self.store.list(batch.list)?.id.0,
            batch_size: batch.count,
            indexed: batch.successes,
            duplicates: batch.already_listed,
            latency_ms,
            run_id: batch.key.run.to_string(),
            list_name: target.name().to_owned(),
            campaign_id: target.campaign_id().map(str::to_owned),
        };
        let body = serde_json::to_string(&body).expect("a body is JSON");
        Ok(Webhook { id: self.world.webhook_id(), run: batch.key.run.clone(), batch: batch.key.seq, body })
    }
}

fn summary(report: &Report) -> String {
    format!(
        "run {} into {}: {} rows, {} confirmed, {} duplicates, {} rejected, {} refused, {} unconfirmed",
        report.run_id,
        report.list_name,
        report.total_items,
        report.successes,
        report.duplicates,
        report.rejected,
        report.refused,
        report.unconfirmed
    )
}
