//! JSON Lines.

mod seen;

use dncsync_core::row::Row;
use dncsync_feed::{Asked, Fault, Format, Next, Reader};
use seen::{layout, refusal, rows};

#[test]
fn one_object_a_line() {
    let input = concat!(
        "{\"phoneNumber\": \"+12025550123\", \"sourceType\": \"MANUAL\", \"notes\": \"caf\\u00e9 \\\"x\\\"\\n\"}\r\n",
        "\n",
        "{\"requested_at\":\"2026-08-01\",\"Phone Number\":\"+12025550124\"}",
    );
    assert_eq!(layout(input), "jsonl ignoring []");
    assert_eq!(rows(input, None), "1: +12025550123 | MANUAL | café \"x\"\n\n3: +12025550124 |  |  | 2026-08-01\n");
}

#[test]
fn values_are_taken_as_they_are_written() {
    let input = concat!(
        "{\"phone\":12025550123,\"source\":true,\"notes\":1.50}\n",
        "{\"phone\":1.2025550123E10,\"source\":null,\"notes\":{\"a\": [1, 2]}}\n",
        "{\"phone\":null,\"notes\":[]}\n",
        "{}\n",
    );
    assert_eq!(
        rows(input, None),
        "1: 12025550123 | true | 1.50\n2: 1.2025550123E10 |  | {\"a\": [1, 2]}\n3:  |  | []\n4:\n"
    );
}

#[test]
fn a_line_that_is_no_object_costs_itself() {
    let input = concat!(
        "{\"phone\":\"+12025550123\"}\n",
        "{\"phone\":\"+12025550124\"\n",
        "{\"phone\":\"+12025550125\"} x\n",
        "[\"+12025550126\"]\n",
        "\"+12025550127\"\n",
        "+12025550128\n",
        "{\"phone\":\"+12025550129\"}\n",
    );
    assert_eq!(
        rows(input, None),
        "1: +12025550123\n\
         2: {\"phone\":\"+12025550124\" !NotJson\n\
         3: {\"phone\":\"+12025550125\"} x !NotJson\n\
         4: [\"+12025550126\"] !NotAnObject\n\
         5: \"+12025550127\" !NotAnObject\n\
         6: +12025550128 !NotJson\n\
         7: +12025550129\n"
    );
}

#[test]
fn a_nested_number_or_source_is_malformed() {
    let input = "{\"phone\":[\"+12025550123\"],\"notes\":\"n\"}\n{\"phone\":\"+12025550124\",\"source\":{}}\n";
    assert_eq!(rows(input, None), "1: [\"+12025550123\"] |  | n !NestedValue\n2: +12025550124 | {} !NestedValue\n");
}

#[test]
fn the_last_of_equal_keys_wins_and_different_keys_must_agree() {
    let input = concat!(
        "{\"phone\":\"1\",\"phone\":\"+12025550123\"}\n",
        "{\"phone\":\"+12025550124\",\"number\":null,\"number\":\"+12025550124\"}\n",
        "{\"phone\":\"+12025550125\",\"number\":\"+12025550126\"}\n",
        "{\"notes\":\"a\",\"notes\":\"b\",\"phone\":\"\",\"number\":\"+12025550127\"}\n",
    );
    assert_eq!(
        rows(input, None),
        "1: +12025550123\n2: +12025550124\n3: +12025550125 / +12025550126 !TwoValues\n4: +12025550127 |  | b\n"
    );
}

#[test]
fn half_a_surrogate_pair_is_mended() {
    let input = r#"{"phone":"+12025550123","notes":"\ud83d\ude00 \ud83d"}"#;
    assert_eq!(rows(input, None), "1: +12025550123 |  | 😀 \u{fffd} (mended)\n");
}

#[test]
fn other_keys_are_said_once_as_they_appear() {
    let mut input: String = (0..30).map(|index| format!("{{\"k{index}\":{{}},\"id\":1}}\n")).collect();
    input.insert_str(0, "{\"call 2025550123\":1}\n");
    let mut reader = Reader::open(input.as_bytes(), &Asked::default()).expect("the input opens");
    assert!(reader.ignored_columns().is_empty());
    while reader.read(&mut Row::default()).expect("the input is read") != Next::End {}
    assert_eq!(reader.ignored_columns()[..4], ["call ••••••••23", "k0", "id", "k1"]);
    assert_eq!(reader.ignored_columns().len(), 20);
}

#[test]
fn deep_nesting_is_no_danger() {
    let deep = "[".repeat(60_000);
    assert_eq!(rows(format!("{{\"x\":{deep}"), None).len(), "1: ".len() + 200 + " !NotJson\n".len());
}

#[test]
fn documents_that_are_no_lines_are_refused_with_advice() {
    assert!(refusal("[\n{\"phone\":\"+12025550123\"}]", None).contains("a JSON array"));
    assert!(refusal("[{\"phone\":\"+12025550123\"}]", Format::Jsonl).contains("a JSON array"));
    assert!(refusal("{\n\"phone\":\"+12025550123\"\n}", None).contains("over several lines"));
    assert!(refusal("{\"phone\":\"+12025550123\"}", Format::Csv).contains("read it as jsonl"));
}

#[test]
fn every_fault_says_what_to_do() {
    for fault in [
        Fault::TooLong,
        Fault::UnclosedQuote,
        Fault::StrayQuote,
        Fault::NotJson,
        Fault::NotAnObject,
        Fault::NestedValue,
        Fault::TwoValues,
        Fault::OtherLayout,
    ] {
        assert!(fault.reason().contains([';', '?']), "{}", fault.reason());
    }
}
