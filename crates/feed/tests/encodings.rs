//! Bytes that are text, one way or another.

mod seen;

use seen::{refusal, rows};

const TEXT: &str = "phone,notes\r\n+12025550123,café 😀\r\n";
const ROWS: &str = "2: +12025550123 |  | café 😀\n";

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[test]
fn utf8_with_a_mark_and_without() {
    assert_eq!(rows(TEXT, None), ROWS);
    assert_eq!(rows(format!("\u{feff}{TEXT}"), None), ROWS);
}

#[test]
fn files_joined_to_one_bring_their_marks_along() {
    let marked =
        "\u{feff}\u{feff}+12025550123,MANUAL,\"a\nb\"\n\u{feff}\n\u{feff}\"+12025550124\",SYSTEM,\"c\nd\"\n\u{feff}";
    assert_eq!(rows(marked, None), "1: +12025550123 | MANUAL | a\nb\n4: +12025550124 | SYSTEM | c\nd\n");
    assert_eq!(rows("+12025550123\n\u{feff}+12025550124\n", None), "1: +12025550123\n2: +12025550124\n");
    let objects = "{\"phone\":\"+12025550123\"}\n\u{feff}{\"phone\":\"+12025550124\"}\n";
    assert_eq!(rows(objects, None), "1: +12025550123\n2: +12025550124\n");
}

#[test]
fn utf16_by_its_mark() {
    let marked = format!("\u{feff}{TEXT}");
    assert_eq!(rows(utf16(&marked, u16::to_le_bytes), None), ROWS);
    assert_eq!(rows(utf16(&marked, u16::to_be_bytes), None), ROWS);
}

#[test]
fn utf16_without_a_mark_is_refused() {
    assert!(refusal(utf16(TEXT, u16::to_le_bytes), None).contains("UTF-16 without a byte order mark"));
    assert!(refusal(utf16(TEXT, u16::to_be_bytes), None).contains("UTF-16 without a byte order mark"));
}

#[test]
fn notes_in_latin_1_are_mended_and_said() {
    assert_eq!(
        rows(b"phone,source,notes\n+12025550123,MANUAL,caf\xe9 x\n+12025550124,MANUAL,y\n", None),
        "2: +12025550123 | MANUAL | caf\u{fffd} x (mended)\n3: +12025550124 | MANUAL | y\n"
    );
    assert_eq!(
        rows(b"{\"phone\":\"+12025550123\",\"notes\":\"caf\xe9\"}\n{\"phone\":\"+12025550124\"}\n", None),
        "1: +12025550123 |  | caf\u{fffd} (mended)\n2: +12025550124\n"
    );
}

#[test]
fn bytes_spoilt_within_the_number_alone_are_no_mending() {
    let expected = "1: +1202555\u{fffd}0123 | MANUAL\n";
    assert_eq!(rows(b"+1202555\xff0123,MANUAL\n", None), expected);
    assert_eq!(rows(b"{\"phone\":\"+1202555\xff0123\",\"source\":\"MANUAL\",\"x\":\"\xff\"}\n", None), expected);
    assert_eq!(rows(b"+1202555\xff0123\n", None), "1: +1202555\u{fffd}0123\n");
}

#[test]
fn what_is_no_text_is_refused_with_advice() {
    for (input, what) in [
        (&b"PK\x03\x04\x14\x00xl"[..], "XLSX"),
        (b"\x1f\x8b\x08\x00", "GZIP"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "XLS"),
        (b"%PDF-1.7\n", "PDF"),
        (b"phone\n+1202\x005550123\n", "binary"),
    ] {
        let refusal = refusal(input, None);
        assert!(refusal.contains(what), "{refusal}");
    }
}
