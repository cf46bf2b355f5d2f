//! Wrong use, input and configuration: one line that says what to do, exit 2, and nothing was sent.

use insta::assert_snapshot;

use crate::place::Place;

fn place() -> Place {
    let place = Place::new();
    place.write("one.csv", "+12025551234\n");
    place
}

#[test]
fn no_command() {
    assert!(place().run("").ends_with("[exit 2]"));
    assert_snapshot!(place().run("--json"), @r#"
    $ dncsync --json
    {"error":{"code":"usage","message":"'dncsync' requires a subcommand but one was not provided [subcommands: ingest, load, feeds, target, plan, apply, rollback, remove, explain, export, resume, verify, status, prove, forget, audit, webhooks, doctor, sandbox, demo, help]","todo":"see dncsync --help"}}
    --- stderr
    dncsync: usage: 'dncsync' requires a subcommand but one was not provided [subcommands: ingest, load, feeds, target, plan, apply, rollback, remove, explain, export, resume, verify, status, prove, forget, audit, webhooks, doctor, sandbox, demo, help]; see dncsync --help
    [exit 2]
    "#);
}

#[test]
fn no_list() {
    assert_snapshot!(place().run("ingest one.csv --sandbox"), @r"
    $ dncsync ingest one.csv --sandbox
    --- stderr
    dncsync: usage: no list is named; give --campaign ID, or --list NAME and --scope
    [exit 2]
    ");
    assert_snapshot!(place().run("ingest one.csv --list HOUSE --sandbox"), @r"
    $ dncsync ingest one.csv --list HOUSE --sandbox
    --- stderr
    dncsync: usage: no list is named; give --campaign ID, or --list NAME and --scope
    [exit 2]
    ");
    assert_snapshot!(place().run("ingest one.csv --list HOUSE --campaign Q4 --scope GLOBAL --sandbox"), @r"
    $ dncsync ingest one.csv --list HOUSE --campaign Q4 --scope GLOBAL --sandbox
    --- stderr
    error: the argument '--list <NAME>' cannot be used with '--campaign <ID>'

    Usage: dncsync ingest --list <NAME> --scope <SCOPE> --sandbox <FILE>...

    For more information, try '--help'.
    [exit 2]
    ");
}

#[test]
fn wrong_use_is_one_error_object_with_json() {
    assert_snapshot!(place().run("ingest one.csv --sandbox --json"), @r#"
    $ dncsync ingest one.csv --sandbox --json
    {"error":{"code":"usage","message":"no list is named","todo":"give --campaign ID, or --list NAME and --scope"}}
    --- stderr
    dncsync: usage: no list is named; give --campaign ID, or --list NAME and --scope
    [exit 2]
    "#);
}

#[test]
fn unknown_words() {
    assert_snapshot!(place().run("ingest one.csv --list HOUSE --scope TEAM --sandbox"), @r"
    $ dncsync ingest one.csv --list HOUSE --scope TEAM --sandbox
    --- stderr
    dncsync: usage: --scope: `TEAM` is not GLOBAL, CAMPAIGN, REGION or QUEUE; mend the value
    [exit 2]
    ");
    assert_snapshot!(place().run("ingest one.csv --campaign Q4 --source FRIEND --sandbox"), @r"
    $ dncsync ingest one.csv --campaign Q4 --source FRIEND --sandbox
    --- stderr
    dncsync: usage: --source: `FRIEND` is not MANUAL, REGULATORY, CUSTOMER_REQUEST or SYSTEM; mend the value
    [exit 2]
    ");
    assert_snapshot!(place().run("ingest one.csv --campaign Q4 --format xml --sandbox"), @r"
    $ dncsync ingest one.csv --campaign Q4 --format xml --sandbox
    --- stderr
    dncsync: usage: --format: `xml` is not auto, csv, jsonl or txt; mend the value
    [exit 2]
    ");
    assert_snapshot!(place().run("ingest one.csv --campaign Q4 --country Utah --sandbox"), @r"
    $ dncsync ingest one.csv --campaign Q4 --country Utah --sandbox
    --- stderr
    dncsync: usage: --country: `Utah` is not a country's two letters, such as US; mend the value
    [exit 2]
    ");
}

#[test]
fn a_list_name_of_256_characters() {
    let name = "x".repeat(256);
    let transcript = place().run(&format!("ingest one.csv --list {name} --scope GLOBAL --sandbox"));
    assert_snapshot!(transcript.replace(&name, "xxx…"), @r"
    $ dncsync ingest one.csv --list xxx… --scope GLOBAL --sandbox
    --- stderr
    dncsync: config.list: the list name has 256 characters and CXone takes 255 at most; choose another name
    [exit 2]
    ");
}

#[test]
fn numbers_and_times_that_are_none() {
    assert_snapshot!(place().run("ingest one.csv --campaign Q4 --sandbox --rate fast"), @r"
    $ dncsync ingest one.csv --campaign Q4 --sandbox --rate fast
    --- stderr
    dncsync: config.value: --rate or CXONE_RATE: `fast` is not a whole number, 0 for no limit; mend the value
    [exit 2]
    ");
    assert_snapshot!(place().run("CXONE_RATE=-1 ingest one.csv --campaign Q4 --sandbox"), @r"
    $ CXONE_RATE=-1 dncsync ingest one.csv --campaign Q4 --sandbox
    --- stderr
    dncsync: config.value: --rate or CXONE_RATE: `-1` is not a whole number, 0 for no limit; mend the value
    [exit 2]
    ");
    assert_snapshot!(place().run("ingest one.csv --campaign Q4 --sandbox --confirm-within soon"), @r"
    $ dncsync ingest one.csv --campaign Q4 --sandbox --confirm-within soon
    --- stderr
    dncsync: config.value: --confirm-within or DNCSYNC_CONFIRM_WITHIN: `soon` is not a number and a unit, such as 90s, 10m or 2h; mend the value
    [exit 2]
    ");
    assert_snapshot!(place().run("ingest one.csv --campaign Q4 --sandbox --confirm-within 10"), @r"
    $ dncsync ingest one.csv --campaign Q4 --sandbox --confirm-within 10
    --- stderr
    dncsync: config.value: --confirm-within or DNCSYNC_CONFIRM_WITHIN: `10` is not a number and a unit, such as 90s, 10m or 2h; mend the value
    [exit 2]
    ");
}

#[test]
fn a_yes_or_no_that_is_neither() {
    assert_snapshot!(place().run("CXONE_KEEP_TOKEN=perhaps ingest one.csv --campaign Q4 --sandbox"), @r"
    $ CXONE_KEEP_TOKEN=perhaps dncsync ingest one.csv --campaign Q4 --sandbox
    --- stderr
    dncsync: config.value: CXONE_KEEP_TOKEN: `perhaps` is not 1 or 0; mend the value
    [exit 2]
    ");
}

#[test]
fn no_credentials() {
    assert_snapshot!(place().run("ingest one.csv --campaign Q4"), @r"
    $ dncsync ingest one.csv --campaign Q4
    --- stderr
    dncsync: config.credentials: no credentials for CXone; set CXONE_CLIENT_ID and CXONE_CLIENT_SECRET, or try it with --sandbox
    [exit 2]
    ");
    assert_snapshot!(place().run("CXONE_CLIENT_ID=me ingest one.csv --campaign Q4 --json"), @r#"
    $ CXONE_CLIENT_ID=me dncsync ingest one.csv --campaign Q4 --json
    {"error":{"code":"config.credentials","message":"no credentials for CXone","todo":"set CXONE_CLIENT_ID and CXONE_CLIENT_SECRET, or try it with --sandbox"}}
    --- stderr
    dncsync: config.credentials: no credentials for CXone; set CXONE_CLIENT_ID and CXONE_CLIENT_SECRET, or try it with --sandbox
    [exit 2]
    "#);
}

#[test]
fn plain_http_leaves_this_machine_never() {
    let api = "CXONE_CLIENT_ID=me CXONE_CLIENT_SECRET=s CXONE_API_URL=http://api.example.com";
    assert_snapshot!(place().run(&format!("{api} ingest one.csv --campaign Q4")), @r"
    $ CXONE_CLIENT_ID=me CXONE_CLIENT_SECRET=s CXONE_API_URL=http://api.example.com dncsync ingest one.csv --campaign Q4
    --- stderr
    dncsync: config.address: CXONE_API_URL would send secrets to api.example.com in clear; use https:// (http:// is for this machine only); write the whole address
    [exit 2]
    ");
    let webhook = "ingest one.csv --campaign Q4 --sandbox --webhook http://hooks.example.com/dnc";
    assert_snapshot!(place().run(webhook), @r"
    $ dncsync ingest one.csv --campaign Q4 --sandbox --webhook http://hooks.example.com/dnc
    --- stderr
    dncsync: config.address: AGGREGATOR_WEBHOOK would send secrets to hooks.example.com in clear; use https:// (http:// is for this machine only); write the whole address
    [exit 2]
    ");
}

#[test]
fn a_webhook_to_a_link_local_address() {
    let told = |address: &str| {
        let transcript = place().run(&format!("ingest one.csv --campaign Q4 --sandbox --webhook {address}"));
        transcript.replace(address, "ADDRESS")
    };
    let plainly = told("https://169.254.169.254/latest");
    assert_snapshot!(plainly, @r"
    $ dncsync ingest one.csv --campaign Q4 --sandbox --webhook ADDRESS
    --- stderr
    dncsync: config.address: AGGREGATOR_WEBHOOK names a link-local address, and those are not called: a cloud gives out credentials there; name another address
    [exit 2]
    ");
    for disguised in
        ["http://2852039166/", "https://0xa9.254.43518/", "https://[::ffff:a9fe:a9fe]/", "https://[fd00:ec2::254]"]
    {
        assert_eq!(told(disguised), plainly);
    }
}

#[test]
fn an_unknown_key_in_the_configuration_file() {
    let place = place();
    place.write("dncsync.toml", "rate = 50\nclient_secrte = \"hush\"\n");
    let transcript = place.run("status");
    assert!(!transcript.contains("hush"), "the secret is not repeated");
    assert_snapshot!(transcript, @r"
    $ dncsync status
    --- stderr
    dncsync: config.file: dncsync.toml, line 1: unknown field `client_secrte`, expected one of `state`, `client_id`, `client_secret`, `client_secret_file`, `region`, `api_url`, `token_url`, `ca_file`, `rate`, `confirm_within`, `patience`, `trust`, `trust_budget`, `webhook`, `webhook_secret`, `webhook_secret_file`, `source`, `country`, `stale_after`, `profile`, `access_key_id`, `access_key_secret`, `access_key_secret_file`, `allow_international`, `capacity`, `tenant_id`, `discovery_url`, `client_auth`, `api_version`, `batch_size`, `order_by`, `in_flight`, `keep_token`, `audit_key`, `witness_file`, `retention`, `feed`, `list`; mend that line; the README lists all keys
    [exit 2]
    ");
}

#[test]
fn a_weak_webhook_secret() {
    let webhook = "AGGREGATOR_WEBHOOK=https://hooks.example.com AGGREGATOR_WEBHOOK_SECRET=short";
    assert_snapshot!(place().run(&format!("{webhook} ingest one.csv --campaign Q4 --sandbox")), @r"
    $ AGGREGATOR_WEBHOOK=https://hooks.example.com AGGREGATOR_WEBHOOK_SECRET=short dncsync ingest one.csv --campaign Q4 --sandbox
    --- stderr
    dncsync: config.webhookSecret: the webhook secret has fewer than 24 bytes; give whsec_ and base64, or plain text of 24 bytes or more
    [exit 2]
    ");
}

#[test]
fn files_that_cannot_be_read() {
    let place = place();
    std::fs::create_dir(place.path("exports")).unwrap();
    place.write("empty.csv", "");
    place.write("header.csv", "phone_number,source_type\n");
    assert_snapshot!(place.run("ingest missing.csv --campaign Q4 --sandbox"), @r"
    $ dncsync ingest missing.csv --campaign Q4 --sandbox
    --- stderr
    dncsync: input.unreadable: missing.csv: No such file or directory (os error 2); check the path and its permissions
    [exit 2]
    ");
    assert_snapshot!(place.run("ingest exports --campaign Q4 --sandbox"), @r"
    $ dncsync ingest exports --campaign Q4 --sandbox
    --- stderr
    dncsync: input.directory: exports is a directory; name the files in it
    [exit 2]
    ");
    assert_snapshot!(place.run("ingest empty.csv --campaign Q4 --sandbox"), @r"
    $ dncsync ingest empty.csv --campaign Q4 --sandbox
    --- stderr
    dncsync: input.empty: the input has no rows; check that the export worked; where nothing is in order, say --allow-empty
    [exit 2]
    ");
    assert_snapshot!(place.run("ingest header.csv --campaign Q4 --sandbox --json"), @r#"
    $ dncsync ingest header.csv --campaign Q4 --sandbox --json
    {"error":{"code":"input.empty","message":"the input has no rows","todo":"check that the export worked; where nothing is in order, say --allow-empty"}}
    --- stderr
    dncsync: input.empty: the input has no rows; check that the export worked; where nothing is in order, say --allow-empty
    [exit 2]
    "#);
}

#[test]
fn a_registry_file_is_refused_with_advice() {
    let place = place();
    place.write("registry.txt", "801,5551234\n801,5555678\n");
    assert_snapshot!(place.run("ingest registry.txt --campaign Q4 --sandbox"), @r"
    $ dncsync ingest registry.txt --campaign Q4 --sandbox
    --- stderr
    dncsync: input.columns: registry.txt: the first row names no known column and does not begin with a number: `•••,•••••34`; this looks like a registry's file with area code and number in two columns; give it a feed of its own: dncsync load FILE --feed NAME --mode replace
    [exit 2]
    ");
}

#[test]
fn columns_that_say_nothing() {
    let place = place();
    place.write("names.csv", "first,last\nAda,Lovelace\n");
    place.write("twice.csv", "phone,number\n+12025551234,+12025555678\n");
    assert_snapshot!(place.run("ingest names.csv --campaign Q4 --sandbox"), @r"
    $ dncsync ingest names.csv --campaign Q4 --sandbox
    --- stderr
    dncsync: input.columns: names.csv: the first row names no known column and does not begin with a number: `first,last`; name the columns in the first row (phone_number, source_type, notes), or write number, source type and notes in this order without a header
    [exit 2]
    ");
    assert_snapshot!(place.run("ingest twice.csv --campaign Q4 --sandbox"), @r"
    $ dncsync ingest twice.csv --campaign Q4 --sandbox
    --- stderr
    dncsync: input.columns: twice.csv: the columns `phone` and `number` mean the same; keep one of them, or rename the other
    [exit 2]
    ");
}

#[test]
fn a_fault_that_is_none() {
    assert_snapshot!(place().run("sandbox --port 0 --fault 418:items:0.5"), @r#"
    $ dncsync sandbox --port 0 --fault 418:items:0.5
    --- stderr
    error: invalid value '418:items:0.5' for '--fault <KIND:PATH:P[:TIMES]>': no fault is called "418"; there are 429, 429-bare, 429-date, 500, 502, 503, close-before, close-after, slow, truncate, 401, 413, never-indexed, lose-once, refuse, refuse-first, refuse-silent, keep (and slow=MILLISECONDS)

    For more information, try '--help'.
    [exit 2]
    "#);
}
