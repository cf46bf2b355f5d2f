//! What a pattern takes from the head of a number of which only the first digits are known.
//!
//! Here the order of the ways counts, as it does in the library: the first that matches wins, and what its groups caught
//! goes into the number.

use crate::pattern::{Program, Step};

/// Begin and end of two groups.
type Marks = [Option<usize>; 4];

/// A match at the head of a number.
#[derive(Clone)]
pub(crate) struct Found {
    /// Where it ends.
    pub(crate) end: usize,
    marks: Marks,
}

impl Found {
    /// What group 1 or 2 caught.
    pub(crate) fn group(&self, index: usize) -> Option<(usize, usize)> {
        let slot = 2 * (index - 1);
        Some((self.marks[slot]?, self.marks[slot + 1]?))
    }
}

/// What the first digits tell of the match.
pub(crate) enum Head {
    /// It depends on the digits that follow, or on whether any do.
    Open,
    /// There is none, whatever follows.
    None,
    /// This one, whatever follows.
    Found(Found),
}

/// A way that the match may still take.
struct Way {
    at: usize,
    marks: Marks,
}

struct Search<'a> {
    program: &'a Program,
    ways: Vec<Way>,
    /// By step: the position, and one more, at which it was come by.
    seen: Vec<usize>,
    found: Option<Found>,
}

/// Looks at the first digits.
pub(crate) fn head(program: &Program, digits: &[u8]) -> Head {
    let mut search = Search { program, ways: Vec::new(), seen: vec![0; program.steps.len()], found: None };
    search.follow(program.starts[0], [None; 4], 0);
    for (index, digit) in digits.iter().enumerate() {
        if search.ways.is_empty() {
            break;
        }
        for way in std::mem::take(&mut search.ways) {
            if let Step::Digit(set, next) = program.steps[way.at]
                && set & 1 << digit != 0
                && search.follow(next, way.marks, index + 1)
            {
                break;
            }
        }
    }
    match (search.ways.is_empty(), search.found) {
        (false, _) => Head::Open,
        (true, None) => Head::None,
        (true, Some(found)) => Head::Found(found),
    }
}

impl Search<'_> {
    /// Goes on as far as no digit is needed. True where it matched: the ways that would be less preferred are given up.
    fn follow(&mut self, at: usize, mut marks: Marks, position: usize) -> bool {
        if std::mem::replace(&mut self.seen[at], position + 1) == position + 1 {
            return false;
        }
        match &self.program.steps[at] {
            // Whether the number ends here is not known: such a way stays open until a digit follows.
            Step::Digit(..) | Step::End => {
                self.ways.push(Way { at, marks });
                false
            }
            Step::Fork(ways) => ways.iter().any(|&next| self.follow(next, marks, position)),
            Step::Mark(slot, next) => {
                marks[*slot] = Some(position);
                self.follow(*next, marks, position)
            }
            Step::Match(_) => {
                self.found = Some(Found { end: position, marks });
                true
            }
        }
    }
}
