//! What is another way under profile `admin`: numbers, skills, scope, capacity.

use insta::assert_snapshot;

use crate::place::{Place, only_file};

/// Four rows: two numbers of calling code 1, one of Great Britain, one that is none.
fn place() -> Place {
    let place = Place::new();
    place.write("optouts.txt", "+12025551234\n+12025555678\n+442071838750\ncall me\n");
    place
}

const TO: &str = "--list HOUSE --profile admin --sandbox";

#[test]
fn numbers_of_other_countries_and_a_group_that_protects_nobody() {
    let place = place();
    assert_snapshot!(place.run(&format!("ingest optouts.txt {TO}")), @r"
    $ dncsync ingest optouts.txt --list HOUSE --profile admin --sandbox
    run RUN  into HOUSE (GLOBAL, GROUP)

      confirmed                  2  newly seen in the list
      rejected                   2  no number or source type to be taken
      rows                       4

      requests N (list 3, post 1, get N; retried 0, throttled 0)  batches 1  latency p50 N ms, max N ms
      warning skills.none: HOUSE scrubs no skill, so it keeps nobody from being called, unless it is the tenant's default group; dncsync target skills --list HOUSE --scrub ID,…
      rejected and refused rows are in $HOME/.local/state/dncsync/rejects/RUN.csv: mend them and feed the file back in
      state $HOME/.local/state/dncsync
    --- stderr
    looking for HOUSE
    confirming: 0 of 2 numbers
    [exit 3]
    ");
    assert_snapshot!(only_file(&place.state("rejects")), @r#"
    phone_number,source_type,notes,file,line,column,code,reason
    +442071838750,,,optouts.txt,3,1,profile.country,"the Admin API documents numbers of calling code 1 only; what becomes of others is not known, --allow-international sends them"
    call me,,,optouts.txt,4,1,phone.unparsable,not a number in E.164 (+ and the calling code first); for national formats name the country: --country
    "#);
    assert_snapshot!(place.run(&format!("ingest optouts.txt {TO} --allow-international")), @r"
    $ dncsync ingest optouts.txt --list HOUSE --profile admin --sandbox --allow-international
    run RUN  into HOUSE (GLOBAL, GROUP)

      confirmed                  1  newly seen in the list
      listed already             2  the list held them before
      rejected                   1  no number or source type to be taken
      rows                       4

      requests N (list 2, post 1, get N; retried 0, throttled 0)  batches 1  latency p50 N ms, max N ms
      warning skills.none: HOUSE scrubs no skill, so it keeps nobody from being called, unless it is the tenant's default group; dncsync target skills --list HOUSE --scrub ID,…
      rejected and refused rows are in $HOME/.local/state/dncsync/rejects/RUN.csv: mend them and feed the file back in
      state $HOME/.local/state/dncsync
    --- stderr
    looking for HOUSE
    confirming: 2 of 3 numbers
    [exit 3]
    ");
}

#[test]
fn skills_are_shown_set_and_not_taken_out_by_the_way() {
    let place = place();
    place.json(&format!("ingest optouts.txt {TO}"));
    assert_snapshot!(place.run(&format!("target skills {TO}")), @r"
    $ dncsync target skills --list HOUSE --profile admin --sandbox
    HOUSE (GROUP) scrubs 0 skills
      it keeps nobody from being called, unless it is the tenant's default group
      say whom: dncsync target skills --list HOUSE --scrub ID,…
    [exit 0]
    ");
    assert_snapshot!(place.run(&format!("target skills {TO} --scrub 4011,4012")), @r"
    $ dncsync target skills --list HOUSE --profile admin --sandbox --scrub 4011,4012
    HOUSE (GROUP) scrubs 2 skills
      4011          Skill 4011
      4012          Skill 4012
      added: 4011, 4012
    [exit 0]
    ");
    assert_snapshot!(place.run(&format!("target skills {TO} --scrub 4012,4013")), @r"
    $ dncsync target skills --list HOUSE --profile admin --sandbox --scrub 4012,4013
    HOUSE (GROUP) scrubs 3 skills
      4011          Skill 4011
      4012          Skill 4012
      4013          Skill 4013
      added: 4013
      not taken out: 4011; their calls would not be blocked any more: say --approve
    [exit 6]
    ");
    assert_snapshot!(place.run(&format!("target skills {TO} --scrub 4012,4013 --approve")), @r"
    $ dncsync target skills --list HOUSE --profile admin --sandbox --scrub 4012,4013 --approve
    HOUSE (GROUP) scrubs 2 skills
      4012          Skill 4012
      4013          Skill 4013
      taken out: 4011
    [exit 0]
    ");
    assert_snapshot!(place.run("audit --last 6"), @r#"
    $ dncsync audit --last 6
    TIME RUN list.resolved    listId=GROUP
    TIME RUN skills.changing  add=4013 listId=GROUP who="uid N"
    TIME RUN skills.changed   listId=GROUP skills=4011,4012,4013
    TIME RUN list.resolved    listId=GROUP
    TIME RUN skills.changing  listId=GROUP remove=4011 who="uid N"
    TIME RUN skills.changed   listId=GROUP skills=4012,4013
    the trail agrees with the store: $HOME/.local/state/dncsync/dnc_ingestion_audit.jsonl
    [exit 0]
    "#);
    let scrubbed = place.json(&format!("target skills {TO}"));
    assert_eq!(scrubbed["scrubbedSkills"][0]["skillId"], "4012");
    let report = place.json(&format!("ingest optouts.txt {TO}"));
    assert_eq!(report["warnings"].as_object().map(serde_json::Map::len), Some(0), "it protects somebody now");
}

#[test]
fn the_doctor_looks_whom_groups_protect_and_probes() {
    let place = place();
    place.json(&format!("ingest optouts.txt {TO}"));
    assert_snapshot!(place.run("doctor --profile admin --sandbox --probe"), @r"
    $ dncsync doctor --profile admin --sandbox --probe
    configuration  ok       the embedded sandbox, profile admin; no file
    state          ok       $HOME/.local/state/dncsync
    record         ok       log LOG; no witness file: an older copy of the state directory would pass for it
    token          ok       granted for 3600 s, tenant 11eb5d0c-7a3e-4d50-9c21-0242ac110002, api 127.0.0.1:PORT
    api            ok       answers; DNC groups: 1 with 2 active records
    skills         warning  HOUSE scrubs no skill: it keeps nobody from being called, unless it is the tenant's default group
                            → dncsync target skills --list HOUSE --scrub ID,…
    probe          ok       of HOUSE a page of top=10000 shows 2 of 2 records, ordered as asked
    probe          ok       the search finds a number that a page shows
    probe          ok       not asked, because it would write: what an upload of a number that is there already is told; whether 4,500 records still are the most; what becomes of numbers outside calling code 1
    webhook        ok       none is configured
    [exit 0]
    ");
    assert_snapshot!(place.run("CXONE_PROFILE=admin doctor"), @r"
    $ CXONE_PROFILE=admin dncsync doctor
    configuration  bad      no credentials for CXone; no file
                            → set CXONE_ACCESS_KEY_ID and CXONE_ACCESS_KEY_SECRET, or look at the sandbox with --sandbox
    webhook        ok       none is configured
    [exit 2]
    ");
}

#[test]
fn what_protects_nobody_is_told_to_whoever_asks() {
    let place = place();
    place.json(&format!("ingest optouts.txt {TO}"));
    place.json("load optouts.txt --feed crm");
    place.json("target set --list HOUSE --feeds crm --profile admin --sandbox");
    assert_snapshot!(place.run("status"), @r"
    $ dncsync status
    state $HOME/.local/state/dncsync (N bytes), runs 1

    HOUSE (GLOBAL)
      tenant   sandbox embedded, admin
      list     GROUP
      seen in it  2
      it scrubs no skill, so it keeps nobody from being called: dncsync target skills --list HOUSE --scrub ID,…

    last run RUN, begun TIME, finished TIME
    [exit 0]
    ");
    assert_snapshot!(place.run("explain +12025551234"), @r"
    $ dncsync explain +12025551234
    +12025551234: blocked in HOUSE of the sandbox; claimed by crm, list:HOUSE  (as of TIME)

    feed crm: claims it since TIME, MANUAL
      TIME claimed by load RUN (uid N)
        optouts.txt, line 1 (sha256 DIGEST)

    feed list:HOUSE: claims it since TIME, MANUAL
      TIME claimed by load RUN (uid N)
        optouts.txt, line 1 (sha256 DIGEST)

    list HOUSE (GLOBAL): listed, as it should be
      tenant sandbox embedded, admin
      the list scrubs no skill: it keeps nobody from being called, unless it is the tenant's default group
      the list was last read whole TIME
      TIME confirmed by run RUN, batch 0
    [exit 0]
    ");
    assert_snapshot!(place.run("explain +442071838750"), @r"
    $ dncsync explain +442071838750
    +442071838750: not blocked; claimed by crm  (as of TIME)

    feed crm: claims it since TIME, MANUAL
      TIME claimed by load RUN (uid N)
        optouts.txt, line 3 (sha256 DIGEST)

    list HOUSE (GLOBAL): not listed: lists of this tenant cannot hold such a number (profile.country)
      tenant sandbox embedded, admin
      the list scrubs no skill: it keeps nobody from being called, unless it is the tenant's default group
      the list was last read whole TIME
    [exit 0]
    ");
    assert_snapshot!(place.run(&format!("plan {TO}")), @r"
    $ dncsync plan --list HOUSE --profile admin --sandbox
    plan for HOUSE (GLOBAL, GROUP)
      takes list:HOUSE, crm

      add                        0  claimed and not listed
      remove                     0  put there by dncsync, and claimed by no feed any more
      right                      2  claimed and listed
      refused                    1  claimed, and CXone would not take them

      refuse                     1  profile.country

      nothing to do
    [exit 0]
    ");
}

#[test]
fn what_is_wrongly_said_of_a_tenant() {
    let place = place();
    assert_snapshot!(place.run(&format!("ingest optouts.txt {TO} --scope GLOBAL")), @r"
    $ dncsync ingest optouts.txt --list HOUSE --profile admin --sandbox --scope GLOBAL
    --- stderr
    dncsync: config.scope: the DNC groups of the Admin API have no scope; leave --scope out; whom a group protects is said by the skills that it scrubs: dncsync target skills --list NAME --scrub ID,…
    [exit 2]
    ");
    assert_snapshot!(place.run("target skills --list HOUSE --scope GLOBAL --sandbox --scrub 1"), @r"
    $ dncsync target skills --list HOUSE --scope GLOBAL --sandbox --scrub 1
    --- stderr
    dncsync: profile.skills: lists of profile v2 have no scrubbed skills; say --profile admin where that is what the tenant speaks
    [exit 2]
    ");
    assert_snapshot!(place.run("CXONE_CLIENT_ID=me CXONE_ACCESS_KEY_ID=k CXONE_ACCESS_KEY_SECRET=s doctor --profile admin"), @r"
    $ CXONE_CLIENT_ID=me CXONE_ACCESS_KEY_ID=k CXONE_ACCESS_KEY_SECRET=s dncsync doctor --profile admin
    --- stderr
    dncsync: config.credentials: of CXONE_CLIENT_ID and CXONE_CLIENT_SECRET one is set and the other is not; set both to sign in through a registered client, or none of them to sign in by the key alone
    [exit 2]
    ");
    assert_snapshot!(place.run("ingest optouts.txt --list HOUSE --profile v3 --sandbox"), @r"
    $ dncsync ingest optouts.txt --list HOUSE --profile v3 --sandbox
    --- stderr
    dncsync: config.value: --profile or CXONE_PROFILE: `v3` is not v2 or admin; mend the value
    [exit 2]
    ");
}

#[test]
fn what_the_tenant_has_no_room_for_is_kept_for_later() {
    let place = place();
    place.write("dncsync.toml", "profile = \"admin\"\ncapacity = 1\n");
    assert_snapshot!(place.run("ingest optouts.txt --list HOUSE --sandbox"), @r"
    $ dncsync ingest optouts.txt --list HOUSE --sandbox
    run RUN  into HOUSE (GLOBAL, GROUP)

      confirmed                  0  newly seen in the list
      rejected                   2  no number or source type to be taken
      pending                    2  without an outcome yet
      rows                       4

      requests 2 (list 2, post 0, get 0; retried 0, throttled 0)  batches 0  latency p50 0 ms, max 0 ms
      rejected and refused rows are in $HOME/.local/state/dncsync/rejects/RUN.csv: mend them and feed the file back in
      state $HOME/.local/state/dncsync
    --- stderr
    looking for HOUSE
    dncsync: tenant.capacity: the tenant's DNC groups hold 0 active records, 2 more are to be added, and CXone takes 1 in all: 1 too many; nothing of that is sent, and the feeds claim it; keep the list to the numbers that the campaign calls (dncsync target set --only FILE), then dncsync apply; where NICE raised the measure, say so with --capacity
    [exit 7]
    ");
    let planned = place.json("plan --list HOUSE --sandbox");
    assert!(planned["capacity"].as_str().unwrap().contains("1 too many"), "{planned}");
    place.write("one.txt", "+12025551234\n");
    assert_snapshot!(place.run("target set --list HOUSE --feeds list:HOUSE --only one.txt --sandbox"), @r"
    $ dncsync target set --list HOUSE --feeds list:HOUSE --only one.txt --sandbox
    HOUSE (GLOBAL) takes list:HOUSE
      with those numbers only that are among the campaign's own: 1
      nothing was sent: dncsync plan shows what follows, dncsync apply does it
    [exit 0]
    ");
    assert_snapshot!(place.run("plan --list HOUSE --sandbox"), @r"
    $ dncsync plan --list HOUSE --sandbox
    plan for HOUSE (GLOBAL, GROUP)
      takes list:HOUSE
      kept to the numbers of one.txt

      add                        1  claimed and not listed
      remove                     0  put there by dncsync, and claimed by no feed any more

      add                        1  list:HOUSE: claimed

      do it with: dncsync apply, and the same list
    [exit 10]
    ");
    assert_eq!(place.json("apply --list HOUSE --sandbox")["successes"], 1);
}
