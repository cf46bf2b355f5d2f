//! `plan` and `apply`: what is to be done in a list, and doing it.

use insta::assert_snapshot;

use crate::place::Place;

/// A place whose list Q4 takes the feeds `ftc` and `crm`, which have one number in common.
fn to_be_applied() -> Place {
    let place = Place::with_two_feeds();
    place.json("target set --campaign Q4 --feeds ftc,crm --sandbox");
    place
}

#[test]
fn a_plan_tells_what_is_to_be_done_by_feed_and_reason_and_apply_does_it() {
    let place = to_be_applied();
    assert_snapshot!(place.run("plan --campaign Q4 --sandbox"), @r"
    $ dncsync plan --campaign Q4 --sandbox
    plan for CAMPAIGN_DNC_Q4 (CAMPAIGN, not there yet)
      takes list:CAMPAIGN_DNC_Q4, crm, ftc

      add                        3  claimed and not listed
      remove                     0  put there by dncsync, and claimed by no feed any more

      add                        2  crm: claimed
      add                        2  ftc: claimed
      a number that several feeds claim counts for each of them

      do it with: dncsync apply, and the same list
    [exit 10]
    ");
    assert_snapshot!(place.run("apply --campaign Q4 --sandbox"), @r"
    $ dncsync apply --campaign Q4 --sandbox
    run RUN  into CAMPAIGN_DNC_Q4 (CAMPAIGN, LIST)

      confirmed                  3  newly seen in the list
      rows                       3

      requests N (list 1, post 1, get N; retried 0, throttled 0)  batches 1  latency p50 N ms, max N ms
      state $HOME/.local/state/dncsync
    --- stderr
    looking for CAMPAIGN_DNC_Q4
    confirming: 0 of 3 numbers
    [exit 0]
    ");
    assert_snapshot!(place.run("plan --campaign Q4 --sandbox"), @r"
    $ dncsync plan --campaign Q4 --sandbox
    plan for CAMPAIGN_DNC_Q4 (CAMPAIGN, LIST)
      takes list:CAMPAIGN_DNC_Q4, crm, ftc

      add                        0  claimed and not listed
      remove                     0  put there by dncsync, and claimed by no feed any more
      right                      3  claimed and listed

      nothing to do
    [exit 0]
    ");
}

#[test]
fn what_no_feed_claims_any_more_is_removed_and_what_others_put_there_stays() {
    let place = to_be_applied();
    place.json("apply --campaign Q4 --sandbox");
    place.others_put(&[12025550199]);
    place.write("fewer.txt", "+12025551234\n");
    place.json("load fewer.txt --feed ftc --mode replace --approve");
    place.json("remove +12025555678 +12025559876 --feed crm --reason gone");
    assert_snapshot!(place.run("plan --campaign Q4 --sandbox --trust 0s"), @r"
    $ dncsync plan --campaign Q4 --sandbox --trust 0s
    plan for CAMPAIGN_DNC_Q4 (CAMPAIGN, LIST)
      takes list:CAMPAIGN_DNC_Q4, crm, ftc

      add                        0  claimed and not listed
      remove                     2  put there by dncsync, and claimed by no feed any more
      right                      1  claimed and listed
      foreign                    1  others put them there: left alone

      remove                     2  crm: removed by hand

      do it with: dncsync apply, and the same list
    --- stderr
    looking for CAMPAIGN_DNC_Q4
    [exit 10]
    ");
    assert_snapshot!(place.run("apply --campaign Q4 --sandbox"), @r"
    $ dncsync apply --campaign Q4 --sandbox
    run RUN  into CAMPAIGN_DNC_Q4 (CAMPAIGN, LIST)

      confirmed                  0  newly seen in the list
      rows                       0

      requests N (list 1, post 1, get N; retried 0, throttled 0)  batches 1  latency p50 0 ms, max 0 ms
      removed 2 of 2
      state $HOME/.local/state/dncsync
    --- stderr
    looking for CAMPAIGN_DNC_Q4
    confirming: 0 of 2 numbers
    [exit 0]
    ");
    assert_snapshot!(place.run("export --campaign Q4"), @r"
    $ dncsync export --campaign Q4
    phone_number,standing
    +12025550199,foreign
    +12025551234,desired
    [exit 0]
    ");
}

#[test]
fn a_feed_that_is_not_taken_any_more_and_numbers_that_are_not_the_campaigns_own() {
    let place = to_be_applied();
    place.write("leads.txt", "+12025555678\n");
    place.json("apply --campaign Q4 --sandbox");
    place.json("target set --campaign Q4 --feeds crm --only leads.txt --sandbox");
    assert_snapshot!(place.run("plan --campaign Q4 --sandbox"), @r"
    $ dncsync plan --campaign Q4 --sandbox
    plan for CAMPAIGN_DNC_Q4 (CAMPAIGN, LIST)
      takes list:CAMPAIGN_DNC_Q4, crm
      kept to the numbers of leads.txt

      add                        0  claimed and not listed
      remove                     1  put there by dncsync, and claimed by no feed any more
      left out                   1  to be removed, because they are not among the campaign's own
      right                      1  claimed and listed

      remove                     1  claimed by feeds that the list takes no more
      remove                     1  not among the campaign's own numbers

      do it with: dncsync apply, and the same list
    [exit 10]
    ");
}

#[test]
fn a_saved_plan_is_applied_as_it_is() {
    let place = to_be_applied();
    assert_snapshot!(place.run("plan --campaign Q4 --sandbox --save plan.json"), @r"
    $ dncsync plan --campaign Q4 --sandbox --save plan.json
    plan for CAMPAIGN_DNC_Q4 (CAMPAIGN, not there yet)
      takes list:CAMPAIGN_DNC_Q4, crm, ftc

      add                        3  claimed and not listed
      remove                     0  put there by dncsync, and claimed by no feed any more

      add                        2  crm: claimed
      add                        2  ftc: claimed
      a number that several feeds claim counts for each of them

      do it with: dncsync apply, and the same list
      saved in plan.json: dncsync apply plan.json
    [exit 10]
    ");
    let mut saved: serde_json::Value = serde_json::from_str(&place.read("plan.json")).unwrap();
    assert_eq!(saved["base"].take().as_str().map(str::len), Some(64));
    assert_snapshot!(serde_json::to_string_pretty(&saved).unwrap(), @r#"
    {
      "add": [
        "+12025551234",
        "+12025555678",
        "+12025559876"
      ],
      "base": null,
      "campaignId": "Q4",
      "dncsyncPlan": 1,
      "listName": "CAMPAIGN_DNC_Q4",
      "remove": [],
      "scope": "CAMPAIGN"
    }
    "#);
    assert_snapshot!(place.run("apply plan.json --sandbox"), @r"
    $ dncsync apply plan.json --sandbox
    run RUN  into CAMPAIGN_DNC_Q4 (CAMPAIGN, LIST)

      confirmed                  3  newly seen in the list
      rows                       3

      requests N (list 1, post 1, get N; retried 0, throttled 0)  batches 1  latency p50 N ms, max N ms
      state $HOME/.local/state/dncsync
    --- stderr
    looking for CAMPAIGN_DNC_Q4
    confirming: 0 of 3 numbers
    [exit 0]
    ");
}

#[test]
fn a_saved_plan_that_was_overtaken_sends_nothing() {
    let place = to_be_applied();
    place.json("plan --campaign Q4 --sandbox --save plan.json");
    place.write("more.txt", "+12025550123\n");
    place.json("load more.txt --feed crm");
    assert_snapshot!(place.run("apply plan.json --sandbox"), @r"
    $ dncsync apply plan.json --sandbox
    --- stderr
    looking for CAMPAIGN_DNC_Q4
    dncsync: plan.stale: the plan does not hold any more: its feeds or the list have changed since it was made; nothing was sent; look at `dncsync plan` again
    [exit 2]
    ");
    assert_eq!(place.json("status")["targets"][0]["listed"], 0);
    let error = place.json("apply plan.json --sandbox")["error"].take();
    assert_eq!(error["code"], "plan.stale");
}

#[test]
fn what_is_no_saved_plan() {
    let place = to_be_applied();
    assert_snapshot!(place.run("apply crm.txt --sandbox"), @r"
    $ dncsync apply crm.txt --sandbox
    --- stderr
    dncsync: plan.unusable: crm.txt: not a saved plan; name a file that `dncsync plan --save` wrote
    [exit 2]
    ");
    assert_snapshot!(place.run("apply plan.json --sandbox"), @r"
    $ dncsync apply plan.json --sandbox
    --- stderr
    dncsync: plan.unusable: plan.json: No such file or directory (os error 2); name a file that `dncsync plan --save` wrote
    [exit 2]
    ");
    assert_snapshot!(place.run("apply plan.json --campaign Q4 --sandbox"), @r"
    $ dncsync apply plan.json --campaign Q4 --sandbox
    --- stderr
    error: the argument '[PLAN]' cannot be used with '--campaign <ID>'

    Usage: dncsync apply --sandbox <PLAN>

    For more information, try '--help'.
    [exit 2]
    ");
}
