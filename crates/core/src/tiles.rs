//! The log as tiles, each a file that never changes once it is full, as C2SP's tlog-tiles has them
//! (<https://c2sp.org/tlog-tiles>): existing tools read a log from them.

use crate::merkle::Hash;

/// So many hashes, or entries, are in a full tile.
pub const WIDTH: u64 = 256;

/// One tile of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    /// Which level; `None` for a bundle of entries.
    pub level: Option<u8>,
    /// Its place on that level.
    pub index: u64,
    /// How many hashes or entries it holds, [`WIDTH`] at most.
    pub width: u64,
}

impl Tile {
    /// Its name below the log's address.
    pub fn name(&self) -> String {
        let level = self.level.map_or("entries".to_owned(), |level| level.to_string());
        let mut place = format!("{:03}", self.index % 1_000);
        let mut above = self.index / 1_000;
        while above > 0 {
            place = format!("x{:03}/{place}", above % 1_000);
            above /= 1_000;
        }
        let partial = if self.width < WIDTH { format!(".p/{}", self.width) } else { String::new() };
        format!("tile/{level}/{place}{partial}")
    }

    /// The leaves below its first hash or entry to those below its last.
    pub fn leaves(&self) -> std::ops::Range<u64> {
        let below = WIDTH.pow(u32::from(self.level.unwrap_or(0)));
        let first = self.index * WIDTH * below;
        first..first + self.width * below
    }
}

/// All tiles of a log of so many events: bundles of entries first, then level by level.
pub fn tiles(size: u64) -> impl Iterator<Item = Tile> {
    let levels =
        (0..8u8).map(move |level| (level, size / WIDTH.pow(u32::from(level)))).take_while(|(_, count)| *count > 0);
    let entries = of_level(None, size);
    entries.chain(levels.flat_map(|(level, count)| of_level(Some(level), count)))
}

fn of_level(level: Option<u8>, count: u64) -> impl Iterator<Item = Tile> {
    let widths = (0..count.div_ceil(WIDTH)).map(move |index| (index, (count - index * WIDTH).min(WIDTH)));
    widths.map(move |(index, width)| Tile { level, index, width })
}

/// The bytes of a bundle of entries: each with its length before it, two bytes.
pub fn bundle<'a>(entries: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in entries {
        bytes.extend_from_slice(&u16::try_from(entry.len()).unwrap_or(u16::MAX).to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    bytes
}

/// The bytes of a tile of hashes.
pub fn hashes(hashes: impl Iterator<Item = Hash>) -> Vec<u8> {
    hashes.flat_map(|hash| hash.0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of tlog-tiles: a tree of 70,000 leaves.
    #[test]
    fn a_log_of_seventy_thousand_has_the_tiles_of_the_specification() {
        let all: Vec<Tile> = tiles(70_000).collect();
        let of = |level: Option<u8>| all.iter().filter(move |tile| tile.level == level);
        assert_eq!((of(Some(0)).count(), of(Some(1)).count(), of(Some(2)).count()), (274, 2, 1));
        assert_eq!(all.iter().map(|tile| tile.level).max(), Some(Some(2)));
        let last = |level| of(level).next_back().map(Tile::name);
        assert_eq!(last(Some(0)).as_deref(), Some("tile/0/273.p/112"));
        assert_eq!(last(Some(1)).as_deref(), Some("tile/1/001.p/17"));
        assert_eq!(last(Some(2)).as_deref(), Some("tile/2/000.p/1"));
        assert_eq!(last(None).as_deref(), Some("tile/entries/273.p/112"));
    }

    #[test]
    fn places_beyond_a_thousand_lie_in_directories() {
        let tile = Tile { level: Some(0), index: 1_234_067, width: WIDTH };
        assert_eq!(tile.name(), "tile/0/x001/x234/067");
        assert_eq!(Tile { level: Some(1), index: 1, width: 3 }.leaves(), 65_536..65_536 + 3 * 256);
        assert_eq!(bundle([&b"ab"[..], b"c"].into_iter()), b"\0\x02ab\0\x01c");
    }
}
