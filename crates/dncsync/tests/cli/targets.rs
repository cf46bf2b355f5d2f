//! `target set` and `target adopt`: what a list takes.

use insta::assert_snapshot;

use crate::keys::keys;
use crate::place::Place;

#[test]
fn a_list_takes_its_own_feed_and_those_that_are_named() {
    let place = Place::with_two_feeds();
    assert_snapshot!(place.run("target set --campaign Q4 --feeds ftc,crm --sandbox"), @r"
    $ dncsync target set --campaign Q4 --feeds ftc,crm --sandbox
    CAMPAIGN_DNC_Q4 (CAMPAIGN) takes list:CAMPAIGN_DNC_Q4, crm, ftc
      with every number that they claim
      nothing was sent: dncsync plan shows what follows, dncsync apply does it
    [exit 0]
    ");
    assert_snapshot!(place.run("status"), @r"
    $ dncsync status
    state $HOME/.local/state/dncsync (N bytes), runs 0

    CAMPAIGN_DNC_Q4 (CAMPAIGN)
      tenant   sandbox embedded
      list     not met yet
      seen in it  0
      to add 3, to remove 0: dncsync plan shows why, dncsync apply does it

    no run yet; begin with: dncsync demo
    [exit 0]
    ");
}

#[test]
fn a_list_may_be_kept_to_a_campaigns_own_numbers() {
    let place = Place::with_two_feeds();
    place.write("leads.csv", "name,phone\nAda,+12025551234\nBob,+12025550100\nEve,none\n");
    assert_snapshot!(place.run("target set --campaign Q4 --feeds ftc,crm --only leads.csv --sandbox"), @r"
    $ dncsync target set --campaign Q4 --feeds ftc,crm --only leads.csv --sandbox
    CAMPAIGN_DNC_Q4 (CAMPAIGN) takes list:CAMPAIGN_DNC_Q4, crm, ftc
      with those numbers only that are among the campaign's own: 2
      1 rows of that file are no numbers; they are in $HOME/.local/state/dncsync/rejects/RUN.csv
      nothing was sent: dncsync plan shows what follows, dncsync apply does it
    --- stderr
    leads.csv: columns not used: name
    [exit 3]
    ");
    assert_snapshot!(place.run("plan --campaign Q4 --sandbox"), @r"
    $ dncsync plan --campaign Q4 --sandbox
    plan for CAMPAIGN_DNC_Q4 (CAMPAIGN, not there yet)
      takes list:CAMPAIGN_DNC_Q4, crm, ftc
      kept to the numbers of leads.csv

      add                        1  claimed and not listed
      remove                     0  put there by dncsync, and claimed by no feed any more

      add                        1  ftc: claimed

      do it with: dncsync apply, and the same list
    [exit 10]
    ");
}

#[test]
fn a_feed_that_does_not_exist_changes_nothing() {
    let place = Place::with_two_feeds();
    assert_snapshot!(place.run("target set --campaign Q4 --feeds ftc,nix --sandbox"), @r"
    $ dncsync target set --campaign Q4 --feeds ftc,nix --sandbox
    --- stderr
    dncsync: feed.unknown: there is no feed nix; `dncsync feeds` names them; `dncsync load` makes one
    [exit 2]
    ");
    assert_eq!(place.json("status")["targets"].to_string(), "[]");
    assert_snapshot!(place.run("target set --campaign Q4 --sandbox"), @r"
    $ dncsync target set --campaign Q4 --sandbox
    --- stderr
    error: the following required arguments were not provided:
      --feeds <NAME,NAME>

    Usage: dncsync target set --feeds <NAME,NAME> --campaign <ID> --sandbox

    For more information, try '--help'.
    [exit 2]
    ");
}

#[test]
fn a_file_of_own_numbers_that_cannot_be_read_changes_nothing() {
    let place = Place::with_two_feeds();
    place.json("target set --campaign Q4 --feeds crm --sandbox");
    assert_snapshot!(place.run("target set --campaign Q4 --feeds ftc --only leads.csv --sandbox"), @r"
    $ dncsync target set --campaign Q4 --feeds ftc --only leads.csv --sandbox
    --- stderr
    dncsync: input.unreadable: leads.csv: No such file or directory (os error 2); check the path and its permissions
    [exit 2]
    ");
    assert_eq!(place.json("status")["targets"][0]["feeds"].to_string(), r#"["list:CAMPAIGN_DNC_Q4","crm"]"#);
}

#[test]
fn what_others_put_into_a_list_is_adopted_into_a_feed() {
    let place = Place::with_tutorial();
    place.json("ingest tutorial.jsonl --campaign Q4 --sandbox");
    place.others_put(&[12025550198, 12025550199]);
    assert_snapshot!(place.run("target adopt --campaign Q4 --feed agents --sandbox"), @r"
    $ dncsync target adopt --campaign Q4 --feed agents --sandbox
    adoption RUN  from CAMPAIGN_DNC_Q4 into feed agents

      claimed                    2  others put them there; the feed claims them now

      the feed claims 2 numbers, and CAMPAIGN_DNC_Q4 takes it
    [exit 0]
    ");
    assert_snapshot!(place.run("plan --campaign Q4 --sandbox"), @r"
    $ dncsync plan --campaign Q4 --sandbox
    plan for CAMPAIGN_DNC_Q4 (CAMPAIGN, LIST)
      takes list:CAMPAIGN_DNC_Q4, agents

      add                        0  claimed and not listed
      remove                     0  put there by dncsync, and claimed by no feed any more
      right                      5  claimed and listed

      nothing to do
    [exit 0]
    ");
    assert_snapshot!(place.run("target adopt --campaign Q4 --feed agents --sandbox"), @r"
    $ dncsync target adopt --campaign Q4 --feed agents --sandbox
    adoption RUN  from CAMPAIGN_DNC_Q4 into feed agents

      claimed                    0  others put them there; the feed claims them now

      the feed claims 2 numbers, and CAMPAIGN_DNC_Q4 takes it
    [exit 0]
    ");
}

#[test]
fn nothing_is_adopted_from_a_list_that_is_not_there() {
    assert_snapshot!(Place::new().run("target adopt --campaign Q4 --feed agents --sandbox"), @r"
    $ dncsync target adopt --campaign Q4 --feed agents --sandbox
    --- stderr
    dncsync: list.unknown: CXone has no list CAMPAIGN_DNC_Q4; check its name and its scope
    [exit 2]
    ");
    assert_snapshot!(Place::new().run("target adopt --campaign Q4 --feed agents"), @r"
    $ dncsync target adopt --campaign Q4 --feed agents
    --- stderr
    dncsync: config.credentials: no credentials for CXone; set CXONE_CLIENT_ID and CXONE_CLIENT_SECRET, or try it with --sandbox
    [exit 2]
    ");
}

#[test]
fn the_keys() {
    let place = Place::with_two_feeds();
    assert_snapshot!(keys(&place.json("target set --campaign Q4 --feeds ftc --only crm.txt --sandbox")), @r"
    eventType: string
    feeds[]: string
    listName: string
    only: number
    rejected: number
    rejects: null
    scope: string
    ");
    place.json("apply --campaign Q4 --sandbox");
    let adopted = place.json("target adopt --campaign Q4 --feed agents --sandbox");
    assert_eq!(keys(&adopted), keys(&place.json("load ftc.txt --feed other")), "an adoption reports as a load does");
}
