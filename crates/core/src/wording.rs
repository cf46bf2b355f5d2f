//! Other people's words made fit to be shown, logged and stored: short, without controls and without numbers.

/// Longest text taken over, in characters.
const MAX_CHARACTERS: usize = 200;

/// This many digits in one piece may be a number or an account.
const MASKED_RUN: usize = 5;

/// This many digits with single separators between them may be a number that somebody formatted.
const MASKED_FORMATTED: usize = 7;

/// This many digits in a file's name may be a number: all of it, from the calling code or the area code on.
const NUMBER: usize = 10;

/// Stands for masked digits, however many: their number tells something, too.
const MASK: &str = "•••••";

/// One line, digits masked, cut.
pub fn tidy(text: &str) -> String {
    // Masked before it is cut: a number that the cut leaves in half would pass as a harmless figure.
    let masked = mask(&one_line(text));
    match masked.char_indices().nth(MAX_CHARACTERS) {
        Some((end, _)) => masked[..end].trim_end().to_owned(),
        None => masked,
    }
}

/// Control characters, and those that turn the direction of writing, become spaces; white space is one space.
fn one_line(text: &str) -> String {
    let steers = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let plain: String = text.chars().map(|c| if c.is_control() || steers(c) { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A file's name for the log. People name files after dates, which stay; and after whom they are about, which does not.
pub fn file_name(name: &str) -> String {
    mask_where(name, |run, digits| run.digits >= NUMBER && !is_time(digits))
}

/// `YYYYMMDDHHMM`, with seconds or without.
fn is_time(digits: &str) -> bool {
    let part = |from: usize| digits.get(from..from + 2).and_then(|part| part.parse::<u32>().ok());
    let within = |from, range: std::ops::RangeInclusive<u32>| part(from).is_some_and(|part| range.contains(&part));
    let minute =
        within(0, 19..=20) && within(4, 1..=12) && within(6, 1..=31) && within(8, 0..=23) && within(10, 0..=59);
    minute && (digits.len() == 12 || (digits.len() == 14 && within(12, 0..=60)))
}

fn mask(text: &str) -> String {
    mask_where(text, |run, _| run.longest >= MASKED_RUN || run.digits >= MASKED_FORMATTED)
}

fn mask_where(text: &str, hides: impl Fn(&Run, &str) -> bool) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    while at < characters.len() {
        let run = Run::at(&characters[at..]);
        let digits: String = characters[at..at + run.length].iter().filter(|c| c.is_numeric()).collect();
        if run.length > 0 && hides(&run, &digits) {
            masked.push_str(MASK);
        } else {
            masked.extend(&characters[at..at + run.length.max(1)]);
        }
        at += run.length.max(1);
    }
    masked
}

/// Digits with at most two separators between neighbours, as in `+1 (202) 555-1234`.
#[derive(Default)]
struct Run {
    length: usize,
    digits: usize,
    longest: usize,
}

impl Run {
    fn at(characters: &[char]) -> Self {
        let mut run = Self::default();
        let mut piece = 0;
        for (place, c) in characters.iter().enumerate() {
            if c.is_numeric() {
                piece += 1;
                run.length = place + 1;
                run.digits += 1;
                run.longest = run.longest.max(piece);
            } else {
                piece = 0;
                // All hyphens and dashes, and the minus.
                let dash = matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}');
                let separates = dash || matches!(c, ' ' | '.' | '(' | ')' | '/' | '_' | '\u{a0}');
                if run.length == 0 || !separates || place >= run.length + 2 {
                    break;
                }
            }
        }
        run
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_stays_legible() {
        assert_eq!(tidy("item 17: +12025551234 is bad"), "item 17: +••••• is bad");
        assert_eq!(tidy("+1 (202) 555-1234, code 4711"), "+•••••, code 4711");
        assert_eq!(tidy("202.555.1234"), "•••••");
        assert_eq!(tidy("202–555–1234 and 202_555_1234"), "••••• and •••••");
        assert_eq!(tidy("１２０２５"), "•••••");
        assert_eq!(tidy("between 1 and 10,000 items"), "between 1 and 10,000 items");
        assert_eq!(tidy("12345"), "•••••");
    }

    #[test]
    fn files_keep_their_dates_and_lose_whom_they_are_about() {
        for kept in ["optouts_20261126.csv", "export-2026-11-26T12-30-00.csv", "202611261230.txt", "part 17 of 200.csv"]
        {
            assert_eq!(file_name(kept), kept);
        }
        assert_eq!(file_name("opt +1 (202) 555-1234 x.txt"), "opt +••••• x.txt");
        assert_eq!(file_name("12025551234_20261126.csv"), "•••••.csv");
        assert_eq!(file_name("201001234567.csv"), "•••••.csv");
    }

    #[test]
    fn one_short_line_without_controls() {
        assert_eq!(tidy("a\u{1b}[31m\r\n\tb\u{202e}c"), "a [31m b c");
        assert_eq!(tidy(&"ü".repeat(300)).chars().count(), 200);
        let cut = tidy(&format!("{} 12025551234", "x".repeat(196)));
        assert!(!cut.contains(char::is_numeric), "{cut}");
    }
}
