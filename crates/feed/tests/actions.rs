//! Columns and keys that say of a row whether it adds or deletes, and when.

mod seen;

use dncsync_core::row::Row;
use dncsync_feed::{Asked, Format, Reader};
use seen::{layout, layout_asked, refusal, rows, rows_asked, tells_actions};

fn registry() -> Asked {
    Asked { registry: true, ..Asked::default() }
}

#[test]
fn an_action_is_known_by_its_names_whatever_is_asked() {
    for name in ["action", "Action", "change", "OP", " o-p "] {
        let input = format!("{name},phone\nadd,+12025550123\nD,+12025550124\n,+12025550125\n");
        let expected = "2: +12025550123 action=add\n3: +12025550124 action=D\n4: +12025550125\n";
        assert_eq!(rows(&input, None), expected);
        assert_eq!(rows_asked(input.as_bytes(), &registry()), expected);
    }
    assert_eq!(rows("{\"phone\":1,\"Op\":\"delete\"}\n{\"phone\":2}\n", None), "1: 1 action=delete\n2: 2\n");
}

#[test]
fn whether_the_layout_has_an_action_is_told_before_the_first_row() {
    let plain = Asked::default();
    assert_eq!(tells_actions("phone,action\n", &plain), Some(true));
    assert_eq!(tells_actions("phone,source\n", &plain), Some(false));
    assert_eq!(tells_actions("+12025550123,MANUAL\n", &plain), Some(false));
    assert_eq!(tells_actions("+12025550123\n", &plain), Some(false));
    assert_eq!(tells_actions("", &Asked::format(Some(Format::Csv))), Some(false));
    assert_eq!(tells_actions("{\"phone\":1,\"action\":\"A\"}\n", &plain), None);
    assert_eq!(tells_actions("801,5551234\n", &registry()), Some(false));
    assert_eq!(tells_actions("8015551234,2026-08-29,A\n", &registry()), Some(true));
}

#[test]
fn the_column_of_the_action_is_counted_from_one() {
    let mut row = Row::default();
    for (input, column) in [
        ("phone,notes,action\n+12025550123,x,A\n", 3),
        ("phone,notes\n+12025550123,x\n", 1),
        ("8015551234,2026-08-29,A\n", 3),
        ("801,5551234,2026-08-29,A\n", 4),
        ("801,5551234\n", 1),
    ] {
        let mut reader = Reader::open(input.as_bytes(), &registry()).expect("the input opens");
        let _ = reader.read(&mut row).expect("the input is read");
        assert_eq!((row.columns.phone, row.columns.action), (1, column), "{input}");
    }
}

#[test]
fn two_columns_for_the_action_are_refused() {
    assert_eq!(
        refusal("phone,action,op\n", None),
        "the columns `action` and `op` mean the same; keep one of them, or rename the other"
    );
}

#[test]
fn keys_for_the_action_must_agree_and_hold_plain_text() {
    let input = concat!(
        "{\"phone\":1,\"action\":\"A\",\"op\":\"D\"}\n",
        "{\"phone\":2,\"action\":\"A\",\"op\":\"A\"}\n",
        "{\"phone\":3,\"action\":\"A\",\"change\":null}\n",
        "{\"phone\":4,\"action\":\"A\",\"action\":\"D\"}\n",
        "{\"phone\":5,\"change\":{\"from\":1}}\n",
    );
    assert_eq!(
        rows(input, None),
        "1: 1 action=A / D !TwoValues\n2: 2 action=A\n3: 3 action=A\n4: 4 action=D\n\
         5: 5 action={\"from\":1} !NestedValue\n"
    );
}

#[test]
fn the_time_of_a_change_is_known_only_where_a_registry_is_asked_for() {
    for name in ["timestamp", "changed_at", "Change Date"] {
        let input = format!("phone,{name},date\n+12025550123,2026-08-29,2026-08-01\n");
        assert_eq!(rows(&input, None), "2: +12025550123 |  |  | 2026-08-01\n");
        assert_eq!(layout(&input), format!("csv ignoring [\"{name}\"]"));
        let seen = rows_asked(input.as_bytes(), &registry());
        assert_eq!(seen, "2: +12025550123 |  |  | 2026-08-01 changed=2026-08-29\n");
        assert_eq!(layout_asked(&input, &registry()), "csv ignoring []");
    }
    let input = "{\"phone\":1,\"timestamp\":1756454400}\n";
    assert_eq!(rows(input, None), "1: 1\n");
    assert_eq!(rows_asked(input.as_bytes(), &registry()), "1: 1 changed=1756454400\n");
}

#[test]
fn times_of_a_change_must_agree() {
    let input = "{\"phone\":1,\"timestamp\":\"2026-08-29\",\"changed_at\":\"2026-08-30\"}\n";
    assert_eq!(rows_asked(input.as_bytes(), &registry()), "1: 1 changed=2026-08-29 / 2026-08-30 !TwoValues\n");
    assert_eq!(rows(input, None), "1: 1\n");
}

#[test]
fn spoilt_bytes_in_an_action_are_mended_and_said() {
    assert_eq!(rows(b"phone,op\n1,l\xf6schen\n", None), "2: 1 action=l\u{fffd}schen (mended)\n");
    assert_eq!(rows(b"{\"phone\":1,\"op\":\"l\xf6schen\"}\n", None), "1: 1 action=l\u{fffd}schen (mended)\n");
}
