//! Reading ahead: rows are read and cut on a thread of their own, while those before them are judged.
//!
//! They are judged in the order of the input, whatever the threads do.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread;

use dncsync_core::number::Number;
use dncsync_feed::{Reader, Rows};

use crate::trouble::Trouble;

/// So many pieces are read ahead. With few, each side often sleeps for the other, and waking takes as long as a piece.
const AHEAD: usize = 8;

/// Reads all of `reader` and gives its rows to `judge`, piece by piece; `at_sight` spares it those that tell nothing but a
/// number, where that is certain at sight. The reader, at its end.
///
/// # Errors
/// What `judge` fails with, or `broken` makes of an input that cannot be read.
pub(crate) fn each<R: Read + Send>(
    reader: Reader<R>,
    at_sight: impl Fn(&[u8]) -> Option<Number> + Send,
    broken: impl Fn(&io::Error) -> Trouble,
    mut judge: impl FnMut(&Rows) -> Result<(), Trouble>,
) -> Result<Reader<R>, Trouble> {
    thread::scope(|scope| {
        let (read, pieces) = sync_channel(AHEAD);
        let (give_back, used) = channel();
        let reading = scope.spawn(move || read_all(reader, at_sight, &read, &used));
        for piece in pieces {
            let rows: Rows = piece.map_err(|error| broken(&error))?;
            judge(&rows)?;
            // Who reads may have come to the end.
            let _ = give_back.send(rows);
        }
        match reading.join() {
            Ok(reader) => Ok(reader),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// Sends all rows, and ends early where nobody wants them any more. Memory that comes back is used again.
fn read_all<R: Read>(
    mut reader: Reader<R>,
    at_sight: impl Fn(&[u8]) -> Option<Number>,
    read: &SyncSender<io::Result<Rows>>,
    used: &Receiver<Rows>,
) -> Reader<R> {
    loop {
        let mut rows = used.try_recv().unwrap_or_default();
        let piece = match reader.read_many(&mut rows, &at_sight) {
            Ok(()) if rows.is_empty() => return reader,
            Ok(()) => Ok(rows),
            Err(error) => Err(error),
        };
        let ended = piece.is_err();
        if read.send(piece).is_err() || ended {
            return reader;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dncsync_feed::Asked;

    fn lines(input: &[u8]) -> Reader<&[u8]> {
        Reader::open(input, &Asked::default()).expect("numbers")
    }

    fn unknown(_: &[u8]) -> Option<Number> {
        None
    }

    fn never(_: &io::Error) -> Trouble {
        unreachable!("memory is always readable")
    }

    #[test]
    fn rows_come_in_the_order_of_the_input_and_none_is_missing() {
        let input: String = (0..10_000).map(|row| format!("+1202555{row:04}\n")).collect();
        let mut seen = Vec::new();
        let judged = each(lines(input.as_bytes()), unknown, never, |rows| {
            let rows = rows.stretches().flat_map(|stretch| stretch.rows());
            seen.extend(rows.map(|(row, _)| (row.line, row.phone.to_owned())));
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
        let stopped = each(lines(input.as_bytes()), unknown, never, |_| {
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
        let told = each(reader, unknown, broken, |piece| {
            rows += piece.len();
            Ok(())
        });
        assert_eq!(told.map(drop).map_err(|trouble| trouble.message), Err("gone".to_owned()));
        assert!(rows > 90_000, "what stood before it was judged: {rows}");
    }
}
