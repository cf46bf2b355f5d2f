//! Planning: runs are planned as soon as the ground of their target is known.

use dncsync_core::batch::Batch;
use dncsync_core::belief::{self, Belief};
use dncsync_core::event::Event;
use dncsync_core::number::Number;
use dncsync_core::numbers::Numbers;
use dncsync_core::plan::{Plan, Planner};
use dncsync_core::run::{RunId, Stage};
use dncsync_core::timestamp::Timestamp;
use dncsync_store::{ListKey, ListState, LoadKind, PartState, PlanNotes, Run, RunKind, SentBatch, Sighting, TargetId};

use crate::awaited::{Awaited, Doubted};
use crate::dispatch::numbers;
use crate::ground::Ground;
use crate::leaving::Leaving;
use crate::progress::{Observer, Progress};
use crate::sender::Sender;
use crate::trouble::Trouble;
use crate::wanted::Wanted;

impl Sender<'_> {
    /// Plans every run whose ground is ready. A plan made against another list than the one found now lost its base.
    pub(crate) fn plan_ready(&mut self, wanted: &Wanted, observer: &mut Observer<'_>) -> Result<(), Trouble> {
        let runs: Vec<(RunId, TargetId)> = self.runs.iter().map(|(run, target)| (run.clone(), *target)).collect();
        for (id, target) in runs {
            let Some(list) = self.grounds.get(&target).and_then(Ground::ready) else {
                continue;
            };
            if self.resumed.get(&id) == Some(&list.key) {
                continue;
            }
            let list = list.clone();
            let run = self.store.run(&id)?;
            let based = run.stage == Stage::Planned && run.list == Some(list.key);
            if based && !self.watches.knows(list.key) {
                self.watch(&list, target);
            }
            if based {
                self.resume(&run, list.key)?;
                continue;
            }
            self.watch(&list, target);
            // The difference is taken once all that is older has come to its end: what that sends is no part of it.
            if run.kind == RunKind::Apply && self.older_into(target, &run) {
                continue;
            }
            match self.plan_of(&run, &list, wanted) {
                Err(trouble) if trouble.code == Trouble::DAMAGED && !self.store.sound(&id)? => {
                    let trouble = Trouble::rows_damaged(&run);
                    if wanted.is(&id) {
                        return Err(trouble);
                    }
                    // Others must not wait for it: what they bring may be somebody's opt-out.
                    self.set_aside(id, trouble, observer);
                }
                Err(trouble) if trouble.code == Trouble::CAPACITY && !wanted.is(&id) => {
                    self.set_aside(id, trouble, observer);
                }
                planned => planned?,
            }
        }
        Ok(())
    }

    fn set_aside(&mut self, id: RunId, trouble: Trouble, observer: &mut Observer<'_>) {
        observer(&Progress::Note(trouble.to_string()));
        self.runs.remove(&id);
        self.set_aside.insert(id, trouble);
    }

    fn plan_of(&mut self, run: &Run, list: &ListState, wanted: &Wanted) -> Result<(), Trouble> {
        match run.kind {
            RunKind::Rows => self.plan(run, list),
            RunKind::Apply => {
                let approved = run.approved && (wanted.is(&run.id) || self.is_as_approved(run)?);
                self.plan_difference(run, list, approved)
            }
        }
    }

    /// Who approved looked at the figures of his moment. A process that takes the run up, perhaps long after his has died,
    /// must not plan from other ones: where a feed has changed since, the approval has lapsed.
    fn is_as_approved(&self, run: &Run) -> Result<bool, Trouble> {
        for feed in self.store.feeds_of(run.target)? {
            let newest = self.store.newest_load(feed.id)?;
            if newest.is_some_and(|load| load.kind != LoadKind::Expiry && load.at > run.started_at) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn watch(&mut self, list: &ListState, target: TargetId) {
        let entries = self.entries_of(target);
        self.watches.open(list, entries, self.client.speech().page_size, self.world.now());
    }

    fn older_into(&self, target: TargetId, run: &Run) -> bool {
        self.runs.iter().any(|(other, of)| *of == target && *other < run.id)
    }

    /// Plans a run of rows against a list as it is believed to be.
    fn plan(&mut self, run: &Run, list: &ListState) -> Result<(), Trouble> {
        let now = self.world.now();
        // As it is known now: it may have been read whole since it was found.
        let list = &self.store.list(list.key)?;
        self.presence.let_go(self.store)?;
        let beliefs = self.beliefs(run, list, now)?;
        let pages = list.page_size.unwrap_or(self.client.speech().page_size);
        let worth_reading = belief::worth_reading(list.listed, pages, self.setup.trust_budget);
        let mut disbelieved = Vec::new();
        let mut planner = Planner::new(self.client.limits());
        let mut beliefs = beliefs.into_iter();
        self.store.each_packed(&run.id, |entry| {
            let mut belief = beliefs.next().unwrap_or(Belief::Absent);
            if belief == Belief::Doubtful && !worth_reading {
                belief = Belief::Absent;
                disbelieved.push(entry.number);
            }
            planner.take(entry, belief);
        })?;
        disbelieved.sort_unstable();
        let plan = planner.finish(&[]);
        self.record(run, list, &plan, &PlanNotes { disbelieved: &disbelieved, ..PlanNotes::default() })
    }

    /// Makes a plan durable. One made anew forgets what was looked for under the old one.
    pub(crate) fn record(
        &mut self,
        run: &Run,
        list: &ListState,
        plan: &Plan,
        notes: &PlanNotes<'_>,
    ) -> Result<(), Trouble> {
        let count = |batches: &[Batch]| batches.iter().map(|batch| batch.count() as u64).sum();
        self.make_room(run.target, count(&plan.batches))?;
        let event = Event::Planned {
            // Over few numbers it could be guessed.
            plan: self.secret.veil(&plan.digest),
            list_id: list.id.0.clone(),
            batches: plan.batches.len() as u64,
            to_send: count(&plan.batches),
            already_listed: plan.already_listed,
            doubted: count(&plan.doubted),
            to_remove: count(&plan.removals),
            withheld: notes.withheld.map_or(0, |(_, numbers)| numbers),
        };
        self.resumed.remove(&run.id);
        self.finder.forget(&run.id);
        self.departing.clear();
        self.presence.let_go(self.store)?;
        self.awaited.retain(|key, _| key.run != run.id);
        self.doubted.retain(|key, _| key.run != run.id);
        self.leaving.retain(|key, _| key.run != run.id);
        Ok(self.store.record_plan(&run.id, list.key, plan, notes, self.world.now(), &event)?)
    }

    /// Whether the tenant can hold so many records more. CXone takes none beyond its measure, not even a customer's request:
    /// better to stop before.
    fn make_room(&mut self, target: TargetId, additions: u64) -> Result<(), Trouble> {
        let records = self.grounds.get(&target).and_then(|ground| ground.records);
        if let Some(trouble) = self.setup.over_capacity(records, additions) {
            return Err(trouble);
        }
        for ground in self.grounds.values_mut() {
            ground.records = ground.records.map(|records| records + additions);
        }
        Ok(())
    }

    /// What is believed of each number of a run, in the order of its entries.
    fn beliefs(&self, run: &Run, list: &ListState, now: Timestamp) -> Result<Vec<Belief>, Trouble> {
        let numbers = self.store.numbers_of(&run.id)?;
        let mut beliefs = vec![Belief::Absent; numbers.len()];
        let mut sorted: Vec<(Number, u32)> = numbers.into_iter().zip(0..).collect();
        sorted.sort_unstable();
        let present =
            self.store.present_among(list.key, &sorted.iter().map(|(number, _)| *number).collect::<Vec<_>>())?;
        let horizon = belief::horizon(run.started_at, now, self.setup.trust);
        let all_trusted = list.seen_whole_at.is_some_and(|moment| moment >= horizon);
        let trusted = if all_trusted { Numbers::default() } else { self.store.seen_since(list.key, horizon)? };
        // Whose removal has left may still be seen for a while, and is protected by nothing any more.
        let leaving = self.store.leaving(list.key)?;
        let mut present = present.into_iter().peekable();
        for (number, place) in sorted {
            while present.next_if(|there| *there < number).is_some() {}
            if present.peek() == Some(&number) && !leaving.contains(number) {
                let trusted = all_trusted || trusted.contains(number);
                beliefs[place as usize] = if trusted { Belief::Listed } else { Belief::Doubtful };
            }
        }
        Ok(beliefs)
    }

    /// What an earlier process sent of a run is looked for from now on.
    fn resume(&mut self, run: &Run, list: ListKey) -> Result<(), Trouble> {
        if self.resumed.insert(run.id.clone(), list).is_some() {
            return Ok(());
        }
        for key in self.store.open_batches(&run.id)? {
            let batch = self.store.batch(&key)?;
            if batch.removal {
                let leaving = Leaving::of(&batch, self.world.now());
                self.leaving.insert(key, leaving);
                continue;
            }
            if batch.parts.iter().any(|part| part.state == PartState::Doubted) {
                self.doubted.insert(key, Doubted { list: batch.list, since: self.world.now() });
                continue;
            }
            let members = batch.parts.iter().flat_map(|part| part.members.iter());
            let mut awaited = self.await_items(&batch, members)?;
            self.count_uncounted(&batch, &awaited)?;
            awaited.update(&batch.parts, batch.resends, self.world.now());
            self.awaited.insert(key, awaited);
        }
        Ok(())
    }

    /// Whoever reads a list whole to plan from it sees what earlier processes sent, and does not know whose it is: those
    /// numbers are present, and count now. One that several batches sent counts for the first.
    fn count_uncounted(&mut self, batch: &SentBatch, awaited: &Awaited) -> Result<(), Trouble> {
        let counted = batch.successes + batch.already_listed + batch.refused + awaited.unseen.len();
        let uncounted = (batch.items.len() as u64).saturating_sub(counted);
        if uncounted == 0 {
            return Ok(());
        }
        let members = batch.parts.iter().flat_map(|part| part.members.iter());
        let seen = numbers(batch, members).into_iter().filter(|number| !awaited.unseen.contains(*number));
        let fresh = seen.filter(|number| self.counted.insert(*number)).count() as u64;
        let successes = fresh.min(uncounted);
        let sighting = Sighting { batch: batch.key.clone(), successes, already_listed: uncounted - successes };
        Ok(self.store.see(batch.list, &[], &[sighting])?)
    }
}
