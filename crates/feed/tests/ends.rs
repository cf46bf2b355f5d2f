//! The column or key that tells when an entry ends.

mod seen;

use dncsync_feed::{Asked, Format};
use seen::{refusal_asked, rows, rows_asked};

fn ending(name: &str) -> Asked {
    Asked { end: Some(name.to_owned()), ..Asked::default() }
}

#[test]
fn the_column_of_that_name_is_the_end() {
    let input = "phone,Valid-Until,notes\n+12025550123,2027-01-01,x\n+12025550124,,y\n";
    for name in ["Valid-Until", "valid_until", " VALID until "] {
        assert_eq!(
            rows_asked(input.as_bytes(), &ending(name)),
            "2: +12025550123 |  | x end=2027-01-01\n3: +12025550124 |  | y\n"
        );
    }
    assert_eq!(rows(input, None), "2: +12025550123 |  | x\n3: +12025550124 |  | y\n");
}

#[test]
fn letters_beyond_ascii_have_cases_too() {
    let input = "phone,G\u{dc}LTIG BIS\n+12025550123,2027-01-01\n";
    assert_eq!(rows_asked(input.as_bytes(), &ending("g\u{fc}ltig_bis")), "2: +12025550123 end=2027-01-01\n");
}

#[test]
fn a_name_that_is_known_otherwise_is_the_end_where_it_is_asked_for() {
    let input = "phone,date,received_at\n+12025550123,2027-01-01,2026-08-01\n";
    assert_eq!(rows_asked(input.as_bytes(), &ending("Date")), "2: +12025550123 |  |  | 2026-08-01 end=2027-01-01\n");
}

#[test]
fn objects_may_have_it_or_not() {
    let input = concat!(
        "{\"phone\":1,\"Valid Until\":\"2027-01-01\"}\n",
        "{\"phone\":2}\n",
        "{\"phone\":3,\"valid_until\":null}\n",
        "{\"phone\":4,\"valid_until\":1798761600,\"date\":\"2026-08-01\"}\n",
    );
    assert_eq!(
        rows_asked(input.as_bytes(), &ending("valid_until")),
        "1: 1 end=2027-01-01\n2: 2\n3: 3\n4: 4 |  |  | 2026-08-01 end=1798761600\n"
    );
}

#[test]
fn an_input_without_that_column_is_refused() {
    let name_it = "name the column as the file does; a file without a header has none";
    for (input, found) in [
        ("phone,notes\n+12025550123,x\n", "phone,notes"),
        ("+12025550123,MANUAL\n", "+•••••••••23,MANUAL"),
        ("+12025550123\n", "+•••••••••23"),
    ] {
        assert_eq!(
            refusal_asked(input, &ending("expires")),
            format!("no column is called `expires`: `{found}`; {name_it}")
        );
    }
    let list = Asked { registry: true, ..ending("expires") };
    for input in ["801,5551234\n", "8015551234,2026-08-29,A\n"] {
        assert!(refusal_asked(input, &list).starts_with("no column is called `expires`: `•••"));
    }
}

#[test]
fn an_empty_input_lacks_nothing() {
    for format in [None, Some(Format::Csv), Some(Format::Jsonl), Some(Format::Txt)] {
        assert_eq!(rows_asked(&b" \n"[..], &Asked { format, ..ending("expires") }), "");
    }
}

#[test]
fn a_name_without_letters_is_the_name_of_no_column() {
    for name in ["", " ", "_-"] {
        let refusal = refusal_asked("phone,,\n+12025550123,,\n", &ending(name));
        assert!(refusal.starts_with("no column is called"), "{refusal}");
    }
}

#[test]
fn two_columns_of_that_name_are_refused() {
    assert_eq!(
        refusal_asked("phone,expires,Expires\n", &ending("expires")),
        "the columns `expires` and `Expires` mean the same; keep one of them, or rename the other"
    );
}
