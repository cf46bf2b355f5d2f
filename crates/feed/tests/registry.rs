//! The flat files of the national registries of the United States and Canada.

mod seen;

use dncsync_feed::{Asked, Fault, Format};
use seen::{layout_asked, refusal, refusal_asked, rows, rows_asked};

fn registry() -> Asked {
    Asked { registry: true, ..Asked::default() }
}

fn seen_in(input: &str) -> String {
    rows_asked(input.as_bytes(), &registry())
}

#[test]
fn a_full_list_is_area_code_and_number() {
    let input = "801,5551234\n 801 , 5551235 \n\"801\",\"5551236\"\n";
    assert_eq!(seen_in(input), "1: +18015551234\n2: +18015551235\n3: +18015551236\n");
    assert_eq!(layout_asked(input, &registry()), "csv ignoring []");
}

#[test]
fn a_change_list_says_when_and_what() {
    let input = "4075551234,2026-08-29T08:00:00,A\n4075551235,2026-08-29T08:00:00.5-05:00,d\n4075551236,2026-08-30,D\n";
    assert_eq!(
        seen_in(input),
        "1: +14075551234 action=A changed=2026-08-29T08:00:00\n\
         2: +14075551235 action=d changed=2026-08-29T08:00:00.5-05:00\n\
         3: +14075551236 action=D changed=2026-08-30\n"
    );
}

#[test]
fn a_change_list_may_have_the_area_code_in_a_column_of_its_own() {
    let input = "407,5551234,2026-08-29,A\n407,5551235,2026-08-29 08:00:00Z,D\n";
    assert_eq!(
        seen_in(input),
        "1: +14075551234 action=A changed=2026-08-29\n2: +14075551235 action=D changed=2026-08-29 08:00:00Z\n"
    );
}

#[test]
fn blank_lines_marks_and_windows_change_nothing() {
    let input = "\u{feff}\r\n\r\n801,5551234\r\n \r\n\u{feff}801,5551235\r\n\r\n";
    assert_eq!(seen_in(input), "3: +18015551234\n5: +18015551235\n");
}

#[test]
fn a_row_of_another_layout_is_no_row() {
    let input = concat!(
        "801,5551234\n",
        "801,5551235,2026-08-29,A\n",
        "8015551236,2026-08-29,D\n",
        "801,555123\n",
        "801,5551237,\n",
        "+18015551238\n",
        "801,\"5551239\n",
        "801,5551240\n",
    );
    assert_eq!(
        seen_in(input),
        "1: +18015551234\n\
         2: 801,5551235,2026-08-29,A !OtherLayout\n\
         3: 8015551236,2026-08-29,D !OtherLayout\n\
         4: 801,555123 !OtherLayout\n\
         5: 801,5551237, !OtherLayout\n\
         6: +18015551238 !OtherLayout\n\
         7: 801,\"5551239 !OtherLayout\n\
         8: +18015551240\n"
    );
    assert!(Fault::OtherLayout.reason().contains("must not be mixed in one file"));
}

#[test]
fn a_change_list_takes_no_row_of_a_full_list_and_no_action_but_a_and_d() {
    let input = "8015551234,2026-08-29,A\n801,5551235\n8015551236,2026-08-29,X\n8015551237,yesterday,D\n\
                 8015551238,2026-08-29,\n801,5551239,2026-08-29,A\n";
    let seen = seen_in(input);
    assert_eq!(seen.matches("!OtherLayout").count(), 5, "{seen}");
    assert!(seen.starts_with("1: +18015551234 action=A changed=2026-08-29\n2: 801,5551235 !OtherLayout\n"), "{seen}");
}

#[test]
fn of_a_long_row_of_another_layout_the_start_is_kept() {
    let input = format!("801,5551234\n{}\n801,5551235\n", "9".repeat(1000));
    assert_eq!(seen_in(&input), format!("1: +18015551234\n2: {} !OtherLayout\n3: +18015551235\n", "9".repeat(200)));
}

#[test]
fn what_does_not_begin_like_a_registry_is_read_as_any_other_input() {
    for input in [
        "phone,source\n+12025550123,MANUAL\n",
        "+12025550123,MANUAL,x\n801,5551234\n",
        "4075551234\n4075551235\n",
        "4075551234,2026-08-29,X\n",
        "14075551234,2026-08-29,A\n",
        "4075551234,29/08/2026,A\n",
        "{\"phone\":\"+12025550123\"}\n",
    ] {
        assert_eq!(seen_in(input), rows(input, None), "{input}");
    }
}

#[test]
fn when_told_that_it_is_a_list_of_numbers_no_layout_is_looked_for() {
    let asked = Asked { format: Some(Format::Txt), ..registry() };
    assert_eq!(rows_asked(&b"801,5551234\n"[..], &asked), "1: 801,5551234\n");
}

#[test]
fn where_no_registry_is_asked_for_a_change_list_is_a_table_without_a_header() {
    assert_eq!(rows("4075551234,2026-08-29,A\n", None), "1: 4075551234 | 2026-08-29 | A\n");
    assert!(refusal("407,5551234,2026-08-29,A\n", None).contains("give it a feed of its own"));
}

#[test]
fn a_pair_with_something_else_behind_it_is_refused_with_advice() {
    let refusal = refusal_asked("801,5551234,Ann\n", &registry());
    assert!(refusal.contains("`•••,•••••34,Ann`; this begins like a registry's file, but"), "{refusal}");
    assert!(!refusal.contains("give it a feed"), "{refusal}");
}

#[test]
fn complaints_about_callers_are_not_the_registry() {
    let header = "Company_Phone_Number,Created_Date,Violation_Date,Consumer_City,Consumer_State,Consumer_Area_Code,\
                  Subject,Recorded_Message_Or_Robocall";
    let input = format!("{header}\n8015551234,2026-08-29 10:00:00,2026-08-28 09:00:00,Orem,Utah,801,Other,Y\n");
    let named = Asked { end: Some("Created_Date".to_owned()), ..registry() };
    for asked in [Asked::default(), registry(), named, Asked::format(Some(Format::Csv))] {
        let refusal = refusal_asked(&input, &asked);
        assert!(refusal.contains("complaints about callers"), "{refusal}");
        assert!(refusal.contains("not the registry"), "{refusal}");
    }
    assert!(refusal("company-phone-number,phone,Consumer Area Code\n", None).contains("complaints about callers"));
}
