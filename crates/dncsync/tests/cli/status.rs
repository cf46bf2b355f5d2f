use insta::assert_snapshot;

use crate::place::Place;

#[test]
fn a_fresh_state_says_where_to_begin_and_nothing_is_made() {
    let place = Place::new();
    assert_snapshot!(place.run("status"), @r"
    $ dncsync status
    state $HOME/.local/state/dncsync (N bytes), runs 0

    no run yet; begin with: dncsync demo
    [exit 0]
    ");
    assert!(!place.state("").exists(), "looking makes nothing");
}

#[test]
fn after_a_run_status_shows_the_list_and_what_was_seen_in_it() {
    let place = Place::with_tutorial();
    place.run("ingest tutorial.jsonl --campaign Q4 --sandbox");
    assert_snapshot!(place.run("status"), @r"
    $ dncsync status
    state $HOME/.local/state/dncsync (N bytes), runs 1

    CAMPAIGN_DNC_Q4 (CAMPAIGN)
      tenant   sandbox embedded
      list     LIST
      seen in it  3

    last run RUN, begun TIME, finished TIME
    [exit 0]
    ");
}

#[test]
fn the_state_directory_may_be_named_in_three_ways() {
    let place = Place::new();
    let places = [
        place.run("status --state by-flag"),
        place.run("DNCSYNC_STATE=by-variable status"),
        place.run("XDG_STATE_HOME=xdg status"),
    ];
    assert_snapshot!(places.join("\n"), @r"
    $ dncsync status --state by-flag
    state $HOME/by-flag (N bytes), runs 0

    no run yet; begin with: dncsync demo
    [exit 0]
    $ DNCSYNC_STATE=by-variable dncsync status
    state $HOME/by-variable (N bytes), runs 0

    no run yet; begin with: dncsync demo
    [exit 0]
    $ XDG_STATE_HOME=xdg dncsync status
    state $HOME/xdg/dncsync (N bytes), runs 0

    no run yet; begin with: dncsync demo
    [exit 0]
    ");
}
