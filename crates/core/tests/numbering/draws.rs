//! Chance that can be told again.

use std::ops::RangeInclusive;

use crate::examples::Example;

/// Draws from a seed.
pub(crate) struct Draws(fastrand::Rng);

/// Whether there is time for fresh cases.
#[expect(clippy::disallowed_methods, reason = "a test is told how long it may take")]
pub(crate) fn long() -> bool {
    std::env::var_os("DNCSYNC_LONG").is_some()
}

impl Draws {
    /// The same each time; others each time where there is time.
    #[expect(clippy::disallowed_methods, clippy::print_stdout, reason = "a failed test says how it is told again")]
    pub(crate) fn for_test(name: &str) -> Self {
        let told = std::env::var("DNCSYNC_SEED").ok().map(|seed| seed.parse().expect("a number"));
        let seed = told.unwrap_or_else(|| if long() { fastrand::u64(..) } else { 20_261_122 });
        println!("{name}: DNCSYNC_SEED={seed}");
        Self(fastrand::Rng::with_seed(seed))
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0.usize(..end)
    }

    pub(crate) fn digits(&mut self, count: RangeInclusive<usize>) -> String {
        let count = self.0.usize(count);
        (0..count).map(|_| self.digit()).collect()
    }

    fn digit(&mut self) -> char {
        self.0.digit(10)
    }

    /// Does something to a number that people and programs do.
    pub(crate) fn damage(&mut self, text: String, example: &Example) -> String {
        let mut text: Vec<char> = text.chars().collect();
        let at = self.below(text.len() + 1);
        let digits: Vec<usize> = (0..text.len()).filter(|&at| text[at].is_ascii_digit()).collect();
        let a_digit = digits.get(self.below(digits.len().max(1))).copied();
        let after_plus = usize::from(text.first() == Some(&'+'));
        let after_code = after_plus + example.code.len();
        match self.below(16) {
            0..=2 => _ = a_digit.map(|at| text[at] = self.digit()),
            3 => _ = a_digit.map(|at| text.remove(at)),
            4 => text.insert(at, self.digit()),
            // All but the head is drawn anew.
            5 => digits.iter().skip(5).for_each(|&at| text[at] = self.digit()),
            6 => put(&mut text, after_code, &example.national_prefix),
            7 => put(&mut text, after_plus, &example.code),
            8 => put(&mut text, after_code, &"0".repeat(1 + self.below(3))),
            9 => put(&mut text, 0, &example.international_prefix),
            10 => put(&mut text, 0, ["+", "0", "1", "00", "011", "9", "15"][self.below(7)]),
            11 => text.truncate(at),
            12..=13 => {
                for _ in 0..=self.below(4) {
                    let at = self.below(text.len() + 1);
                    text.insert(at, [' ', '-', '.', '(', ')', '/'][self.below(6)]);
                }
            }
            14 => put(&mut text, at, ODD[self.below(ODD.len())]),
            _ => put(
                &mut text,
                [0, at, usize::MAX][self.below(3)],
                [" ", "\t", "\r\n", "\u{a0}", "\u{3000}"][self.below(5)],
            ),
        }
        text.into_iter().collect()
    }
}

/// What is no plain spelling.
const ODD: [&str; 24] = [
    "x",
    "x12",
    " ext. 5",
    ";ext=7",
    ",,3",
    "#",
    "*",
    "~",
    "/",
    "[",
    "]",
    "+",
    "A",
    "abc",
    "tel:",
    ";isub=1",
    "٣",
    "２",
    "＋",
    "\u{200b}",
    "\u{2010}",
    "/x",
    ";phone-context=+1",
    "é",
];

fn put(text: &mut Vec<char>, at: usize, what: &str) {
    let at = at.min(text.len());
    text.splice(at..at, what.chars());
}
