//! Is this row a number that may be blocked? The one place that judges rows.

use std::borrow::Cow;

use crate::change::{Action, End, Said};
use crate::day::{self, Day};
use crate::entry::Packed;
use crate::feed::Mode;
use crate::notes::{self, Mended};
use crate::number::Number;
pub use crate::numbering::{Country, NumberFault, read_number, read_plain};
use crate::profile::Reach;
use crate::rejection::{Rejection, RejectionCode};
use crate::row::{Place, RowRef};
use crate::source::SourceType;
use crate::timestamp::Timestamp;

/// What the user said about rows that do not say it themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Read national formats as of this country; without it only `+` and a calling code passes.
    pub country: Option<Country>,
    /// The source type of rows that name none.
    pub default_source: SourceType,
    /// What rows mean for the feed that they are read into.
    pub mode: Mode,
    /// Which numbers the list that they go to can hold; a feed belongs to no list and takes all.
    pub reach: Reach,
}

/// What a row that passed comes to, without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    number: Number,
    source: SourceType,
    /// Where they are not the row's own.
    notes: Option<Box<str>>,
    mended: Mended,
    action: Action,
    at: Option<Timestamp>,
    end: End,
    malformed: Malformed,
}

/// A row that passed, and what had to be mended for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed<'a> {
    /// The number.
    pub number: Number,
    /// Who said no.
    pub source: SourceType,
    /// At most [`notes::MAX_CHARACTERS`] characters, without controls.
    pub notes: Cow<'a, str>,
    /// Where it stood.
    pub place: Place,
    /// What was mended in the notes.
    pub mended: Mended,
    /// Whether it adds or deletes.
    pub action: Action,
    /// When the change happened, where the row tells it.
    pub at: Option<Timestamp>,
    /// When the entry ends.
    pub end: End,
    /// Whether its end, or the time of its change, was told and could not be read.
    pub malformed: Malformed,
}

/// What of a row was told and could not be read. It never refuses the row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Malformed {
    /// When it ends: it has no end.
    pub end: bool,
    /// When the change happened: the order of the rows counts.
    pub time: bool,
}

impl Malformed {
    /// The stable names of it, for a report's `warnings`.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        [(self.end, "end.malformed"), (self.time, "time.malformed")]
            .into_iter()
            .filter_map(|(happened, name)| happened.then_some(name))
    }
}

impl Verdict {
    fn bare(number: Number, source: SourceType) -> Self {
        let (mended, malformed) = (Mended::default(), Malformed::default());
        Self { number, source, notes: None, mended, action: Action::Add, at: None, end: End::Never, malformed }
    }

    /// The number.
    #[inline]
    pub fn number(&self) -> Number {
        self.number
    }

    /// Put together with the row that it is about: where that stood, and its notes as written.
    #[inline]
    pub fn on(self, place: Place, notes: &str) -> Passed<'_> {
        let Self { number, source, notes: mended_notes, mended, action, at, end, malformed } = self;
        let own = if action == Action::Add { notes.trim() } else { "" };
        let notes = mended_notes.map_or(Cow::Borrowed(own), |notes| Cow::Owned(notes.into()));
        Passed { number, source, notes, place, mended, action, at, end, malformed }
    }
}

impl Passed<'_> {
    /// A row that tells nothing but its number.
    #[inline]
    pub fn bare(number: Number, place: Place, source: SourceType) -> Self {
        Verdict::bare(number, source).on(place, "")
    }

    /// What goes to CXone.
    #[inline]
    pub fn entry(&self) -> Packed<'_> {
        Packed { number: self.number, source: self.source, place: self.place, notes: &self.notes }
    }

    /// What the row says of its number.
    #[inline]
    pub fn said(&self) -> Said<&str> {
        let Self { number, action, at, end, source, .. } = *self;
        Said { number, action, at, end, source, notes: &self.notes }
    }
}

/// The library that says which numbers are valid, and its version: with another one the same input may come out
/// otherwise.
pub const NUMBER_RULES: &str = "rlibphonenumber 2.2.15";

/// Judges one row of file `file`.
///
/// # Errors
/// A [`Rejection`] where the number, the source type or the action cannot be taken; nothing else refuses a row.
#[inline]
pub fn check<'a>(row: RowRef<'a>, file: u32, rules: &Rules) -> Result<Passed<'a>, Rejection> {
    judge(row, file, rules).map(|verdict| verdict.on(Place { file, line: row.line }, row.notes))
}

/// The same, for who needs the row's text no more: to be put together with it elsewhere.
///
/// # Errors
/// As [`check`].
#[inline]
pub fn judge(row: RowRef<'_>, file: u32, rules: &Rules) -> Result<Verdict, Rejection> {
    let number = number(row, file, rules)?;
    // Of a list of numbers nothing else is told, and there are hundreds of millions of rows in some.
    if row.is_bare() && rules.mode != Mode::Changes {
        return Ok(Verdict::bare(number, rules.default_source));
    }
    check_told(row, number, file, rules)
}

/// The number of a row that tells nothing else, where it is certain at sight that [`check`] lets it pass. It knows none in a
/// text with a line end within, or with white space around.
#[inline]
pub fn at_sight(text: &[u8], rules: &Rules) -> Option<Number> {
    let at_an_end = |byte: Option<&u8>| byte.is_some_and(|byte| !byte.is_ascii_whitespace());
    if rules.mode == Mode::Changes || !at_an_end(text.first()) || !at_an_end(text.last()) {
        return None;
    }
    read_plain(text, rules.country)?.ok().filter(|number| rules.reach.holds(*number))
}

#[inline]
fn number(row: RowRef<'_>, file: u32, rules: &Rules) -> Result<Number, Rejection> {
    match read_number(row.phone, rules.country) {
        Ok(number) if rules.reach.holds(number) => Ok(number),
        Ok(_) => Err(no_number(row, file, RejectionCode::ProfileCountry, rules.reach.reason())),
        Err(fault) => Err(no_number(row, file, fault.code(), fault.reason(rules.country.is_some()))),
    }
}

#[cold]
fn no_number(row: RowRef<'_>, file: u32, code: RejectionCode, reason: &str) -> Rejection {
    let place = Place { file, line: row.line };
    Rejection { place, column: row.columns.phone, code, reason: reason.to_owned() }
}

/// What a row tells beside its number.
fn check_told(row: RowRef<'_>, number: Number, file: u32, rules: &Rules) -> Result<Verdict, Rejection> {
    let place = Place { file, line: row.line };
    let refuse = |column, code, reason: &str| Rejection { place, column, code, reason: reason.to_owned() };
    let action =
        action(row, rules.mode).map_err(|code| refuse(row.columns.action, code.clone(), action_reason(&code)))?;
    let mut malformed = Malformed::default();
    let at = if rules.mode == Mode::Changes { time(row, &mut malformed) } else { None };
    if action == Action::Delete {
        // Who said no, and why, tells nothing of a claim that is lifted.
        return Ok(Verdict { action, at, malformed, ..Verdict::bare(number, rules.default_source) });
    }
    let source = match SourceType::read(row.source) {
        Some(source) => source,
        None if row.source.trim().is_empty() => rules.default_source,
        None => {
            let reason = "the source type is none of MANUAL, REGULATORY, CUSTOMER_REQUEST, SYSTEM";
            return Err(refuse(row.columns.source, RejectionCode::SourceUnknown, reason));
        }
    };
    let (notes, mended) = notes::tidy(row);
    let end = end(row, &mut malformed);
    Ok(Verdict { number, source, notes, mended, action, at, end, malformed })
}

/// What a row does. Where rows only add, what is no deletion adds.
fn action(row: RowRef<'_>, mode: Mode) -> Result<Action, RejectionCode> {
    match (Action::read(row.action), mode) {
        (Some(action), Mode::Changes) => Ok(action),
        (None, Mode::Changes) => Err(RejectionCode::ActionUnknown),
        (Some(Action::Delete), Mode::Add | Mode::Replace) => Err(RejectionCode::ActionDeletes),
        (_, Mode::Add | Mode::Replace) => Ok(Action::Add),
    }
}

fn action_reason(code: &RejectionCode) -> &'static str {
    match code {
        RejectionCode::ActionDeletes => {
            "the row deletes, and rows only add here; `dncsync load --mode changes` reads such rows"
        }
        _ => "the row says neither that it adds (A, ADD) nor that it deletes (D, DELETE, REMOVE)",
    }
}

fn time(row: RowRef<'_>, malformed: &mut Malformed) -> Option<Timestamp> {
    let text = [row.changed_at, row.received_at].into_iter().find(|text| !text.trim().is_empty())?;
    let at = day::moment(text);
    malformed.time = at.is_none();
    at
}

/// An end that cannot be read is none: it must never lift a claim at once.
fn end(row: RowRef<'_>, malformed: &mut Malformed) -> End {
    if row.end.trim().is_empty() {
        return End::Never;
    }
    let day = Day::read(row.end);
    malformed.end = day.is_err();
    day.map_or(End::Never, End::Day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::Columns;

    const RULES: Rules =
        Rules { country: None, default_source: SourceType::Manual, mode: Mode::Add, reach: Reach::World };

    fn row<'a>(phone: &'a str, source: &'a str) -> RowRef<'a> {
        let columns = Columns { source: 2, ..Columns::default() };
        RowRef { line: 7, phone, source, columns, ..RowRef::default() }
    }

    fn refused(phone: &str, source: &str) -> (&'static str, u32) {
        let rejection = check(row(phone, source), 0, &RULES).expect_err("refused");
        (rejection.code.code(), rejection.column)
    }

    #[test]
    fn a_number_is_normalised_and_the_default_source_fills_in() {
        let passed = check(row("+1 (202) 555-1234", ""), 2, &RULES).expect("passed");
        assert_eq!(passed.number.e164(), "+12025551234");
        assert_eq!(passed.source, SourceType::Manual);
        assert_eq!(passed.place, Place { file: 2, line: 7 });
    }

    #[test]
    fn each_fault_has_its_code_and_column() {
        assert_eq!(refused("", "MANUAL"), ("phone.unparsable", 1));
        assert_eq!(refused("hello", "MANUAL"), ("phone.unparsable", 1));
        assert_eq!(refused("202-555-1234", "MANUAL"), ("phone.unparsable", 1));
        assert_eq!(refused("+15555555555", "MANUAL"), ("phone.invalid", 1));
        assert_eq!(refused("+12025551234", "PARTNER"), ("source.unknown", 2));
    }

    #[test]
    fn a_number_that_the_list_cannot_hold_is_refused() {
        let abroad = row("+44 20 7183 8750", "");
        let refused = check(abroad, 0, &Rules { reach: Reach::Nanp, ..RULES }).expect_err("refused");
        assert_eq!((refused.code.code(), refused.column), ("profile.country", 1));
        assert!(check(abroad, 0, &Rules { reach: Reach::Unlike, ..RULES }).is_ok());
    }

    fn changes<'a>(action: &'a str, source: &'a str, end: &'a str) -> Result<Passed<'a>, Rejection> {
        let columns = Columns { action: 3, ..Columns::default() };
        let row = RowRef { action, columns, end, ..row("+12025551234", source) };
        check(row, 0, &Rules { mode: Mode::Changes, ..RULES })
    }

    #[test]
    fn a_change_says_what_it_does() {
        assert_eq!(changes("d", "PARTNER", "").map(|passed| passed.action), Ok(Action::Delete));
        assert_eq!(changes(" Add ", "", "").map(|passed| passed.action), Ok(Action::Add));
        let unknown = changes("", "", "").expect_err("refused");
        assert_eq!((unknown.code.code(), unknown.column), ("action.unknown", 3));
    }

    #[test]
    fn a_deletion_is_no_addition_where_rows_only_add() {
        let columns = Columns { action: 2, ..Columns::default() };
        let row = RowRef { action: "DELETE", columns, ..row("+12025551234", "") };
        let refused = check(row, 0, &RULES).expect_err("refused");
        assert_eq!((refused.code.code(), refused.column), ("action.delete", 2));
        let other = RowRef { action: "renewed", ..row };
        assert_eq!(check(other, 0, &RULES).map(|passed| passed.action), Ok(Action::Add));
    }

    #[test]
    fn an_end_that_cannot_be_read_is_none_and_is_told() {
        let passed = changes("A", "", "31.12.2026").expect("passed");
        assert_eq!((passed.end, passed.malformed.names().collect::<Vec<_>>()), (End::Never, vec!["end.malformed"]));
        let passed = changes("A", "", "2026-12-31T18:00Z").expect("passed");
        assert_eq!(passed.end.day().map(|day| day.to_string()), Some("2026-12-31".to_owned()));
    }

    #[test]
    fn the_rules_of_numbers_are_those_of_the_library_in_use() {
        let lock = include_str!("../../../Cargo.lock");
        let (name, version) = NUMBER_RULES.split_once(' ').expect("a name and a version");
        assert!(lock.contains(&format!("name = \"{name}\"\nversion = \"{version}\"")), "NUMBER_RULES is out of date");
    }

    #[test]
    fn national_formats_need_a_country() {
        let rules = Rules { country: Country::read("us"), ..RULES };
        let passed = check(row("(202) 555-1234", "customer_request "), 0, &rules).expect("passed");
        assert_eq!(passed.number.e164(), "+12025551234");
        assert_eq!(passed.source, SourceType::CustomerRequest);
        assert_eq!(Country::read("ZZ"), None);
        assert_eq!(Country::read("Atlantis"), None);
    }
}
