//! The tree of RFC 6962, 2.1, of which the leaves come one after another.
//!
//! The leaves' hashes are kept, and those of every fourth level above them: whatever else is asked for is a few hashes away,
//! and ten million leaves take 350 MB instead of 640.

use sha2::{Digest as _, Sha256};

/// A hash of a leaf or a node.
pub(crate) type Hash = [u8; 32];

/// So many levels of the tree lie between two that are kept, as a power of two: 16 hashes make one.
const STEP: u32 = 4;

/// SHA-256 of some bytes.
pub(crate) fn digest(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// The hash of a leaf that consists of these pieces.
pub(crate) fn leaf(pieces: &[&[u8]]) -> Hash {
    let mut hash = Sha256::new_with_prefix([0]);
    pieces.iter().for_each(|piece| hash.update(piece));
    hash.finalize().into()
}

/// The hash of the node above two others.
pub(crate) fn node(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(left);
    bytes[33..].copy_from_slice(right);
    digest(&bytes)
}

/// A tree that grows.
#[derive(Default)]
pub(crate) struct Tree {
    /// Hashes of whole subtrees: of 1 leaf, of 16, of 256.
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// One leaf more.
    pub(crate) fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for level in 0.. {
            if level == self.levels.len() {
                self.levels.push(Vec::new());
            }
            let hashes = &mut self.levels[level];
            hashes.push(hash);
            if !hashes.len().is_multiple_of(1 << STEP) {
                break;
            }
            hash = top(&hashes[hashes.len() - (1 << STEP)..]);
        }
    }

    /// How many leaves there are.
    pub(crate) fn size(&self) -> u64 {
        self.levels.first().map_or(0, Vec::len) as u64
    }

    /// The root of the first leaves; there must be so many.
    pub(crate) fn root(&self, size: u64) -> Hash {
        if size == 0 { digest(&[]) } else { self.of_range(0, size) }
    }

    /// The hash of the whole subtree of 2^height leaves at this place among those of its height; it must be there.
    pub(crate) fn subtree(&self, height: u32, index: u64) -> Hash {
        let (level, rest) = ((height / STEP) as usize, height % STEP);
        let first = (index << rest) as usize;
        top(&self.levels[level][first..first + (1 << rest)])
    }

    /// RFC 6962, 2.1.2: what shows that the tree of the first `to` leaves goes on from that of the first `from`, which
    /// are at least one and fewer.
    pub(crate) fn consistency(&self, from: u64, to: u64) -> Vec<Hash> {
        let mut path = Vec::new();
        self.add_consistency(from, (0, to), true, &mut path);
        path
    }

    /// SUBPROOF of the RFC, over the leaves of a range.
    fn add_consistency(&self, from: u64, (start, length): (u64, u64), known: bool, path: &mut Vec<Hash>) {
        if from == length {
            if !known {
                path.push(self.of_range(start, length));
            }
            return;
        }
        let half = below(length);
        if from <= half {
            self.add_consistency(from, (start, half), known, path);
            path.push(self.of_range(start + half, length - half));
        } else {
            self.add_consistency(from - half, (start + half, length - half), false, path);
            path.push(self.of_range(start, half));
        }
    }

    fn of_range(&self, start: u64, length: u64) -> Hash {
        if length.is_power_of_two() {
            let height = length.trailing_zeros();
            return self.subtree(height, start >> height);
        }
        let half = below(length);
        node(&self.of_range(start, half), &self.of_range(start + half, length - half))
    }
}

/// The largest power of two that is smaller; `of` is at least 2.
fn below(of: u64) -> u64 {
    1 << (of - 1).ilog2()
}

/// The hash over some hashes of one level, a power of two of them.
fn top(hashes: &[Hash]) -> Hash {
    match hashes {
        [one] => *one,
        more => {
            let (left, right) = more.split_at(more.len() / 2);
            node(&top(left), &top(right))
        }
    }
}

/// RFC 9162, 2.1.3.2: the root of a tree of this size that holds this leaf at this place, by its path. None where no tree
/// does.
pub(crate) fn root_of_path(leaf: Hash, index: u64, size: u64, path: &[Hash]) -> Option<Hash> {
    if index >= size {
        return None;
    }
    let (mut place, mut last, mut root) = (index, size - 1, leaf);
    for sibling in path {
        if last == 0 {
            return None;
        }
        if place & 1 == 1 || place == last {
            root = node(sibling, &root);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            root = node(&root, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    (last == 0).then_some(root)
}

#[cfg(test)]
mod tests;
