//! What the log says of batches and their items: which left, which were seen, and that what was sent can be shown for good.

use std::collections::BTreeMap;
use std::time::Duration;

use dncsync_core::feed::FeedName;
use dncsync_engine::{Shown, Source};
use serde_json::Value;

use crate::aggregator::{Aggregator, OK};
use crate::house::{House, LIST, line, numbers, options, read, target};
use crate::profiles::{Profile, under_every_profile};

under_every_profile! {
    what_was_refused_is_not_among_what_was_seen,
    what_was_not_seen_is_not_among_it_either,
    removals_are_seen_gone,
    a_batch_that_is_planned_anew_keeps_the_items_of_both,
    a_webhook_shows_a_checkpoint_that_covers_what_it_tells,
}

/// `0 of 5 at all`: of an event of a batch, how many items its tree has, and which are meant.
fn items(event: &Value, key: &str) -> String {
    let which = event[key].as_str().map_or("all", |which| if which.is_empty() { "none" } else { which });
    let removal = if event["removal"] == true { ", removed" } else { "" };
    format!("batch {}: {which} of {}{removal}", event["batch"], event["count"])
}

fn sent(house: &House) -> Vec<String> {
    house.events("batch.sending").iter().map(|event| items(event, "positions")).collect()
}

fn seen(house: &House) -> Vec<String> {
    house.events("batch.settled").iter().map(|event| items(event, "seen")).collect()
}

async fn what_was_refused_is_not_among_what_was_seen(profile: Profile) {
    let house = House::with(profile, options(&["refuse:items:1:1"])).await;
    assert_eq!(house.outcome(&numbers(0..5)).await, "5 rows: 4 confirmed, 1 refused");
    let again: &[&str] = if profile == Profile::V2 { &["batch 0: 1-4 of 5"] } else { &[] };
    assert_eq!(sent(&house), [&["batch 0: all of 5"], again].concat());
    assert_eq!(seen(&house), ["batch 0: 1-4 of 5"]);
    let verified = house.verifies();
    assert_eq!((verified.batches, verified.items, verified.runs), (1, 5, 1));
}

async fn what_was_not_seen_is_not_among_it_either(profile: Profile) {
    let mut house = House::with(profile, options(&["never-indexed:*:1:2"])).await;
    house.setup.confirm_within = Duration::from_millis(300);
    assert_eq!(house.outcome(&numbers(0..5)).await, "5 rows: 3 confirmed, 2 unconfirmed");
    assert_eq!(seen(&house), ["batch 0: 2-4 of 5"]);
    house.verifies();

    // All of a batch: nothing is named, and that is not the same as everything.
    let mut house = House::with(profile, options(&["never-indexed:*:1"])).await;
    house.setup.confirm_within = Duration::from_millis(300);
    assert_eq!(house.outcome(&numbers(0..2)).await, "2 rows: 2 unconfirmed");
    assert_eq!(seen(&house), ["batch 0: none of 2"]);
    house.verifies();
}

async fn removals_are_seen_gone(profile: Profile) {
    let house = House::new(profile).await;
    assert_eq!(house.outcome(&numbers(0..5)).await, "5 rows: 5 confirmed");
    let (feed, rules) = (FeedName::read(&format!("list:{LIST}")).expect("a name"), house.order("").rules);
    let sources = [Source::Items(numbers(1..3).into_bytes())];
    house.engine().remove(&feed, &sources, rules, "asked", &mut |_| ()).expect("lifted");
    let outcome = house.engine().apply(&target(), true, None, &mut |_| ()).await.expect("an outcome");
    assert_eq!((outcome.stopped, outcome.report.removals.removed), (None, 2));
    assert_eq!(sent(&house), ["batch 0: all of 5", "batch 0: all of 2, removed"]);
    assert_eq!(seen(&house), ["batch 0: all of 5", "batch 0: all of 2, removed"]);
    let verified = house.verifies();
    assert_eq!((verified.batches, verified.items, verified.runs), (2, 7, 2));
}

/// How many items lie under each root of a run.
fn evidence(house: &House) -> BTreeMap<Vec<u8>, i64> {
    let sql = house.sql();
    let mut select = sql.prepare("SELECT root, count FROM evidence").expect("a query");
    let found = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("rows");
    found.collect::<Result<_, _>>().expect("roots")
}

/// Something of a run was sent; then its list is another one, which somebody else made and filled.
async fn a_batch_that_is_planned_anew_keeps_the_items_of_both(profile: Profile) {
    let mut house = House::with(profile, options(&["503:GET*items:1", "503:search:1"])).await;
    house.setup.patience = Duration::from_millis(300);
    let stopped = house.ingest(&numbers(0..5)).await.expect("an outcome");
    assert_eq!(line(&stopped), "5 rows: 5 pending; stopped: cxone.unavailable");

    house.sandbox.set_faults(&[], 0);
    house.sandbox.delete_list_behind(LIST);
    house.others_make(LIST, 3..5);
    house.setup.patience = Duration::from_secs(20);
    let finished = house.ingest(&numbers(0..5)).await.expect("an outcome");
    assert_eq!(finished.report.run_id, stopped.report.run_id);
    assert_eq!(line(&finished), "5 rows: 3 confirmed, 2 listed already");

    let mut counts: Vec<i64> = evidence(&house).into_values().collect();
    counts.sort_unstable();
    assert_eq!(counts, [3, 5]);
    let verified = house.verifies();
    assert_eq!((verified.batches, verified.items, verified.runs), (2, 8, 1));
    let pack = house.file("pack");
    house.ledger().expect("a ledger").export(&pack, None, Shown::Numbers).expect("a pack");
    let disclosed: usize = std::fs::read_dir(pack.join("items"))
        .expect("items")
        .map(|file| read(&file.expect("a file").path()).lines().filter(|line| line.contains(" +1202555")).count())
        .sum();
    assert_eq!(disclosed, 8);
}

async fn a_webhook_shows_a_checkpoint_that_covers_what_it_tells(profile: Profile) {
    let (mut house, aggregator) = (House::new(profile).await, Aggregator::answering(&[(500, "", ""), OK]).await);
    house.tell(&aggregator.url);
    house.outcome(&numbers(0..3)).await;
    let replayed = house.engine().replay(&[]).await.expect("replayed");
    assert_eq!(replayed.taken.len(), 1);

    let bodies: Vec<String> = aggregator.came().into_iter().map(|(_, body)| body).collect();
    assert_eq!(bodies.len(), 2);
    assert_eq!(bodies[0], bodies[1], "whenever it is tried its body is the same");
    let told: Value = serde_json::from_str(&bodies[0]).expect("JSON");
    let note = told["checkpoint"].as_str().expect("a checkpoint").to_owned();
    assert!(house.checkpoints().contains(&note));
    let size: u64 = note.lines().nth(1).and_then(|size| size.parse().ok()).expect("a size");
    let settled = &house.events("batch.settled")[0];
    assert_eq!(settled["runId"], told["runId"]);
    assert!(settled["seq"].as_u64().expect("a place") <= size);
}
