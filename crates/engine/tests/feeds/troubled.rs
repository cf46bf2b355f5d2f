//! The story of a troubled seed: several processes at once that fail and die, other people, faults and lag. What must hold
//! all the time holds all the time; and once faults end and everything is applied again, lists are what they should be.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use dncsync_core::feed::Mode;
use fastrand::Rng;
use futures_util::future::join_all;
use tokio::time::{sleep, timeout};

use crate::lists::Model;
use crate::model::Set;
use crate::place::{Flags, Log, Nature};
use crate::rows::any_number;
use crate::tenancy;
use crate::world::{CAMPAIGNS, Checked, FEEDS, Figures, World, list_name, must, shown};

/// A round that lasts longer will never end.
const ENDLESS: Duration = Duration::from_secs(24 * 3600);

/// From before a removal leaves until it takes effect: a request, its delay, and the wait for the lock of a batch.
const ON_ITS_WAY_MS: u64 = 100_000;

type Wanted = BTreeMap<(&'static str, u64), Vec<(u64, bool)>>;

pub(crate) struct Story {
    pub(crate) world: World,
    pub(crate) model: RefCell<Model>,
    pub(crate) figures: RefCell<Figures>,
    /// By campaign and number: when it began and ceased to be desired, in milliseconds.
    wanted: RefCell<Wanted>,
    /// By the list's id.
    added_behind: RefCell<BTreeMap<String, Set>>,
    removed_behind: RefCell<BTreeMap<String, Set>>,
}

pub(crate) fn live(seed: u64, log: &Log) -> Result<Figures, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(story(seed, log.clone()))
}

async fn story(seed: u64, log: Log) -> Result<Figures, String> {
    let (profile, seed) = tenancy::of_seed(seed);
    let mut dice = Rng::with_seed(seed);
    let nature = Nature { told: false, ..Nature::draw(profile, &mut dice) };
    let mut world = World::new(seed, Nature { rate: nature.rate.max(30), ..nature }, log);
    for name in FEEDS {
        let rows = crate::deeds::draw_rows(&mut dice, Mode::Add, None, 20);
        world.load_rows(name, Mode::Add, &rows, true)?;
    }
    for campaign in CAMPAIGNS {
        world.set_target(&mut dice, campaign)?;
    }
    let model = RefCell::new(world.model.clone());
    let story = Story {
        world,
        model,
        figures: RefCell::default(),
        wanted: RefCell::default(),
        added_behind: RefCell::default(),
        removed_behind: RefCell::default(),
    };
    story.changed();
    for _ in 0..dice.u32(4..=9) {
        let deaths = story.figures.borrow().deaths;
        story.step(&mut dice).await?;
        story.removals_were_right()?;
        story.world.place.record_holds(story.figures.borrow().deaths > deaths)?;
    }
    story.come_to_rest().await?;
    let observed = story.world.place.sandbox().observed();
    let gone: usize = observed.removed.iter().map(|removal| removal.numbers.len()).sum();
    let (faults, additions, figures) = (observed.injected, observed.items_added, *story.figures.borrow());
    Ok(Figures { seeds: 1, faults, additions, removals: gone as u64, ..figures })
}

impl Story {
    async fn step(&self, dice: &mut Rng) -> Checked {
        self.figures.borrow_mut().steps += 1;
        match dice.u32(..10) {
            0..6 => {
                let processes: Vec<_> = (0..dice.u32(1..=3)).map(|_| self.process(&mut dice.fork())).collect();
                let all = join_all(processes.into_iter().map(|process| self.live_out(process)));
                let ends = timeout(ENDLESS, all).await.map_err(|_| "a round does not end".to_owned())?;
                ends.into_iter().collect::<Checked>()?;
            }
            6..8 => self.weather(dice),
            8 => {
                let most = [60, 600, 200_000][dice.usize(..3)];
                sleep(Duration::from_secs(dice.u64(1..most))).await;
            }
            _ => self.meddle(dice),
        }
        Ok(())
    }

    /// Somebody changed what is desired.
    pub(crate) fn changed(&self) {
        let (model, mut wanted) = (self.model.borrow(), self.wanted.borrow_mut());
        let now = u64::try_from(self.world.place.elapsed().as_millis()).expect("few years");
        for campaign in CAMPAIGNS {
            let desired = model.desired(campaign);
            for number in (0..crate::rows::POOL).map(crate::rows::number) {
                let is = desired.contains(&number);
                let history = wanted.entry((campaign, number)).or_default();
                if history.last().is_none_or(|(_, was)| *was != is) {
                    history.push((now, is));
                }
            }
        }
    }

    /// A number was not desired at some moment shortly before it was removed, and dncsync had put it there.
    fn removals_were_right(&self) -> Checked {
        let (seen, wanted) = (self.world.place.sandbox().observed(), self.wanted.borrow());
        let mut lists: BTreeMap<String, &'static str> = BTreeMap::new();
        for campaign in CAMPAIGNS {
            lists.extend(self.world.place.sandbox().list(&list_name(campaign)).map(|list| (list.id, campaign)));
        }
        for removal in &seen.removed {
            for number in &removal.numbers {
                let put = seen.applied.iter().any(|post| {
                    post.order < removal.order && post.list == removal.list && post.numbers.contains(number)
                });
                must(put, || format!("{number} was removed and never put there by us"))?;
                // One that is deleted since is nobody's.
                let Some(campaign) = lists.get(&removal.list) else { continue };
                let began = removal.at_ms.saturating_sub(ON_ITS_WAY_MS);
                let history = &wanted[&(*campaign, *number)];
                let before = history.iter().rev().find(|(at, _)| *at <= began).is_none_or(|(_, was)| !was);
                let meanwhile = history.iter().any(|(at, is)| !is && (began..=removal.at_ms).contains(at));
                must(before || meanwhile, || {
                    format!("{number} was desired when its removal left {campaign}: {history:?}")
                })?;
            }
        }
        Ok(())
    }

    fn meddle(&self, dice: &mut Rng) {
        let (sandbox, name) = (self.world.place.sandbox(), list_name(CAMPAIGNS[dice.usize(..2)]));
        let some: Set = (0..dice.u32(1..8)).map(|_| any_number(dice)).collect();
        let texts = shown(&some);
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let id = match sandbox.list(&name) {
            Some(list) => list.id,
            None => sandbox.create_list_behind(&name, "CAMPAIGN"),
        };
        let kind = dice.u32(..10);
        self.world.place.note(format!("others ({kind}) and {name}: {some:?}"));
        let (behind, removed) = (&self.added_behind, &self.removed_behind);
        match kind {
            0 => sandbox.delete_list_behind(&name),
            1..6 => {
                sandbox.add_behind(&name, &texts);
                behind.borrow_mut().entry(id).or_default().extend(some);
            }
            _ => {
                sandbox.remove_behind(&name, &texts);
                removed.borrow_mut().entry(id).or_default().extend(some);
            }
        }
    }

    async fn come_to_rest(&self) -> Checked {
        self.world.place.note("faults end");
        self.calm();
        sleep(Duration::from_secs(3600)).await;
        // As people run it: what was seen today is believed. Nothing that a feed claims may be missing then, unless
        // others took it away.
        self.resume(Flags { patience: 300, confirm_within: 60, trust: 24 }).await?;
        for campaign in CAMPAIGNS {
            self.apply(campaign, Flags { patience: 300, confirm_within: 60, trust: 24 }).await?;
            sleep(Duration::from_secs(60)).await;
            self.nothing_is_missing(campaign, &self.taken_away(campaign))?;
        }
        for campaign in CAMPAIGNS {
            // What was lost on its way once is unconfirmed once, and sent by the next run.
            for _ in 0..2 {
                self.apply(campaign, Flags { patience: 300, confirm_within: 60, trust: 0 }).await?;
            }
            sleep(Duration::from_secs(60)).await;
            self.nothing_is_missing(campaign, &Set::new())?;
            self.only_foreign_is_more(campaign)?;
        }
        self.removals_were_right()?;
        self.world.place.record_holds(true)
    }

    fn id_of(&self, campaign: &str) -> String {
        self.world.place.sandbox().list(&list_name(campaign)).map(|list| list.id).unwrap_or_default()
    }

    fn taken_away(&self, campaign: &str) -> Set {
        self.removed_behind.borrow().get(&self.id_of(campaign)).cloned().unwrap_or_default()
    }

    fn nothing_is_missing(&self, campaign: &str, but: &Set) -> Checked {
        let (desired, held) = (self.model.borrow().desired(campaign), self.world.held(campaign));
        let model = self.model.borrow();
        let owed = |number: &&u64| model.can_hold(**number) && !but.contains(*number);
        let missing: Set = desired.difference(&held).filter(owed).copied().collect();
        must(missing.is_empty(), || format!("{campaign} lacks {missing:?}"))
    }

    /// What is listed and not desired was put there by others; and what only they put there stays.
    fn only_foreign_is_more(&self, campaign: &str) -> Checked {
        let (desired, held, id) =
            (self.model.borrow().desired(campaign), self.world.held(campaign), self.id_of(campaign));
        let theirs = self.added_behind.borrow().get(&id).cloned().unwrap_or_default();
        let observed = self.world.place.sandbox().observed();
        let posts = observed.applied.iter().filter(|post| post.list == id);
        let sent: Set = posts.flat_map(|post| post.numbers.iter().copied()).collect();
        let more: Set = held.difference(&desired).filter(|number| !theirs.contains(number)).copied().collect();
        must(more.is_empty(), || format!("{campaign} still holds {more:?}"))?;
        let away = self.taken_away(campaign);
        let gone: Set = theirs.iter().filter(|it| !sent.contains(it) && !away.contains(it)).copied().collect();
        let gone: Set = gone.difference(&held).copied().collect();
        must(gone.is_empty(), || format!("{campaign} lost foreign {gone:?}"))
    }
}
