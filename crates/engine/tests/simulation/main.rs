//! The engine in simulated worlds: the real engine, store and client, a tenant in memory, a paused clock, and operations
//! drawn from a seed. Each other seed's tenant speaks `admin`, with quirks. A seed that fails is told with everything that
//! was done, and fails again in the same way.
//!
//! `cargo test -p dncsync-engine --test simulation` lives through some hundred seeds; with `DNCSYNC_LONG=1` it goes on
//! with fresh ones for `DNCSYNC_LONG_MINUTES` (60). `SEED=n cargo test ... one_seed -- --nocapture` tells one seed's story.

#![expect(clippy::print_stdout, reason = "figures and stories are told to whoever runs it")]
#![expect(clippy::unwrap_used, reason = "a lock that is poisoned is a test that has failed")]

mod aggregator;
mod economy;
mod failures;
mod feeds;
mod invariants;
mod net;
mod operations;
mod place;
mod processes;
mod records;
mod seeds;
mod story;
mod tenancy;
mod unnamed;
mod wires;
mod witness;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use place::Log;
use story::Figures;

/// So many seeds in a plain `cargo test`.
const SEEDS: u64 = 240;

/// Lives through a seed; what it came to, or its whole story and how to see it again.
fn told(seed: u64) -> Result<Figures, String> {
    let log = Log::default();
    let lived = catch_unwind(AssertUnwindSafe(|| story::live(seed, &log)));
    let lived = lived.unwrap_or_else(|panic| {
        let words = panic.downcast_ref::<String>().cloned();
        Err(words.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default())
    });
    lived.map_err(|why| {
        format!(
            "seed {seed}: {why}\n{}\nagain: SEED={seed} cargo test -p dncsync-engine --test simulation one_seed -- --nocapture",
            log.lines().join("\n")
        )
    })
}

/// Lives through seeds on two threads until `more` says no.
fn live_through(more: impl Fn() -> Option<u64> + Sync) -> (Figures, Vec<String>) {
    let (all, failed) = (Mutex::new(Figures::default()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(seed) = more() {
                    match told(seed) {
                        Ok(figures) => all.lock().unwrap().add(figures),
                        Err(story) => failed.lock().unwrap().push(story),
                    }
                }
            });
        }
    });
    (all.into_inner().unwrap(), failed.into_inner().unwrap())
}

fn report(figures: Figures, failed: &[String]) {
    let Figures { seeds, operations, runs, deaths, faults, requests, lived } = figures;
    let (days, hours) = (lived.as_secs() / 86_400, lived.as_secs() / 3_600 % 24);
    println!(
        "simulation: {seeds} seeds, {operations} operations, {runs} runs, {deaths} process deaths, {faults} faults, \
         {requests} requests, {days} d {hours} h lived through, {} failed",
        failed.len()
    );
    for story in failed.iter().take(3) {
        println!("{story}\n");
    }
    let seeds: Vec<&str> = failed.iter().filter_map(|story| story.lines().next()).collect();
    assert!(failed.is_empty(), "{}", seeds.join("\n"));
}

#[test]
fn many_seeds() {
    let next = AtomicU64::new(0);
    let (figures, failed) = live_through(|| Some(next.fetch_add(1, Ordering::Relaxed)).filter(|seed| *seed < SEEDS));
    report(figures, &failed);
}

#[test]
fn a_seed_goes_the_same_way_twice() {
    let story = |seed| {
        let log = Log::default();
        let came = story::live(seed, &log);
        (came, log.lines())
    };
    for seed in [3, 5, 8] {
        let (first, second) = (story(seed), story(seed));
        assert_eq!(first, second, "seed {seed}");
    }
}

/// The seed in `SEED`, told in full.
#[test]
#[expect(clippy::disallowed_methods, reason = "a person at a terminal names a seed")]
fn one_seed() {
    let Some(seed) = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()) else { return };
    let came = story::live(seed, &Log { aloud: true, ..Log::default() });
    println!("{came:?}");
    came.expect("the seed lives");
}

/// Fresh seeds for an hour, where `DNCSYNC_LONG` asks for it.
#[test]
#[expect(clippy::disallowed_methods, reason = "asked for by the environment, and measured by a real clock")]
fn fresh_seeds() {
    if std::env::var_os("DNCSYNC_LONG").is_none() {
        return;
    }
    let minutes = std::env::var("DNCSYNC_LONG_MINUTES").ok().and_then(|text| text.parse().ok()).unwrap_or(60);
    let (began, limit) = (std::time::Instant::now(), Duration::from_secs(minutes * 60));
    let next = AtomicU64::new(fastrand::u64(..) >> 16 << 8);
    let (figures, failed) =
        live_through(|| Some(next.fetch_add(1, Ordering::Relaxed)).filter(|_| began.elapsed() < limit));
    report(figures, &failed);
}
