//! What an input says in the end, chunk by chunk: that is how it is taken into a feed.

use crate::change::{Action, End, Said};
use crate::chunk::{Chunk, key};
use crate::number::Number;
use crate::source::SourceType;

/// What an input says in the end of the numbers of one chunk.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// The chunk's key.
    pub key: u64,
    /// Numbers that it adds, and of which nothing else is told: no notes, no end, and the source type is the load's usual
    /// one. Of a registry that is all, and so many numbers are not looked at one by one.
    pub plain: Chunk,
    /// What it says of the others, sorted by number, each once.
    rows: Vec<Said<Span>>,
    /// The notes of them all: there are millions, and to let each have a piece of memory of its own takes longer than all else.
    notes: String,
}

/// Where a row's notes lie among those of its chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    start: usize,
    end: usize,
}

impl Told {
    /// What an input says of one chunk, nothing so far.
    pub fn of(key: u64) -> Self {
        Self { key, ..Self::default() }
    }

    /// Takes notes in, which a row to come may have.
    pub fn keep(&mut self, notes: &str) -> Span {
        let start = self.notes.len();
        self.notes.push_str(notes);
        Span { start, end: self.notes.len() }
    }

    /// Takes the next row in.
    #[inline]
    pub fn add(&mut self, said: Said<&str>) {
        let notes = self.keep(said.notes);
        self.push(said.with(notes));
    }

    /// Takes the next row in, whose notes are kept.
    #[inline]
    pub fn push(&mut self, said: Said<Span>) {
        self.rows.push(said);
    }

    /// Takes the next row in, which is the one that stands of several; `first` are the notes that were kept first of them. Those of
    /// the others are let go: there may be any number of rows of one number.
    pub fn push_standing(&mut self, said: Said<Span>, first: Span) {
        let notes = self.notes[said.notes.start..said.notes.end].to_owned();
        self.let_go(first);
        self.add(said.with(&notes));
    }

    /// Lets notes go, from these on, which no row has.
    pub fn let_go(&mut self, first: Span) {
        self.notes.truncate(first.start);
    }

    /// What it says of the others, sorted by number, each once.
    #[inline]
    pub fn rows(&self) -> impl Iterator<Item = Said<&str>> {
        self.rows.iter().map(|said| said.with(&self.notes[said.notes.start..said.notes.end]))
    }

    /// How many numbers it tells of.
    pub fn count(&self) -> u64 {
        self.plain.len() + self.rows.len() as u64
    }

    /// Whether it is what it should be: sorted, each number once, all of this chunk.
    pub fn holds(&self) -> bool {
        let numbers = || self.rows.iter().map(|said| said.number);
        self.rows.is_sorted_by(|one, other| one.number < other.number)
            && numbers().all(|number| key(number) == self.key && !self.plain.contains(number))
    }

    /// All of it as rows, sorted. `source`: the load's usual one.
    pub fn all_rows(&self, source: SourceType) -> Vec<Said<&str>> {
        let plain = self.plain.numbers(self.key).map(|number| plain(number, source));
        let mut rows: Vec<Said<&str>> = plain.chain(self.rows()).collect();
        rows.sort_by_key(|said| said.number);
        rows
    }
}

/// A number that is added, and of which nothing else is told.
fn plain(number: Number, source: SourceType) -> Said<&'static str> {
    Said { number, action: Action::Add, at: None, end: End::Never, source, notes: "" }
}

/// Rows sorted by number, put together to chunks. An error goes on as it is, and ends the chunk before it.
pub fn by_chunk<E>(said: impl Iterator<Item = Result<Said, E>>) -> impl Iterator<Item = Result<Told, E>> {
    let mut said = said.peekable();
    std::iter::from_fn(move || {
        let first = match said.next()? {
            Err(error) => return Some(Err(error)),
            Ok(first) => first,
        };
        let key = key(first.number);
        let mut told = Told::of(key);
        told.add(first.lent());
        let same = |next: &Result<Said, E>| next.as_ref().is_ok_and(|said| crate::chunk::key(said.number) == key);
        while let Some(Ok(next)) = said.next_if(same) {
            told.add(next.lent());
        }
        Some(Ok(told))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(numbers: &[u64]) -> Vec<Result<Told, ()>> {
        let said = |number: &u64| match number {
            0 => Err(()),
            number => Ok(plain(Number::from_stored(*number), SourceType::Manual).with(Box::default())),
        };
        by_chunk(numbers.iter().map(said)).collect()
    }

    #[test]
    fn rows_are_put_together_where_the_chunk_is_the_same() {
        let chunks = told(&[1, 7, 0x1_0002, 0, 0x1_0003]);
        let shown: Vec<Result<(u64, u64), ()>> =
            chunks.into_iter().map(|told| told.map(|told| (told.key, told.count()))).collect();
        assert_eq!(shown, [Ok((0, 2)), Ok((1, 1)), Err(()), Ok((1, 1))]);
    }

    #[test]
    fn what_is_out_of_order_or_told_twice_does_not_hold() {
        let holds = |numbers: &[u64], plain: u64| {
            let mut told = told(numbers).remove(0).expect("no error");
            told.plain.insert(Number::from_stored(plain));
            told.holds()
        };
        assert!(holds(&[1, 2], 3));
        assert!(!holds(&[2, 1], 3));
        assert!(!holds(&[1, 1], 3));
        assert!(!holds(&[1, 2], 2));
    }

    #[test]
    fn plain_numbers_are_rows_like_others() {
        let mut told = told(&[3, 9]).remove(0).expect("no error");
        told.plain = Chunk::of_sorted([4, 8].map(Number::from_stored));
        let rows = told.all_rows(SourceType::System);
        assert_eq!(rows.iter().map(|said| said.number.get()).collect::<Vec<_>>(), [3, 4, 8, 9]);
        assert_eq!(rows[1].source, SourceType::System);
    }
}
