//! What people do with lists: which feeds they take, plans, applying them; and what others do to them.

use dncsync_core::feed::{FeedName, Mode};
use dncsync_engine::TargetOrder;
use fastrand::Rng;

use crate::deeds::rules;
use crate::lists::own;
use crate::model::Set;
use crate::rows::{POOL, any_number, number};
use crate::world::{CAMPAIGNS, Checked, World, list_name, must, shown, target};

fn numbers(of: &[dncsync_core::number::Number]) -> Set {
    of.iter().map(|number| number.get()).collect()
}

impl World {
    /// From now on a list takes these feeds, and perhaps only the campaign's own numbers.
    pub(crate) fn set_target(&mut self, dice: &mut Rng, campaign: &'static str) -> Checked {
        self.model.list(campaign);
        let there: Vec<String> = self.model.feeds.keys().filter(|name| **name != own(campaign)).cloned().collect();
        let feeds: Vec<String> = there.into_iter().filter(|_| dice.u32(..3) > 0).collect();
        let only: Option<Set> =
            (dice.u32(..3) == 0).then(|| (0..POOL).filter(|_| dice.u32(..5) > 0).map(number).collect());
        let path = self.place.state().join("only.csv");
        if let Some(only) = &only {
            std::fs::write(&path, format!("number\n{}\n", shown(only).join("\n"))).expect("a file");
        }
        let order = TargetOrder {
            target: target(campaign),
            feeds: feeds.iter().map(|name| FeedName::read(name).expect("a name")).collect(),
            only: only.is_some().then_some(path),
            rules: rules(Mode::Add),
        };
        let set = self.engine().set_target(&order, &mut |_| ());
        let set = set.map_err(|trouble| format!("target set {campaign}: {trouble:?}"))?;
        self.place.note(format!("{campaign} takes {:?}, only {:?}", set.feeds, only.as_ref().map(Set::len)));
        let list = self.model.list(campaign);
        (list.feeds, list.only) = (feeds.into_iter().collect(), only);
        must(set.only == list.only.as_ref().map(|only| only.len() as u64), || format!("{set:?}"))
    }

    /// Numbers that others put into a list become a feed's.
    pub(crate) async fn adopt(&mut self, dice: &mut Rng) -> Checked {
        let (campaign, feed) = (CAMPAIGNS[dice.usize(..2)], self.some_feed(dice));
        let name = FeedName::read(&feed).expect("a name");
        self.model.list(campaign);
        let there = self.model.lists[campaign].exists;
        let adopted = self.engine().adopt(&target(campaign), &name, &mut |_| ()).await;
        self.place.note(format!("adopt of {campaign} into {feed}: {:?}", adopted.as_ref().map(|it| it.counts.rows)));
        // Known from now on, whatever came of it.
        self.model.feeds.entry(feed.clone()).or_default();
        let report = match adopted {
            Err(trouble) => return must(!there, || format!("adopt: {trouble:?}")),
            Ok(report) => report,
        };
        must(there, || "a list that is not there was adopted".to_owned())?;
        let foreign = self.model.figures(campaign).foreign;
        let rows: Vec<crate::rows::Row> = foreign.iter().map(|number| crate::rows::Row::plain(*number)).collect();
        let place = self.model.next();
        let known = self.model.feeds.entry(feed.clone()).or_default();
        let counts = known.load(&report.run_id, Mode::Add, &rows, place);
        known.newest = None;
        let id = self.place.sandbox().list(&list_name(campaign)).expect("a list").id;
        known.deeds.last_mut().expect("a deed").adopted = Some((campaign, id));
        let list = self.model.list(campaign);
        list.ours.extend(&foreign);
        if feed != own(campaign) {
            list.feeds.insert(feed);
        }
        must((report.counts.rows, report.counts.claimed) == (counts.rows, counts.claimed), || {
            format!("adopted {:?}, not {counts:?}", report.counts)
        })
    }

    /// Somebody else is at work in the tenant.
    pub(crate) async fn others(&mut self, dice: &mut Rng) {
        let campaign = CAMPAIGNS[dice.usize(..2)];
        let name = list_name(campaign);
        let some: Set = (0..dice.u32(1..8)).map(|_| any_number(dice)).collect();
        let (texts, kind) = (shown(&some), dice.u32(..12));
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let list = self.model.list(campaign);
        let sandbox = self.place.sandbox();
        if !list.exists {
            sandbox.create_list_behind(&name, "CAMPAIGN");
            list.exists = true;
        }
        match kind {
            0 => {
                sandbox.delete_list_behind(&name);
                (list.exists, list.holds, list.ours) = (false, Set::new(), Set::new());
                self.place.note(format!("{name} is deleted"));
            }
            1..7 => {
                sandbox.add_behind(&name, &texts);
                list.holds.extend(&some);
                list.edited = true;
                self.place.note(format!("others add {some:?} to {name}"));
            }
            _ => {
                sandbox.remove_behind(&name, &texts);
                list.holds.retain(|number| !some.contains(number));
                self.place.note(format!("others remove {some:?} from {name}"));
            }
        }
        // The index lags by a second.
        tokio::time::sleep(std::time::Duration::from_secs(5)).await;
    }

    /// A plan says what must be done, and does nothing. Its base.
    pub(crate) async fn plan(&mut self, campaign: &'static str) -> Result<String, String> {
        self.model.list(campaign);
        let held = self.held(campaign);
        let planned = self.engine().plan(&target(campaign), &mut |_| ()).await;
        let planned = planned.map_err(|trouble| format!("plan of {campaign}: {trouble:?}"))?;
        let today = self.today();
        self.model.expire(campaign, today);
        self.model.list(campaign).edited = false;
        let (figures, preview) = (self.model.figures(campaign), &planned.preview);
        must(self.held(campaign) == held, || format!("a plan changed {campaign}"))?;
        let told = format!("plan of {campaign}: {preview:?}");
        must(numbers(&planned.add) == figures.add, || format!("{told} adds {:?}, not {figures:?}", planned.add))?;
        let gone: Set = figures.withdrawn.union(&figures.left_out).copied().collect();
        must(numbers(&planned.remove) == gone, || format!("{told} removes {:?}, not {figures:?}", planned.remove))?;
        let said =
            [preview.additions, preview.removals, preview.left_out, preview.foreign, preview.desired, preview.right];
        let desired = self.model.desired(campaign);
        let right = desired.intersection(&held).count();
        let sizes = [&figures.add, &figures.withdrawn, &figures.left_out, &figures.foreign, &desired].map(Set::len);
        let meant: Vec<u64> = sizes.into_iter().chain([right]).map(|size| size as u64).collect();
        must(said[..] == meant[..], || format!("{told}: {said:?}, not {meant:?}"))?;
        self.place.note(format!("plan of {campaign}: {said:?}"));
        Ok(preview.base.clone())
    }
}
