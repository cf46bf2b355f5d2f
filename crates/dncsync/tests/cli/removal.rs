//! `remove`: claims of one feed are lifted.

use insta::assert_snapshot;

use crate::keys::keys;
use crate::place::Place;

#[test]
fn who_else_claims_the_numbers_is_said() {
    let place = Place::with_two_feeds();
    let remove = "remove +12025555678 +12025559876 +12025550100 --feed crm --reason 'opted in again, ticket 4711'";
    assert_snapshot!(place.run(remove), @r"
    $ dncsync remove +12025555678 +12025559876 +12025550100 --feed crm --reason 'opted in again, ticket 4711'
    removal RUN  from feed crm

      withdrawn                  2  the feed claims them no more
      not claimed                1  the feed did not claim them

      other feeds still claim 1 of them:
        +1•••••••78  ftc
      nothing was sent: dncsync plan shows what follows, dncsync apply does it
    [exit 0]
    ");
    assert_snapshot!(place.run(remove), @r"
    $ dncsync remove +12025555678 +12025559876 +12025550100 --feed crm --reason 'opted in again, ticket 4711'
    removal RUN  from feed crm

      withdrawn                  0  the feed claims them no more
      not claimed                3  the feed did not claim them

      other feeds still claim 1 of them:
        +1•••••••78  ftc
      nothing was sent: dncsync plan shows what follows, dncsync apply does it
    [exit 0]
    ");
}

#[test]
fn numbers_may_stand_in_files_and_in_national_formats() {
    let place = Place::with_two_feeds();
    place.write("optins.csv", "phone_number,name\n(202) 555-9876,Ada\nnobody,Bob\n");
    let remove = "remove optins.csv '(202) 555-5678' --feed crm --reason 'campaign of May' --country US";
    assert_snapshot!(place.run(remove), @r"
    $ dncsync remove optins.csv '(202) 555-5678' --feed crm --reason 'campaign of May' --country US
    removal RUN  from feed crm

      withdrawn                  2  the feed claims them no more
      rejected                   1  no numbers

      other feeds still claim 1 of them:
        +1•••••••78  ftc
      rejected rows are in $HOME/.local/state/dncsync/rejects/RUN.csv: mend them and feed the file back in
      nothing was sent: dncsync plan shows what follows, dncsync apply does it
    --- stderr
    optins.csv: columns not used: name
    [exit 3]
    ");
}

#[test]
fn wrong_use() {
    let place = Place::with_two_feeds();
    assert_snapshot!(place.run("remove optins.csv --feed crm --reason test"), @r"
    $ dncsync remove optins.csv --feed crm --reason test
    --- stderr
    dncsync: input.unreadable: optins.csv: No such file or directory (os error 2); check the path and its permissions
    [exit 2]
    ");
    assert_snapshot!(place.run("remove +12025555678 --feed nix --reason test"), @r"
    $ dncsync remove +12025555678 --feed nix --reason test
    --- stderr
    dncsync: feed.unknown: there is no feed nix; `dncsync feeds` names them; `dncsync load` makes one
    [exit 2]
    ");
    assert_snapshot!(place.run("remove +12025555678 --feed crm --reason ''"), @r"
    $ dncsync remove +12025555678 --feed crm --reason ''
    --- stderr
    dncsync: usage: no reason is given; say why, for the record: --reason TEXT
    [exit 2]
    ");
    assert_snapshot!(place.run("remove +12025555678 --feed crm"), @r"
    $ dncsync remove +12025555678 --feed crm
    --- stderr
    error: the following required arguments were not provided:
      --reason <TEXT>

    Usage: dncsync remove --feed <NAME> --reason <TEXT> <NUMBER|FILE>...

    For more information, try '--help'.
    [exit 2]
    ");
}

#[test]
fn a_number_that_is_none_changes_nothing() {
    assert_snapshot!(Place::with_two_feeds().run("remove 555-5678 --feed crm --reason test"), @r"
    $ dncsync remove 555-5678 --feed crm --reason test
    removal RUN  from feed crm

      withdrawn                  0  the feed claims them no more
      rejected                   1  no numbers

      rejected rows are in $HOME/.local/state/dncsync/rejects/RUN.csv: mend them and feed the file back in
      nothing was sent: dncsync plan shows what follows, dncsync apply does it
    [exit 3]
    ");
}

#[test]
fn the_keys() {
    let place = Place::with_two_feeds();
    let removed = place.json("remove +12025555678 --feed crm --reason test");
    assert_snapshot!(keys(&removed), @r"
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
    stillClaimed: number
    stillClaimedBy[].feeds[]: string
    stillClaimedBy[].number: string
    timestamp: string
    unchanged: bool
    warnings: {}
    withdrawn: number
    ");
    assert_eq!(removed["stillClaimedBy"][0]["number"], "+1•••••••78");
}
