//! `rollback`: a run is undone in its feeds, and what follows is shown.

use insta::assert_snapshot;

use crate::keys::keys;
use crate::place::Place;

/// A list into which a customer's request and two other numbers were ingested; the run that did it.
fn ingested() -> (Place, String) {
    let place = Place::new();
    place.write(
        "optouts.csv",
        "phone_number,source_type\n+12025551234,CUSTOMER_REQUEST\n+12025555678,MANUAL\n+12025559876,MANUAL\n",
    );
    let run = place.run_id("ingest optouts.csv --campaign Q4 --sandbox");
    (place, run)
}

#[test]
fn an_ingest_is_undone_and_what_people_asked_for_stays() {
    let (place, run) = ingested();
    assert_snapshot!(place.run(&format!("rollback {run} --sandbox")), @r"
    $ dncsync rollback RUN --sandbox
    rolled back RUN in its feeds
      feed list:CAMPAIGN_DNC_Q4: withdrawn 2, claimed again 0 (load RUN)
      customer requests that stay: 1; --include-customer-requests withdraws them as well

    plan for CAMPAIGN_DNC_Q4 (CAMPAIGN, LIST)
      takes list:CAMPAIGN_DNC_Q4

      add                        0  claimed and not listed
      remove                     2  put there by dncsync, and claimed by no feed any more
      right                      1  claimed and listed

      remove                     2  list:CAMPAIGN_DNC_Q4: rolled back

      do it with: dncsync apply, and the same list
    [exit 10]
    ");
    assert_snapshot!(place.run(&format!("rollback {run} --sandbox --include-customer-requests")), @r"
    $ dncsync rollback RUN --sandbox --include-customer-requests
    rolled back RUN in its feeds
      feed list:CAMPAIGN_DNC_Q4: withdrawn 1, claimed again 0 (load RUN)

    plan for CAMPAIGN_DNC_Q4 (CAMPAIGN, LIST)
      takes list:CAMPAIGN_DNC_Q4

      add                        0  claimed and not listed
      remove                     3  put there by dncsync, and claimed by no feed any more

      remove                     3  list:CAMPAIGN_DNC_Q4: rolled back

      do it with: dncsync apply, and the same list
    [exit 10]
    ");
    place.json("apply --campaign Q4 --sandbox");
    assert_eq!(place.json("status")["targets"][0]["listed"], 0);
}

#[test]
fn a_load_that_no_list_takes_leaves_nothing_to_do() {
    let place = Place::new();
    place.write("ftc.txt", "+12025551234\n+12025555678\n");
    let run = place.run_id("load ftc.txt --feed ftc");
    assert_snapshot!(place.run(&format!("rollback {run}")), @r"
    $ dncsync rollback RUN
    rolled back RUN in its feeds
      feed ftc: withdrawn 2, claimed again 0 (load RUN)
      no list takes them: nothing is to be done
    [exit 0]
    ");
    assert_snapshot!(place.run("feeds"), @r"
    $ dncsync feeds
    ftc                                          0 numbers
      last load RUN (add), TIME, less than a day ago
        ftc.txt (sha256 DIGEST)
        by uid N
    [exit 0]
    ");
}

#[test]
fn a_load_that_replaced_is_undone_as_far_as_later_loads_let_it() {
    let place = Place::new();
    place.write("october.txt", "+12025551234\n+12025555678\n+12025559876\n");
    place.write("november.txt", "+12025551234\n+12025550100\n");
    place.write("december.txt", "+12025550100\n");
    place.json("load october.txt --feed ftc --mode replace");
    place.json("target set --campaign Q4 --feeds ftc --sandbox");
    place.json("apply --campaign Q4 --sandbox");
    let run = place.run_id("load november.txt --feed ftc --mode replace --approve");
    place.json("load december.txt --feed ftc");
    assert_snapshot!(place.run(&format!("rollback {run} --sandbox")), @r"
    $ dncsync rollback RUN --sandbox
    rolled back RUN in its feeds
      feed ftc: withdrawn 0, claimed again 2 (load RUN)
      numbers that stay as they are: 1; later loads claim or withdraw them

    plan for CAMPAIGN_DNC_Q4 (CAMPAIGN, LIST)
      takes list:CAMPAIGN_DNC_Q4, ftc

      add                        1  claimed and not listed
      remove                     0  put there by dncsync, and claimed by no feed any more
      right                      3  claimed and listed

      add                        1  ftc: claimed

      do it with: dncsync apply, and the same list
    [exit 10]
    ");
}

#[test]
fn a_removal_is_undone() {
    let (place, _) = ingested();
    let run = place.run_id("remove +12025551234 --feed list:CAMPAIGN_DNC_Q4 --reason mistaken");
    assert_snapshot!(place.run(&format!("rollback {run} --sandbox")), @r"
    $ dncsync rollback RUN --sandbox
    rolled back RUN in its feeds
      feed list:CAMPAIGN_DNC_Q4: withdrawn 0, claimed again 1 (load RUN)

    plan for CAMPAIGN_DNC_Q4 (CAMPAIGN, LIST)
      takes list:CAMPAIGN_DNC_Q4

      add                        0  claimed and not listed
      remove                     0  put there by dncsync, and claimed by no feed any more
      right                      3  claimed and listed

      nothing to do
    [exit 0]
    ");
}

#[test]
fn what_was_adopted_belongs_to_others_again() {
    let (place, _) = ingested();
    place.others_put(&[12025550199]);
    let run = place.run_id("target adopt --campaign Q4 --feed agents --sandbox");
    assert_snapshot!(place.run(&format!("rollback {run} --sandbox")), @r"
    $ dncsync rollback RUN --sandbox
    rolled back RUN in its feeds
      feed agents: withdrawn 1, claimed again 0 (load RUN)

    plan for CAMPAIGN_DNC_Q4 (CAMPAIGN, LIST)
      takes list:CAMPAIGN_DNC_Q4, agents

      add                        0  claimed and not listed
      remove                     0  put there by dncsync, and claimed by no feed any more
      right                      3  claimed and listed
      foreign                    1  others put them there: left alone

      nothing to do
    [exit 0]
    ");
}

#[test]
fn a_run_that_nobody_knows() {
    let (place, _) = ingested();
    assert_snapshot!(place.run("rollback 20260101T000000000Z-00000000 --sandbox"), @r"
    $ dncsync rollback RUN --sandbox
    --- stderr
    dncsync: run.unknown: no run RUN loaded anything into a feed; `dncsync feeds` and `dncsync audit` name runs
    [exit 2]
    ");
}

#[test]
fn the_keys() {
    let (place, run) = ingested();
    let mut undone = place.json(&format!("rollback {run} --sandbox"));
    let plan = place.json("plan --campaign Q4 --sandbox");
    assert_eq!(keys(&undone["plans"][0]), keys(&plan), "the plan that follows is told as any other");
    undone["plans"] = "as of plan".into();
    assert_snapshot!(keys(&undone), @r"
    eventType: string
    keptCustomerRequests: number
    keptLater: number
    loads[].absent: number
    loads[].alreadyClaimed: number
    loads[].before: number
    loads[].claimed: number
    loads[].digest: string
    loads[].duplicatesInInput: number
    loads[].durationMs: number
    loads[].eventType: string
    loads[].feed: string
    loads[].mode: string
    loads[].notClaimed: number
    loads[].numbers: number
    loads[].rejected: number
    loads[].rejects: null
    loads[].rows: number
    loads[].runId: string
    loads[].state: string
    loads[].timestamp: string
    loads[].unchanged: bool
    loads[].warnings: {}
    loads[].withdrawn: number
    plans: string
    runId: string
    ");
}
