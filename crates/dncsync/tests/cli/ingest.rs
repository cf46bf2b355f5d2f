use insta::assert_snapshot;
use serde_json::json;

use crate::place::{Place, only_file};

#[test]
fn three_items_are_confirmed_and_the_same_again_sends_nothing() {
    let place = Place::with_tutorial();
    let ingest = "ingest tutorial.jsonl --campaign Q4_OUTBOUND_2024 --sandbox";
    assert_snapshot!(place.run(ingest), @r"
    $ dncsync ingest tutorial.jsonl --campaign Q4_OUTBOUND_2024 --sandbox
    run RUN  into CAMPAIGN_DNC_Q4_OUTBOUND_2024 (CAMPAIGN, LIST)

      confirmed                  3  newly seen in the list
      rows                       3

      requests N (list 1, post 1, get N; retried 0, throttled 0)  batches 1  latency p50 N ms, max N ms
      state $HOME/.local/state/dncsync
    --- stderr
    looking for CAMPAIGN_DNC_Q4_OUTBOUND_2024
    confirming: 0 of 3 numbers
    [exit 0]
    ");
    assert_snapshot!(place.run(ingest), @r"
    $ dncsync ingest tutorial.jsonl --campaign Q4_OUTBOUND_2024 --sandbox
    run RUN  into CAMPAIGN_DNC_Q4_OUTBOUND_2024 (CAMPAIGN, LIST)

      confirmed                  0  newly seen in the list
      listed already             3  the list held them before
      rows                       3

      requests 1 (list 1, post 0, get 0; retried 0, throttled 0)  batches 0  latency p50 0 ms, max 0 ms
      state $HOME/.local/state/dncsync
    --- stderr
    looking for CAMPAIGN_DNC_Q4_OUTBOUND_2024
    [exit 0]
    ");
}

#[test]
fn json_is_the_same_report_as_one_object() {
    let place = Place::with_tutorial();
    let report = place.json("ingest tutorial.jsonl --list HOUSE --scope GLOBAL --source SYSTEM --sandbox");
    let told = json!({
        "list": [report["listName"], report["scope"], report["campaignId"]],
        "rows": [report["totalItems"], report["successes"], report["pending"]],
        "hitRate": report["hitRate"],
    });
    assert_eq!(told, json!({"list": ["HOUSE", "GLOBAL", null], "rows": [3, 3, 0], "hitRate": 0.0}));
}

/// Six rows: two good ones, a repetition, and one bad row of each kind.
const MIXED: &str = "\
Number,Source,Notes,Agent
+12025551234,REGULATORY,State registry,7
12,MANUAL,too short,7
+12025551234,MANUAL,again,8
+12025550123,NOBODY,who said so?,9
(202) 555-5678,,no calling code,9
+12025559999,,from the default source,9
";

#[test]
fn bad_rows_are_set_aside_and_never_stop_the_good_ones() {
    let place = Place::new();
    place.write("mixed.csv", MIXED);
    assert_snapshot!(place.run("ingest mixed.csv --campaign Q4 --sandbox"), @r"
    $ dncsync ingest mixed.csv --campaign Q4 --sandbox
    run RUN  into CAMPAIGN_DNC_Q4 (CAMPAIGN, LIST)

      confirmed                  2  newly seen in the list
      repeated                   1  named by an earlier row
      rejected                   3  no number or source type to be taken
      rows                       6

      requests N (list 1, post 1, get N; retried 0, throttled 0)  batches 1  latency p50 N ms, max N ms
      warning columns.ignored: 1
      rejected and refused rows are in $HOME/.local/state/dncsync/rejects/RUN.csv: mend them and feed the file back in
      state $HOME/.local/state/dncsync
    --- stderr
    mixed.csv: columns not used: Agent
    looking for CAMPAIGN_DNC_Q4
    confirming: 0 of 2 numbers
    [exit 3]
    ");
    assert_snapshot!(only_file(&place.state("rejects")), @r#"
    phone_number,source_type,notes,file,line,column,code,reason
    12,MANUAL,too short,mixed.csv,3,1,phone.unparsable,not a number in E.164 (+ and the calling code first); for national formats name the country: --country
    +12025550123,NOBODY,who said so?,mixed.csv,5,2,source.unknown,"the source type is none of MANUAL, REGULATORY, CUSTOMER_REQUEST, SYSTEM"
    (202) 555-5678,,no calling code,mixed.csv,6,1,phone.unparsable,not a number in E.164 (+ and the calling code first); for national formats name the country: --country
    "#);
}

#[test]
fn a_mended_rejects_file_is_fed_back_in() {
    let place = Place::new();
    place.write("mixed.csv", MIXED);
    place.run("ingest mixed.csv --campaign Q4 --sandbox --dry-run --rejects bad.csv");
    assert_snapshot!(place.run("ingest bad.csv --campaign Q4 --sandbox --dry-run --country US"), @r"
    $ dncsync ingest bad.csv --campaign Q4 --sandbox --dry-run --country US
    run RUN  into CAMPAIGN_DNC_Q4 (CAMPAIGN, not known yet)

      confirmed                  0  newly seen in the list
      rejected                   2  no number or source type to be taken
      pending                    1  would be sent
      rows                       3

      requests 1 (list 1, post 0, get 0; retried 0, throttled 0)  batches 1  latency p50 0 ms, max 0 ms
      warning columns.ignored: 5
      rejected and refused rows are in $HOME/.local/state/dncsync/rejects/RUN.csv: mend them and feed the file back in
      state $HOME/.local/state/dncsync
    --- stderr
    bad.csv: columns not used: file, line, column, code, reason
    [exit 3]
    ");
}

#[test]
fn a_country_lets_national_formats_pass() {
    let place = Place::new();
    place.write("national.txt", "(202) 555-1234\n202-555-5678\n");
    assert_snapshot!(place.run("ingest national.txt --campaign Q4 --sandbox --dry-run --country US"), @r"
    $ dncsync ingest national.txt --campaign Q4 --sandbox --dry-run --country US
    run RUN  into CAMPAIGN_DNC_Q4 (CAMPAIGN, not known yet)

      confirmed                  0  newly seen in the list
      pending                    2  would be sent
      rows                       2

      requests 1 (list 1, post 0, get 0; retried 0, throttled 0)  batches 1  latency p50 0 ms, max 0 ms
      state $HOME/.local/state/dncsync
    [exit 0]
    ");
}

#[test]
fn a_dry_run_needs_no_credentials_and_sends_nothing() {
    let place = Place::new();
    place.write("mixed.csv", MIXED);
    assert_snapshot!(place.run("ingest mixed.csv --campaign Q4 --dry-run"), @r"
    $ dncsync ingest mixed.csv --campaign Q4 --dry-run
    run RUN  into CAMPAIGN_DNC_Q4 (CAMPAIGN, not known yet)

      confirmed                  0  newly seen in the list
      repeated                   1  named by an earlier row
      rejected                   3  no number or source type to be taken
      pending                    2  would be sent
      rows                       6

      requests 0 (list 0, post 0, get 0; retried 0, throttled 0)  batches 1  latency p50 0 ms, max 0 ms
      warning columns.ignored: 1
      rejected and refused rows are in $HOME/.local/state/dncsync/rejects/RUN.csv: mend them and feed the file back in
      state $HOME/.local/state/dncsync
    --- stderr
    mixed.csv: columns not used: Agent
    no credentials: the list itself was not looked at
    [exit 3]
    ");
}

#[test]
fn notes_are_mended_and_never_refuse_a_number() {
    let place = Place::new();
    let mut csv = b"phone_number,source_type,notes\n+12025551234,CUSTOMER_REQUEST,Beschwerde M\xfcller ".to_vec();
    csv.extend([b'x'; 5_000]);
    place.write("latin1.csv", csv);
    assert_snapshot!(place.run("ingest latin1.csv --campaign Q4 --sandbox --dry-run"), @r"
    $ dncsync ingest latin1.csv --campaign Q4 --sandbox --dry-run
    run RUN  into CAMPAIGN_DNC_Q4 (CAMPAIGN, not known yet)

      confirmed                  0  newly seen in the list
      pending                    1  would be sent
      rows                       1

      requests 1 (list 1, post 0, get 0; retried 0, throttled 0)  batches 1  latency p50 0 ms, max 0 ms
      warning notes.cut: 1
      warning notes.encoding: 1
      state $HOME/.local/state/dncsync
    [exit 0]
    ");
}

#[test]
fn an_input_without_rows_may_be_in_order() {
    let place = Place::new();
    place.write("header.csv", "phone_number,source_type\n");
    assert_snapshot!(place.run("ingest header.csv --campaign Q4 --sandbox --allow-empty"), @r"
    $ dncsync ingest header.csv --campaign Q4 --sandbox --allow-empty
    run RUN  into CAMPAIGN_DNC_Q4 (CAMPAIGN, LIST)

      confirmed                  0  newly seen in the list
      rows                       0

      requests 1 (list 1, post 0, get 0; retried 0, throttled 0)  batches 0  latency p50 0 ms, max 0 ms
      state $HOME/.local/state/dncsync
    --- stderr
    looking for CAMPAIGN_DNC_Q4
    [exit 0]
    ");
}
