//! What the rows of an input say of one number, and which of them stands.

use crate::day::Day;
use crate::feed::Mode;
use crate::number::Number;
use crate::source::SourceType;
use crate::timestamp::Timestamp;

/// Whether a row adds or deletes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// The number is claimed.
    Add,
    /// The claim is lifted.
    Delete,
}

impl Action {
    /// Reads `A`, `ADD`, `D`, `DELETE` or `REMOVE` in any case; `None` where it is none of them.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
        if is(&["A", "ADD"]) {
            Some(Self::Add)
        } else if is(&["D", "DELETE", "REMOVE"]) {
            Some(Self::Delete)
        } else {
            None
        }
    }
}

/// When an entry ends: blocked through that day, or for good. Of two ends the later stands, and none is later than any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// Through this day in UTC.
    Day(Day),
    /// Never.
    Never,
}

impl End {
    /// The later of two.
    #[must_use]
    pub fn later(self, other: Self) -> Self {
        match (self, other) {
            (Self::Day(one), Self::Day(other)) => Self::Day(one.max(other)),
            _ => Self::Never,
        }
    }

    /// The day, where there is one.
    pub fn day(self) -> Option<Day> {
        match self {
            Self::Day(day) => Some(day),
            Self::Never => None,
        }
    }
}

/// What one row says of a number. `N`: its notes, or where they lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said<N = Box<str>> {
    /// The number.
    pub number: Number,
    /// Adds or deletes.
    pub action: Action,
    /// When the change happened, where the row tells it.
    pub at: Option<Timestamp>,
    /// When the entry ends.
    pub end: End,
    /// Who said no.
    pub source: SourceType,
    /// As they go to CXone.
    pub notes: N,
}

impl<N> Said<N> {
    /// The same with other notes.
    #[inline]
    pub fn with<M>(&self, notes: M) -> Said<M> {
        Said { number: self.number, action: self.action, at: self.at, end: self.end, source: self.source, notes }
    }
}

impl Said {
    /// The same, lent.
    pub fn lent(&self) -> Said<&str> {
        self.with(&*self.notes)
    }
}

/// What an input says of one number in the end: the row that stands, with the latest end of all rows that add it.
///
/// `rows` is what it says of that number, in the order of the input; there is at least one. Where rows only add, the
/// first stands, with its source and notes. Where they change, the last one stands, in the order of their times if each
/// tells one, and of rows of one time one that adds.
pub fn standing<N>(mode: Mode, rows: &mut Vec<Said<N>>) -> Said<N> {
    let end = rows.iter().filter(|said| said.action == Action::Add).map(|said| said.end).reduce(End::later);
    let timed = mode == Mode::Changes && rows.iter().all(|said| said.at.is_some());
    let place = match mode {
        Mode::Add | Mode::Replace => 0,
        // The last of the greatest: time first, then adding before deleting, then the order of the input.
        Mode::Changes if timed => {
            let weight = |said: &Said<N>| (said.at, said.action == Action::Add);
            (0..rows.len()).max_by_key(|place| (weight(&rows[*place]), *place)).unwrap_or(0)
        }
        Mode::Changes => rows.len() - 1,
    };
    let mut stands = rows.swap_remove(place);
    rows.clear();
    stands.end = end.unwrap_or(End::Never);
    stands
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `A1` adds at second 1, `D` deletes at no time told, `A@5` adds until day 5.
    fn said(text: &str, line: usize) -> Said {
        let (head, end) = text.split_once('@').map_or((text, None), |(head, day)| (head, day.parse().ok()));
        let (action, at) = head.split_at(1);
        Said {
            number: Number::from_stored(12_025_551_234),
            action: Action::read(action).expect("an action"),
            at: at.parse().ok().map(|second: i64| Timestamp::from_millis(second * 1000)),
            end: end.map_or(End::Never, |day| End::Day(Day::from_stored(day))),
            source: SourceType::Manual,
            notes: format!("line {line}").into(),
        }
    }

    fn stands(mode: Mode, rows: &str) -> String {
        let mut rows: Vec<Said> = rows.split(' ').zip(1..).map(|(text, line)| said(text, line)).collect();
        let Said { action, notes, end, .. } = standing(mode, &mut rows);
        let end = end.day().map(|day| format!(" until {}", day.get())).unwrap_or_default();
        format!("{action:?} {notes}{end}")
    }

    #[test]
    fn where_rows_only_add_the_first_stands() {
        assert_eq!(stands(Mode::Add, "A A A"), "Add line 1");
        assert_eq!(stands(Mode::Replace, "A9 A1"), "Add line 1");
    }

    #[test]
    fn where_rows_change_the_last_stands() {
        assert_eq!(stands(Mode::Changes, "A D"), "Delete line 2");
        assert_eq!(stands(Mode::Changes, "D A A"), "Add line 3");
    }

    #[test]
    fn times_go_before_the_order_of_the_input_if_each_row_tells_one() {
        assert_eq!(stands(Mode::Changes, "D9 A1"), "Delete line 1");
        assert_eq!(stands(Mode::Changes, "D9 A1 A"), "Add line 3");
    }

    #[test]
    fn at_equal_times_the_add_stands() {
        assert_eq!(stands(Mode::Changes, "A5 D5"), "Add line 1");
        assert_eq!(stands(Mode::Changes, "D5 A5 D5"), "Add line 2");
    }

    #[test]
    fn of_two_ends_the_later_stands_and_none_is_later_than_any() {
        assert_eq!(stands(Mode::Add, "A@5 A@9 A@7"), "Add line 1 until 9");
        assert_eq!(stands(Mode::Add, "A@5 A"), "Add line 1");
        assert_eq!(stands(Mode::Changes, "A@9 D A@5"), "Add line 3 until 9");
    }
}
