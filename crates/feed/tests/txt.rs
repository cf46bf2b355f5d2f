//! A number a line.

mod seen;

use dncsync_feed::Format;
use seen::{layout, refusal, rows};

#[test]
fn a_number_a_line_trimmed() {
    let input = "+12025550123\n  (202) 555-0124\t\r\n\n# a comment\ntel:+12025550125;ext=5";
    assert_eq!(layout(input), "txt ignoring []");
    assert_eq!(rows(input, None), "1: +12025550123\n2: (202) 555-0124\n4: # a comment\n5: tel:+12025550125;ext=5\n");
}

#[test]
fn a_number_with_parameters_on_top_is_no_table() {
    assert_eq!(layout("tel:+12025550125;ext=5\n"), "txt ignoring []");
}

#[test]
fn the_format_is_told_by_the_first_line_that_is_not_blank() {
    assert_eq!(layout("\n \n{\"phone\":1}\n"), "jsonl ignoring []");
    assert_eq!(layout("\n\"+12025550123\"\n"), "csv ignoring []");
    assert_eq!(layout("+12025550123,\n"), "csv ignoring []");
    assert_eq!(layout("a list of numbers\n+12025550123\n"), "txt ignoring []");
}

#[test]
fn when_told_that_it_is_a_list_nothing_is_guessed() {
    let input = "phone;source\n{\"phone\":1}\n<x>\n";
    assert_eq!(rows(input, Format::Txt), "1: phone;source\n2: {\"phone\":1}\n3: <x>\n");
}

#[test]
fn formats_are_read_by_name() {
    for format in [Format::Csv, Format::Jsonl, Format::Txt] {
        assert_eq!(Format::read(&format.to_string().to_uppercase()), Some(format));
    }
    assert_eq!(Format::read("xml"), None);
}

#[test]
fn what_is_no_list_is_refused_with_advice() {
    assert!(refusal("<?xml version='1.0'?>\n<list type='full'>\n", None).contains("XML"));
    assert!(refusal("+12025550123\r+12025550124\r", None).contains("CR alone"));
}
