//! Guards: what would take much protection away stops, and goes on with `--approve`.

use std::fmt::Write;

use insta::assert_snapshot;

use crate::keys::keys;
use crate::place::Place;

/// A place whose list Q4 holds 100 numbers, of which its feed has lost 60 and to which it has added one.
fn shrunk() -> Place {
    let place = Place::new();
    let numbers = |range: std::ops::Range<u32>| {
        range.fold(String::new(), |mut text, last| {
            writeln!(text, "+1202555{last:04}").unwrap();
            text
        })
    };
    place.write("all.txt", numbers(100..200));
    place.write("few.txt", numbers(160..201));
    place.json("load all.txt --feed ftc --mode replace");
    place.json("target set --campaign Q4 --feeds ftc --sandbox");
    place.json("apply --campaign Q4 --sandbox");
    place.json("load few.txt --feed ftc --mode replace --approve");
    place
}

#[test]
fn a_load_that_takes_much_away_stops_and_the_feed_is_as_it_was() {
    let place = Place::new();
    place.write("full.txt", "801,5551234\n801,5555678\n202,5551234\n");
    place.write("short.txt", "801,5551234\n");
    place.json("load full.txt --feed ftc --mode replace");
    assert_snapshot!(place.run("load short.txt --feed ftc --mode replace"), @r"
    $ dncsync load short.txt --feed ftc --mode replace
    --- stderr
    taking into ftc: 1 rows
    dncsync: guard.load: feed ftc: the feed would shrink from 3 numbers to 1 (66.67 %; at most 10 %); the feed is as it was; check the file; where it is right, say --approve
    [exit 6]
    ");
    assert_eq!(place.json("feeds")["feeds"][0]["numbers"], 3);
    assert_snapshot!(place.run("load short.txt --feed ftc --mode replace --approve"), @r"
    $ dncsync load short.txt --feed ftc --mode replace --approve
    load RUN  into feed ftc (replace)

      claimed                    0  new in the feed
      claimed already            1  the feed claimed them before
      rows                       1

      not in the file any more, withdrawn: 2
      the feed claims 1 numbers (before: 3)
      nothing was sent: dncsync plan shows what follows, dncsync apply does it
    --- stderr
    taking into ftc: 1 rows
    [exit 0]
    ");
}

#[test]
fn a_load_of_which_much_is_rejected_stops_and_the_file_says_how_much_is_too_much() {
    let place = Place::new();
    place.write("bad.txt", "+12025551234\n+12025555678\nnobody\n");
    assert_snapshot!(place.run("load bad.txt --feed ftc --mode replace --json"), @r#"
    $ dncsync load bad.txt --feed ftc --mode replace --json
    {"error":{"code":"guard.load","message":"feed ftc: 1 of 3 rows were rejected (33.33 %; at most 5 %); the feed is as it was; rejected rows are in $HOME/.local/state/dncsync/rejects/RUN.csv","todo":"check the file; where it is right, say --approve"}}
    --- stderr
    dncsync: guard.load: feed ftc: 1 of 3 rows were rejected (33.33 %; at most 5 %); the feed is as it was; rejected rows are in $HOME/.local/state/dncsync/rejects/RUN.csv; check the file; where it is right, say --approve
    [exit 6]
    "#);
    place.write("dncsync.toml", "[feed.ftc]\nmax_rejected = 0.5\n");
    assert!(place.run("load bad.txt --feed ftc --mode replace").ends_with("[exit 3]"));
}

#[test]
fn where_much_would_be_removed_additions_are_sent_and_removals_wait_for_approval() {
    let place = shrunk();
    assert_snapshot!(place.run("plan --campaign Q4 --sandbox"), @r"
    $ dncsync plan --campaign Q4 --sandbox
    plan for CAMPAIGN_DNC_Q4 (CAMPAIGN, LIST)
      takes list:CAMPAIGN_DNC_Q4, ftc

      add                        1  claimed and not listed
      remove                    60  put there by dncsync, and claimed by no feed any more
      right                     40  claimed and listed

      add                        1  ftc: claimed
      remove                    60  ftc: withdrawn by a load

      guard: 60 of 100 listed numbers would be removed (60 %; at most 1 %); apply stops before its first removal, unless you say --approve
      do it with: dncsync apply, and the same list
    [exit 10]
    ");
    assert_snapshot!(place.run("apply --campaign Q4 --sandbox"), @r"
    $ dncsync apply --campaign Q4 --sandbox
    run RUN  into CAMPAIGN_DNC_Q4 (CAMPAIGN, LIST)

      confirmed                  1  newly seen in the list
      rows                       1

      requests N (list 1, post 1, get N; retried 0, throttled 0)  batches 1  latency p50 N ms, max N ms
      not removed 60: that needs approval
      state $HOME/.local/state/dncsync
    --- stderr
    looking for CAMPAIGN_DNC_Q4
    confirming: 0 of 1 numbers
    dncsync: guard.removals: 60 of 100 listed numbers would be removed (60 %; at most 1 %); nothing was removed, and what is to be added was sent; look at `dncsync plan`; where it is meant, say --approve
    [exit 6]
    ");
    assert_snapshot!(place.run("apply --campaign Q4 --sandbox --approve"), @r"
    $ dncsync apply --campaign Q4 --sandbox --approve
    run RUN  into CAMPAIGN_DNC_Q4 (CAMPAIGN, LIST)

      confirmed                  0  newly seen in the list
      rows                       0

      requests N (list 1, post 1, get N; retried 0, throttled 0)  batches 1  latency p50 0 ms, max 0 ms
      removed 60 of 60
      state $HOME/.local/state/dncsync
    --- stderr
    looking for CAMPAIGN_DNC_Q4
    confirming: 0 of 60 numbers
    [exit 0]
    ");
    assert_eq!(place.json("status")["targets"][0]["listed"], 41);
}

#[test]
fn the_file_says_how_much_may_be_removed() {
    let place = shrunk();
    place.write("dncsync.toml", "[list.CAMPAIGN_DNC_Q4]\nmax_removals_share = 0.6\n");
    assert!(place.json("plan --campaign Q4 --sandbox")["guard"].is_null());
}

#[test]
fn the_keys_of_a_plan_that_would_stop_and_of_what_came_of_it() {
    let place = shrunk();
    assert_snapshot!(keys(&place.json("plan --campaign Q4 --sandbox")), @r"
    additions: number
    base: string
    campaignId: string
    desired: number
    eventType: string
    feeds[]: string
    foreign: number
    guard: string
    leftOut: number
    listId: string
    listName: string
    listed: number
    only: null
    reasons[].change: string
    reasons[].feed: string
    reasons[].numbers: number
    reasons[].reason: string
    refused: number
    removals: number
    requests.get: number
    requests.list: number
    requests.post: number
    requests.retried: number
    requests.throttled: number
    requests.total: number
    right: number
    scope: string
    state: string
    timestamp: string
    underWay: number
    ");
    let stopped = place.json("apply --campaign Q4 --sandbox");
    assert_snapshot!(stopped["removals"], @r#"{"kept":0,"pending":0,"planned":0,"refused":0,"removed":0,"unconfirmed":0,"withheld":60}"#);
    assert_eq!(stopped["error"]["code"], "guard.removals");
    assert_snapshot!(place.json("apply --campaign Q4 --sandbox --approve")["removals"], @r#"{"kept":0,"pending":0,"planned":60,"refused":0,"removed":60,"unconfirmed":0,"withheld":0}"#);
}
