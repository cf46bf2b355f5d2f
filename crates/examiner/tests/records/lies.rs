//! Records that are signed and whole, and whose writer did not tell the truth.

use dncsync_examiner::verify;

use crate::story::story_with;

/// What is found where a text in the first event that holds it is another one; no file shows it otherwise.
fn found(truth: &str, lie: &str) -> Vec<String> {
    let writer = story_with(Some((truth, lie)));
    assert!(writer.lines.iter().any(|line| line.contains(lie)), "nothing held {truth}");
    let verified = verify(&writer.export(None), &writer.key(0)).expect("it lies in memory");
    verified.findings.iter().map(ToString::to_string).collect()
}

#[track_caller]
fn is_found(truth: &str, lie: &str, expected: &str) {
    let found = found(truth, lie);
    assert!(found.iter().any(|finding| finding.contains(expected)), "{found:#?}");
}

#[test]
fn a_report_must_add_up() {
    is_found(r#""totalItems":8,"#, r#""totalItems":9,"#, "line 11: the report does not add up: totalItems is 9");
    is_found(
        r#""duplicatesInInput":1,"alreadyListed":1,"#,
        r#""duplicatesInInput":1,"alreadyListed":0,"#,
        "duplicates is 2",
    );
    is_found(r#""planned":2,"removed":1"#, r#""planned":2,"removed":0"#, "removals.planned is 2, and its parts are 1");
    is_found(r#""totalItems":8"#, r#""totalItems":18446744073709551615"#, "does not add up");
}

#[test]
fn a_report_must_agree_with_its_run() {
    is_found(r#""rows":8"#, r#""rows":9"#, "totalItems is 8, and that of run.loaded is 9");
    is_found(r#""rows":8,"duplicatesInInput":1"#, r#""rows":8,"duplicatesInInput":2"#, "duplicatesInInput is 1");
    is_found(r#""rejected":1"#, r#""rejected":0"#, "rejected is 1, and that of run.loaded is 0");
    is_found(
        r#""successes":3,"duplicates":2,"duplicatesInInput":1,"alreadyListed":1,"rejected":1,"refused":1,"unconfirmed":1"#,
        r#""successes":4,"duplicates":2,"duplicatesInInput":1,"alreadyListed":1,"rejected":1,"refused":0,"unconfirmed":1"#,
        "successes is 4, and the sum over its settled batches is 3",
    );
    is_found(r#""toSend":5,"alreadyListed":1"#, r#""toSend":5,"alreadyListed":2"#, "alreadyListed is 1");
    is_found(
        r#""toSend":5"#,
        r#""toSend":6"#,
        "the number of items that were settled is 5, and the number planned is 6",
    );
    is_found(r#""removed":1,"kept":1"#, r#""removed":2,"kept":0"#, "removals.removed is 2");
    is_found(
        r#""batches":0,"toSend":0,"alreadyListed":2"#,
        r#""batches":0,"toSend":0,"alreadyListed":3"#,
        "alreadyListed is 2",
    );
}

#[test]
fn a_batch_must_add_up() {
    is_found(
        r#""successes":3,"alreadyListed":0"#,
        r#""successes":2,"alreadyListed":0"#,
        "are 4 together, and `items` says 5",
    );
    is_found(r#""seen":"0-1,3""#, r#""seen":"0-1,3-4""#, "4 items were seen, and its figures say 3");
    is_found(r#","seen":"0-1,3""#, "", "5 items were seen");
    is_found(r#""positions":"0-1,3-4""#, r#""positions":"0-1,3""#, "`positions` are 3, and `items` says 4");
    is_found(r#""positions":"0-1,3-4""#, r#""positions":"0,1,3-4""#, "`1` does not lie apart");
    is_found(r#""positions":"0-1,3-4""#, r#""positions":"0-1,3-5""#, "`3-5` lies beyond the last of 5 items");
    is_found(r#""count":5"#, r#""count":6"#, "line 6");
    is_found(r#""count":5,"#, "", "`count` is missing");
    is_found(r#","removal":true"#, r#","removal":false"#, "`removal` is false");
    is_found(r#","removal":true"#, "", "additions");
    is_found(r#""digest":"d""#, r#""digest":"d","seen":"0""#, "`seen` stands in an event of sending");
    is_found(r#""digest":"d","#, "", "one of `root` and `digest`");
}

#[test]
fn lines_must_be_numbered() {
    is_found(r#""seq":20,"#, r#""seq":21,"#, "log.jsonl, line 20: its `seq` is 21");
    is_found(r#"{"seq":20"#, r#"["seq":20"#, "log.jsonl, line 20: it is no JSON object");
    is_found(r#""listed":19"#, r#""listed":}"#, "log.jsonl, line 20: it is not an event");
    is_found(r#""eventType":"list.read""#, r#""eventType":"list.read","eventType":"list.read""#, "duplicate field");
}

#[test]
fn a_checkpoint_must_be_named_and_no_other() {
    is_found(
        r#","checkpoint":""#,
        r#","other":""#,
        "line 4: it is the first event after the checkpoint of 3 lines and must name it",
    );
    let other = r#""listed":19,"checkpoint":"0000000000000000000000000000000000000000000000000000000000000000""#;
    is_found(r#""listed":19"#, other, "line 20: it names a checkpoint, but none");
    is_found(r#""listed":19"#, r#""listed":19,"checkpoint":null"#, "line 20");
}

#[test]
fn a_new_key_must_be_signed_for_by_both() {
    is_found(r#""oldSignature":"#, r#""oldSignature":"","x":"#, "the old key did not sign");
    is_found(r#""old":""#, r#""old":"x"#, "the old key cannot be read");
    let (truth, lie) = (r#","oldSignature":"#, r#","newSignature":"#);
    is_found(truth, lie, "line 31");
    is_found("key.rotated", "key.rotate", "names another key");
}
