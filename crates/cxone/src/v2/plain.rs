//! Pages of numbers as CXone writes them, read without building what is thrown away.
//!
//! Ten million numbers are read back in pages of ten thousand, and of each entry one member counts. So what is written plainly
//! (no escapes, no control characters, no nesting, no key twice) is read here by its bytes. Whatever is not plain is left to
//! the lenient reader ([`super::decode`]), which decides alone what it means: the two never differ.

use std::ops::Range;

use dncsync_core::number::Number;

use super::decode::Figures;

/// What a page of numbers told.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Plain {
    /// Those that can be read, as they came.
    pub(crate) numbers: Vec<Number>,
    /// How many entries there were, and what was told of the list.
    pub(crate) figures: Figures,
}

/// Reads a page; `None` where it is not plain.
pub(crate) fn page(body: &[u8]) -> Option<Plain> {
    let (lowest, all) = body.iter().fold((u8::MAX, 0), |(lowest, all), byte| (lowest.min(*byte), all | *byte));
    if lowest < b' ' || (all >= 0x80 && std::str::from_utf8(body).is_err()) {
        return None;
    }
    let mut scan = Scan { body, at: 0 };
    let mut page = Plain::default();
    let mut told = [false; 4];
    scan.members(|scan, key| {
        let known = [&b"entities"[..], b"pageSize", b"pageCount", b"total"].iter().position(|known| *known == key);
        let Some(place) = known else { return scan.skip() };
        if std::mem::replace(&mut told[place], true) {
            return None;
        }
        match place {
            0 => scan.entries(&mut page)?,
            1 => page.figures.size = Some(scan.whole()?),
            2 => page.figures.pages = Some(scan.whole()?),
            _ => page.figures.total = Some(scan.whole()?),
        }
        Some(())
    })?;
    scan.pass_blanks();
    (scan.at == body.len()).then_some(page)
}

/// A place in a body.
struct Scan<'a> {
    body: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    fn entries(&mut self, page: &mut Plain) -> Option<()> {
        self.elements(b'[', b']', |scan| {
            let mut number = None;
            scan.members(|scan, key| {
                if key != b"phoneNumber" {
                    return scan.skip();
                }
                if number.is_some() {
                    return None;
                }
                let text = scan.text()?;
                number = Some(Number::from_e164(std::str::from_utf8(text).ok()?)?);
                Some(())
            })?;
            page.numbers.extend(number);
            page.figures.count += 1;
            Some(())
        })
    }

    /// Reads the members of an object; `member` is given each key, and reads the value.
    fn members(&mut self, mut member: impl FnMut(&mut Self, &'a [u8]) -> Option<()>) -> Option<()> {
        self.elements(b'{', b'}', |scan| {
            let key = scan.text()?;
            scan.eat(b':')?;
            member(scan, key)
        })
    }

    fn elements(&mut self, open: u8, close: u8, mut element: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.eat(open)?;
        if self.peek()? == close {
            self.at += 1;
            return Some(());
        }
        loop {
            element(self)?;
            let next = self.peek()?;
            self.at += 1;
            match next {
                b',' => {}
                other => return (other == close).then_some(()),
            }
        }
    }

    /// The bytes between two quotes.
    fn text(&mut self) -> Option<&'a [u8]> {
        self.eat(b'"')?;
        let rest = &self.body[self.at..];
        let length = memchr::memchr2(b'"', b'\\', rest)?;
        self.at += length + 1;
        (rest[length] == b'"').then(|| &rest[..length])
    }

    /// A whole number without a sign; one that begins with 0 is 0.
    fn whole(&mut self) -> Option<u64> {
        self.pass_blanks();
        let digits = self.digits()?;
        std::str::from_utf8(&self.body[digits]).ok()?.parse().ok()
    }

    fn digits(&mut self) -> Option<Range<usize>> {
        let rest = &self.body[self.at..];
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let ends = !matches!(rest.get(length), Some(b'.' | b'e' | b'E'));
        let plain = length > 0 && ends && (length == 1 || rest[0] != b'0');
        let digits = self.at..self.at + length;
        self.at += length;
        plain.then_some(digits)
    }

    /// Passes over a text, a whole number, or a word.
    fn skip(&mut self) -> Option<()> {
        match self.peek()? {
            b'"' => self.text().map(drop),
            b'0'..=b'9' => self.digits().map(drop),
            _ => {
                let words = [&b"null"[..], b"true", b"false"];
                let word = words.iter().find(|word| self.body[self.at..].starts_with(word))?;
                self.at += word.len();
                Some(())
            }
        }
    }

    fn eat(&mut self, byte: u8) -> Option<()> {
        let there = self.peek()? == byte;
        self.at += 1;
        there.then_some(())
    }

    fn peek(&mut self) -> Option<u8> {
        self.pass_blanks();
        self.body.get(self.at).copied()
    }

    fn pass_blanks(&mut self) {
        while self.body.get(self.at) == Some(&b' ') {
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2::decode;
    use proptest::prelude::*;

    /// Pieces of pages, so that random ones are sometimes pages.
    const PIECES: [&str; 26] = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        " ",
        "\n",
        "\"entities\":",
        "\"phoneNumber\":",
        "\"total\":",
        "\"pageSize\":",
        "\"pageCount\":",
        "\"notes\":",
        "\"+12025551234\"",
        "\"12025551234\"",
        "\"+0\"",
        "\"a \\\" b\"",
        "\"ü\"",
        "7",
        "07",
        "1.0",
        "null",
        "true",
        "{\"phoneNumber\":\"+442071838750\"}",
        "\u{0}",
    ];

    fn same(body: &[u8]) -> bool {
        let lenient = decode::lenient_page(body);
        page(body).is_none_or(|plain| lenient == Some(plain))
    }

    #[test]
    fn a_page_as_the_contract_has_it_is_plain() {
        let body =
            br#"{"entities":[{"phoneNumber":"+12025551235","source":"SYSTEM","notes":"said no","dateAdded":"2026"},
{"phoneNumber":"+12025551234","id":7,"gone":null}], "pageNumber":1,"pageSize":1000,"pageCount":1,"total":2}"#;
        let body: Vec<u8> = body.iter().copied().filter(|byte| *byte != b'\n').collect();
        let page = page(&body).expect("plain");
        assert_eq!(page.numbers.len(), 2);
        assert_eq!(page.figures, Figures { count: 2, size: Some(1000), total: Some(2), pages: Some(1) });
        assert!(same(&body));
    }

    proptest! {
        #[test]
        fn whatever_is_read_as_plain_is_what_the_lenient_reader_reads(
            pieces in prop::collection::vec(0..PIECES.len(), 0..24),
            inside in any::<bool>(),
        ) {
            let text: String = pieces.iter().map(|piece| PIECES[*piece]).collect();
            prop_assert!(same(text.as_bytes()));
            let entries = if inside { format!("{{\"entities\":[{text}]}}") } else { format!("{{\"total\":9,{text}}}") };
            prop_assert!(same(entries.as_bytes()));
        }

        #[test]
        fn a_page_with_a_byte_changed_is_read_alike_or_not_at_all(at in 0usize..140, byte in any::<u8>()) {
            let mut body = br#"{"entities":[{"phoneNumber":"+12025551235","source":"SYSTEM","notes":"said no"},{"phoneNumber":"+12025551234"}],"pageSize":10,"total":2}"#.to_vec();
            let at = at % body.len();
            body[at] = byte;
            prop_assert!(same(&body));
        }
    }
}
