//! The words of the table while it is made: equal nodes are one, and what is done to a number is said as early as it is certain.

use std::collections::HashMap;

/// What makes the number from the digits read: digits in front, instead of some at the head. Nothing of both: as read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Act {
    /// The digits in front, as an integer: the calling code, and what a transform puts behind it.
    pub(crate) put: u64,
    /// How many digits are left out at the head.
    pub(crate) skip: usize,
}

/// Where a walk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Word {
    /// Look at the next digit.
    Node(usize),
    /// Valid with exactly `k` more digits, whatever they are, for each bit `k`.
    Leaf(u32),
    /// Do what `acts[..]` says to the number, and go on there.
    Act(usize),
    /// Ask the library.
    Slow,
    /// No such calling code.
    Foreign,
    /// A calling code follows these digits.
    Restart(usize),
}

/// A word, and what is done to all valid numbers behind it. `None` where there is none, or where it is said further on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Reach {
    pub(crate) act: Option<Act>,
    pub(crate) word: Word,
}

impl Reach {
    pub(crate) const SLOW: Self = Self { act: None, word: Word::Slow };
    pub(crate) const INVALID: Self = Self { act: None, word: Word::Leaf(0) };
}

/// Words by digit, and the one where the digits end.
pub(crate) type Node = [Word; 11];

/// All words so far.
#[derive(Default)]
pub(crate) struct Words {
    pub(crate) nodes: Vec<Node>,
    pub(crate) acts: Vec<(Act, Word)>,
    known_nodes: HashMap<Node, usize>,
    known_acts: HashMap<(Act, Word), usize>,
}

impl Words {
    /// What leads to `next` by digit, and to `end` where no digit follows.
    pub(crate) fn join(&mut self, next: [Reach; 10], end: Reach) -> Reach {
        if next.iter().all(|reach| *reach == next[0])
            && let Some(reach) = whatever_follows(next[0], end)
        {
            return reach;
        }
        let mut acts = next.iter().chain([&end]).filter_map(|reach| reach.act);
        let first = acts.next();
        let same = acts.all(|act| Some(act) == first);
        let mut node: Node = [end.word; 11];
        for (slot, reach) in node.iter_mut().zip(next.iter().chain([&end])) {
            *slot = if same { reach.word } else { self.explicit(*reach) };
        }
        let known = *self.known_nodes.entry(node).or_insert_with(|| {
            self.nodes.push(node);
            self.nodes.len() - 1
        });
        Reach { act: if same { first } else { None }, word: Word::Node(known) }
    }

    /// The word that says itself what is done.
    pub(crate) fn explicit(&mut self, reach: Reach) -> Word {
        let Some(act) = reach.act else { return reach.word };
        let known = *self.known_acts.entry((act, reach.word)).or_insert_with(|| {
            self.acts.push((act, reach.word));
            self.acts.len() - 1
        });
        Word::Act(known)
    }

    /// Where a digit leads from a word.
    pub(crate) fn advance(&mut self, word: Word, digit: usize) -> Word {
        match word {
            Word::Node(node) => self.nodes[node][digit],
            Word::Leaf(lengths) => Word::Leaf(lengths >> 1),
            Word::Act(index) => {
                let (act, next) = self.acts[index];
                match self.advance(next, digit) {
                    word @ Word::Node(_) => self.explicit(Reach { act: Some(act), word }),
                    word @ Word::Leaf(lengths) if lengths != 0 => self.explicit(Reach { act: Some(act), word }),
                    word => word,
                }
            }
            Word::Slow | Word::Foreign | Word::Restart(_) => word,
        }
    }
}

/// One word for ten equal ones, where it can say that they end differently.
fn whatever_follows(next: Reach, end: Reach) -> Option<Reach> {
    match (next.word, end.word) {
        (Word::Leaf(lengths), Word::Leaf(now)) if next.act.is_none() || end.act.is_none() || next.act == end.act => {
            Some(Reach { act: next.act.or(end.act), word: Word::Leaf(lengths << 1 | now) })
        }
        (Word::Slow, Word::Slow) => Some(Reach::SLOW),
        _ => None,
    }
}
