//! How many rows a second are read, checked and planned, beside the plain way of doing it. See README.md.
#![expect(clippy::print_stdout, reason = "the figures are for the terminal")]

mod feeds;
mod generated;
mod ours;
mod plain;
mod sending;
mod timing;

use std::collections::{BTreeMap, HashSet};

use dncsync_core::chunk::Chunk;

/// Rows of the generated file, unless the command line says otherwise.
const ROWS: usize = 1_000_000;

/// What both ways are given.
pub(crate) struct World {
    /// The file.
    pub(crate) csv: Vec<u8>,
    /// Numbers seen in the list, as dncsync keeps them.
    pub(crate) chunks: BTreeMap<u64, Chunk>,
    /// The same, as a plain program would keep them.
    pub(crate) listed: HashSet<String>,
}

/// What came out; both ways must agree on it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// Rows read.
    pub(crate) rows: usize,
    /// Rows that passed the check.
    pub(crate) passed: usize,
    /// Rows whose number an earlier one had named.
    pub(crate) repeated: usize,
    /// Numbers that the list held already.
    pub(crate) listed: usize,
    /// Numbers to be sent.
    pub(crate) to_send: usize,
}

/// One way of doing one thing.
type Way = fn(&World) -> Outcome;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.first().map(String::as_str) {
        Some("feeds") => return feeds::run(&words[1..]),
        Some("sending") => return sending::run(&words[1..]),
        Some("sending-plain") => return sending::child_work(&words),
        Some(child) if child.starts_with("feeds-") => return feeds::child_work(&words),
        _ => {}
    }
    let rows = words.first().map_or(ROWS, |text| text.parse().expect("a number of rows"));
    let mut world = World { csv: generated::csv(rows), chunks: BTreeMap::new(), listed: HashSet::new() };
    println!("{rows} rows, {} MB, median of {} rounds", world.csv.len() / 1_000_000, timing::ROUNDS);
    println!("{:<52} {:>10} {:>12} {:>6}", "", "rows/s", "plain way", "ratio");
    compare("read", &world, ours::read, plain::read);
    compare("read, check", &world, ours::check, plain::check);
    let all = "read, check, drop repetitions, plan";
    compare(&format!("{all}; empty list"), &world, ours::plan, plain::plan);
    ours::list_most(&mut world);
    let outcome = compare(&format!("{all}; 85 % listed"), &world, ours::plan, plain::plan);
    println!("{outcome:?}");
}

fn compare(name: &str, world: &World, ours: Way, plain: Way) -> Outcome {
    let (outcome, [ours, plain]) = timing::in_turn(world, ours, plain);
    let rate = |seconds: f64| outcome.rows as f64 / seconds;
    println!("{name:<52} {:>10.0} {:>12.0} {:>6.2}", rate(ours), rate(plain), plain / ours);
    outcome
}
