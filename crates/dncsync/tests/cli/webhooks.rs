//! Webhooks that nobody took: listed, counted by `status`, replayed.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

use axum::Router;
use axum::http::StatusCode;
use insta::assert_snapshot;

use crate::place::Place;

/// An aggregator that gives these answers one after another, then the last one for good; its address.
fn aggregator(script: &'static [u16]) -> String {
    let (told, hears) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let came = Arc::new(AtomicUsize::new(0));
            let take = move || async move {
                let nth = came.fetch_add(1, Ordering::SeqCst).min(script.len() - 1);
                StatusCode::from_u16(script[nth]).unwrap()
            };
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            told.send(format!("http://{}/hook?key=hush", listener.local_addr().unwrap())).unwrap();
            axum::serve(listener, Router::new().fallback(take)).await.unwrap();
        });
    });
    hears.recv().unwrap()
}

/// A place after one run of the tutorial whose aggregator answered so; the aggregator's address.
fn told(script: &'static [u16]) -> (Place, String) {
    let (place, url) = (Place::with_tutorial(), aggregator(script));
    place.json(&format!("AGGREGATOR_WEBHOOK={url} ingest tutorial.jsonl --campaign Q4 --sandbox"));
    (place, url)
}

#[test]
fn none_at_all() {
    let place = Place::new();
    assert_snapshot!(place.run("webhooks --sandbox"), @r"
    $ dncsync webhooks --sandbox
    pending 0, parked 0
    [exit 0]
    ");
    assert!(!place.state("").exists(), "looking makes nothing");
}

#[test]
fn a_pending_one_is_listed_with_its_last_failure_and_replayed() {
    let (place, url) = told(&[503, 200]);
    assert_snapshot!(place.run("webhooks --sandbox"), @r"
    $ dncsync webhooks --sandbox
    WEBHOOK  run RUN, batch 0, created TIME, attempts 1
      pending: next try with the next run, or TIME in one at work; last failure: status 503
    pending 1, parked 0
    try them again now: dncsync webhooks replay, with the same flags
    [exit 0]
    ");
    assert_snapshot!(place.run("webhooks replay --sandbox"), @r"
    $ dncsync webhooks replay --sandbox
    --- stderr
    dncsync: config.webhook: no aggregator is configured; set AGGREGATOR_WEBHOOK, or give --webhook URL
    [exit 2]
    ");
    let replayed = place.run(&format!("webhooks replay --sandbox --webhook {url}"));
    assert_snapshot!(replayed, @r"
    $ dncsync webhooks replay --sandbox --webhook http://127.0.0.1:PORT/hook?key=hush
    taken 1, still pending 0, parked 0
    [exit 0]
    ");
    assert_snapshot!(place.run("webhooks list --sandbox"), @r"
    $ dncsync webhooks list --sandbox
    pending 0, parked 0
    [exit 0]
    ");
}

#[test]
fn a_parked_one_is_seen_in_report_and_status_and_stays_parked_where_it_is_gone() {
    let (place, url) = (Place::with_tutorial(), aggregator(&[410]));
    let ingest = format!("AGGREGATOR_WEBHOOK={url} ingest tutorial.jsonl --campaign Q4 --sandbox");
    assert_snapshot!(place.run(&ingest), @r#"
    $ AGGREGATOR_WEBHOOK=http://127.0.0.1:PORT/hook?key=hush dncsync ingest tutorial.jsonl --campaign Q4 --sandbox
    run RUN  into CAMPAIGN_DNC_Q4 (CAMPAIGN, LIST)

      confirmed                  3  newly seen in the list
      rows                       3

      requests N (list 1, post 1, get N; retried 0, throttled 0)  batches 1  latency p50 N ms, max N ms
      warning webhooks.unsigned: 1
      webhooks delivered 0, pending 0, parked 1
      state $HOME/.local/state/dncsync
    --- stderr
    webhooks are sent unsigned; set AGGREGATOR_WEBHOOK_SECRET so that the aggregator can tell them from forged ones
    looking for CAMPAIGN_DNC_Q4
    confirming: 0 of 3 numbers
    LOGGED  WARN a webhook is parked; `dncsync webhooks` tells more webhook="WEBHOOK" reason="status 410"
    [exit 0]
    "#);
    assert_snapshot!(place.run("status"), @r"
    $ dncsync status
    state $HOME/.local/state/dncsync (N bytes), runs 1

    CAMPAIGN_DNC_Q4 (CAMPAIGN)
      tenant   sandbox embedded
      list     LIST
      seen in it  3

    last run RUN, begun TIME, finished TIME
    webhooks parked 1: `dncsync webhooks` says why, `dncsync webhooks replay` tries them again
    [exit 0]
    ");
    assert_snapshot!(place.run("webhooks --sandbox"), @r"
    $ dncsync webhooks --sandbox
    WEBHOOK  run RUN, batch 0, created TIME, attempts 1
      parked: the aggregator said 410 Gone; last failure: status 410
    pending 0, parked 1
    try them again now: dncsync webhooks replay, with the same flags
    [exit 0]
    ");
    assert_snapshot!(place.run(&format!("webhooks replay --sandbox --webhook {url}")), @r#"
    $ dncsync webhooks replay --sandbox --webhook http://127.0.0.1:PORT/hook?key=hush
    WEBHOOK  run RUN, batch 0, created TIME, attempts 1
      parked: the aggregator said 410 Gone; last failure: status 410
    taken 0, still pending 0, parked 1
    --- stderr
    LOGGED  WARN a webhook is parked; `dncsync webhooks` tells more webhook="WEBHOOK" reason="status 410"
    [exit 5]
    "#);
    assert_snapshot!(place.run("audit --last 4"), @r#"
    $ dncsync audit --last 4
    TIME RUN batch.settled    alreadyListed=0 batch=0 count=3 items=3 latencyMs=N refused=0 root=DIGEST successes=3 unconfirmed=0
    TIME RUN webhook.parked   batch=0 reason="the aggregator said 410 Gone" webhookId=WEBHOOK
    TIME RUN DNC_INGESTION    alreadyListed=0 averageLatencyMs=N batches=1 campaignId=Q4 duplicates=0 duplicatesInInput=0 durationMs=N hitRate=0.0 listId=LIST listName=CAMPAIGN_DNC_Q4 pending=0 refused=0 rejected=0 scope=CAMPAIGN state=$HOME/.local/state/dncsync successes=3 timestamp=TIME totalItems=3 unconfirmed=0
    TIME RUN webhook.parked   batch=0 reason="the aggregator said 410 Gone" webhookId=WEBHOOK
    the trail agrees with the store: $HOME/.local/state/dncsync/dnc_ingestion_audit.jsonl
    [exit 0]
    "#);
    assert!(!place.run("webhooks --sandbox --json").contains("hush"), "an address may hold a secret");
}

#[test]
fn an_id_that_was_delivered_is_not_sent_again_and_one_that_does_not_exist_is_said() {
    let (place, url) = told(&[503, 200]);
    let id = place.json("webhooks --sandbox")["webhooks"][0]["id"].as_str().unwrap().to_owned();
    let replay = format!("AGGREGATOR_WEBHOOK={url} webhooks replay --sandbox");
    assert_snapshot!(place.run(&format!("{replay} {id}")), @r"
    $ AGGREGATOR_WEBHOOK=http://127.0.0.1:PORT/hook?key=hush dncsync webhooks replay --sandbox WEBHOOK
    taken 1, still pending 0, parked 0
    [exit 0]
    ");
    assert_snapshot!(place.run(&format!("{replay} {id}")), @r"
    $ AGGREGATOR_WEBHOOK=http://127.0.0.1:PORT/hook?key=hush dncsync webhooks replay --sandbox WEBHOOK
    WEBHOOK  was delivered before: not sent again
    taken 0, still pending 0, parked 0
    [exit 0]
    ");
    assert_snapshot!(place.run(&format!("{replay} {id} msg_unknown")), @r"
    $ AGGREGATOR_WEBHOOK=http://127.0.0.1:PORT/hook?key=hush dncsync webhooks replay --sandbox WEBHOOK msg_unknown
    --- stderr
    dncsync: webhook.unknown: this tenant has no webhook `msg_unknown`; `dncsync webhooks` lists those that can be replayed
    [exit 2]
    ");
}

#[test]
fn wrong_use() {
    let place = Place::new();
    assert_snapshot!(place.run("webhooks list msg_1 --sandbox"), @r"
    $ dncsync webhooks list msg_1 --sandbox
    --- stderr
    dncsync: usage: list takes no ID; leave it out, or say: dncsync webhooks replay ID
    [exit 2]
    ");
    assert_snapshot!(place.run("webhooks forget --sandbox"), @r"
    $ dncsync webhooks forget --sandbox
    --- stderr
    error: invalid value 'forget' for '[list|replay]'
      [possible values: list, replay]

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(place.run("webhooks"), @r"
    $ dncsync webhooks
    --- stderr
    dncsync: config.credentials: no credentials for CXone, and webhooks belong to a tenant; set CXONE_CLIENT_ID and CXONE_CLIENT_SECRET, or look at those of the sandbox with --sandbox
    [exit 2]
    ");
}
