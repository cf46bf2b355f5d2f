//! `explain`: what is known of one number, for whoever asks years later.

use insta::assert_snapshot;

use crate::keys::keys;
use crate::place::Place;

/// A number that two feeds claim, in the list Q4.
fn blocked() -> Place {
    let place = Place::new();
    place.write("ftc.txt", "801,5551234\n202,5551234\n");
    place.write("crm.csv", "phone_number,source_type,notes\n+12025551234,CUSTOMER_REQUEST,call 4711\n");
    place.json(
        "load ftc.txt --feed ftc --mode replace --source REGULATORY --account 12345-6789 --note 'first download'",
    );
    place.json("load crm.csv --feed crm");
    place.json("target set --campaign Q4 --feeds ftc,crm --sandbox");
    place.json("apply --campaign Q4 --sandbox");
    place
}

#[test]
fn blocked_by_two_feeds() {
    let place = blocked();
    let told = place.run("explain +12025551234");
    assert_snapshot!(told, @r"
    $ dncsync explain +12025551234
    +12025551234: blocked in CAMPAIGN_DNC_Q4 of the sandbox; claimed by crm, ftc  (as of TIME)

    feed crm: claims it since TIME, CUSTOMER_REQUEST
      notes: call 4711
      TIME claimed by load RUN (uid N)
        crm.csv, line 2 (sha256 DIGEST)

    feed ftc: claims it since TIME, REGULATORY
      TIME claimed by load RUN (uid N, account 12345-6789): first download
        ftc.txt, line 2 (sha256 DIGEST)

    list CAMPAIGN_DNC_Q4 (CAMPAIGN): listed, as it should be
      tenant sandbox embedded
      the list was last read whole TIME
      TIME confirmed by run RUN, batch 0
    [exit 0]
    ");
    let national = place.run("explain '(202) 555-1234' --country US");
    let body = |text: &str| text.lines().skip(2).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(body(&national), body(&told));
}

#[test]
fn after_its_claims_were_lifted_and_after_it_was_removed() {
    let place = blocked();
    lift(&place);
    assert_snapshot!(place.run("explain +12025551234"), @r"
    $ dncsync explain +12025551234
    +12025551234: blocked in CAMPAIGN_DNC_Q4 of the sandbox; claimed by no feed  (as of TIME)

    feed crm: claims it no more
      TIME claimed by load RUN (uid N)
        crm.csv, line 2 (sha256 DIGEST)
      TIME withdrawn by remove RUN (uid N): opted in again

    feed ftc: claims it no more
      TIME claimed by load RUN (uid N, account 12345-6789): first download
        ftc.txt, line 2 (sha256 DIGEST)
      TIME withdrawn by load RUN (uid N)
        fewer.txt (sha256 DIGEST)

    list CAMPAIGN_DNC_Q4 (CAMPAIGN): listed, and no feed that the list takes claims it
      tenant sandbox embedded
      the list was last read whole TIME
      TIME confirmed by run RUN, batch 0
    [exit 0]
    ");
    place.json("apply --campaign Q4 --sandbox");
    assert_snapshot!(place.run("explain +12025551234").lines().skip(14).collect::<Vec<_>>().join("\n"), @r"
    list CAMPAIGN_DNC_Q4 (CAMPAIGN): not listed, and no feed that the list takes claims it
      tenant sandbox embedded
      the list was last read whole TIME
      TIME confirmed by run RUN, batch 0
      TIME removed by run RUN, batch 0
    [exit 0]
    ");
}

/// No feed claims the number any more.
fn lift(place: &Place) {
    place.json("remove +12025551234 --feed crm --reason 'opted in again'");
    place.write("fewer.txt", "801,5551234\n");
    place.json("load fewer.txt --feed ftc --mode replace --approve");
}

#[test]
fn as_it_stood_at_the_end_of_a_day() {
    let place = blocked();
    // All that happened so far happened on 2026-05-30 at noon.
    place.sql("UPDATE load SET at = 1780142400000 + seq; UPDATE fate SET at = 1780142400999");
    lift(&place);
    place.json("apply --campaign Q4 --sandbox");
    let on = |day: &str| place.run(&format!("explain +12025551234 --at {day}"));
    assert_snapshot!(on("2026-05-29"), @r"
    $ dncsync explain +12025551234 --at 2026-05-29
    +12025551234: not blocked; claimed by no feed  (as of TIME)
    nothing was known of it then in this state directory
    [exit 0]
    ");
    assert_snapshot!(on("2026-05-30"), @r"
    $ dncsync explain +12025551234 --at 2026-05-30
    +12025551234: blocked in CAMPAIGN_DNC_Q4 of the sandbox; claimed by crm, ftc  (as of TIME)

    feed crm: claims it since TIME, CUSTOMER_REQUEST
      notes: call 4711
      TIME claimed by load RUN (uid N)
        crm.csv, line 2 (sha256 DIGEST)

    feed ftc: claims it since TIME, REGULATORY
      TIME claimed by load RUN (uid N, account 12345-6789): first download
        ftc.txt, line 2 (sha256 DIGEST)

    list CAMPAIGN_DNC_Q4 (CAMPAIGN): listed, as it should be
      tenant sandbox embedded
      TIME confirmed by run RUN, batch 0
    [exit 0]
    ");
    assert!(on("2026-05-30T11:59:59Z").contains("nothing was known of it then"));
    assert!(on("2026-05-30T12:00:00.500Z").contains("not blocked; claimed by crm, ftc"));
}

#[test]
fn a_claim_whose_last_day_is_over_is_none() {
    let place = Place::new();
    place.write("crm.csv", "phone_number,expires\n+12025551234,2020-12-31\n+12025555678,2999-12-31\n");
    place.json("load crm.csv --feed crm --expires-column expires");
    assert_snapshot!(place.run("explain +12025551234"), @r"
    $ dncsync explain +12025551234
    +12025551234: not blocked; claimed by no feed  (as of TIME)

    feed crm: claims it no more: its last day was 2020-12-31
      TIME claimed by load RUN (uid N)
        crm.csv, line 2 (sha256 DIGEST)
    [exit 0]
    ");
    assert_snapshot!(place.run("explain +12025555678"), @r"
    $ dncsync explain +12025555678
    +12025555678: not blocked; claimed by crm  (as of TIME)

    feed crm: claims it since TIME, through 2999-12-31, MANUAL
      TIME claimed by load RUN (uid N)
        crm.csv, line 3 (sha256 DIGEST)
    [exit 0]
    ");
}

#[test]
fn put_there_by_others() {
    let place = blocked();
    place.others_put(&[12025550199]);
    place.json("plan --campaign Q4 --sandbox --trust 0s");
    assert_snapshot!(place.run("explain +12025550199"), @r"
    $ dncsync explain +12025550199
    +12025550199: blocked in CAMPAIGN_DNC_Q4 of the sandbox; claimed by no feed  (as of TIME)

    list CAMPAIGN_DNC_Q4 (CAMPAIGN): listed; others put it there, and dncsync leaves it alone
      tenant sandbox embedded
      the list was last read whole TIME
    [exit 0]
    ");
}

#[test]
fn no_line_is_named_once_the_file_is_another() {
    let place = blocked();
    place.write("crm.csv", "phone_number\n+12025551234\n");
    let told = place.run("explain +12025551234");
    let files: Vec<&str> = told.lines().filter(|line| line.contains("sha256")).map(str::trim).collect();
    assert_snapshot!(files.join("\n"), @r"
    crm.csv (sha256 DIGEST)
    ftc.txt, line 2 (sha256 DIGEST)
    ");
}

#[test]
fn a_number_that_nobody_knows_and_what_is_no_number() {
    let place = Place::new();
    assert_snapshot!(place.run("explain +12025550000"), @r"
    $ dncsync explain +12025550000
    +12025550000: not blocked; claimed by no feed  (as of TIME)
    nothing is known of it in this state directory
    [exit 0]
    ");
    assert_snapshot!(place.run("explain '(202) 555-1234'"), @r"
    $ dncsync explain '(202) 555-1234'
    --- stderr
    dncsync: phone.unparsable: not a number in E.164 (+ and the calling code first); for national formats name the country: --country; check it; +12025551234 is always read
    [exit 2]
    ");
    assert_snapshot!(place.run("explain +1202555 --country US"), @r"
    $ dncsync explain +1202555 --country US
    --- stderr
    dncsync: phone.invalid: no numbering plan has this number; check it; +12025551234 is always read
    [exit 2]
    ");
    assert!(!place.state("").exists(), "asking makes nothing");
}

#[test]
fn moments_that_are_none_and_moments_that_are_yet_to_come() {
    let place = Place::new();
    assert_snapshot!(place.run("explain +12025550000 --at 31.05.2026"), @r"
    $ dncsync explain +12025550000 --at 31.05.2026
    --- stderr
    dncsync: usage: --at: `31.05.2026` is not a day, such as 2026-05-31, or a time in RFC 3339; mend the value
    [exit 2]
    ");
    assert_snapshot!(place.run("explain +12025550000 --at 2999-01-01"), @r"
    $ dncsync explain +12025550000 --at 2999-01-01
    --- stderr
    dncsync: usage: --at: 2999-01-01 is yet to come; give a moment that is over
    [exit 2]
    ");
}

#[test]
fn the_keys() {
    assert_snapshot!(keys(&blocked().json("explain +12025551234")), @r"
    at: string
    blocked: bool
    claimed: bool
    eventType: string
    feeds[].claims: bool
    feeds[].ends: null
    feeds[].feed: string
    feeds[].loads[].account: null
    feeds[].loads[].at: string
    feeds[].loads[].did: string
    feeds[].loads[].files[].digest: string
    feeds[].loads[].files[].line: number
    feeds[].loads[].files[].name: string
    feeds[].loads[].kind: string
    feeds[].loads[].mode: string
    feeds[].loads[].note: null
    feeds[].loads[].runId: string
    feeds[].loads[].who: string
    feeds[].notes: string
    feeds[].since: string
    feeds[].sourceType: string
    lists[].confirmedAt: string
    lists[].desired: bool
    lists[].foreign: bool
    lists[].happened[].at: string
    lists[].happened[].batch: number
    lists[].happened[].runId: string
    lists[].happened[].what: string
    lists[].leftOut: bool
    lists[].list: string
    lists[].listed: bool
    lists[].readAt: string
    lists[].scope: string
    lists[].tenant: string
    number: string
    ");
}
