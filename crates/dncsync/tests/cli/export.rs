//! `export`: what a feed claims, and what a list holds, as files.

use std::process::{Command, Stdio};

use insta::assert_snapshot;

use crate::place::Place;

/// The list Q4 with a number that its feed claims, one that it claims no more, and one that others put there.
fn mixed() -> Place {
    let place = Place::new();
    place.write(
        "crm.csv",
        "phone_number,source_type,notes\n+12025551234,CUSTOMER_REQUEST,\"call 4711, Ada\"\n+12025555678,,\n",
    );
    place.json("load crm.csv --feed crm");
    place.json("target set --campaign Q4 --feeds crm --sandbox");
    place.json("apply --campaign Q4 --sandbox");
    place.others_put(&[12025550199]);
    place.json("remove +12025555678 --feed crm --reason 'opted in again'");
    place.json("plan --campaign Q4 --sandbox --trust 0s");
    place
}

#[test]
fn of_a_feed() {
    let place = Place::new();
    place.write(
        "crm.csv",
        "phone_number,source_type,notes\n+12025551234,CUSTOMER_REQUEST,\"call 4711, Ada\"\n+12025555678,,\n",
    );
    place.json("load crm.csv --feed crm");
    assert_snapshot!(place.run("export --feed crm"), @r#"
    $ dncsync export --feed crm
    phone_number,source_type,notes
    +12025551234,CUSTOMER_REQUEST,"call 4711, Ada"
    +12025555678,MANUAL,
    [exit 0]
    "#);
    assert_snapshot!(place.run("export --feed crm --format txt"), @r"
    $ dncsync export --feed crm --format txt
    +12025551234
    +12025555678
    [exit 0]
    ");
    assert_snapshot!(place.run("export --feed crm --format jsonl"), @r#"
    $ dncsync export --feed crm --format jsonl
    {"notes":"call 4711, Ada","phone_number":"+12025551234","source_type":"CUSTOMER_REQUEST"}
    {"notes":"","phone_number":"+12025555678","source_type":"MANUAL"}
    [exit 0]
    "#);
}

#[test]
fn of_a_list_each_number_with_its_standing() {
    let place = mixed();
    assert_snapshot!(place.run("export --campaign Q4 --sandbox"), @r"
    $ dncsync export --campaign Q4 --sandbox
    phone_number,standing
    +12025550199,foreign
    +12025551234,desired
    +12025555678,withdrawn
    [exit 0]
    ");
    assert_snapshot!(place.run("export --campaign Q4 --sandbox --format jsonl"), @r#"
    $ dncsync export --campaign Q4 --sandbox --format jsonl
    {"phone_number":"+12025550199","standing":"foreign"}
    {"phone_number":"+12025551234","standing":"desired"}
    {"phone_number":"+12025555678","standing":"withdrawn"}
    [exit 0]
    "#);
    assert_snapshot!(place.run("export --campaign Q4 --sandbox --format txt"), @r"
    $ dncsync export --campaign Q4 --sandbox --format txt
    +12025550199
    +12025551234
    +12025555678
    [exit 0]
    ");
}

#[test]
fn the_only_list_of_a_name_is_meant_whosever_it_is() {
    let place = mixed();
    let body = |line: &str| place.run(line).split_once('\n').unwrap().1.to_owned();
    assert_eq!(body("export --campaign Q4"), body("export --campaign Q4 --sandbox"));
}

#[test]
fn a_feed_comes_back_as_it_was_exported() {
    let place = mixed();
    let csv = place.run("export --feed crm");
    let lines: Vec<&str> = csv.lines().collect();
    place.write("again.csv", lines[1..lines.len() - 1].join("\n"));
    place.json("load again.csv --feed copy");
    assert_eq!(place.run("export --feed copy").replace("copy", "crm"), csv);
}

#[test]
fn what_is_not_known() {
    let place = mixed();
    assert_snapshot!(place.run("export --feed nix"), @r"
    $ dncsync export --feed nix
    --- stderr
    dncsync: feed.unknown: there is no feed nix; `dncsync feeds` names them; `dncsync load` makes one
    [exit 2]
    ");
    assert_snapshot!(place.run("export --campaign Q5"), @r"
    $ dncsync export --campaign Q5
    --- stderr
    dncsync: list.unknown: the list CAMPAIGN_DNC_Q5 (CAMPAIGN) was never met from this state directory; look at it first: dncsync plan, and the same list
    [exit 2]
    ");
    assert_snapshot!(place.run("export --list CAMPAIGN_DNC_Q4 --scope GLOBAL"), @r"
    $ dncsync export --list CAMPAIGN_DNC_Q4 --scope GLOBAL
    --- stderr
    dncsync: list.unknown: the list CAMPAIGN_DNC_Q4 (GLOBAL) was never met from this state directory; look at it first: dncsync plan, and the same list
    [exit 2]
    ");
}

#[test]
fn wrong_use() {
    let place = Place::new();
    assert_snapshot!(place.run("export"), @r"
    $ dncsync export
    --- stderr
    dncsync: usage: neither a feed nor a list is named; give --feed NAME, or --campaign ID, or --list NAME and --scope
    [exit 2]
    ");
    assert_snapshot!(place.run("export --feed crm --format xml"), @r"
    $ dncsync export --feed crm --format xml
    --- stderr
    dncsync: usage: --format: `xml` is not csv, txt or jsonl; mend the value
    [exit 2]
    ");
    assert_snapshot!(place.run("export --feed crm --json"), @r#"
    $ dncsync export --feed crm --json
    {"error":{"code":"usage","message":"an export is a file and no object","todo":"leave --json out; an object for each number is --format jsonl"}}
    --- stderr
    dncsync: usage: an export is a file and no object; leave --json out; an object for each number is --format jsonl
    [exit 2]
    "#);
}

#[test]
#[cfg(target_os = "linux")]
fn a_disk_without_room_is_said() {
    let place = mixed();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut export = Command::new(env!("CARGO_BIN_EXE_dncsync"));
    export.env_clear().env("HOME", place.path("")).stdout(full).args(["export", "--feed", "crm"]);
    let output = export.output().unwrap();
    assert_snapshot!(String::from_utf8_lossy(&output.stderr), @"dncsync: export.unusable: the export cannot be written: No space left on device (os error 28); see where it goes to, then run the same command again");
    assert_eq!(output.status.code(), Some(5));
}

#[test]
#[cfg(unix)]
fn a_reader_that_has_read_enough_is_no_error() {
    use std::fmt::Write;
    let place = Place::new();
    let many = (0..9_999).fold(String::new(), |mut text, last| {
        writeln!(text, "+1202555{last:04}").unwrap();
        text
    });
    place.write("many.txt", many);
    place.json("load many.txt --feed many");
    // The status of the first command of a pipe is told by a file: plain sh has no other way.
    let line = format!("{{ {} export --feed many; echo $? >status; }} | head -1", env!("CARGO_BIN_EXE_dncsync"));
    let mut shell = Command::new("sh");
    shell.env_clear().env("HOME", place.path("")).env("PATH", "/usr/bin:/bin").current_dir(place.path(""));
    let output = shell.args(["-c", &line]).stdin(Stdio::null()).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "phone_number,source_type,notes\n");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(place.read("status"), "0\n");
}
