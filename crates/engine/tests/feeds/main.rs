//! Feeds in simulated worlds: loads, removals, rollbacks and plans drawn from a seed, against a naive model of the rules;
//! then the same with faults, lag, deaths and several processes at once; then every way in which a removal can fail. Each
//! other seed's tenant speaks `admin`.
//!
//! `cargo test -p dncsync-engine --test feeds` lives through some hundred seeds; with `DNCSYNC_LONG=1` it goes on with
//! fresh ones for `DNCSYNC_LONG_MINUTES` (60). `SEED=n cargo test ... one_seed -- --nocapture` tells the stories of one seed.

#![expect(clippy::print_stdout, reason = "figures and stories are told to whoever runs it")]
#![expect(clippy::unwrap_used, reason = "a lock that is poisoned is a test that has failed")]

#[path = "../simulation/aggregator.rs"]
#[expect(dead_code, reason = "shared with the simulation, which needs more of it")]
mod aggregator;
#[path = "../simulation/net.rs"]
mod net;
#[path = "../simulation/place.rs"]
#[expect(dead_code, reason = "shared with the simulation, which needs more of it")]
mod place;
#[path = "../simulation/tenancy.rs"]
mod tenancy;
#[path = "../simulation/witness.rs"]
mod witness;

mod calm;
mod deeds;
mod failures;
mod lists;
mod model;
mod processes;
mod pulling;
mod races;
mod rows;
mod troubled;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use place::Log;
use world::Figures;

/// So many seeds in a plain `cargo test`: calm ones, and troubled ones, which take longer.
const SEEDS: (u64, u64) = (96, 72);

/// A kind of story.
type Kind = (&'static str, fn(u64, &Log) -> Result<Figures, String>);

const CALM: Kind = ("calm", calm::live);
const TROUBLED: Kind = ("troubled", troubled::live);

/// Lives through a seed; what it came to, or its whole story and how to see it again.
fn told((name, live): Kind, seed: u64) -> Result<Figures, String> {
    let log = Log::default();
    let lived = catch_unwind(AssertUnwindSafe(|| live(seed, &log)));
    let lived = lived.unwrap_or_else(|panic| {
        let words = panic.downcast_ref::<String>().cloned();
        Err(words.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default())
    });
    lived.map_err(|why| {
        format!(
            "{name} seed {seed}: {why}\n{}\nagain: SEED={seed} cargo test -p dncsync-engine --test feeds one_seed -- --nocapture",
            log.lines().join("\n")
        )
    })
}

/// Lives through seeds on two threads until `more` says no.
fn live_through(kind: Kind, more: impl Fn() -> Option<u64> + Sync) {
    let (all, failed) = (Mutex::new(Figures::default()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(seed) = more() {
                    match told(kind, seed) {
                        Ok(figures) => all.lock().unwrap().add(figures),
                        Err(story) => failed.lock().unwrap().push(story),
                    }
                }
            });
        }
    });
    let failed: Vec<String> = failed.into_inner().unwrap();
    println!("feeds, {}: {}, {} failed", kind.0, all.into_inner().unwrap(), failed.len());
    failed.iter().take(2).for_each(|story| println!("{story}\n"));
    let seeds: Vec<&str> = failed.iter().filter_map(|story| story.lines().next()).collect();
    assert!(failed.is_empty(), "{}", seeds.join("\n"));
}

fn plain(kind: Kind, seeds: u64) {
    let next = AtomicU64::new(0);
    live_through(kind, || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|seed| *seed < seeds));
}

#[test]
fn many_calm_seeds() {
    plain(CALM, SEEDS.0);
}

#[test]
fn many_troubled_seeds() {
    plain(TROUBLED, SEEDS.1);
}

/// The seed in `SEED`, told in full.
#[test]
#[expect(clippy::disallowed_methods, reason = "a person at a terminal names a seed")]
fn one_seed() {
    let Some(seed) = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()) else { return };
    for (name, live) in [CALM, TROUBLED] {
        println!("{name}: {:?}", live(seed, &Log { aloud: true, ..Log::default() }));
    }
}

/// Fresh seeds for an hour, where `DNCSYNC_LONG` asks for it.
#[test]
#[expect(clippy::disallowed_methods, reason = "asked for by the environment, and measured by a real clock")]
fn fresh_seeds() {
    if std::env::var_os("DNCSYNC_LONG").is_none() {
        return;
    }
    let minutes = std::env::var("DNCSYNC_LONG_MINUTES").ok().and_then(|text| text.parse().ok()).unwrap_or(60);
    let kinds = [CALM, TROUBLED];
    for (nth, kind) in (1..).zip(kinds) {
        let limit = Duration::from_secs(minutes * 60 * nth / kinds.len() as u64);
        static BEGAN: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
        let began = *BEGAN.get_or_init(std::time::Instant::now);
        let next = AtomicU64::new(fastrand::u64(..) >> 16 << 8);
        live_through(kind, || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|_| began.elapsed() < limit));
    }
}
