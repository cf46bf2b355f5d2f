//! `feeds`: how much each claims, and how old it is.

use insta::assert_snapshot;

use crate::keys::keys;
use crate::place::Place;

/// A place whose feed `ftc` was loaded so many days ago.
fn loaded(days: u32) -> Place {
    let place = Place::new();
    place.write("ftc.txt", "+12025551234\n+12025555678\n");
    place.json("load ftc.txt --feed ftc --mode replace --source REGULATORY");
    place.sql(&format!("UPDATE load SET at = at - {days} * 86400000"));
    place
}

#[test]
fn no_feed_says_where_to_begin_and_makes_nothing() {
    let place = Place::new();
    assert_snapshot!(place.run("feeds"), @r"
    $ dncsync feeds
    no feed yet; begin with: dncsync load FILE --feed NAME
    [exit 0]
    ");
    assert!(!place.state("").exists(), "looking makes nothing");
}

#[test]
fn a_fresh_feed() {
    assert_snapshot!(loaded(0).run("feeds"), @r"
    $ dncsync feeds
    ftc                                          2 numbers
      last load RUN (replace), TIME, less than a day ago
        ftc.txt (sha256 DIGEST)
        by uid N
    [exit 0]
    ");
    assert!(loaded(1).run("feeds").contains(", 1 day ago"));
}

#[test]
fn from_day_21_on_a_new_file_should_be_fetched() {
    assert!(!loaded(20).run("feeds").contains("warning"));
    assert_snapshot!(loaded(21).run("feeds"), @r"
    $ dncsync feeds
    ftc                                          2 numbers
      last load RUN (replace), TIME, 21 days ago
        ftc.txt (sha256 DIGEST)
        by uid N
      warning: fetch a new file soon; a registry's copy must be no older than 31 days
    [exit 0]
    ");
}

#[test]
fn from_day_31_on_nobody_may_call_by_it() {
    assert!(!loaded(30).run("feeds").contains("WARNING"));
    assert_snapshot!(loaded(31).run("feeds"), @r"
    $ dncsync feeds
    ftc                                          2 numbers
      last load RUN (replace), TIME, 31 days ago
        ftc.txt (sha256 DIGEST)
        by uid N
      WARNING: TOO OLD to call by: a registry's copy must be no older than 31 days. Load a new file now
    [exit 0]
    ");
}

#[test]
fn the_file_says_from_which_day_on_a_feed_is_stale() {
    let place = loaded(0);
    place.write("dncsync.toml", "stale_after = \"0d\"\n");
    assert_eq!(place.json("feeds")["feeds"][0]["freshness"], "stale");
    place.write("dncsync.toml", "stale_after = \"0d\"\n[feed.ftc]\nstale_after = \"21d\"\n");
    assert_eq!(place.json("feeds")["feeds"][0]["freshness"], "fresh");
    place.write("dncsync.toml", "stale_after = \"soon\"\n");
    assert_snapshot!(place.run("feeds"), @r"
    $ dncsync feeds
    --- stderr
    dncsync: config.value: stale_after: `soon` is not a number of days, such as 21d; mend the value
    [exit 2]
    ");
}

#[test]
fn lists_have_feeds_of_their_own_and_are_named_where_they_take_one() {
    let place = loaded(0);
    place.write("a.txt", "+12025550001\n");
    place.write("b.txt", "+12025550002\n");
    place.json("load a.txt b.txt --feed crm");
    place.run("target set --campaign Q4 --feeds ftc,crm --sandbox");
    assert_snapshot!(place.run("feeds"), @r"
    $ dncsync feeds
    crm                                          2 numbers
      last load RUN (add), TIME, less than a day ago
        a.txt (sha256 DIGEST)
        b.txt (sha256 DIGEST)
        by uid N
      taken by CAMPAIGN_DNC_Q4
    ftc                                          2 numbers
      last load RUN (replace), TIME, less than a day ago
        ftc.txt (sha256 DIGEST)
        by uid N
      taken by CAMPAIGN_DNC_Q4
    list:CAMPAIGN_DNC_Q4                         0 numbers
      no file was loaded into it
      taken by CAMPAIGN_DNC_Q4
    [exit 0]
    ");
}

#[test]
fn a_feed_that_lost_a_piece_says_how_to_mend_it() {
    let place = loaded(0);
    place.sql("UPDATE feed SET damaged = 1");
    assert_snapshot!(place.run("feeds"), @r"
    $ dncsync feeds
    ftc                                          2 numbers
      last load RUN (replace), TIME, less than a day ago
        ftc.txt (sha256 DIGEST)
        by uid N
      DAMAGED: a stored piece was lost; load it whole, with --mode replace. Until then nothing is removed on its account
    [exit 0]
    ");
}

#[test]
fn the_keys() {
    assert_snapshot!(keys(&loaded(0).json("feeds")), @r"
    feeds[].ageDays: number
    feeds[].damaged: bool
    feeds[].feed: string
    feeds[].freshness: string
    feeds[].lastLoad.account: null
    feeds[].lastLoad.at: string
    feeds[].lastLoad.counts.absent: number
    feeds[].lastLoad.counts.alreadyClaimed: number
    feeds[].lastLoad.counts.claimed: number
    feeds[].lastLoad.counts.duplicatesInInput: number
    feeds[].lastLoad.counts.notClaimed: number
    feeds[].lastLoad.counts.rejected: number
    feeds[].lastLoad.counts.rows: number
    feeds[].lastLoad.counts.withdrawn: number
    feeds[].lastLoad.digest: string
    feeds[].lastLoad.files[]: string
    feeds[].lastLoad.mode: string
    feeds[].lastLoad.note: null
    feeds[].lastLoad.runId: string
    feeds[].lastLoad.who: string
    feeds[].lists: []
    feeds[].numbers: number
    state: string
    ");
}
