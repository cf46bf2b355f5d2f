//! Tiles and bundles of entries, as C2SP tlog-tiles has them: which there are, and whether they are what the log comes to.

use std::io::{self, Read};

use crate::log::LONGEST;
use crate::tree::{Tree, leaf};

/// A whole tile has so many hashes, a whole bundle so many lines.
const WHOLE: u64 = 256;

/// Levels of the tree that lie between two levels of tiles.
const HEIGHT: u32 = 8;

/// What a tile holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    /// Hashes of whole subtrees of 256^level leaves.
    Hashes {
        level: u32,
    },
    Lines,
}

/// One tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tile {
    of: Of,
    number: u64,
    width: u64,
}

impl Tile {
    /// All tiles of a log of so many lines.
    pub(crate) fn all(size: u64) -> impl Iterator<Item = Self> {
        let levels = (0..u64::BITS / HEIGHT).map(move |level| (Of::Hashes { level }, size >> (HEIGHT * level)));
        levels.chain([(Of::Lines, size)]).flat_map(|(of, length)| {
            let width = move |number: u64| WHOLE.min(length - number * WHOLE);
            (0..length.div_ceil(WHOLE)).map(move |number| Self { of, number, width: width(number) })
        })
    }

    /// What is wrong with these bytes; `None` where they are its own. Of leaves it is told which line differs first.
    pub(crate) fn fault(&self, tree: &Tree, reader: impl Read) -> io::Result<Option<String>> {
        let mut reader = io::BufReader::new(reader);
        for place in self.number * WHOLE..self.number * WHOLE + self.width {
            let right = match self.of {
                Of::Hashes { level } => read::<32>(&mut reader)? == Some(tree.subtree(HEIGHT * level, place)),
                Of::Lines => {
                    let line = line(&mut reader)?;
                    line.is_some_and(|line| leaf(&[&line]) == tree.subtree(0, place))
                }
            };
            if !right {
                return Ok(Some(match self.of {
                    Of::Hashes { level: 1.. } => "it is not what the log comes to".to_owned(),
                    _ => {
                        format!("it has another line {0} than log.jsonl: one of the two is not what it was", place + 1)
                    }
                }));
            }
        }
        let more = read::<1>(&mut reader)?.is_some();
        Ok(more.then(|| "it goes on behind its end".to_owned()))
    }
}

/// `tile/0/x001/x234/067`, `tile/entries/000.p/17`.
impl std::fmt::Display for Tile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.of {
            Of::Hashes { level } => write!(f, "tile/{level}/")?,
            Of::Lines => f.write_str("tile/entries/")?,
        }
        let mut groups = vec![self.number % 1000];
        let mut rest = self.number / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        while let Some(group) = groups.pop() {
            if groups.is_empty() { write!(f, "{group:03}")? } else { write!(f, "x{group:03}/")? }
        }
        if self.width < WHOLE { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

/// The next line of a bundle: its length in two bytes, and its bytes.
fn line(reader: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    const _: () = assert!(LONGEST == u16::MAX as usize);
    let Some(length) = read::<2>(reader)? else { return Ok(None) };
    let length = u16::from_be_bytes(length);
    let mut line = Vec::with_capacity(usize::from(length));
    reader.take(u64::from(length)).read_to_end(&mut line)?;
    Ok((line.len() == usize::from(length)).then_some(line))
}

/// The next bytes; none where there are not so many.
fn read<const N: usize>(reader: &mut impl Read) -> io::Result<Option<[u8; N]>> {
    let mut bytes = [0; N];
    match reader.read_exact(&mut bytes) {
        Ok(()) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(size: u64) -> Vec<String> {
        Tile::all(size).map(|tile| tile.to_string()).collect()
    }

    #[test]
    fn a_log_has_the_tiles_that_the_specification_names() {
        assert!(names(0).is_empty());
        assert_eq!(names(1), ["tile/0/000.p/1", "tile/entries/000.p/1"]);
        assert_eq!(names(256), ["tile/0/000", "tile/1/000.p/1", "tile/entries/000"]);
        let of_70_000 = names(70_000);
        assert_eq!(of_70_000.len(), 273 + 1 + 1 + 1 + 1 + 274);
        assert_eq!(
            of_70_000[272..277],
            ["tile/0/272", "tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"]
        );
    }

    #[test]
    fn large_numbers_are_written_in_groups_of_three() {
        let name = |number, width| Tile { of: Of::Hashes { level: 3 }, number, width }.to_string();
        assert_eq!(name(1_234_067, 256), "tile/3/x001/x234/067");
        assert_eq!(name(1_000, 8), "tile/3/x001/000.p/8");
        assert_eq!(name(999, 256), "tile/3/999");
    }
}
