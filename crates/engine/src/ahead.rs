//! Reading ahead: rows are read, cut and judged on a thread of their own, while those before them are taken in.
//!
//! They are taken in the order of the input, whatever the threads do.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread;
use std::vec::Drain;

use dncsync_core::number::Number;
use dncsync_core::row::RowRef;
use dncsync_feed::{Fault, Reader, Rows};

use crate::trouble::Trouble;

/// So many pieces are read ahead. With few, each side often sleeps for the other, and waking takes as long as a piece.
const AHEAD: usize = 8;

/// Rows that were read, and what each of them came to, but those that were known at sight.
struct Piece<V> {
    rows: Rows,
    verdicts: Vec<V>,
}

/// Who looks at rows while they are read.
pub(crate) struct Eyes<S, J> {
    /// The number of a text that is one and nothing else, where that is certain at sight.
    pub(crate) at_sight: S,
    /// What any other row comes to.
    pub(crate) judge: J,
}

/// Reads all of `reader` and gives its rows to `take`, piece by piece, with what each of them came to. The reader, at its end.
///
/// # Errors
/// What `take` fails with, or `broken` makes of an input that cannot be read.
pub(crate) fn each<R: Read + Send, V: Send>(
    reader: Reader<R>,
    eyes: Eyes<impl Fn(&[u8]) -> Option<Number> + Send, impl Fn(RowRef<'_>, Option<Fault>) -> V + Send>,
    broken: impl Fn(&io::Error) -> Trouble,
    mut take: impl FnMut(&Rows, Drain<'_, V>) -> Result<(), Trouble>,
) -> Result<Reader<R>, Trouble> {
    thread::scope(|scope| {
        let (read, pieces) = sync_channel(AHEAD);
        let (give_back, used) = channel();
        let reading = scope.spawn(move || read_all(reader, &eyes, &read, &used));
        for piece in pieces {
            let mut piece: Piece<V> = piece.map_err(|error| broken(&error))?;
            take(&piece.rows, piece.verdicts.drain(..))?;
            // Who reads may have come to the end.
            let _ = give_back.send(piece);
        }
        match reading.join() {
            Ok(reader) => Ok(reader),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// Sends all rows, and ends early where nobody wants them any more. Memory that comes back is used again.
fn read_all<R: Read, V>(
    mut reader: Reader<R>,
    eyes: &Eyes<impl Fn(&[u8]) -> Option<Number>, impl Fn(RowRef<'_>, Option<Fault>) -> V>,
    read: &SyncSender<io::Result<Piece<V>>>,
    used: &Receiver<Piece<V>>,
) -> Reader<R> {
    loop {
        let mut piece = used.try_recv().unwrap_or_else(|_| Piece { rows: Rows::default(), verdicts: Vec::new() });
        let filled = reader.read_many(&mut piece.rows, &eyes.at_sight);
        for stretch in piece.rows.stretches() {
            piece.verdicts.extend(stretch.rows().map(|(row, fault)| (eyes.judge)(row, fault)));
        }
        let piece = match filled {
            Ok(()) if piece.rows.is_empty() => return reader,
            Ok(()) => Ok(piece),
            Err(error) => Err(error),
        };
        let ended = piece.is_err();
        if read.send(piece).is_err() || ended {
            return reader;
        }
    }
}

/// So many things are made before they are asked for.
const MADE: usize = 64;

/// Does `work` with what `maker` gives, which is made on a thread of its own meanwhile.
pub(crate) fn made<T: Send, R>(
    maker: impl Iterator<Item = T> + Send,
    work: impl FnOnce(&mut dyn Iterator<Item = T>) -> R,
) -> R {
    thread::scope(|scope| {
        let (give, made) = sync_channel(MADE);
        // Ends early where nobody wants any more.
        scope.spawn(move || maker.map(Some).chain([None]).try_for_each(|thing| give.send(thing)));
        // Half of what is made must not be taken for the whole.
        work(&mut std::iter::from_fn(move || made.recv().expect("who makes says when it is done")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use dncsync_feed::Asked;

    fn lines(input: &[u8]) -> Reader<&[u8]> {
        Reader::open(input, &Asked::default()).expect("numbers")
    }

    type AtSight = fn(&[u8]) -> Option<Number>;
    type Judge = fn(RowRef<'_>, Option<Fault>) -> u64;

    /// They know nothing at sight, and see of other rows where they stand.
    const EYES: Eyes<AtSight, Judge> = Eyes { at_sight: |_| None, judge: |row, _| row.line };

    fn never(_: &io::Error) -> Trouble {
        unreachable!("memory is always readable")
    }

    #[test]
    fn rows_come_in_the_order_of_the_input_and_none_is_missing() {
        let input: String = (0..10_000).map(|row| format!("+1202555{row:04}\n")).collect();
        let mut seen = Vec::new();
        let judged = each(lines(input.as_bytes()), EYES, never, |rows, lines| {
            let rows = rows.stretches().flat_map(|stretch| stretch.rows());
            seen.extend(lines.zip(rows.map(|(row, _)| row.phone.to_owned())));
            Ok(())
        });
        assert!(judged.is_ok());
        let expected = (1u64..).zip(input.lines().map(str::to_owned)).collect::<Vec<_>>();
        assert_eq!(seen, expected);
    }

    #[test]
    fn who_judges_may_stop_at_any_piece() {
        let input = "+12025550123\n".repeat(100_000);
        let mut pieces = 0;
        let stopped = each(lines(input.as_bytes()), EYES, never, |_, _| {
            pieces += 1;
            if pieces == 3 { Err(Trouble::stopped()) } else { Ok(()) }
        });
        assert!(stopped.is_err());
        assert_eq!(pieces, 3);
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("gone"))
            }
        }
        let input = b"+12025550123\n".repeat(100_000);
        let reader = Reader::open(input.chain(Broken), &Asked::default()).expect("numbers");
        let mut rows = 0;
        let broken = |error: &io::Error| Trouble::input("input.unreadable", error.to_string(), "check it");
        let told = each(reader, EYES, broken, |piece, _| {
            rows += piece.len();
            Ok(())
        });
        assert_eq!(told.map(drop).map_err(|trouble| trouble.message), Err("gone".to_owned()));
        assert!(rows > 90_000, "what stood before it was judged: {rows}");
    }

    #[test]
    fn what_is_made_meanwhile_comes_in_order_and_may_be_left() {
        assert_eq!(made(0..1_000, |made| made.collect::<Vec<_>>()), (0..1_000).collect::<Vec<_>>());
        assert_eq!(made(0.., |made| made.take(3).sum::<u64>()), 3);
    }

    #[test]
    #[should_panic(expected = "who makes says when it is done")]
    fn half_of_what_is_made_is_not_taken_for_the_whole() {
        made((0..10).inspect(|thing| assert!(*thing < 5, "it cannot be made")), |made| made.count());
    }
}
