//! Comma-separated values.

mod seen;

use dncsync_core::row::Row;
use dncsync_feed::{Asked, Format, Reader};
use proptest::prelude::*;
use seen::{layout, refusal, rows};

#[test]
fn a_header_names_the_columns() {
    let input = "phone_number,source_type,notes\n+12025550123,MANUAL,asked by mail\n+12025550124,,\n";
    assert_eq!(rows(input, None), "2: +12025550123 | MANUAL | asked by mail\n3: +12025550124\n");
}

#[test]
fn a_header_may_be_in_any_order_case_and_spelling() {
    let input = "Requested-At, NOTES ,id,Source Type,\"Phone Number\",\n2026-08-01,a note,7,SYSTEM,+12025550123,x\n";
    assert_eq!(rows(input, None), "2: +12025550123 | SYSTEM | a note | 2026-08-01\n");
    assert_eq!(layout(input), "csv ignoring [\"id\"]");
}

#[test]
fn every_alias_is_known() {
    for number in ["phone_number", "phoneNumber", "phone", "number"] {
        for source in ["source_type", "sourceType", "source"] {
            for date in ["received_at", "requested_at", "date"] {
                let input = format!("{date},{source},{number}\n2026,MANUAL,+12025550123\n");
                assert_eq!(rows(input, None), "2: +12025550123 | MANUAL |  | 2026\n");
            }
        }
    }
}

#[test]
fn without_a_header_the_columns_are_number_source_notes() {
    let input = "+12025550123,MANUAL,notes,more,fields\n(202) 555-0124,SYSTEM\n";
    assert_eq!(rows(input, None), "1: +12025550123 | MANUAL | notes\n2: (202) 555-0124 | SYSTEM\n");
}

#[test]
fn a_row_may_have_any_number_of_fields() {
    for more in 0..300 {
        for end in ["", "\n", ",\"\"\n", "\r\n"] {
            let input = format!("phone,b\n+12025550123{}{end}", ",".repeat(more));
            assert_eq!(rows(&input, None), "2: +12025550123\n", "{input}");
        }
    }
}

#[test]
fn a_number_that_a_spreadsheet_spoilt_is_a_row_to_be_refused_later() {
    assert_eq!(rows("4.07555E+09,MANUAL\n", None), "1: 4.07555E+09 | MANUAL\n");
}

#[test]
fn one_column_with_a_header_is_csv() {
    assert_eq!(layout("phone_number\n+12025550123\n"), "csv ignoring []");
    assert_eq!(rows("phone_number\n+12025550123\n", None), "2: +12025550123\n");
    assert_eq!(rows("phone_number\n+12025550123\n", Format::Txt), "1: phone_number\n2: +12025550123\n");
}

#[test]
fn columns_are_counted_from_one() {
    let mut row = Row::default();
    for (input, place) in [("id,source,phone\n1,MANUAL,+12025550123", (3, 2)), ("+12025550123,MANUAL", (1, 2))] {
        let mut reader = Reader::open(input.as_bytes(), &Asked::default()).expect("the input opens");
        let _ = reader.read(&mut row).expect("the input is read");
        assert_eq!((row.columns.phone, row.columns.source), place);
    }
}

#[test]
fn quoted_fields_hold_commas_quotes_and_lines() {
    let input = "phone,notes\n+12025550123,\"a, \"\"b\"\"\"\n+12025550124,\"one\r\ntwo\"\n+12025550125,5\" pipe\n";
    assert_eq!(
        rows(input, None),
        "2: +12025550123 |  | a, \"b\"\n3: +12025550124 |  | one\r\ntwo\n5: +12025550125 |  | 5\" pipe\n"
    );
}

#[test]
fn blank_lines_are_no_rows_and_lines_of_commas_are() {
    let input = "\n  \nphone,source,notes\n\n,,\n \t \r\n+12025550123\n\n";
    assert_eq!(rows(input, None), "5:\n7: +12025550123\n");
}

#[test]
fn line_ends_may_be_lf_crlf_or_missing() {
    let expected = "2: +12025550123 |  | a\n3: +12025550124 |  | b\n";
    for end in ["\n", "\r\n", "\r\r\n"] {
        let input = format!("phone,notes{end}+12025550123,a{end}+12025550124,\"b\"");
        assert_eq!(rows(&input, None), expected);
        assert_eq!(rows(input + end, None), expected);
    }
}

#[test]
fn a_row_may_have_a_hundred_columns() {
    for width in [31, 32, 33, 63, 64, 65, 100] {
        let header = format!("{}phone", "x,".repeat(width - 1));
        let row = format!("{}+12025550123", ",".repeat(width - 1));
        assert_eq!(rows(format!("{header}\n{row}\n"), None), "2: +12025550123\n");
        let trailing = format!("phone{}\n+12025550123{}\n", ",".repeat(width), ",".repeat(width));
        assert_eq!(rows(trailing, None), "2: +12025550123\n");
    }
}

#[test]
fn an_empty_input_has_no_rows() {
    for format in [None, Some(Format::Csv), Some(Format::Jsonl), Some(Format::Txt)] {
        assert_eq!(rows("", format), "");
        assert_eq!(rows(" \n\r\n", format), "");
    }
}

#[test]
fn a_registry_file_is_refused_with_advice() {
    assert_eq!(
        refusal("801,5551234\n801,5551235\n", None),
        "the first row names no known column and does not begin with a number: `•••,•••••34`; this looks like a \
         registry's file with area code and number in two columns; give it a feed of its own: dncsync load FILE --feed \
         NAME --mode replace"
    );
}

#[test]
fn other_separators_are_refused_with_advice() {
    for (input, words) in [
        ("phone;source\n+12025550123;MANUAL\n", "semicolons"),
        ("phone\tsource\n+12025550123\tMANUAL\n", "tabs"),
        ("+12025550123;MANUAL;x\n", "semicolons"),
        ("+12025550123|MANUAL\n", "bars"),
        ("\"+12025550123\"\t\"MANUAL\"\n", "tabs"),
        ("phone;notes, if any\n", "semicolons"),
    ] {
        let refusal = refusal(input, None);
        assert!(refusal.contains(words), "{input:?}: {refusal}");
        assert!(!refusal.contains("12025550123"), "{refusal}");
    }
}

#[test]
fn a_header_without_a_number_is_refused() {
    assert_eq!(
        refusal("source,notes\nMANUAL,x\n", None),
        "no column of the header holds the number: `source,notes`; name the column with the numbers `phone_number`"
    );
}

#[test]
fn a_header_that_means_two_columns_alike_is_refused() {
    assert_eq!(
        refusal("phone,source,Number\n", None),
        "the columns `phone` and `Number` mean the same; keep one of them, or rename the other"
    );
}

#[test]
fn a_first_row_that_is_neither_is_named_cut_and_masked() {
    let first = format!("Ann,+1 (202) 555-0123,{}", "x".repeat(100));
    assert_eq!(
        refusal(first, None),
        format!(
            "the first row names no known column and does not begin with a number: `Ann,+• (•••) •••-••23,{}…`; \
             name the columns in the first row (phone_number, source_type, notes), or write number, source type and \
             notes in this order without a header",
            "x".repeat(58)
        )
    );
}

#[test]
fn an_unclosed_quote_in_a_header_is_refused() {
    assert!(refusal("phone,\"source\n+12025550123,MANUAL\n", None).contains("a quote opens in this row"));
}

proptest! {
    #[test]
    fn what_the_csv_crate_writes_is_read_again(
        records in prop::collection::vec(("\\+?[0-9]{7,15}", "[A-Z_\",]{0,9}", "([ -~é\r\n\",]|\"\"){0,30}"), 0..20)
    ) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["phone", "source", "notes"]).expect("memory takes all");
        for (phone, source, notes) in &records {
            writer.write_record([phone, source, notes]).expect("memory takes all");
        }
        let written = writer.into_inner().expect("memory takes all");
        let mut reader = Reader::open(&written[..], &Asked::default()).expect("the input opens");
        let mut row = Row::default();
        for record in records {
            prop_assert_eq!(reader.read(&mut row).expect("the input is read"), dncsync_feed::Next::Row);
            prop_assert_eq!((row.phone.clone(), row.source.clone(), row.notes.clone()), record);
        }
        prop_assert_eq!(reader.read(&mut row).expect("the input is read"), dncsync_feed::Next::End);
    }
}

#[test]
fn a_row_within_notes_is_no_part_of_them() {
    let input =
        "phone,source,notes\n+12025550123,MANUAL,\"called us\n+12025550124,MANUAL,said no\"\n+12025550125,MANUAL,ok\n";
    assert_eq!(
        rows(input, None),
        "2: +12025550123 | MANUAL | called us !StrayQuote\n3: +12025550124 | MANUAL | said no\"\n4: +12025550125 | MANUAL | ok\n"
    );
}
