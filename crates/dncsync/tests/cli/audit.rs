use insta::assert_snapshot;

use crate::place::Place;

const TRAIL: &str = "dnc_ingestion_audit.jsonl";

/// A place where one run without rows left its four events; nothing has to be waited for.
fn with_a_trail() -> Place {
    let place = Place::new();
    place.write("empty.csv", "");
    place.run("ingest empty.csv --campaign Q4 --sandbox --allow-empty");
    place
}

#[test]
fn the_trail_tells_what_happened_in_order() {
    let place = Place::with_tutorial();
    place.run("ingest tutorial.jsonl --campaign Q4 --sandbox");
    assert_snapshot!(place.run("audit"), @r"
    $ dncsync audit
    TIME RUN run.loaded       duplicatesInInput=0 listName=CAMPAIGN_DNC_Q4 rejected=0 rows=3 scope=CAMPAIGN
    TIME RUN list.resolved    listId=LIST
    TIME RUN run.planned      alreadyListed=0 batches=1 listId=LIST plan=DIGEST toSend=3
    TIME RUN batch.sending    attempt=1 batch=0 count=3 items=3 root=DIGEST
    TIME RUN batch.answered   answer=applied batch=0
    TIME RUN batch.settled    alreadyListed=0 batch=0 count=3 items=3 latencyMs=N refused=0 root=DIGEST successes=3 unconfirmed=0
    TIME RUN DNC_INGESTION    alreadyListed=0 averageLatencyMs=N batches=1 campaignId=Q4 duplicates=0 duplicatesInInput=0 durationMs=N hitRate=0.0 listId=LIST listName=CAMPAIGN_DNC_Q4 pending=0 refused=0 rejected=0 scope=CAMPAIGN state=$HOME/.local/state/dncsync successes=3 timestamp=TIME totalItems=3 unconfirmed=0
    the trail agrees with the store: $HOME/.local/state/dncsync/dnc_ingestion_audit.jsonl
    [exit 0]
    ");
    let trail = std::fs::read_to_string(place.state(TRAIL)).unwrap();
    assert!(!trail.contains("2025551234"), "no number in clear");
}

#[test]
fn only_the_last_lines_or_one_run() {
    let place = with_a_trail();
    assert_snapshot!(place.run("audit --last 2"), @r"
    $ dncsync audit --last 2
    TIME RUN run.planned      alreadyListed=0 batches=0 listId=LIST plan=DIGEST toSend=0
    TIME RUN DNC_INGESTION    alreadyListed=0 averageLatencyMs=N batches=0 campaignId=Q4 duplicates=0 duplicatesInInput=0 durationMs=N hitRate=0.0 listId=LIST listName=CAMPAIGN_DNC_Q4 pending=0 refused=0 rejected=0 scope=CAMPAIGN state=$HOME/.local/state/dncsync successes=0 timestamp=TIME totalItems=0 unconfirmed=0
    the trail agrees with the store: $HOME/.local/state/dncsync/dnc_ingestion_audit.jsonl
    [exit 0]
    ");
    assert_snapshot!(place.run("audit --run 20200101T000000Z-00000000"), @r"
    $ dncsync audit --run RUN
    the trail agrees with the store: $HOME/.local/state/dncsync/dnc_ingestion_audit.jsonl
    [exit 0]
    ");
}

#[test]
fn an_edited_line_stops_every_command_that_relies_on_the_trail() {
    let place = with_a_trail();
    let trail = std::fs::read_to_string(place.state(TRAIL)).unwrap();
    std::fs::write(place.state(TRAIL), trail.replace("\"rows\":0", "\"rows\":9")).unwrap();
    assert_snapshot!(place.run("audit"), @r"
    $ dncsync audit
    --- stderr
    dncsync: audit.differs: $HOME/.local/state/dncsync/dnc_ingestion_audit.jsonl: line 1 is not what dncsync wrote; somebody edited the trail: keep this file as evidence under another name; the next run writes the trail anew from the store
    [exit 7]
    ");
    assert_snapshot!(place.run("ingest empty.csv --campaign Q4 --sandbox --allow-empty --json"), @r#"
    $ dncsync ingest empty.csv --campaign Q4 --sandbox --allow-empty --json
    {"error":{"code":"audit.differs","message":"$HOME/.local/state/dncsync/dnc_ingestion_audit.jsonl: line 1 is not what dncsync wrote","todo":"somebody edited the trail: keep this file as evidence under another name; the next run writes the trail anew from the store"}}
    --- stderr
    dncsync: audit.differs: $HOME/.local/state/dncsync/dnc_ingestion_audit.jsonl: line 1 is not what dncsync wrote; somebody edited the trail: keep this file as evidence under another name; the next run writes the trail anew from the store
    [exit 7]
    "#);
    std::fs::rename(place.state(TRAIL), place.state("evidence.jsonl")).unwrap();
    assert!(place.run("audit").ends_with("[exit 0]"), "the trail is written anew");
    assert_eq!(std::fs::read_to_string(place.state(TRAIL)).unwrap(), trail);
}

#[test]
fn a_line_too_many_is_a_difference_too() {
    let place = with_a_trail();
    let trail = std::fs::read_to_string(place.state(TRAIL)).unwrap();
    std::fs::write(place.state(TRAIL), trail.clone() + "{\"seq\":5}\n").unwrap();
    assert_snapshot!(place.run("audit"), @r"
    $ dncsync audit
    --- stderr
    dncsync: audit.differs: $HOME/.local/state/dncsync/dnc_ingestion_audit.jsonl: line 5 is not what dncsync wrote; somebody edited the trail: keep this file as evidence under another name; the next run writes the trail anew from the store
    [exit 7]
    ");
}

#[test]
fn a_torn_last_line_is_completed() {
    let place = with_a_trail();
    let trail = std::fs::read(place.state(TRAIL)).unwrap();
    for torn in [trail.len() - 1, trail.len() - 40, trail.len() / 2, 0] {
        std::fs::write(place.state(TRAIL), &trail[..torn]).unwrap();
        assert!(place.run("audit").ends_with("[exit 0]"));
        assert_eq!(std::fs::read(place.state(TRAIL)).unwrap(), trail, "torn at {torn}");
    }
}
