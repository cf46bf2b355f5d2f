//! The keys of every JSON object that is printed: a public interface, which must not change unseen.

use insta::assert_snapshot;
use serde_json::Value;

use crate::place::Place;

/// Each key with the kind of its value, one on a line; of a list, its first element stands for all.
pub(crate) fn keys(value: &Value) -> String {
    let mut lines = Vec::new();
    collect("", value, &mut lines);
    lines.sort();
    lines.join("\n")
}

fn collect(path: &str, value: &Value, lines: &mut Vec<String>) {
    let kind = match value {
        Value::Object(members) if !members.is_empty() => {
            let dot = if path.is_empty() { "" } else { "." };
            for (key, member) in members {
                collect(&format!("{path}{dot}{key}"), member, lines);
            }
            return;
        }
        Value::Array(elements) if !elements.is_empty() => return collect(&format!("{path}[]"), &elements[0], lines),
        Value::Object(_) => "{}",
        Value::Array(_) => "[]",
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
    };
    lines.push(format!("{path}: {kind}"));
}

#[test]
fn of_the_report_of_status_and_of_the_trail() {
    let place = Place::new();
    place.write("two.csv", "+12025551234,MANUAL,a\u{7}b\nnobody,MANUAL\n");
    let report = place.json("ingest two.csv --campaign Q4 --sandbox");
    assert_snapshot!(keys(&report), @r"
    alreadyListed: number
    averageLatencyMs: number
    batches: number
    campaignId: string
    dryRun: bool
    duplicates: number
    duplicatesInInput: number
    durationMs: number
    eventType: string
    hitRate: number
    latencyMs.max: number
    latencyMs.p50: number
    latencyMs.p95: number
    latencyMs.p99: number
    listId: string
    listName: string
    pending: number
    refused: number
    rejected: number
    rejects: string
    requests.get: number
    requests.list: number
    requests.post: number
    requests.retried: number
    requests.throttled: number
    requests.total: number
    runId: string
    scope: string
    state: string
    successes: number
    timestamp: string
    totalItems: number
    unconfirmed: number
    warnings.notes.controls: number
    webhooks.delivered: number
    webhooks.pending: number
    ");
    let mut status = place.json("status");
    assert_eq!(status["lastRun"]["report"], report);
    status["lastRun"]["report"] = "as above".into();
    assert_snapshot!(keys(&status), @r"
    bytes: number
    lastRun.endedAt: string
    lastRun.report: string
    lastRun.runId: string
    lastRun.startedAt: string
    pending: number
    runs: number
    state: string
    targets[].feeds[]: string
    targets[].foreign: number
    targets[].listId: string
    targets[].listName: string
    targets[].listed: number
    targets[].pending: number
    targets[].scope: string
    targets[].tenant: string
    targets[].toAdd: number
    targets[].toRemove: number
    targets[].unfinishedRuns: number
    webhooksParked: number
    webhooksPending: number
    ");

    let trail = place.json("audit");
    let mut events: Vec<String> = Vec::new();
    for event in trail["events"].as_array().unwrap().split_last().unwrap().1 {
        events.push(format!("{}\n{}", event["eventType"].as_str().unwrap(), keys(event)));
    }
    assert_snapshot!(events.join("\n\n"), @r"
    run.loaded
    at: string
    duplicatesInInput: number
    eventType: string
    files[].bytes: number
    files[].digest: string
    files[].name: string
    listName: string
    rejected: number
    rows: number
    runId: string
    scope: string
    seq: number

    list.resolved
    at: string
    created: bool
    eventType: string
    firstContact: bool
    listId: string
    runId: string
    seq: number

    run.planned
    alreadyListed: number
    at: string
    batches: number
    eventType: string
    listId: string
    plan: string
    runId: string
    seq: number
    toSend: number

    batch.sending
    at: string
    attempt: number
    batch: number
    count: number
    eventType: string
    items: number
    root: string
    runId: string
    seq: number

    batch.answered
    answer: string
    at: string
    batch: number
    eventType: string
    runId: string
    seq: number

    batch.settled
    alreadyListed: number
    at: string
    batch: number
    count: number
    eventType: string
    items: number
    latencyMs: number
    refused: number
    root: string
    runId: string
    seq: number
    successes: number
    unconfirmed: number
    ");

    let dry = place.json("ingest two.csv --campaign Q4 --dry-run");
    assert_eq!(
        report.as_object().unwrap().keys().collect::<Vec<_>>(),
        dry.as_object().unwrap().keys().collect::<Vec<_>>(),
        "a dry run reports under the same keys"
    );
}

#[test]
fn of_a_fresh_status() {
    assert_snapshot!(keys(&Place::new().json("status")), @r"
    bytes: number
    lastRun: null
    pending: number
    runs: number
    state: string
    targets: []
    webhooksParked: number
    webhooksPending: number
    ");
}

#[test]
fn of_webhooks() {
    let place = Place::with_tutorial();
    // Nobody listens on the discard port of this machine.
    let aggregator = "AGGREGATOR_WEBHOOK=http://127.0.0.1:9/";
    let report = place.json(&format!("{aggregator} ingest tutorial.jsonl --campaign Q4 --sandbox"));
    assert_eq!(report["webhooks"], serde_json::json!({"delivered": 0, "pending": 1}), "parked is there if any is");
    let list = keys(&place.json("webhooks --sandbox"));
    assert_snapshot!(list, @r"
    parked: number
    pending: number
    webhooks[].attempts: number
    webhooks[].batch: number
    webhooks[].createdAt: string
    webhooks[].id: string
    webhooks[].lastFailure: string
    webhooks[].nextTry: string
    webhooks[].notBefore: null
    webhooks[].parkedReason: null
    webhooks[].runId: string
    webhooks[].state: string
    ");
    let replayed = keys(&place.json(&format!("{aggregator} webhooks replay --sandbox")));
    assert_eq!(replayed.replace("taken: []\ntakenBefore: []\n", ""), list);
}

#[test]
fn of_doctor() {
    assert_snapshot!(keys(&Place::new().json("doctor --sandbox")), @r"
    points[].found: string
    points[].point: string
    points[].todo: string
    points[].verdict: string
    ");
}

#[test]
fn of_the_demo() {
    let demo = Place::new().json("demo");
    assert_snapshot!(keys(&demo), @r"
    figures[].came: number
    figures[].foretold: number
    figures[].name: string
    report.alreadyListed: number
    report.averageLatencyMs: number
    report.batches: number
    report.campaignId: string
    report.dryRun: bool
    report.duplicates: number
    report.duplicatesInInput: number
    report.durationMs: number
    report.eventType: string
    report.hitRate: number
    report.latencyMs.max: number
    report.latencyMs.p50: number
    report.latencyMs.p95: number
    report.latencyMs.p99: number
    report.listId: string
    report.listName: string
    report.pending: number
    report.refused: number
    report.rejected: number
    report.rejects: null
    report.requests.get: number
    report.requests.list: number
    report.requests.post: number
    report.requests.retried: number
    report.requests.throttled: number
    report.requests.total: number
    report.runId: string
    report.scope: string
    report.state: string
    report.successes: number
    report.timestamp: string
    report.totalItems: number
    report.unconfirmed: number
    report.warnings: {}
    report.webhooks.delivered: number
    report.webhooks.pending: number
    ");
}

#[test]
fn of_an_error() {
    assert_snapshot!(keys(&Place::new().json("ingest missing.csv --campaign Q4 --sandbox")), @r"
    error.code: string
    error.message: string
    error.todo: string
    ");
}

#[test]
fn of_a_verification_and_of_what_was_resumed() {
    let place = Place::with_tutorial();
    place.json("ingest tutorial.jsonl --campaign Q4 --sandbox");
    assert_snapshot!(keys(&place.json("verify --campaign Q4 --sandbox")), @r"
    campaignId: string
    eventType: string
    foreign: number
    listId: string
    listName: string
    listed: number
    missing: number
    missingFile: null
    pending: number
    reads: number
    repair: null
    requests.get: number
    requests.list: number
    requests.post: number
    requests.retried: number
    requests.throttled: number
    requests.total: number
    right: number
    runId: string
    scope: string
    state: string
    timestamp: string
    ");
    assert_snapshot!(keys(&place.json("resume --sandbox")), @"runs: []");
}
