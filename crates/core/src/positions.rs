//! Positions in a batch, as the log names them: ascending ranges, `0-4,7`.

use std::fmt::Write as _;

use roaring::RoaringBitmap;

/// The ranges of some positions; none is the empty text.
pub fn to_text(positions: &RoaringBitmap) -> String {
    let mut text = String::new();
    let mut positions = positions.iter().peekable();
    while let Some(first) = positions.next() {
        let mut last = first;
        while let Some(next) = positions.next_if(|next| last.checked_add(1) == Some(*next)) {
            last = next;
        }
        let comma = if text.is_empty() { "" } else { "," };
        let _ = if first == last { write!(text, "{comma}{first}") } else { write!(text, "{comma}{first}-{last}") };
    }
    text
}

/// The text where they are fewer than `count`; what is whole needs no naming.
pub fn unless_all(positions: &RoaringBitmap, count: u64) -> Option<String> {
    (positions.len() < count).then(|| to_text(positions))
}

/// Positions back from their text; `None` where it is none.
pub fn read(text: &str) -> Option<RoaringBitmap> {
    let mut positions = RoaringBitmap::new();
    for range in text.split(',').filter(|range| !range.is_empty()) {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        positions.insert_range(first.parse::<u32>().ok()?..=last.parse().ok()?);
    }
    Some(positions)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ranges_are_as_long_as_can_be() {
        let positions: RoaringBitmap = [0, 1, 2, 3, 4, 7, 9, 10].into_iter().collect();
        assert_eq!(to_text(&positions), "0-4,7,9-10");
        assert_eq!(unless_all(&positions, 8), None);
        assert_eq!(unless_all(&RoaringBitmap::new(), 8).as_deref(), Some(""));
    }

    proptest! {
        #[test]
        fn they_come_back(positions: std::collections::BTreeSet<u16>) {
            let positions: RoaringBitmap = positions.into_iter().map(u32::from).collect();
            prop_assert_eq!(read(&to_text(&positions)), Some(positions));
        }
    }
}
