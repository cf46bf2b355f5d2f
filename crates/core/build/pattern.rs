//! Patterns as little programs over digits.

use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// One step. Steps name those that follow them.
pub(crate) enum Step {
    /// Takes one digit of a set: bit `d` for digit `d`.
    Digit(u16, usize),
    /// Goes on in several ways, the preferred one first.
    Fork(Vec<usize>),
    /// Notes where a group begins (even) or ends (odd).
    Mark(usize, usize),
    /// Matches at the end of the digits only; how it goes on is never asked.
    End,
    /// The pattern with this index matched.
    Match(usize),
}

const ANY_DIGIT: u16 = (1 << 10) - 1;

/// Patterns that are matched against the same digits.
#[derive(Default)]
pub(crate) struct Program {
    /// The steps of all of them.
    pub(crate) steps: Vec<Step>,
    /// Where each begins.
    pub(crate) starts: Vec<usize>,
}

impl Program {
    /// Adds a pattern that must match at the head, or the whole where the digits end with it.
    pub(crate) fn add(&mut self, pattern: &str) {
        let matched = self.push(Step::Match(self.starts.len()));
        let start = self.compile(&parse(pattern), matched);
        self.starts.push(start);
    }

    /// Adds a pattern after which anything may follow.
    pub(crate) fn add_head(&mut self, pattern: &str) {
        let matched = self.push(Step::Match(self.starts.len()));
        let rest = self.push(Step::Fork(Vec::new()));
        let digit = self.push(Step::Digit(ANY_DIGIT, rest));
        self.steps[rest] = Step::Fork(vec![digit, matched]);
        let start = self.compile(&parse(pattern), rest);
        self.starts.push(start);
    }

    fn push(&mut self, step: Step) -> usize {
        self.steps.push(step);
        self.steps.len() - 1
    }

    /// The first step of `hir`, followed by `next`.
    fn compile(&mut self, hir: &Hir, next: usize) -> usize {
        match hir.kind() {
            HirKind::Empty => next,
            HirKind::Literal(literal) => literal.0.iter().rev().fold(next, |next, &byte| {
                let digit = if byte.is_ascii_digit() { 1 << (byte - b'0') } else { 0 };
                self.push(Step::Digit(digit, next))
            }),
            HirKind::Class(class) => self.push(Step::Digit(digits(class), next)),
            HirKind::Look(Look::End) => self.push(Step::End),
            HirKind::Look(look) => panic!("no numbering plan had {look:?} so far"),
            HirKind::Capture(group) => {
                let slot = 2 * (group.index as usize - 1);
                let end = self.push(Step::Mark(slot + 1, next));
                let inner = self.compile(&group.sub, end);
                self.push(Step::Mark(slot, inner))
            }
            HirKind::Concat(parts) => parts.iter().rev().fold(next, |next, part| self.compile(part, next)),
            HirKind::Alternation(parts) => {
                let ways = parts.iter().map(|part| self.compile(part, next)).collect();
                self.push(Step::Fork(ways))
            }
            HirKind::Repetition(repeated) => {
                let preferred = |more, enough| if repeated.greedy { vec![more, enough] } else { vec![enough, more] };
                let mut start = next;
                match repeated.max {
                    Some(max) => {
                        for _ in repeated.min..max {
                            let more = self.compile(&repeated.sub, start);
                            start = self.push(Step::Fork(preferred(more, next)));
                        }
                    }
                    None => {
                        start = self.push(Step::Fork(Vec::new()));
                        let more = self.compile(&repeated.sub, start);
                        self.steps[start] = Step::Fork(preferred(more, next));
                    }
                }
                (0..repeated.min).fold(start, |next, _| self.compile(&repeated.sub, next))
            }
        }
    }
}

fn parse(pattern: &str) -> Hir {
    regex_syntax::parse(pattern).unwrap_or_else(|fault| panic!("a pattern of the library cannot be read: {fault}"))
}

/// Which ASCII digits a class holds; the table sees no others.
fn digits(class: &Class) -> u16 {
    (0..10).filter(|&digit| holds(class, b'0' + digit)).fold(0, |set, digit| set | 1 << digit)
}

fn holds(class: &Class, byte: u8) -> bool {
    match class {
        Class::Unicode(class) => {
            class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&char::from(byte)))
        }
        Class::Bytes(class) => class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&byte)),
    }
}
