//! `items/ROOT`: the items of a batch, and that they are those which the log names the root of.

use std::io::{self, Read};

use crate::lines::Lines;
use crate::spelling::from_hex;
use crate::tree::{Hash, Tree, leaf};

/// No line is longer: salt, number and source type.
const LONGEST: usize = 128;

/// The words for who said no.
const SOURCES: [&str; 4] = ["MANUAL", "REGULATORY", "CUSTOMER_REQUEST", "SYSTEM"];

/// No number has more digits.
const DIGITS: usize = 18;

/// The leaf of an item, whose number and source type must be written as they are.
pub(crate) fn item(salt: &[u8; 16], number: &str, source: &str) -> Result<Hash, String> {
    let digits = number.strip_prefix('+').unwrap_or_default();
    let all_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits || !(1..=DIGITS).contains(&digits.len()) || digits.starts_with('0') {
        return Err("the number is not written as `+` and its digits".to_owned());
    }
    if !SOURCES.contains(&source) {
        return Err(format!("the source type is none of {}", SOURCES.join(", ")));
    }
    Ok(leaf(&[salt, number.as_bytes(), source.as_bytes()]))
}

/// Whether a file holds the items of a batch: what is wrong, in which line where it is one.
pub(crate) fn check(source: impl Read, root: &Hash, count: u64) -> io::Result<Result<(), (Option<u64>, String)>> {
    let mut lines = Lines::of(source, LONGEST);
    let mut tree = Tree::default();
    while let Some(line) = lines.read()? {
        let number = tree.size() + 1;
        if number > count {
            return Ok(Err((None, format!("it goes on after {count} items, which is how many the batch has"))));
        }
        match line.map_err(|fault| fault.to_string()).and_then(leaf_of) {
            Ok(leaf) => tree.push(leaf),
            Err(what) => return Ok(Err((Some(number), what))),
        }
    }
    if tree.size() != count {
        return Ok(Err((None, format!("it has {} items, and the batch has {count}", tree.size()))));
    }
    if tree.root(count) != *root {
        return Ok(Err((
            None,
            "its items do not come to the root that the log names: one is not what it was".to_owned(),
        )));
    }
    Ok(Ok(()))
}

/// What a line comes to: the hash that it is, or that of the item which it shows.
fn leaf_of(line: &[u8]) -> Result<Hash, String> {
    let form = "it is neither a hash in hexadecimal nor SALT NUMBER SOURCE";
    let line = std::str::from_utf8(line).map_err(|_| form)?;
    if let Some(hash) = from_hex(line) {
        return Ok(hash);
    }
    let mut parts = line.splitn(3, ' ');
    let (Some(salt), Some(number), Some(source)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(form.to_owned());
    };
    item(&from_hex(salt).ok_or(form)?, number, source)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spelling::hex;

    #[test]
    fn an_item_is_shown_or_hidden() {
        let shown = "00112233445566778899aabbccddeeff +12025550123 CUSTOMER_REQUEST";
        let hash = leaf_of(shown.as_bytes()).expect("an item");
        assert_eq!(leaf_of(hex(&hash).as_bytes()), Ok(hash));
        let salt: [u8; 16] = from_hex("00112233445566778899aabbccddeeff").expect("a salt");
        assert_eq!(hash, leaf(&[&salt[..], b"+12025550123CUSTOMER_REQUEST"].map(|piece| piece)));
        for wrong in [
            "00112233445566778899AABBCCDDEEFF +12025550123 CUSTOMER_REQUEST",
            "00112233445566778899aabbccddeeff  +12025550123 CUSTOMER_REQUEST",
            "00112233445566778899aabbccddeeff 12025550123 CUSTOMER_REQUEST",
            "00112233445566778899aabbccddeeff +02025550123 CUSTOMER_REQUEST",
            "00112233445566778899aabbccddeeff +1234567890123456789 CUSTOMER_REQUEST",
            "00112233445566778899aabbccddeeff + CUSTOMER_REQUEST",
            "00112233445566778899aabbccddeeff +12025550123 customer_request",
            "00112233445566778899aabbccddeeff +12025550123 CUSTOMER_REQUEST ",
            "00112233445566778899aabbccddeeff +12025550123",
            "",
        ] {
            assert!(leaf_of(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
