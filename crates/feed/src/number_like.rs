//! What might be a telephone number, seen from afar. Whether it is one is not decided here.

/// Fewest digits of anything that is taken for a number.
pub(crate) const FEWEST_DIGITS: usize = 7;

/// Words that stand within numbers; `E` is what a spreadsheet makes of them (`4.07555E+09`): such a row is to be
/// refused as a row, not to make the file look like something else.
const WORDS: [&str; 6] = ["tel", "ext", "extn", "extension", "x", "e"];

const PUNCTUATION: &str = "+()-./' :;=#*,[]~\"";

/// Whether a field holds a number and nothing else.
pub(crate) fn holds_number(field: &str) -> bool {
    let field = field.trim();
    let digits = field.chars().filter(|c| c.is_numeric()).count();
    let mut words = field.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let mut parameters = field.split(';').skip(1);
    digits >= FEWEST_DIGITS
        && words.all(|word| WORDS.iter().any(|known| known.eq_ignore_ascii_case(word)))
        && field.chars().all(|c| !c.is_ascii() || c.is_ascii_alphanumeric() || PUNCTUATION.contains(c))
        // RFC 3966 writes `;ext=5`; any other semicolon separates columns.
        && parameters.all(|parameter| parameter.trim_start().starts_with("ext="))
}
