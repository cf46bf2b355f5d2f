//! Rows of inputs, drawn at random, and the text that says them.

use std::fmt::Write as _;

use dncsync_core::day::Day;
use dncsync_core::feed::Mode;
use fastrand::Rng;

/// So many numbers there are in a world: feeds and lists overlap.
pub(crate) const POOL: u64 = 60;

/// The day on which every world begins: 2026-11-22.
pub(crate) const FIRST_DAY: i32 = 20_779;

/// What one row says, as whoever drew it knows.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// Without its plus; `None` where the row is bad.
    pub(crate) number: Option<u64>,
    pub(crate) deletes: bool,
    /// Seconds of its time of change.
    pub(crate) at: Option<u32>,
    pub(crate) end: Option<i32>,
    pub(crate) source: &'static str,
    pub(crate) notes: String,
    text: String,
}

/// The nth number of the pool, without its plus. They lie in two chunks of the store.
pub(crate) fn number(nth: u64) -> u64 {
    if nth.is_multiple_of(5) { 442_071_838_700 + nth } else { 12_025_550_000 + nth }
}

/// A number of the pool.
pub(crate) fn any_number(dice: &mut Rng) -> u64 {
    number(dice.u64(..POOL))
}

impl Row {
    /// A row of a list's own input or of a feed's. `today` is the day around which ends lie.
    pub(crate) fn draw(dice: &mut Rng, mode: Mode, today: Option<i32>) -> Self {
        let changes = mode == Mode::Changes;
        let deletes = changes && dice.u32(..3) == 0;
        let number = any_number(dice);
        let source = ["", "MANUAL", "REGULATORY", "SYSTEM", "CUSTOMER_REQUEST"][dice.usize(..5)];
        let notes = if dice.bool() { format!("note {}", dice.u32(..1000)) } else { String::new() };
        // Few moments, so that some are equal.
        let at = (changes && dice.u32(..3) > 0).then(|| dice.u32(..4));
        let end = today.filter(|_| dice.u32(..4) == 0).map(|day| day + dice.i32(-2..5));
        let action = match (changes, deletes) {
            (false, _) => "",
            (true, false) => ["A", "add"][dice.usize(..2)],
            (true, true) => ["D", "remove"][dice.usize(..2)],
        };
        let time = at.map(|second| format!("2026-11-20T08:00:0{second}Z")).unwrap_or_default();
        let day = end.map(|day| Day::from_stored(day).to_string()).unwrap_or_default();
        let (bad, phone) = match dice.u32(..25) {
            0 => (true, "hello".to_owned()),
            1 => (true, "+15555555555".to_owned()),
            2 if changes => (true, String::new()),
            _ => (false, format!("+{number}")),
        };
        let said = if source.is_empty() { "MANUAL" } else { source };
        let text = format!("{phone},{source},{notes},{action},{time},{day}");
        Self { number: (!bad).then_some(number), deletes, at, end, source: said, notes, text }
    }

    /// Only a number: what `remove` reads.
    pub(crate) fn plain(number: u64) -> Self {
        let text = format!("+{number},,,,,");
        Self { number: Some(number), deletes: false, at: None, end: None, source: "MANUAL", notes: String::new(), text }
    }

    /// The same number, lifted.
    pub(crate) fn lifted(number: u64) -> Self {
        Self { deletes: true, ..Self::plain(number) }
    }
}

/// Rows as a file.
pub(crate) fn text(rows: &[Row]) -> Vec<u8> {
    let mut text = "phone_number,source_type,notes,action,changed_at,until\n".to_owned();
    for row in rows {
        let _ = writeln!(text, "{}", row.text);
    }
    text.into_bytes()
}
