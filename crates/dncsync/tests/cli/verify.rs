//! `verify` and `resume`, as people see them.

use insta::assert_snapshot;

use crate::place::Place;

/// A place whose list is missing one of the tutorial's three numbers: the embedded tenant's journal is cut before it.
fn drifted() -> Place {
    let place = Place::with_tutorial();
    place.write("two.txt", "+12025551234\n+12025555678\n");
    place.json("ingest two.txt --campaign Q4 --sandbox");
    let before = std::fs::read(place.state("sandbox.jsonl")).unwrap();
    place.json("ingest tutorial.jsonl --campaign Q4 --sandbox");
    std::fs::write(place.state("sandbox.jsonl"), before).unwrap();
    place
}

#[test]
fn all_is_right() {
    let place = Place::with_tutorial();
    place.json("ingest tutorial.jsonl --campaign Q4 --sandbox");
    assert_snapshot!(place.run("verify --campaign Q4 --sandbox"), @r"
    $ dncsync verify --campaign Q4 --sandbox
    CAMPAIGN_DNC_Q4 (CAMPAIGN, LIST)

      right                      3  asked for and listed
      missing                    0  asked for and not listed: not protected
      foreign                    0  listed, and nobody asked for it here: left alone
      pending                    0  of runs that are not finished

      whole reads 1, requests 2
    --- stderr
    looking for CAMPAIGN_DNC_Q4
    [exit 0]
    ");
}

#[test]
fn what_is_missing_is_named_and_repaired() {
    let place = drifted();
    assert_snapshot!(place.run("verify --campaign Q4 --sandbox"), @r"
    $ dncsync verify --campaign Q4 --sandbox
    CAMPAIGN_DNC_Q4 (CAMPAIGN, LIST)

      right                      2  asked for and listed
      missing                    1  asked for and not listed: not protected
      foreign                    0  listed, and nobody asked for it here: left alone
      pending                    0  of runs that are not finished

      whole reads 2, requests 3
      the missing numbers are in $HOME/.local/state/dncsync/missing/RUN.csv
      send them again with: dncsync verify --repair, and the same list
    --- stderr
    looking for CAMPAIGN_DNC_Q4
    [exit 4]
    ");
    assert_snapshot!(place.run("verify --campaign Q4 --sandbox --repair"), @r"
    $ dncsync verify --campaign Q4 --sandbox --repair
    CAMPAIGN_DNC_Q4 (CAMPAIGN, LIST)

      right                      2  asked for and listed
      missing                    1  asked for and not listed: not protected
      foreign                    0  listed, and nobody asked for it here: left alone
      pending                    0  of runs that are not finished

      whole reads 2, requests 3
      the missing numbers are in $HOME/.local/state/dncsync/missing/RUN.csv

    run RUN  into CAMPAIGN_DNC_Q4 (CAMPAIGN, LIST)

      confirmed                  1  newly seen in the list
      rows                       1

      requests N (list 1, post 1, get N; retried 0, throttled 0)  batches 1  latency p50 N ms, max N ms
      state $HOME/.local/state/dncsync
    --- stderr
    looking for CAMPAIGN_DNC_Q4
    confirming: 0 of 1 numbers
    [exit 0]
    ");
}

#[test]
fn nothing_to_resume() {
    let place = Place::new();
    assert_snapshot!(place.run("resume --sandbox"), @r"
    $ dncsync resume --sandbox
    nothing is unfinished
    [exit 0]
    ");
    assert_eq!(place.json("resume --sandbox").to_string(), r#"{"runs":[]}"#);
}

#[test]
fn no_list_and_no_credentials() {
    let place = Place::new();
    assert_snapshot!(place.run("verify --sandbox"), @r"
    $ dncsync verify --sandbox
    --- stderr
    dncsync: usage: no list is named; give --campaign ID, or --list NAME and --scope
    [exit 2]
    ");
    assert_snapshot!(place.run("resume"), @r"
    $ dncsync resume
    --- stderr
    dncsync: config.credentials: no credentials for CXone; set CXONE_CLIENT_ID and CXONE_CLIENT_SECRET, or try it with --sandbox
    [exit 2]
    ");
}
