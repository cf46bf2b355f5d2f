//! Where a record of several lines ends.
//!
//! Within one line csv-core is lenient. Over several lines leniency is dangerous: a quote that somebody forgot to close
//! would be closed by the one that opens the next row's notes, and that row would be lost in silence. So such a record
//! must be well formed to the letter.

use memchr::memchr;

/// A place between the bytes of a record, of which everything before was well formed.
pub(super) struct Quotes {
    place: Place,
    /// Fields begun so far.
    pub(super) fields: usize,
}

enum Place {
    FieldStart,
    Plain,
    Quoted,
}

/// What a line of a record left behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AtLineEnd {
    /// The record ends with this line.
    Closed,
    /// A quote is open.
    Open,
    /// A quote stood where none may.
    Stray,
}

impl Quotes {
    pub(super) fn new() -> Self {
        Self { place: Place::FieldStart, fields: 1 }
    }

    /// Goes over the record's next line, given without its line end.
    pub(super) fn line(&mut self, mut rest: &[u8]) -> AtLineEnd {
        loop {
            match self.place {
                Place::FieldStart => match rest.strip_prefix(b"\"") {
                    Some(quoted) => (self.place, rest) = (Place::Quoted, quoted),
                    None => self.place = Place::Plain,
                },
                Place::Plain => match memchr(b',', rest) {
                    Some(comma) => rest = self.next_field(&rest[comma + 1..]),
                    None => return AtLineEnd::Closed,
                },
                Place::Quoted => {
                    let Some(quote) = memchr(b'"', rest) else {
                        return AtLineEnd::Open;
                    };
                    rest = &rest[quote + 1..];
                    match rest.first() {
                        None => return AtLineEnd::Closed,
                        Some(b'"') => rest = &rest[1..],
                        Some(b',') => rest = self.next_field(&rest[1..]),
                        Some(_) => return AtLineEnd::Stray,
                    }
                }
            }
        }
    }

    fn next_field<'a>(&mut self, rest: &'a [u8]) -> &'a [u8] {
        self.fields += 1;
        self.place = Place::FieldStart;
        rest
    }
}
