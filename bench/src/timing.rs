//! The clock.

use std::time::Instant;

use crate::{Outcome, Way, World};

/// Odd, so that there is a median.
pub(crate) const ROUNDS: usize = 3;

/// Does it both ways, in turn, so that what else the machine is busy with meets both. What came out, and the median
/// seconds of each.
pub(crate) fn in_turn(world: &World, ours: Way, plain: Way) -> (Outcome, [f64; 2]) {
    let mut seconds = [Vec::new(), Vec::new()];
    let mut outcome = Outcome::default();
    for _ in 0..ROUNDS {
        let outcomes = [ours, plain].map(|way| time(world, way));
        let [(of_ours, took), (of_plain, plain_took)] = outcomes;
        assert_eq!(of_ours, of_plain, "both ways do the same");
        seconds[0].push(took);
        seconds[1].push(plain_took);
        outcome = of_ours;
    }
    (outcome, seconds.map(median))
}

#[expect(clippy::disallowed_methods, reason = "a benchmark looks at the clock")]
fn time(world: &World, way: Way) -> (Outcome, f64) {
    let start = Instant::now();
    let outcome = way(world);
    (outcome, start.elapsed().as_secs_f64())
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_unstable_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}
