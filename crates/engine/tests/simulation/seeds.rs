//! Seeds that once failed, and what they showed. A change of what is drawn gives a seed another story: one that matters
//! is then looked for anew, by taking its mending out.

use crate::told;

/// By the number of their dice: the same story under both profiles.
fn lives(dice: u64) {
    for seed in [2 * dice, 2 * dice + 1] {
        if let Err(story) = told(seed) {
            panic!("{story}");
        }
    }
}

/// Its own run was over but for an older one: the sender waited for the end of deliveries, which was past, and so went
/// round and round without a pause until the older run was finished.
#[test]
fn who_waits_for_an_older_run_sleeps() {
    lives(1);
}

/// Not the engine's fault: what others take away after it was accepted and before it was seen is unconfirmed once.
#[test]
fn taken_away_before_it_was_seen_is_unconfirmed_once() {
    [20, 86, 140].into_iter().for_each(lives);
}

/// A token refused twice running ended a dry run with words that named no token.
#[test]
fn a_dry_run_tells_of_a_refused_token() {
    [87, 153, 176, 250].into_iter().for_each(lives);
}
