//! A number is claimed again while its removal is on its way: it must end up listed, whatever the moment, the lag of the
//! index and the fault. And once nobody claims it any more, it is removed: it has stayed ours.

use std::time::Duration;

use dncsync_core::feed::Mode;
use dncsync_core::profile::Profile;
use dncsync_sandbox::Fault;
use tokio::time::sleep;

use crate::deeds::{ingest_order, load_order, rules};
use crate::model::Set;
use crate::place::{Flags, Log, Nature};
use crate::rows::{Row, number};
use crate::world::{Checked, World, must, target};

/// Whose removal it is, and somebody who stays.
const LEAVES: u64 = 1;
const STAYS: u64 = 2;

/// Milliseconds after the apply began.
const MOMENTS: [u64; 6] = [200, 450, 1_300, 4_000, 14_000, 46_000];

/// Of the index, in milliseconds.
const LAGS: [u64; 3] = [0, 1_000, 15_000];

const FAULTS: [&[&str]; 5] = [
    &[],
    &["close-after:DELETE:1:1"],
    &["slow=60000:DELETE:1:1"],
    &["500:POST*items:1:3"],
    &["close-before:POST*items:1:2", "truncate:DELETE:1:1"],
];

/// What claims it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Claims {
    /// A feed's load: the next apply adds it.
    Load,
    /// An ingest, which promises that it is listed.
    Ingest,
}

/// As people run it: what was seen today is believed.
const USUAL: Flags = Flags { patience: 300, confirm_within: 60, trust: 24 };

impl World {
    fn claim(&self, numbers: &[u64]) {
        let rows: Vec<Row> = numbers.iter().map(|nth| Row::plain(number(*nth))).collect();
        let order = load_order("national", Mode::Add, &rows, true);
        self.engine().load_feed(&order, &mut |_| ()).expect("a load");
    }

    fn lift(&self, feed: &str, nth: u64) {
        let feed = dncsync_core::feed::FeedName::read(feed).expect("a name");
        let sources = [dncsync_engine::Source::Items(crate::rows::text(&[Row::plain(number(nth))]))];
        self.engine().remove(&feed, &sources, rules(Mode::Add), "asked", &mut |_| ()).expect("lifted");
    }

    async fn applies(&self, flags: Flags) -> Checked {
        let mut engine = self.process(flags, &self.place.net.way(u64::MAX)).expect("an engine");
        let outcome = engine.apply(&target("NORTH"), true, None, &mut |_| ()).await;
        let outcome = outcome.map_err(|trouble| format!("apply: {trouble:?}"))?;
        must(outcome.report.removals.holds() && outcome.report.holds(), || format!("{outcome:?}"))?;
        self.place.report_is_logged(&outcome)?;
        must(outcome.stopped.is_none(), || format!("{outcome:?}"))
    }
}

async fn race(profile: Profile, claims: Claims, moment: u64, lag: u64, faults: &[&str]) -> Checked {
    let mut world = world(profile);
    world.claim(&[LEAVES, STAYS]);
    let set = dncsync_engine::TargetOrder {
        target: target("NORTH"),
        feeds: vec![dncsync_core::feed::FeedName::read("national").expect("a name")],
        only: None,
        rules: rules(Mode::Add),
    };
    world.engine().set_target(&set, &mut |_| ()).expect("a target");
    world.applies(USUAL).await?;
    sleep(Duration::from_secs(60)).await;
    world.lift("national", LEAVES);
    let parsed: Vec<Fault> = faults.iter().map(|fault| fault.parse().expect("a fault")).collect();
    world.place.sandbox().set_faults(&parsed, 0);
    world.place.sandbox().set_lag(Duration::from_millis(lag));
    let again = async {
        sleep(Duration::from_millis(moment)).await;
        if claims == Claims::Load {
            world.claim(&[LEAVES]);
            return Ok(());
        }
        let mut engine = world.process(USUAL, &world.place.net.way(u64::MAX)).expect("an engine");
        let order = ingest_order("NORTH", &[Row::plain(number(LEAVES))], world.model.reach, true);
        let outcome = engine.ingest(&order, &mut |_| ()).await.map_err(|trouble| format!("ingest: {trouble:?}"))?;
        must(outcome.stopped.is_none() && outcome.report.holds(), || format!("{outcome:?}"))?;
        must(outcome.report.unconfirmed == 0, || format!("unconfirmed: {outcome:?}"))
    };
    let (applied, claimed) = futures_util::future::join(world.applies(USUAL), again).await;
    applied.and(claimed)?;
    world.place.sandbox().set_faults(&[], 0);
    if claims == Claims::Load {
        world.applies(USUAL).await?;
    }
    sleep(Duration::from_secs(120)).await;
    let both: Set = [LEAVES, STAYS].map(number).into();
    must(world.held("NORTH") == both, || format!("not listed: {:?}", world.held("NORTH")))?;
    let feed = if claims == Claims::Load { "national" } else { "list:CAMPAIGN_DNC_NORTH" };
    world.lift(feed, LEAVES);
    world.applies(Flags { trust: 0, ..USUAL }).await?;
    sleep(Duration::from_secs(120)).await;
    world.figures.steps += 1;
    world.place.record_holds(true)?;
    must(world.held("NORTH") == [number(STAYS)].into(), || format!("it did not stay ours: {:?}", world.held("NORTH")))
}

fn world(profile: Profile) -> World {
    World::new(1, Nature { told: false, ..Nature::plain(profile) }, Log::default())
}

/// Why a case fails, where it does.
fn fails((profile, claims, moment, lag, faults): &Case) -> Option<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let came = runtime.expect("a runtime").block_on(race(*profile, *claims, *moment, *lag, faults));
    came.err().map(|why| format!("{profile}, {claims:?} after {moment} ms, lag {lag} ms, {faults:?}: {why}"))
}

/// A case: under which profile, who claims, when, with which lag and faults.
type Case = (Profile, Claims, u64, u64, &'static [&'static str]);

/// Everything under `v2`; under `admin` each fault with another lag in turn.
fn cases(claims: Claims) -> Vec<Case> {
    let mut cases = Vec::new();
    for (faults, others_lag) in FAULTS.into_iter().zip(LAGS.into_iter().cycle()) {
        for moment in MOMENTS {
            cases.extend(LAGS.map(|lag| (Profile::V2, claims, moment, lag, faults)));
            cases.push((Profile::Admin, claims, moment, others_lag, faults));
        }
    }
    cases
}

#[test]
fn what_is_claimed_again_while_it_leaves_ends_up_listed() {
    let cases = [Claims::Load, Claims::Ingest].into_iter().flat_map(cases).collect::<Vec<_>>();
    let failed: Vec<String> = std::thread::scope(|scope| {
        let halves = cases.chunks(cases.len().div_ceil(2));
        let threads: Vec<_> =
            halves.map(|half| scope.spawn(|| half.iter().filter_map(fails).collect::<Vec<_>>())).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
    });
    println!("feeds, claimed again while it leaves: {} cases, {} failed", cases.len(), failed.len());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn whose_a_number_is_under_every_profile() {
    for profile in Profile::ALL {
        what_was_looked_for_in_vain_and_sent_is_ours(profile).await;
        what_was_adopted_by_mistake_stays_where_it_was(profile).await;
    }
}

/// A list of others' numbers, as it was met.
async fn met(world: &World, numbers: &[u64]) {
    let texts = crate::world::shown(&numbers.iter().map(|nth| number(*nth)).collect());
    world.place.sandbox().create_list_behind("CAMPAIGN_DNC_NORTH", "CAMPAIGN");
    world.place.sandbox().add_behind("CAMPAIGN_DNC_NORTH", &texts.iter().map(String::as_str).collect::<Vec<_>>());
    sleep(Duration::from_secs(5)).await;
}

/// A foreign number that others took away, that an ingest looked for in vain and sent, is ours from then on.
async fn what_was_looked_for_in_vain_and_sent_is_ours(profile: Profile) {
    let world = world(profile);
    met(&world, &[LEAVES, STAYS]).await;
    for removes in [false, true] {
        if removes {
            sleep(Duration::from_secs(5)).await;
            world.place.sandbox().remove_behind("CAMPAIGN_DNC_NORTH", &[&format!("+{}", number(LEAVES))]);
            sleep(Duration::from_secs(5)).await;
        }
        let order = ingest_order("NORTH", &[Row::plain(number(LEAVES))], world.model.reach, true);
        let outcome = world.engine().ingest(&order, &mut |_| ()).await.expect("an outcome");
        assert_eq!((outcome.report.successes, outcome.report.resent > 0), (u64::from(removes), removes));
    }
    world.lift("list:CAMPAIGN_DNC_NORTH", LEAVES);
    world.applies(Flags { trust: 0, ..USUAL }).await.expect("applied");
    assert_eq!(world.held("NORTH"), [number(STAYS)].into());
}

/// Who takes an adoption back does not ask for what others had put there to be removed.
async fn what_was_adopted_by_mistake_stays_where_it_was(profile: Profile) {
    let world = world(profile);
    met(&world, &[LEAVES, STAYS]).await;
    let feed = dncsync_core::feed::FeedName::read("adopted").expect("a name");
    let adopted = world.engine().adopt(&target("NORTH"), &feed, &mut |_| ()).await.expect("adopted");
    let run = dncsync_core::run::RunId::new(adopted.run_id);
    world.engine().rollback(&run, true, &mut |_| ()).await.expect("undone");
    world.applies(Flags { trust: 0, ..USUAL }).await.expect("applied");
    assert_eq!(world.held("NORTH"), [LEAVES, STAYS].map(number).into());
}
