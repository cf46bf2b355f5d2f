//! Moments as the log has them. All have one form and one length, so that their order is that of their text.

/// The form: a digit for each `0`.
const FORM: &[u8] = b"0000-00-00T00:00:00.000Z";

/// Whether it is a moment such as `2026-11-26T23:59:59.999Z`.
pub(crate) fn is_one(text: &str) -> bool {
    let fits = |(byte, form): (u8, &u8)| if *form == b'0' { byte.is_ascii_digit() } else { byte == *form };
    if text.len() != FORM.len() || !text.bytes().zip(FORM).all(fits) {
        return false;
    }
    let within = |part: &str, first: &str, last: &str| first <= part && part <= last;
    within(&text[5..7], "01", "12")
        && within(&text[8..10], "01", "31")
        && within(&text[11..13], "00", "23")
        && within(&text[14..16], "00", "59")
        && within(&text[17..19], "00", "59")
}

#[test]
fn a_moment_has_one_form() {
    assert!(is_one("2026-11-26T23:59:59.999Z"));
    for other in [
        "2026-11-26T23:59:59Z",
        "2026-11-26T23:59:59.999+00:00",
        "2026-13-26T23:59:59.999Z",
        "2026-11-26T24:00:00.000Z",
        "2026-11-26t23:59:59.999Z",
        "2026-11-26T23:59:59.9é",
        "",
    ] {
        assert!(!is_one(other), "{other}");
    }
}
