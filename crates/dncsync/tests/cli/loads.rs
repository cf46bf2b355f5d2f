//! `load`: an input is read into a feed, and nothing is sent.

use insta::assert_snapshot;

use crate::keys::keys;
use crate::place::Place;

/// A place with a registry's full list and a list of changes to it.
fn registry() -> Place {
    let place = Place::new();
    place.write("full.txt", "801,5551234\n801,5555678\n202,5551234\n");
    place.write("changes.txt", "8015551234,2026-08-29T08:00:00,D\n8015550000,2026-08-29T08:00:00,A\n");
    place
}

#[test]
fn a_registrys_full_list_and_then_its_changes() {
    let place = registry();
    let full = "load full.txt --feed ftc --mode replace --source REGULATORY";
    assert_snapshot!(place.run(full), @r"
    $ dncsync load full.txt --feed ftc --mode replace --source REGULATORY
    load RUN  into feed ftc (replace)

      claimed                    3  new in the feed
      rows                       3

      the feed claims 3 numbers (before: 0)
      nothing was sent: dncsync plan shows what follows, dncsync apply does it
    --- stderr
    taking into ftc: 3 rows
    [exit 0]
    ");
    assert_snapshot!(place.run("load changes.txt --feed ftc --mode changes --source REGULATORY"), @r"
    $ dncsync load changes.txt --feed ftc --mode changes --source REGULATORY
    load RUN  into feed ftc (changes)

      claimed                    1  new in the feed
      withdrawn                  1  deleted by their rows
      rows                       2

      the feed claims 3 numbers (before: 3)
      nothing was sent: dncsync plan shows what follows, dncsync apply does it
    --- stderr
    taking into ftc: 2 rows
    [exit 0]
    ");
}

#[test]
fn the_same_file_twice_changes_nothing_and_says_so() {
    let place = registry();
    place.json("load full.txt --feed ftc --mode replace");
    assert_snapshot!(place.run("load full.txt --feed ftc --mode replace"), @r"
    $ dncsync load full.txt --feed ftc --mode replace
    load RUN  into feed ftc (replace)

      claimed                    0  new in the feed
      claimed already            3  the feed claimed them before
      rows                       3

      the feed claims 3 numbers (before: 3)
      nothing changed: the feed's newest load was of this very input
      nothing was sent: dncsync plan shows what follows, dncsync apply does it
    [exit 0]
    ");
    assert_eq!(place.json("load full.txt --feed ftc --mode replace")["unchanged"], true);
}

#[test]
fn what_a_file_does_not_hold_stays_in_mode_add_and_goes_in_mode_replace() {
    let place = Place::new();
    place.write("old.txt", "+12025551234\n+12025555678\n");
    place.write("new.txt", "+12025555678\n+12025559876\n");
    place.json("load old.txt --feed crm");
    assert_snapshot!(place.run("load new.txt --feed crm"), @r"
    $ dncsync load new.txt --feed crm
    load RUN  into feed crm (add)

      claimed                    1  new in the feed
      claimed already            1  the feed claimed them before
      rows                       2

      the feed claims 3 numbers (before: 2)
      nothing was sent: dncsync plan shows what follows, dncsync apply does it
    --- stderr
    taking into crm: 2 rows
    [exit 0]
    ");
    assert_snapshot!(place.run("load old.txt --feed crm --mode replace --approve"), @r"
    $ dncsync load old.txt --feed crm --mode replace --approve
    load RUN  into feed crm (replace)

      claimed                    0  new in the feed
      claimed already            2  the feed claimed them before
      rows                       2

      not in the file any more, withdrawn: 1
      the feed claims 2 numbers (before: 3)
      nothing was sent: dncsync plan shows what follows, dncsync apply does it
    --- stderr
    taking into crm: 2 rows
    [exit 0]
    ");
}

#[test]
fn rejected_rows_and_ends_that_are_none() {
    let place = Place::new();
    place.write(
        "crm.csv",
        "phone_number,expires,notes\n+12025551234,2999-12-31,\n+12025555678,someday,\n(202) 555-9876,,\nnobody,,\n\
         +12025551234,,again\n",
    );
    let load = "load crm.csv --feed crm --expires-column expires --rejects rejects.csv";
    assert_snapshot!(place.run(load), @r"
    $ dncsync load crm.csv --feed crm --expires-column expires --rejects rejects.csv
    load RUN  into feed crm (add)

      claimed                    2  new in the feed
      repeated                   1  another row of the number stands
      rejected                   2  no number, source type or action to be taken
      rows                       5

      the feed claims 2 numbers (before: 0)
      warning end.malformed: 1
      rejected rows are in $HOME/rejects.csv: mend them and feed the file back in
      nothing was sent: dncsync plan shows what follows, dncsync apply does it
    --- stderr
    taking into crm: 5 rows
    [exit 3]
    ");
    assert_snapshot!(place.read("rejects.csv"), @r"
    phone_number,source_type,notes,file,line,column,code,reason
    (202) 555-9876,,,crm.csv,4,1,phone.unparsable,not a number in E.164 (+ and the calling code first); for national formats name the country: --country
    nobody,,,crm.csv,5,1,phone.unparsable,not a number in E.164 (+ and the calling code first); for national formats name the country: --country
    ");
    assert_snapshot!(place.run(&format!("{load} --country US")), @r"
    $ dncsync load crm.csv --feed crm --expires-column expires --rejects rejects.csv --country US
    load RUN  into feed crm (add)

      claimed                    1  new in the feed
      claimed already            2  the feed claimed them before
      repeated                   1  another row of the number stands
      rejected                   1  no number, source type or action to be taken
      rows                       5

      the feed claims 3 numbers (before: 2)
      warning end.malformed: 1
      rejected rows are in $HOME/rejects.csv: mend them and feed the file back in
      nothing was sent: dncsync plan shows what follows, dncsync apply does it
    --- stderr
    taking into crm: 5 rows
    [exit 3]
    ");
}

#[test]
fn what_the_mode_does_not_fit_is_refused_as_a_whole() {
    let place = registry();
    place.write("crm.csv", "phone_number,notes\n+12025551234,\n");
    assert_snapshot!(place.run("load changes.txt --feed ftc --mode replace"), @r"
    $ dncsync load changes.txt --feed ftc --mode replace
    --- stderr
    dncsync: input.mode: changes.txt, line 1: the row deletes, so this is a change list and no full list; load it with --mode changes
    [exit 2]
    ");
    assert_snapshot!(place.run("load crm.csv --feed ftc --mode changes"), @r"
    $ dncsync load crm.csv --feed ftc --mode changes
    --- stderr
    dncsync: input.columns: crm.csv: no column says whether a row adds or deletes; name that column `action`, with A or D in each row; a list of numbers is loaded with --mode add or replace
    [exit 2]
    ");
    assert_snapshot!(place.run("load crm.csv --feed ftc --mode merge"), @r"
    $ dncsync load crm.csv --feed ftc --mode merge
    --- stderr
    dncsync: usage: --mode: `merge` is not add, replace or changes; mend the value
    [exit 2]
    ");
    assert_snapshot!(place.run("load crm.csv --feed ftc --expires-column ends"), @r"
    $ dncsync load crm.csv --feed ftc --expires-column ends
    --- stderr
    dncsync: input.columns: crm.csv: no column is called `ends`: `phone_number,notes`; name the column as the file does; a file without a header has none
    [exit 2]
    ");
}

#[test]
fn names_that_no_feed_may_have() {
    let place = registry();
    assert_snapshot!(place.run("load full.txt --feed 'do not call'"), @r"
    $ dncsync load full.txt --feed 'do not call'
    --- stderr
    dncsync: config.feed: `do not call`: a feed's name has letters, digits, `.`, `_` and `-`, 1 to 64 of them; choose another name
    [exit 2]
    ");
    assert_snapshot!(place.run("load full.txt --feed list:CAMPAIGN_DNC_Q4"), @r"
    $ dncsync load full.txt --feed list:CAMPAIGN_DNC_Q4
    --- stderr
    dncsync: feed.unknown: there is no feed list:CAMPAIGN_DNC_Q4; a list has a feed of its own once something was ingested into it, or `dncsync target set` named it
    [exit 2]
    ");
}

#[test]
fn the_keys_of_a_load_and_who_ran_it_for_the_record() {
    let place = registry();
    let load =
        "USER=ada load full.txt changes.txt --feed ftc --mode changes --account 12345-6789 --note 'first download'";
    assert!(place.run(load).ends_with("[exit 2]"), "a full list says nothing of changes");
    let load = "USER=ada load full.txt --feed ftc --account 12345-6789 --note 'first download'";
    assert_snapshot!(keys(&place.json(load)), @r"
    absent: number
    alreadyClaimed: number
    before: number
    claimed: number
    digest: string
    duplicatesInInput: number
    durationMs: number
    eventType: string
    feed: string
    mode: string
    notClaimed: number
    numbers: number
    rejected: number
    rejects: null
    rows: number
    runId: string
    state: string
    timestamp: string
    unchanged: bool
    warnings: {}
    withdrawn: number
    ");
    assert_snapshot!(place.run("feeds"), @r"
    $ dncsync feeds
    ftc                                          3 numbers
      last load RUN (add), TIME, less than a day ago
        full.txt (sha256 DIGEST)
        by ada, account 12345-6789: first download
    [exit 0]
    ");
    assert_snapshot!(place.run("audit"), @r#"
    $ dncsync audit
    TIME RUN feed.changed     absent=0 account=12345-6789 alreadyClaimed=0 claimed=3 duplicatesInInput=0 feed=ftc kind=input mode=add notClaimed=0 note="first download" numbers=3 rejected=0 rows=3 who=ada withdrawn=0
    the trail agrees with the store: $HOME/.local/state/dncsync/dnc_ingestion_audit.jsonl
    [exit 0]
    "#);
}
