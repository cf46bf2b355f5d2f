//! Lines of a file, one at a time, however long the file is.

use std::io::{self, BufRead as _, BufReader, Read};

/// Why a file has no further line that could be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    TooLong,
    NoEnd,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::TooLong => "the line is longer than any that dncsync writes; what follows was not looked at",
            Self::NoEnd => "the file ends within a line",
        })
    }
}

/// The lines of a file.
pub(crate) struct Lines<R> {
    reader: BufReader<R>,
    line: Vec<u8>,
    longest: usize,
}

impl<R: Read> Lines<R> {
    /// Lines of at most so many bytes.
    pub(crate) fn of(reader: R, longest: usize) -> Self {
        Self { reader: BufReader::with_capacity(1 << 16, reader), line: Vec::new(), longest }
    }

    /// The next one, without its end. After a fault there is no other.
    pub(crate) fn read(&mut self) -> io::Result<Option<Result<&[u8], Fault>>> {
        self.line.clear();
        let most = self.longest as u64 + 1;
        let length = self.reader.by_ref().take(most).read_until(b'\n', &mut self.line)?;
        Ok(match self.line.split_last() {
            None => None,
            Some((b'\n', line)) => Some(Ok(line)),
            Some(_) if length as u64 == most => Some(Err(Fault::TooLong)),
            Some(_) => Some(Err(Fault::NoEnd)),
        })
    }
}

/// Whether a file holds exactly these bytes.
pub(crate) fn holds(reader: impl Read, bytes: &[u8]) -> io::Result<bool> {
    let mut found = Vec::new();
    reader.take(bytes.len() as u64 + 1).read_to_end(&mut found)?;
    Ok(found == bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_one_by_one_until_one_is_wrong() {
        let mut lines = Lines::of(&b"one\n\ntwelve\n"[..], 5);
        assert_eq!(lines.read().unwrap(), Some(Ok(&b"one"[..])));
        assert_eq!(lines.read().unwrap(), Some(Ok(&b""[..])));
        assert_eq!(lines.read().unwrap(), Some(Err(Fault::TooLong)));
        let mut lines = Lines::of(&b"three\nthree"[..], 5);
        assert_eq!(lines.read().unwrap(), Some(Ok(&b"three"[..])));
        assert_eq!(lines.read().unwrap(), Some(Err(Fault::NoEnd)));
        assert_eq!(Lines::of(&b""[..], 5).read().unwrap(), None);
        assert!(holds(&b"one"[..], b"one").unwrap());
        assert!(!holds(&b"ones"[..], b"one").unwrap());
        assert!(!holds(&b"on"[..], b"one").unwrap());
    }
}
