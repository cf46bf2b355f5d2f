//! The sender: between any two requests it looks at what is most urgent, lets it leave, and records what came back.
//!
//! Starting, retrying and taking over after a crash are the same code: what is not settled in the store is looked at,
//! one step is decided, done and recorded.

use std::collections::{BTreeMap, HashSet};
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use dncsync_core::answer::Answer;
use dncsync_core::belief;
use dncsync_core::items::Secret;
use dncsync_core::number::Number;
use dncsync_core::numbers::Numbers;
use dncsync_core::report::Report;
use dncsync_core::run::{RunId, Stage};
use dncsync_core::schedule::{self, Next, Waiting};
use dncsync_core::timestamp::Timestamp;
use dncsync_cxone::{Client, ItemsPage, Posted, Removed};
use dncsync_store::{BatchKey, Charge, Grant, ListKey, Part, PartId, RunKind, SlotId, Store, TargetId, TenantId};
use futures_util::stream::{FuturesUnordered, StreamExt};

use crate::audit::Trail;
use crate::awaited::{Awaited, Doubted};
use crate::deliver::Deliveries;
use crate::finder::Finder;
use crate::ground::{self, Ground, Reply};
use crate::leaving::Leaving;
use crate::look::{Look, Watches};
use crate::presence::Presence;
use crate::progress::{Observer, Progress};
use crate::setback::Setbacks;
use crate::setup::Setup;
use crate::trouble::Trouble;
use crate::wanted::Wanted;
use crate::world::World;

/// How long requests under way may still take when somebody asked us to stop.
const FAREWELL: Duration = Duration::from_secs(3);

/// How long a run that another process left in the store may wait to be noticed.
const LOOK_IN: Duration = Duration::from_secs(1);

/// A person is told where a run stands so often.
const TOLD_EVERY: Duration = Duration::from_millis(200);

/// What a request was about, and what came of it.
pub(crate) enum Came {
    Ground(TargetId, Reply),
    Part(Box<Part>, Answer<Posted>),
    Removal(Box<Part>, Answer<Removed>),
    Page(ListKey, Answer<ItemsPage>),
    Lookup(ListKey, Number, Answer<bool>),
}

/// A request, as the key by which it gets one more try after its token was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Asked {
    Ground(TargetId),
    Part(PartId),
    Page(ListKey),
}

/// A request about to leave.
enum Errand {
    Ground(TargetId),
    Part(Box<Part>),
    Page(ListKey),
}

type Flight = Pin<Box<dyn Future<Output = (SlotId, RunId, Came)>>>;

/// Everything the sender holds in its head; all of it can be made anew from the store.
pub(crate) struct Sender<'a> {
    pub(crate) store: &'a mut Store,
    pub(crate) client: &'a Client,
    pub(crate) world: &'a World,
    pub(crate) setup: &'a Setup,
    pub(crate) tenant: TenantId,
    trail: &'a Trail,
    pub(crate) secret: &'a Secret,
    pub(crate) runs: BTreeMap<RunId, TargetId>,
    pub(crate) grounds: BTreeMap<TargetId, Ground>,
    pub(crate) awaited: BTreeMap<BatchKey, Awaited>,
    pub(crate) doubted: BTreeMap<BatchKey, Doubted>,
    pub(crate) leaving: BTreeMap<BatchKey, Leaving>,
    pub(crate) longest_lag: Duration,
    pub(crate) watches: Watches,
    pub(crate) finder: Finder,
    pub(crate) presence: Presence,
    /// Numbers whose removal has left, for each list that was asked for them.
    pub(crate) departing: BTreeMap<ListKey, Numbers>,
    pub(crate) setbacks: Setbacks,
    pub(crate) deliveries: Deliveries,
    /// Runs whose plans are at work, and the lists that these were made against.
    pub(crate) resumed: BTreeMap<RunId, ListKey>,
    /// What counted for a batch when it was resumed.
    pub(crate) counted: Numbers,
    /// Runs that cannot be planned, and why: their rows are damaged, or more than the tenant can hold. Others go on.
    pub(crate) set_aside: BTreeMap<RunId, Trouble>,
    flight: FuturesUnordered<Flight>,
    pub(crate) asking: HashSet<Asked>,
    /// The parts on their way, and the lists that they are for; none where they remove.
    pub(crate) posting: BTreeMap<PartId, Option<ListKey>>,
    pub(crate) token_refused: HashSet<Asked>,
    /// What came to nothing and is asked again.
    pub(crate) again: HashSet<Asked>,
    pub(crate) ending: Option<Timestamp>,
    pub(crate) finished: BTreeMap<RunId, Report>,
    sent_since_look: u32,
    told_at: Option<Timestamp>,
}

/// What the sender does next.
enum Step {
    Again,
    IdleUntil(Option<Timestamp>),
}

impl<'a> Sender<'a> {
    /// Looks at the store: which runs are unfinished, which requests died unanswered.
    pub(crate) fn start(
        store: &'a mut Store,
        client: &'a Client,
        world: &'a World,
        setup: &'a Setup,
        (tenant, trail, secret): (TenantId, &'a Trail, &'a Secret),
    ) -> Result<Self, Trouble> {
        let setbacks = Setbacks::start(store, tenant, setup.patience, world.now())?;
        let deliveries = Deliveries::start(store, tenant, setup.aggregator.as_ref(), client.wire())?;
        store.reopen_sending(tenant)?;
        store.keep_at_hand()?;
        Ok(Self {
            store,
            client,
            world,
            setup,
            tenant,
            trail,
            secret,
            runs: BTreeMap::new(),
            grounds: BTreeMap::new(),
            awaited: BTreeMap::new(),
            doubted: BTreeMap::new(),
            leaving: BTreeMap::new(),
            longest_lag: Duration::ZERO,
            watches: Watches::default(),
            finder: Finder::default(),
            presence: Presence::default(),
            departing: BTreeMap::new(),
            setbacks,
            deliveries,
            resumed: BTreeMap::new(),
            counted: Numbers::default(),
            set_aside: BTreeMap::new(),
            flight: FuturesUnordered::new(),
            asking: HashSet::new(),
            posting: BTreeMap::new(),
            token_refused: HashSet::new(),
            again: HashSet::new(),
            sent_since_look: 0,
            told_at: None,
            ending: None,
            finished: BTreeMap::new(),
        })
    }

    /// Works until what is wanted is finished, and everything older and all that was handed over with it.
    ///
    /// # Errors
    /// What stopped it. Everything is recorded: the next start goes on.
    pub(crate) async fn work(&mut self, wanted: &Wanted, observer: &mut Observer<'_>) -> Result<(), Trouble> {
        loop {
            if self.world.stopping() {
                return self.land().await;
            }
            self.take_up_runs()?;
            self.plan_ready(wanted, observer)?;
            self.settle_batches()?;
            self.finish_runs(wanted, observer)?;
            if self.done(wanted)? {
                // What the last pages showed of others' numbers.
                return Ok(self.presence.let_go(self.store)?);
            }
            self.give_up_if_barred(wanted)?;
            self.deliveries.launch(self.store, self.world, self.trail)?;
            let until = match self.step()? {
                Step::Again => continue,
                Step::IdleUntil(until) => until,
            };
            if self.presence.write_due(self.store, self.flight.is_empty(), self.world)? {
                continue;
            }
            self.tell(wanted, observer)?;
            self.wait(until).await?;
        }
    }

    /// Somebody asked us to stop: nothing leaves any more, what is under way may still land for a moment.
    async fn land(&mut self) -> Result<(), Trouble> {
        let world = self.world;
        let latest = world.sleep_until(world.now() + FAREWELL);
        tokio::pin!(latest);
        while !self.flight.is_empty() {
            tokio::select! {
                Some((slot, run, came)) = self.flight.next() => self.take(slot, &run, came)?,
                () = &mut latest => break,
            }
        }
        Err(Trouble::stopped())
    }

    /// Runs that other processes left in the store are ours as well.
    fn take_up_runs(&mut self) -> Result<(), Trouble> {
        for id in self.store.unfinished_runs(self.tenant)? {
            if self.runs.contains_key(&id) || self.set_aside.contains_key(&id) {
                continue;
            }
            let run = self.store.run(&id)?;
            let horizon = (run.kind == RunKind::Apply)
                .then(|| belief::horizon(run.started_at, self.world.now(), self.setup.trust));
            if !self.grounds.contains_key(&run.target) {
                let ground = Ground::of(self.store, run.target, id.clone(), self.client.speech())?;
                self.grounds.insert(run.target, ground);
            }
            if let (Some(horizon), Some(ground)) = (horizon, self.grounds.get_mut(&run.target)) {
                ground.must_be_seen_since(self.store, horizon, self.setup.trust_budget, self.world.now())?;
            }
            self.runs.insert(id, run.target);
        }
        Ok(())
    }

    /// One request is let go, or nothing may leave and this says until when.
    fn step(&mut self) -> Result<Step, Trouble> {
        if self.flight.len() >= self.setup.at_once {
            return Ok(Step::IdleUntil(None));
        }
        let now = self.world.now();
        if now < self.setbacks.resume_at() {
            return Ok(Step::IdleUntil(Some(self.setbacks.resume_at())));
        }
        let part = self.next_part()?;
        if part.is_none() && self.posting.is_empty() {
            self.presence.rest();
        }
        let ground = self.next_ground();
        let (look, next_look) = self.next_look(now, part.is_some() || !self.posting.is_empty())?;
        let waiting = Waiting { ground: ground.is_some(), batch: part.is_some(), look: look.is_some() };
        let (errand, charge) = match (schedule::next(waiting, self.sent_since_look), ground, part, look) {
            (Next::Ground, Some(target), _, _) => (Errand::Ground(target), self.charge_ground(target)),
            (Next::Send, _, Some(part), _) => {
                let run = part.batch.run.clone();
                let charge = Charge { run, kind: "post", retried: part.attempts > 0, halving: part.halved };
                (Errand::Part(Box::new(part)), charge)
            }
            (Next::Look, _, _, Some(list)) => (Errand::Page(list), self.charge_look(list)),
            _ => {
                // Once it is over it is nothing to wait for: an older run may still be under way.
                let ending = self.ending.filter(|ending| *ending > now);
                return Ok(Step::IdleUntil(earliest(next_look, ending)));
            }
        };
        let slot = match self.store.take_slot(self.tenant, self.setup.rate, now, Some(&charge))? {
            Grant::Taken(slot) => slot,
            Grant::Wait(until) => return Ok(Step::IdleUntil(Some(until))),
        };
        self.launch(errand, slot, charge.run, now)?;
        Ok(Step::Again)
    }

    /// Lets a request go. What must be known of it after a crash is recorded before.
    fn launch(&mut self, errand: Errand, slot: SlotId, run: RunId, now: Timestamp) -> Result<(), Trouble> {
        let looking = matches!(errand, Errand::Page(_));
        self.sent_since_look = if looking { 0 } else { self.sent_since_look.saturating_add(1) };
        let client = self.client.clone();
        match errand {
            Errand::Ground(target) => {
                let Some(ask) = self.grounds.get(&target).and_then(Ground::ask) else { return Ok(()) };
                self.asking.insert(Asked::Ground(target));
                self.flight.push(Box::pin(async move {
                    (slot, run, Came::Ground(target, ground::perform(&client, ask).await))
                }));
            }
            Errand::Page(list) => {
                let (id, look) = self.next_request(list, now)?;
                self.asking.insert(Asked::Page(list));
                self.flight.push(Box::pin(async move {
                    let came = match look {
                        Look::Page(page, size) => Came::Page(list, client.read_items(&id, page, size).await),
                        Look::Number(number) => Came::Lookup(list, number, client.look_up(&id, number).await),
                    };
                    (slot, run, came)
                }));
            }
            Errand::Part(part) if part.removal => {
                let Some((id, body, part)) = self.begin_removal(*part, now)? else {
                    // Nothing left the house: its slot is free as if it had been answered.
                    return Ok(self.store.answered(slot, now)?);
                };
                self.posting.insert(part.id, None);
                self.asking.insert(Asked::Part(part.id));
                self.flight.push(Box::pin(async move {
                    (slot, run, Came::Removal(Box::new(part), client.remove_items(&id, body).await))
                }));
            }
            Errand::Part(part) => {
                let (list, id, body) = self.begin_send(&part, now)?;
                self.posting.insert(part.id, Some(list));
                self.asking.insert(Asked::Part(part.id));
                self.flight
                    .push(Box::pin(async move { (slot, run, Came::Part(part, client.post_items(&id, body).await)) }));
            }
        }
        Ok(())
    }

    /// Waits for whatever happens first.
    async fn wait(&mut self, until: Option<Timestamp>) -> Result<(), Trouble> {
        let world = self.world;
        // Never longer than that without a look at the store: another process may have left a run there.
        let latest = world.now() + LOOK_IN;
        let sleep = world.sleep_until(until.map_or(latest, |moment| moment.min(latest)));
        tokio::select! {
            // In this order, not by chance: two runs in the same world go the same way.
            biased;
            Some((slot, run, came)) = self.flight.next(), if !self.flight.is_empty() => self.take(slot, &run, came),
            tried = self.deliveries.next() => self.deliveries.take(self.store, self.world, tried),
            () = sleep => Ok(()),
            () = world.stop_asked() => Ok(()),
        }
    }

    /// Records an answer.
    fn take(&mut self, slot: SlotId, run: &RunId, came: Came) -> Result<(), Trouble> {
        self.store.answered(slot, self.world.now())?;
        match came {
            Came::Ground(target, reply) => self.take_ground(target, run, reply),
            Came::Part(part, answer) => self.take_posted(&part, answer),
            Came::Removal(part, answer) => self.take_removed(&part, answer),
            Came::Page(list, answer) => self.take_page(list, run, answer),
            Came::Lookup(list, number, answer) => self.take_lookup(list, run, number, answer),
        }
    }

    fn tell(&mut self, wanted: &Wanted, observer: &mut Observer<'_>) -> Result<(), Trouble> {
        // Who reads it sees no more often, and each time asks the store how all batches stand.
        let now = self.world.now();
        if self.told_at.is_some_and(|told| told <= now && now.since(told) < TOLD_EVERY) {
            return Ok(());
        }
        self.told_at = Some(now);
        let Some((id, target)) = wanted.of(&self.runs) else {
            return Ok(());
        };
        let run = self.store.run(id)?;
        if run.stage == Stage::Loaded {
            if let Some(ground) = self.grounds.get(target) {
                let listed = match &ground.step {
                    ground::Step::Read { paging, .. } => paging.before(),
                    _ => 0,
                };
                observer(&Progress::Meeting { list: ground.target.name().to_owned(), listed });
            }
            return Ok(());
        }
        let removals = run.removals.counted();
        let of = run.tally.rows - run.tally.repeated - run.tally.rejected + removals.planned;
        let settled = of - run.tally.pending() - removals.pending;
        observer(&Progress::Confirming { run: id.clone(), settled, of });
        Ok(())
    }
}

fn earliest(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
