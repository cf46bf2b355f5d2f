//! The flat files of the national registries of the United States and Canada.
//!
//! They have no header, and are told by their first row alone: a file's name says nothing once somebody renamed it. Each
//! line is a row, and a quote never joins two of them.

use dncsync_core::row::{Columns, Row};

use crate::asked::Asked;
use crate::fault::Fault;
use crate::limits::KEPT_CHARS;
use crate::lossy;
use crate::rows::Rows;

/// Both countries are of one numbering plan.
const COUNTRY_CODE: &str = "+1";

/// Most fields of a row.
const MOST_FIELDS: usize = 4;

/// A registry's file, whose rows are all laid out like the first one.
pub(crate) struct Registry {
    layout: Layout,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    /// `801,5551234`
    Full,
    /// `8015551234,2026-08-29T08:00:00,A`
    Changes,
    /// `801,5551234,2026-08-29,A`
    SplitChanges,
}

/// What a row says.
struct Said<'a> {
    layout: Layout,
    area: &'a str,
    number: &'a str,
    /// Empty in full lists.
    changed_at: &'a str,
    action: &'a str,
}

impl Registry {
    /// The registry's file that begins with this line; `None` where it is no such file.
    pub(crate) fn beginning_with(line: &[u8]) -> Option<Self> {
        Some(Self { layout: understand(line)?.layout })
    }

    /// Whether each row says if it adds or deletes.
    pub(crate) fn tells_actions(&self) -> bool {
        self.layout != Layout::Full
    }

    /// Whether each row is a number and nothing else.
    pub(crate) fn is_full(&self) -> bool {
        self.layout == Layout::Full
    }

    /// Reads this line. One of another layout is no row: an addition of a change list taken for one of a full list, or
    /// the other way round, would be a number blocked or freed by mistake.
    pub(crate) fn read(&self, text: &[u8], line: u64, rows: &mut Rows) {
        let Some(said) = understand(text).filter(|said| said.layout == self.layout) else {
            let mut row = Row { line, ..Row::default() };
            lossy::push_start(&mut row.phone, text, KEPT_CHARS);
            return rows.push(&row, Some(Fault::OtherLayout));
        };
        let mut number = [0; COUNTRY_CODE.len() + 10];
        let parts = COUNTRY_CODE.bytes().chain(said.area.bytes()).chain(said.number.bytes());
        number.iter_mut().zip(parts).for_each(|(digit, byte)| *digit = byte);
        let action = match said.layout {
            Layout::Full => return rows.push_number(line, &number),
            Layout::Changes => 3,
            Layout::SplitChanges => 4,
        };
        let fields = [b"", b"", b"", said.action.as_bytes(), said.changed_at.as_bytes(), b""];
        rows.push_fields(line, &number, fields, Columns { action, ..Columns::default() }, None);
    }
}

/// The number of a row of a full list, `801,5551234`, where nothing stands around it.
#[inline]
pub(crate) fn joined(line: &[u8]) -> Option<[u8; 12]> {
    let line: &[u8; 11] = line.try_into().ok()?;
    let mut number = [0; 12];
    number[..2].copy_from_slice(COUNTRY_CODE.as_bytes());
    number[2..5].copy_from_slice(&line[..3]);
    number[5..].copy_from_slice(&line[4..]);
    // A plus or a space in it would be no digit of a registry's, whatever a number may have.
    (line[3] == b',' && number[2..].iter().all(u8::is_ascii_digit)).then_some(number)
}

/// Whether a first row begins with area code and number in two columns, whatever stands behind them.
pub(crate) fn begins_with_pair(texts: &[impl AsRef<str>]) -> bool {
    match texts {
        [area, number, ..] => is_pair(area.as_ref().trim(), number.as_ref().trim()),
        _ => false,
    }
}

/// What to do about such a row where it is not read.
pub(crate) fn advice(asked: &Asked) -> &'static str {
    if asked.registry {
        "this begins like a registry's file, but its layout is not known; write area code and number (a full list), or \
         number, date and A or D (a change list), and nothing else"
    } else {
        "this looks like a registry's file with area code and number in two columns; give it a feed of its own: dncsync \
         load FILE --feed NAME --mode replace"
    }
}

/// What the line says, where it is laid out in one of the ways known.
fn understand(line: &[u8]) -> Option<Said<'_>> {
    let mut fields = [""; MOST_FIELDS];
    let mut count = 0;
    for field in std::str::from_utf8(line).ok()?.split(',') {
        *fields.get_mut(count)? = bare(field);
        count += 1;
    }
    match fields[..count] {
        [area, number] if is_pair(area, number) => {
            Some(Said { layout: Layout::Full, area, number, changed_at: "", action: "" })
        }
        [number, changed_at, action] if has_digits(number, 10) && is_time(changed_at) && is_action(action) => {
            let (area, number) = number.split_at(3);
            Some(Said { layout: Layout::Changes, area, number, changed_at, action })
        }
        [area, number, changed_at, action] if is_pair(area, number) && is_time(changed_at) && is_action(action) => {
            Some(Said { layout: Layout::SplitChanges, area, number, changed_at, action })
        }
        _ => None,
    }
}

/// A field without spaces and quotes around it.
fn bare(field: &str) -> &str {
    let field = field.trim();
    field.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).map_or(field, str::trim)
}

fn is_pair(area: &str, number: &str) -> bool {
    has_digits(area, 3) && has_digits(number, 7)
}

/// Whether the text is just so many digits.
fn has_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether the text is laid out like `2026-08-29` or `2026-08-29T08:00:00`, in any zone. Whether there is such a day is
/// not decided here.
fn is_time(text: &str) -> bool {
    let Some((date, time)) = text.split_at_checked(10) else { return false };
    let is_date = date.bytes().zip(*b"0000-00-00").all(|(byte, like)| match like {
        b'-' => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    let clock = time.strip_prefix(['T', 't', ' ']).unwrap_or_default();
    let is_clock = clock.starts_with(|c: char| c.is_ascii_digit())
        && clock.chars().all(|c| c.is_ascii_digit() || ":.+-Zz".contains(c));
    is_date && (time.is_empty() || is_clock)
}

fn is_action(text: &str) -> bool {
    ["A", "D"].iter().any(|action| action.eq_ignore_ascii_case(text))
}
