//! The story of a calm seed: nothing fails, so the model knows every figure.

use std::time::Duration;

use dncsync_core::guard::PlanGuard;
use dncsync_core::report::Report;
use fastrand::Rng;

use crate::model::Set;
use crate::place::{Log, Nature};
use crate::tenancy;
use crate::world::{CAMPAIGNS, Checked, Figures, World, must, shown, target};

/// One current-thread runtime on a paused clock, for one seed.
pub(crate) fn live(seed: u64, log: &Log) -> Result<Figures, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(story(seed, log.clone()))
}

async fn story(seed: u64, log: Log) -> Result<Figures, String> {
    let (profile, seed) = tenancy::of_seed(seed);
    let mut dice = Rng::with_seed(seed);
    let strict = PlanGuard { most_removals: 5, most_share: 0.05, few: 1, most_left_out: 0.1 };
    let guard = if dice.bool() { PlanGuard::default() } else { strict };
    let nature =
        Nature { told: false, batch: [1, 7, 10_000][dice.usize(..3)], guard, ..Nature::draw(profile, &mut dice) };
    let mut world = World::new(seed, Nature { rate: 100, ..nature }, log);
    for _ in 0..dice.u32(2..4) {
        world.load(&mut dice)?;
    }
    for campaign in CAMPAIGNS {
        world.set_target(&mut dice, campaign)?;
    }
    for _ in 0..dice.u32(6..=16) {
        world.step(&mut dice).await?;
    }
    for campaign in CAMPAIGNS {
        // Often more than the guard lets pass: then it is approved.
        world.keep_off_midnight().await;
        for _ in 0..3 {
            world.remove(&mut dice)?;
        }
        world.apply(campaign, false).await?;
        world.apply(campaign, true).await?;
    }
    world.place.record_holds(true)?;
    Ok(Figures { seeds: 1, ..world.figures })
}

impl World {
    async fn step(&mut self, dice: &mut Rng) -> Checked {
        self.figures.steps += 1;
        self.keep_off_midnight().await;
        let campaign = CAMPAIGNS[dice.usize(..2)];
        match dice.u32(..100) {
            0..26 => self.load(dice)?,
            26..34 => self.remove(dice)?,
            34..44 => self.ingest(dice).await?,
            44..51 => self.set_target(dice, campaign)?,
            51..55 => self.adopt(dice).await?,
            55..66 => self.others(dice).await,
            66..73 => tokio::time::sleep(Duration::from_secs(dice.u64(1..4) * 86_400)).await,
            73..83 => self.rollback(dice).await?,
            83..87 => drop(self.plan(campaign).await?),
            _ => self.apply(campaign, dice.bool()).await?,
        }
        self.claims_are_right()?;
        self.place.record_holds(false)
    }

    /// Every feed claims as many numbers as it should.
    fn claims_are_right(&self) -> Checked {
        let now = dncsync_core::timestamp::Timestamp::from_millis(0);
        let feeds =
            dncsync_engine::Engine::feeds(self.place.state(), now, &|_| 31).map_err(|trouble| trouble.to_string())?;
        for standing in feeds {
            let name = standing.feed.name.to_string();
            let claims = self.model.feeds.get(&name).map_or(0, |feed| feed.claims.len() as u64);
            must(standing.feed.numbers == claims, || format!("{name} claims {}, not {claims}", standing.feed.numbers))?;
        }
        Ok(())
    }

    /// Applies, and looks at everything that must hold of it.
    pub(crate) async fn apply(&mut self, campaign: &'static str, approved: bool) -> Checked {
        let base =
            if self.place.elapsed().as_secs().is_multiple_of(2) { Some(self.plan(campaign).await?) } else { None };
        self.model.list(campaign);
        let (before, seen) = (self.held(campaign), self.place.sandbox().observed());
        let outcome = self.engine().apply(&target(campaign), approved, base.as_deref(), &mut |_| ()).await;
        let outcome = outcome.map_err(|trouble| format!("apply of {campaign}: {trouble:?}"))?;
        self.place.report_is_logged(&outcome)?;
        let today = self.today();
        self.model.expire(campaign, today);
        let (figures, desired) = (self.model.figures(campaign), self.model.desired(campaign));
        let gone: Set = figures.withdrawn.union(&figures.left_out).copied().collect();
        let listed = before.len() as u64;
        let guard = self.place.nature.guard;
        let stops =
            !approved && self.stops(&guard, figures.withdrawn.len() as u64, figures.left_out.len() as u64, listed);
        let gone = if stops { Set::new() } else { gone };
        self.place.note(format!(
            "apply of {campaign}: {} added, {} removed, withheld {stops}, {:?}",
            figures.add.len(),
            gone.len(),
            outcome.stopped.as_ref().map(|trouble| trouble.code)
        ));
        let code = outcome.stopped.as_ref().map(|trouble| trouble.code);
        must(code == stops.then_some("guard.removals"), || format!("stopped by {code:?}: {stops}"))?;
        let list = self.model.list(campaign);
        list.sent(&figures.add);
        list.removed(&gone);
        let holds = list.holds.clone();
        let held = self.held(campaign);
        must(held == holds, || format!("{campaign} holds {held:?}, not {holds:?}"))?;
        let foreign: Set = if stops { held.difference(&desired).copied().collect() } else { figures.foreign.clone() };
        let possible = desired.into_iter().filter(|number| self.model.can_hold(*number) || held.contains(number));
        let meant: Set = possible.chain(foreign).collect();
        must(held == meant, || format!("{campaign} holds {held:?}, not desired and foreign {meant:?}"))?;
        let withheld = if stops { (figures.withdrawn.len() + figures.left_out.len()) as u64 } else { 0 };
        counts(&outcome.report, figures.add.len() as u64, gone.len() as u64, withheld)?;
        self.in_order(&seen, &figures.add, &gone)?;
        self.as_it_came(campaign, &figures.add)?;
        self.figures.applies += 1;
        self.figures.withheld += u64::from(stops);
        self.figures.additions += figures.add.len() as u64;
        self.figures.removals += gone.len() as u64;
        if stops {
            return Ok(());
        }
        self.plan(campaign).await?;
        let figures = self.model.figures(campaign);
        must(figures.add.len() + figures.withdrawn.len() + figures.left_out.len() == 0, || "no end".to_owned())
    }

    /// The guard, said once more.
    fn stops(&self, guard: &PlanGuard, withdrawn: u64, left_out: u64, listed: u64) -> bool {
        let more = |part: u64, share: f64| part as f64 > listed as f64 * share;
        withdrawn > guard.most_removals
            || (withdrawn > guard.few && more(withdrawn, guard.most_share))
            || (left_out > 0 && more(left_out, guard.most_left_out))
    }

    /// What is added is there before the first number leaves, and nothing but that leaves.
    fn in_order(&self, before: &dncsync_sandbox::Observed, add: &Set, gone: &Set) -> Checked {
        let now = self.place.sandbox().observed();
        let posts = &now.applied[before.applied.len()..];
        let removals = &now.removed[before.removed.len()..];
        let last = posts.iter().map(|post| post.order).max();
        let first = removals.iter().map(|removal| removal.order).min();
        must(last.zip(first).is_none_or(|(last, first)| last < first), || "removed before all was added".to_owned())?;
        let added: Set = posts.iter().flat_map(|post| post.numbers.iter().copied()).collect();
        let removed: Set = removals.iter().flat_map(|removal| removal.numbers.iter().copied()).collect();
        must((&added, &removed) == (add, gone), || format!("sent {added:?} and {removed:?}, not {add:?} and {gone:?}"))
    }

    /// An item has the source type and the notes of the row that claimed it first; records of the Admin API have neither.
    fn as_it_came(&self, campaign: &str, added: &Set) -> Checked {
        if self.place.nature.tenancy.is_admin() {
            return Ok(());
        }
        let list = self.place.sandbox().list(&crate::world::list_name(campaign)).expect("a list");
        let texts = shown(added);
        for item in list.numbers.iter().filter(|item| texts.contains(&item.phone_number)) {
            let number = item.phone_number[1..].parse().expect("a number");
            let claim = self.model.first_claim(campaign, number).expect("a claim");
            let same = item.source == claim.source && item.notes == claim.notes;
            must(same, || format!("{item:?} does not come as {claim:?}"))?;
        }
        Ok(())
    }
}

fn counts(report: &Report, add: u64, gone: u64, withheld: u64) -> Checked {
    let it = report.removals;
    let right = report.holds() && it.holds() && report.total_items == add && report.successes == add;
    let removed = (it.planned, it.removed, it.pending, it.withheld) == (gone, gone, 0, withheld);
    must(right && removed, || format!("{add} added, {gone} removed, {withheld} withheld: {report:?}"))
}
