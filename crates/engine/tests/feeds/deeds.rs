//! What people do to feeds: load, remove, ingest, undo; each against the model.

use dncsync_core::check::Rules;
use dncsync_core::feed::{FeedName, Mode};
use dncsync_core::guard::LoadGuard;
use dncsync_core::load::LoadReport;
use dncsync_core::profile::Reach;
use dncsync_core::run::RunId;
use dncsync_core::source::SourceType;
use dncsync_engine::{LoadOrder, Order, Source};
use dncsync_feed::Format;
use fastrand::Rng;

use crate::lists::own;
use crate::model::{Counts, Set};
use crate::rows::{Row, any_number, text};
use crate::world::{CAMPAIGNS, Checked, FEEDS, World, list_name, must, target};

pub(crate) fn rules(mode: Mode) -> Rules {
    Rules { country: None, default_source: SourceType::Manual, mode, reach: Reach::World }
}

/// A load of these rows.
pub(crate) fn load_order(feed: &str, mode: Mode, rows: &[Row], approved: bool) -> LoadOrder {
    LoadOrder {
        feed: FeedName::read(feed).expect("a name"),
        sources: vec![Source::Items(text(rows))],
        format: Some(Format::Csv),
        rules: rules(mode),
        end: Some("until".to_owned()),
        rejects: None,
        allow_empty: true,
        approved,
        guard: LoadGuard::default(),
        account: None,
        note: None,
    }
}

pub(crate) fn ingest_order(campaign: &str, rows: &[Row], reach: Reach, wait: bool) -> Order {
    Order {
        target: target(campaign),
        sources: vec![Source::Items(text(rows))],
        format: Some(Format::Csv),
        rules: Rules { reach, ..rules(Mode::Add) },
        rejects: None,
        allow_empty: true,
        wait,
    }
}

pub(crate) fn draw_rows(dice: &mut Rng, mode: Mode, today: Option<i32>, most: usize) -> Vec<Row> {
    (0..dice.usize(1..=most)).map(|_| Row::draw(dice, mode, today)).collect()
}

fn counts_of(report: &LoadReport) -> Counts {
    let it = &report.counts;
    Counts {
        rows: it.rows,
        claimed: it.claimed,
        already_claimed: it.already_claimed,
        withdrawn: it.withdrawn,
        not_claimed: it.not_claimed,
        repeated: it.duplicates_in_input,
        rejected: it.rejected,
        absent: it.absent,
    }
}

impl World {
    /// Some feed that is there: a named one, or a list's own.
    pub(crate) fn some_feed(&self, dice: &mut Rng) -> String {
        let own_ones = CAMPAIGNS.iter().map(|campaign| own(campaign));
        let there = own_ones.filter(|name| self.model.feeds.contains_key(name));
        let names: Vec<String> = FEEDS.iter().map(|name| (*name).to_owned()).chain(there).collect();
        names[dice.usize(..names.len())].clone()
    }

    /// A load; often the same once more.
    pub(crate) fn load(&mut self, dice: &mut Rng) -> Checked {
        let (feed, mode) = (self.some_feed(dice), Mode::ALL[dice.usize(..3)]);
        let rows = draw_rows(dice, mode, Some(self.today()), 40);
        let approved = dice.u32(..4) > 0;
        self.load_rows(&feed, mode, &rows, approved)?;
        if dice.u32(..4) == 0 { self.load_rows(&feed, mode, &rows, approved) } else { Ok(()) }
    }

    pub(crate) fn load_rows(&mut self, name: &str, mode: Mode, rows: &[Row], approved: bool) -> Checked {
        let (order, told) =
            (load_order(name, mode, rows, approved), format!("load {mode} of {} rows into {name}", rows.len()));
        let place = self.model.next();
        let feed = self.model.feeds.entry(name.to_owned()).or_default();
        let (before, mut after) = (feed.claims.len() as u64, feed.clone());
        let input = Some((mode, text(rows)));
        let same = feed.newest == input;
        let mut counts = after.load("", mode, rows, place);
        let guarded = mode == Mode::Replace && !approved && !same;
        let share = |part: u64, whole: u64| part as f64 > whole as f64 * 0.05;
        let shrink = before.saturating_sub(after.claims.len() as u64);
        let stops = guarded && (share(counts.rejected, counts.rows) || shrink as f64 > before as f64 * 0.10);
        let loaded = self.engine().load_feed(&order, &mut |_| ());
        self.place.note(format!("{told}: {:?}", loaded.as_ref().map(|report| (&report.run_id, report.counts))));
        let report = match loaded {
            Err(trouble) if stops => {
                // A first load that does not come about leaves no feed behind.
                let taken = self.model.lists.values().any(|list| list.feeds.contains(name));
                if self.model.feeds[name].deeds.is_empty() && !name.starts_with("list:") && !taken {
                    self.model.feeds.remove(name);
                }
                return must(trouble.code == "guard.load", || format!("{told}: {trouble:?}"));
            }
            Err(trouble) => return Err(format!("{told}: {trouble:?}")),
            Ok(report) => report,
        };
        must(!stops, || format!("{told}: not stopped"))?;
        must(report.unchanged == same, || format!("{told}: unchanged {}", report.unchanged))?;
        must(report.counts.holds(), || format!("{told}: {:?}", report.counts))?;
        let feed = self.model.feeds.entry(name.to_owned()).or_default();
        if same {
            // It changes nothing, and yet it names its numbers once more: what is undone later stays claimed by it.
            counts = Counts { absent: 0, ..counts };
        }
        *feed = after;
        feed.newest = input;
        feed.deeds.last_mut().expect("a deed").run.clone_from(&report.run_id);
        must(counts_of(&report) == counts, || format!("{told}: {:?}, not {counts:?}", report.counts))?;
        let numbers = feed.claims.len() as u64;
        must((report.before, report.numbers) == (before, numbers), || format!("{told}: {before} to {numbers}"))
    }

    /// Claims are lifted by hand.
    pub(crate) fn remove(&mut self, dice: &mut Rng) -> Checked {
        let name = self.some_feed(dice);
        if !self.model.feeds.contains_key(&name) {
            return Ok(());
        }
        let numbers: Set = (0..dice.u32(1..8)).map(|_| any_number(dice)).collect();
        let rows: Vec<Row> = numbers.iter().map(|number| Row::lifted(*number)).collect();
        let (feed, sources) = (FeedName::read(&name).expect("a name"), [Source::Items(text(&rows))]);
        let lifted = self.engine().remove(&feed, &sources, rules(Mode::Add), "asked", &mut |_| ());
        let lifted = lifted.map_err(|trouble| format!("remove from {name}: {trouble:?}"))?;
        self.place.note(format!("remove from {name}: {} {:?}", lifted.report.run_id, lifted.report.counts));
        let place = self.model.next();
        let feed = self.model.feeds.entry(name.clone()).or_default();
        let counts = feed.load(&lifted.report.run_id, Mode::Changes, &rows, place);
        feed.newest = None;
        must(counts_of(&lifted.report) == counts, || format!("remove from {name}: {counts:?}"))?;
        let others = self.model.feeds.iter().filter(|(other, _)| **other != name);
        let claimed: Set = others.flat_map(|(_, feed)| feed.set()).collect();
        let still = numbers.intersection(&claimed).count() as u64;
        must(lifted.still_claimed == still, || format!("{} still claimed, not {still}", lifted.still_claimed))
    }

    /// Rows go straight into a list, and into its own feed.
    pub(crate) async fn ingest(&mut self, dice: &mut Rng) -> Checked {
        let campaign = CAMPAIGNS[dice.usize(..2)];
        let rows = self.model.within(draw_rows(dice, Mode::Add, None, 12));
        // What others added unseen would be sent once more, and be ours then.
        if self.model.list(campaign).edited {
            self.plan(campaign).await?;
        }
        let order = ingest_order(campaign, &rows, self.model.reach, true);
        let outcome = self.engine().ingest(&order, &mut |_| ()).await;
        let outcome = outcome.map_err(|trouble| format!("ingest into {campaign}: {trouble:?}"))?;
        self.place.report_is_logged(&outcome)?;
        let report = &outcome.report;
        self.place.note(format!("ingest into {campaign}: {} {} confirmed", report.run_id, report.successes));
        let place = self.model.next();
        self.model.list(campaign);
        let feed = self.model.feeds.entry(own(campaign)).or_default();
        feed.load(&report.run_id, Mode::Add, &rows, place);
        // Its digest is no feed load's: the same rows loaded as a feed's input are another load.
        feed.newest = None;
        let list = self.model.list(campaign);
        let named: Set = rows.iter().filter_map(|row| row.number).collect();
        let new = named.difference(&list.holds).count() as u64;
        list.sent(&named);
        must(outcome.stopped.is_none() && report.holds(), || format!("{outcome:?}"))?;
        must((report.successes, report.unconfirmed) == (new, 0), || format!("{new} are new: {report:?}"))?;
        let (held, holds) = (self.held(campaign), &self.model.lists[campaign].holds);
        must(held == *holds, || format!("{campaign} holds {held:?} after an ingest, not {holds:?}"))
    }

    /// An earlier run is undone.
    pub(crate) async fn rollback(&mut self, dice: &mut Rng) -> Checked {
        let runs = self.model.runs();
        if runs.is_empty() {
            return Ok(());
        }
        // The newest ones more often.
        let run = runs[dice.usize(..runs.len()).max(dice.usize(..runs.len()))].clone();
        self.undo(&run, dice.bool()).await
    }

    pub(crate) async fn undo(&mut self, run: &str, requests_too: bool) -> Checked {
        let undone = self.engine().rollback(&RunId::new(run), requests_too, &mut |_| ()).await;
        let undone = undone.map_err(|trouble| format!("rollback of {run}: {trouble:?}"))?;
        let (name, at) = self.model.deed_of(run).expect("a deed");
        let (place, mine) = (self.model.next(), undone.loads[0].run_id.clone());
        let feed = self.model.feeds.get_mut(&name).expect("a feed");
        let kept = feed.undo(at, &mine, requests_too, place);
        let numbers = feed.claims.len() as u64;
        let lifted: Set = feed.deeds.last().expect("a deed").withdrawn.keys().copied().collect();
        // What others had put there is theirs again, where the list is still the same.
        if let Some((campaign, id)) = feed.deeds[at].adopted.clone() {
            let same = self.place.sandbox().list(&list_name(campaign)).is_some_and(|list| list.id == id);
            if same {
                self.model.list(campaign).ours.retain(|number| !lifted.contains(number));
            }
        }
        let told = format!("rollback of {run} in {name} ({mine}), requests too: {requests_too}");
        self.place.note(format!("{told}: kept {kept:?}, {numbers} claimed after it"));
        self.figures.rollbacks += 1;
        // It tells at once what it comes to: a look at the lists, for which claims end.
        let today = self.today();
        for campaign in CAMPAIGNS {
            if self.model.lists.contains_key(campaign) && self.model.taken(campaign).contains(&name) {
                self.model.expire(campaign, today);
            }
        }
        must((undone.kept_requests, undone.kept_later) == kept, || {
            format!("{told}: kept {kept:?}, not {:?}", (undone.kept_requests, undone.kept_later))
        })?;
        must(undone.loads[0].numbers == numbers, || format!("{told}: {} left, not {numbers}", undone.loads[0].numbers))
    }
}
