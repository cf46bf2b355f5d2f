//! What a run costs in requests, and how much of what is allowed it uses: counted at the tenant, in simulated time.

use std::future::Future;
use std::time::Duration;

use dncsync_core::profile::Profile;
use tokio::time::sleep;

use crate::feeds::{Feed, number};
use crate::net::Weather;
use crate::place::{Flags, Log, Nature, Place};

/// Items of a batch and entries of a page: a hundredth of what is usual, so that a hundred thousand stand for ten million.
const BATCH: u64 = 100;

/// What a run may cost beside its batches and pages.
const MORE: u64 = 5;

fn live<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(work)
}

fn nature(profile: Profile, batch: u64) -> Nature {
    let size = usize::try_from(batch).expect("a size");
    Nature { batch: size, page_cap: size, told: false, ..Nature::plain(profile) }
}

/// A tenant whose list holds so many numbers of others.
async fn place(nature: Nature, listed: u64, feed: &Feed) -> Place {
    let place = Place::new(1, nature, Log::default());
    place.net.weather.lock().unwrap().delay_ms = 300;
    if listed > 0 {
        place.sandbox().create_list_behind(&feed.list(), "CAMPAIGN");
        let others: Vec<String> = (0..listed).map(|nth| format!("+{}", number(500_000 + nth))).collect();
        place.sandbox().add_behind(&feed.list(), &others.iter().map(String::as_str).collect::<Vec<_>>());
        sleep(Duration::from_secs(60)).await;
    }
    place
}

/// When each request of the API arrived, in milliseconds.
fn arrived(place: &Place, method: &str) -> Vec<u64> {
    let arrivals = place.sandbox().observed().arrivals;
    let of_api = arrivals.iter().filter(|call| call.path.contains("/lists") && call.method.contains(method));
    of_api.map(|call| call.at_ms).collect()
}

async fn ingest(place: &Place, feed: &Feed) {
    let flags = Flags { patience: 300, confirm_within: 3600, trust: 24 };
    let way = place.net.way(u64::MAX);
    let mut engine = place.engine(flags, &way, 7).expect("an engine");
    let outcome = engine.ingest(&feed.order(), &mut |_| ()).await.expect("an outcome");
    assert_eq!((outcome.report.successes, outcome.stopped.map(|trouble| trouble.code)), (feed.rows, None));
}

#[test]
fn a_run_costs_its_batches_the_pages_of_its_list_and_five_requests() {
    for listed in [0, 40, 1_730] {
        let feed = Feed::of("NORTH", 0..6_000);
        let cost = live(async {
            let place = place(nature(Profile::V2, BATCH), listed, &feed).await;
            ingest(&place, &feed).await;
            arrived(&place, "").len() as u64
        });
        let most = feed.rows.div_ceil(BATCH) + (listed + feed.rows).div_ceil(BATCH) + MORE;
        assert!(cost <= most, "{cost} requests, {most} at most; {listed} listed before");
    }
}

#[test]
fn in_a_list_that_keeps_no_order_it_costs_two_whole_reads_more_at_most() {
    for listed in [0, 40, 1_730] {
        let feed = Feed::of("NORTH", 0..6_000);
        let cost = live(async {
            let place = place(Nature { shuffled: true, ..nature(Profile::V2, BATCH) }, listed, &feed).await;
            ingest(&place, &feed).await;
            arrived(&place, "").len() as u64
        });
        let pages = (listed + feed.rows).div_ceil(BATCH);
        let most = feed.rows.div_ceil(BATCH) + 3 * pages + MORE;
        assert!(cost <= most, "{cost} requests, {most} at most; {listed} listed before");
    }
}

#[test]
fn while_only_the_lag_is_waited_for_a_look_is_taken_in_each() {
    let lag = Duration::from_secs(15);
    let looks = live(async {
        let (first, second) = (Feed::of("NORTH", 0..50), Feed::of("NORTH", 50..5_000));
        let place = place(Nature { lag, ..nature(Profile::V2, BATCH) }, 0, &first).await;
        ingest(&place, &first).await;
        let of_first = arrived(&place, "GET");
        ingest(&place, &second).await;
        // Requests that wait for one another are no more than the lag allows: a process learns it anew.
        let of_second = arrived(&place, "GET").split_off(of_first.len());
        (of_first, of_second)
    });
    let pauses: Vec<u64> = looks.0.windows(2).map(|two| two[1] - two[0]).collect();
    assert!(pauses.iter().all(|pause| *pause >= 1_700), "2 s, less what the way may take: {pauses:?}");
    let pages = 5_000u64.div_ceil(BATCH);
    // One to find the list; while the lag is not known, one each 2 s; then the pages.
    assert!(looks.1.len() as u64 <= 1 + pages + lag.as_secs() / 2 + 2, "{} looks", looks.1.len());
}

#[test]
fn what_is_allowed_is_used_and_not_more() {
    // (the longest way there in ms, the share that must be used): a slot is free 60.05 s after its answer, so that with
    // answers after a second no more than 98 % can be used.
    for (delay_ms, least) in [(300, 0.99), (1_000, 0.98)] {
        let (least_minutes, minutes) = live(async {
            let feed = Feed::of("NORTH", 0..3_000);
            let place = place(nature(Profile::V2, 10), 0, &feed).await;
            *place.net.weather.lock().unwrap() = Weather { delay_ms, ..Weather::default() };
            ingest(&place, &feed).await;
            let arrived = arrived(&place, "");
            let throttled = place.sandbox().observed().throttled;
            assert_eq!(throttled, 0, "the tenant never had to say 429");
            // A hundred requests later a minute has passed, at best.
            let minutes = (arrived.len() - 1) / 100;
            (minutes as f64, (arrived[minutes * 100] - arrived[0]) as f64 / 60_000.0)
        });
        let share = least_minutes / minutes;
        println!("answers within {delay_ms} ms: {:.1} % of what is allowed in {minutes:.1} minutes", share * 100.0);
        assert!(share >= least, "{delay_ms} ms: {share}");
    }
}
