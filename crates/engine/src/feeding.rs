//! `target set`, `target adopt` and `feeds`: which feeds a list takes, and how they stand.

use std::path::PathBuf;

use dncsync_core::check::{Passed, Rules};
use dncsync_core::event::Event;
use dncsync_core::feed::{FeedName, Freshness, Mode};
use dncsync_core::load::LoadReport;
use dncsync_core::source::SourceType;
use dncsync_core::target::Target;
use dncsync_core::timestamp::Timestamp;
use dncsync_feed::Asked;
use dncsync_store::{Feed, FeedId, Load, LoadEnd, LoadKind, NewLoad, Store, StoreError};

use crate::desk::Desk;
use crate::engine::{Engine, no_client};
use crate::ground::{Ground, Step};
use crate::order::Source;
use crate::progress::Observer;
use crate::sorting::Sorter;
use crate::taking::{command_load, teller};
use crate::trouble::Trouble;
use crate::wanted::Wanted;
use crate::{dry_run, inputs};

/// Which feeds a list takes from now on.
#[derive(Clone, Debug)]
pub struct TargetOrder {
    /// The list.
    pub target: Target,
    /// The feeds, beside its own.
    pub feeds: Vec<FeedName>,
    /// The campaign's own numbers; `None` keeps it to none in particular.
    pub only: Option<PathBuf>,
    /// How the numbers of that file are read.
    pub rules: Rules,
}

/// What a target takes now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetSet {
    /// The feeds, its own first.
    pub feeds: Vec<String>,
    /// How many numbers of its own it is kept to.
    pub only: Option<u64>,
    /// Rows of that file that are no numbers.
    pub rejected: u64,
    /// Where they are.
    pub rejects: Option<String>,
}

/// A feed and how it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedStanding {
    /// The feed.
    pub feed: Feed,
    /// The newest load of an input.
    pub newest: Option<Load>,
    /// How many days ago that was.
    pub age_days: Option<u64>,
    /// Whether that is too long ago.
    pub freshness: Freshness,
    /// The lists that take it.
    pub lists: Vec<String>,
}

impl Engine {
    /// From now on a list takes its own feed and these.
    ///
    /// # Errors
    /// A feed that does not exist, or a file that cannot be read; then nothing is changed.
    pub fn set_target(&mut self, order: &TargetOrder, observer: &mut Observer<'_>) -> Result<TargetSet, Trouble> {
        self.write_out()?;
        // Its own it takes anyway, whether it has one yet or not.
        let others = order.feeds.iter().filter(|name| name.list() != Some(order.target.name()));
        let feeds = others.map(|name| self.feed_at_hand(name)).collect::<Result<Vec<Feed>, _>>()?;
        let target = self.store.target(self.tenant, &order.target)?;
        let ids: Vec<FeedId> = feeds.iter().map(|feed| feed.id).collect();
        let (now, id) = (self.world.now(), self.world.run_id());
        let mut set = TargetSet { feeds: Vec::new(), only: None, rejected: 0, rejects: None };
        match &order.only {
            None => drop(self.store.keep_to(target, None)?),
            Some(path) => set = self.keep_to(target, path, order.rules, &id, observer)?,
        }
        self.store.take_feeds(target, &ids, now)?;
        set.feeds = self.store.feeds_of(target)?.into_iter().map(|feed| feed.name.to_string()).collect();
        let event = Event::TargetSet {
            list_name: order.target.name().to_owned(),
            scope: order.target.scope().to_string(),
            feeds: set.feeds.clone(),
            only: set.only,
        };
        self.store.log(now, &id, &[event])?;
        self.write_out()?;
        Ok(set)
    }

    fn keep_to(
        &mut self,
        target: dncsync_store::TargetId,
        path: &std::path::Path,
        rules: Rules,
        id: &dncsync_core::run::RunId,
        observer: &mut Observer<'_>,
    ) -> Result<TargetSet, Trouble> {
        let state = self.store.directory().to_owned();
        let sources = [Source::File(path.to_owned())];
        let mut inputs = inputs::open(&sources, &state)?;
        let rejects = state.join("rejects").join(format!("{id}.csv"));
        // A campaign's numbers have columns of their own; only the numbers matter here.
        let asked = Asked { registry: true, ..Asked::default() };
        let mut desk = Desk::open(&state, rejects, &sources, Rules { mode: Mode::Add, ..rules }, asked)?;
        let mut sorter = Sorter::new(Mode::Add, &state);
        let mut passed_rows = 0u64;
        desk.read_all(&mut inputs, &self.world, observer, &mut |passed: Passed<'_>| {
            passed_rows += 1;
            let said = crate::differing::say(passed.number, dncsync_core::change::Action::Add);
            sorter.push(&said.lent()).map_err(|error| StoreError::Spool(error).into())
        })?;
        let judged = desk.close(false)?;
        // A list kept to nobody's numbers protects nobody.
        if passed_rows == 0 {
            let message = format!("{}: no row of it is a number", path.display());
            return Err(Trouble::input(
                "input.empty",
                message,
                "name the file with the campaign's own numbers, and --country where they are written in a national form",
            ));
        }
        let told = sorter.finish().map_err(StoreError::Spool)?;
        let mut chunks = told.map(|told| told.map(|told| (told.key, told.plain)));
        let name = inputs.first().map(|input| input.name().to_owned()).unwrap_or_default();
        let count = self.store.keep_to(target, Some((&name, &mut chunks)))?;
        Ok(TargetSet {
            feeds: Vec::new(),
            only: Some(count),
            rejected: judged.rejected,
            rejects: judged.rejects.map(|(path, _)| path.display().to_string()),
        })
    }

    /// Claims a list's foreign numbers into a feed: from now on they are ours. The list is read whole for it.
    ///
    /// # Errors
    /// What kept it from reading the list, or that there is none.
    pub async fn adopt(
        &mut self,
        target: &Target,
        feed: &FeedName,
        observer: &mut Observer<'_>,
    ) -> Result<LoadReport, Trouble> {
        self.write_out()?;
        let target_id = self.store.target(self.tenant, target)?;
        let feed = self.feed_for(feed)?;
        let lease = self.turn(&Wanted::Everything, true, observer).await?;
        let client = self.client.clone().ok_or_else(no_client)?;
        let mut ground = Ground::of(&self.store, target_id, self.world.run_id(), client.speech())?;
        if let Step::Create = ground.step {
            ground.exists();
        }
        // What is adopted must be there: nothing older than this is believed.
        ground.must_be_seen_since(&self.store, self.world.now(), u64::MAX, self.world.now())?;
        let mut single = self.single(&client)?;
        let list = dry_run::look_from(&mut single, ground).await?;
        let Some(list) = list else {
            let message = format!("CXone has no list {}", target.name());
            return Err(Trouble::input("list.unknown", message, "check its name and its scope"));
        };
        let under_way = self.store.under_way(target_id)?;
        let foreign = self.store.difference(target_id, Some(list.key), &under_way, true)?.foreign;
        let (now, id, who) = (self.world.now(), self.world.run_id(), self.setup.who.clone());
        let load = NewLoad {
            mode: Mode::Add,
            source: SourceType::Manual,
            rows: foreign.len() as u64,
            ..command_load(&id, &who, LoadKind::Adopt)
        };
        let before = feed.numbers;
        let counts = self.store.adopt((target_id, list.key), feed.id, &load, &foreign, now, &teller(&feed, &load))?;
        drop(lease);
        let end = LoadEnd::Taken { counts, before, after: before + counts.claimed };
        let report = self.load_report(&feed, &load, &end, now);
        self.write_out()?;
        Ok(report)
    }

    /// Every feed and how it stands. `stale_after` says from which day on a feed is stale.
    pub fn feeds(
        state: &std::path::Path,
        now: Timestamp,
        stale_after: &dyn Fn(&str) -> u64,
    ) -> Result<Vec<FeedStanding>, Trouble> {
        if !Store::exists(state) {
            return Ok(Vec::new());
        }
        let store = Store::open(state)?;
        let mut standings = Vec::new();
        for feed in store.feeds()? {
            let newest = store.newest_input(feed.id)?;
            let age_days = newest.as_ref().map(|load| now.since(load.at).as_secs() / (24 * 3600));
            let names = store.targets_of(feed.id)?.into_iter().map(|target| store.target_of(target));
            let lists = names.map(|target| target.map(|target| target.name().to_owned())).collect::<Result<_, _>>()?;
            // What people ask for one by one does not grow stale; a list that is handed out does.
            let freshness = match age_days {
                Some(age) if feed.target.is_none() => Freshness::of(age, stale_after(feed.name.as_str())),
                _ => Freshness::Fresh,
            };
            standings.push(FeedStanding { feed, newest, age_days, freshness, lists });
        }
        Ok(standings)
    }
}
