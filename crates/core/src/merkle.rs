//! Merkle trees as RFC 6962, section 2.1, has them: what the log and the batches are proven by.
//!
//! A tree over any number of leaves is made of complete subtrees, whose hashes never change: they are [`Node`]s. Who keeps those
//! can make every root and every proof without looking at the leaves again. Verifying is for the examiner, which shares nothing with this.

use std::fmt;
use std::ops::Range;

use sha2::{Digest as _, Sha256};

/// Whether a proof holds: the examiner has its own, and this one is what the tests here ask.
#[cfg(test)]
mod proof;

/// A hash of a tree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// Of a leaf's bytes: SHA-256(0x00 ‖ bytes).
    pub fn of_leaf(bytes: &[u8]) -> Self {
        Self(Sha256::new().chain_update([0]).chain_update(bytes).finalize().into())
    }

    /// Of two subtrees, the left one complete: SHA-256(0x01 ‖ left ‖ right).
    pub fn of_two(left: Self, right: Self) -> Self {
        Self(Sha256::new().chain_update([1]).chain_update(left.0).chain_update(right.0).finalize().into())
    }

    /// Of no leaves: SHA-256 of nothing.
    pub fn of_none() -> Self {
        Self(Sha256::digest([]).into())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A complete subtree: over the leaves from `index << level` on, 2^`level` of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// 0 for a leaf.
    pub level: u8,
    /// Its place among those of its level.
    pub index: u64,
}

/// A tree that grows: the roots of its complete subtrees, the largest and leftmost first. Some 32 bytes for each bit of its size.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// A tree of so many leaves, from the hashes of its [`peaks`].
    pub fn of(size: u64, peaks: Vec<Hash>) -> Option<Self> {
        (peaks.len() == size.count_ones() as usize).then_some(Self { size, peaks })
    }

    /// How many leaves it has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The hashes of its complete subtrees, the largest and leftmost first.
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// Adds a leaf. `made` is told each subtree that is complete by it, the leaf first.
    pub fn push(&mut self, leaf: Hash, mut made: impl FnMut(Node, Hash)) {
        let (mut hash, mut level) = (leaf, 0);
        made(Node { level, index: self.size }, hash);
        // As adding one to a binary number carries.
        while self.size >> level & 1 == 1
            && let Some(left) = self.peaks.pop()
        {
            hash = Hash::of_two(left, hash);
            level += 1;
            made(Node { level, index: self.size >> level }, hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The root of the tree as it is.
    pub fn root(&self) -> Hash {
        fold(self.peaks.iter().copied())
    }
}

/// Right to left: what is right of a complete subtree is one tree.
fn fold(peaks: impl DoubleEndedIterator<Item = Hash>) -> Hash {
    peaks.rev().reduce(|right, left| Hash::of_two(left, right)).unwrap_or_else(Hash::of_none)
}

/// The complete subtrees that a tree over these leaves is made of, from left to right. `leaves` begins where a subtree does that
/// is at least as large, as every subtree of a tree does.
pub fn peaks(leaves: Range<u64>) -> impl DoubleEndedIterator<Item = Node> {
    let (start, count) = (leaves.start, leaves.end.saturating_sub(leaves.start));
    let of_bit = move |level: u8| {
        let before = start + (count >> level >> 1 << 1 << level);
        (count >> level & 1 == 1).then_some(Node { level, index: before >> level })
    };
    (0..64u8).rev().filter_map(of_bit)
}

/// The root of a tree over these leaves, from the hashes of its complete subtrees.
///
/// # Errors
/// What `read` fails with.
pub fn root<E>(leaves: Range<u64>, read: &mut impl FnMut(Node) -> Result<Hash, E>) -> Result<Hash, E> {
    let hashes = peaks(leaves).map(read).collect::<Result<Vec<Hash>, E>>()?;
    Ok(fold(hashes.into_iter()))
}

/// The path from a leaf to the root of the first `size` leaves: PATH(index, D\[size\]) of the RFC. None for a leaf that is not in it.
///
/// # Errors
/// What `read` fails with.
pub fn inclusion<E>(
    index: u64,
    size: u64,
    read: &mut impl FnMut(Node) -> Result<Hash, E>,
) -> Result<Option<Vec<Hash>>, E> {
    if index >= size {
        return Ok(None);
    }
    let (mut path, mut within) = (Vec::new(), 0..size);
    while within.end - within.start > 1 {
        let middle = within.start + split(within.end - within.start);
        let other = if index < middle { middle..within.end } else { within.start..middle };
        path.push(root(other.clone(), read)?);
        within = if index < middle { within.start..middle } else { middle..within.end };
    }
    path.reverse();
    Ok(Some(path))
}

/// What shows that the first `old` leaves are the beginning of the first `size`: PROOF(old, D\[size\]) of the RFC. None where
/// there are not so many, or `old` is 0: of nothing everything is a continuation.
///
/// # Errors
/// What `read` fails with.
pub fn consistency<E>(
    old: u64,
    size: u64,
    read: &mut impl FnMut(Node) -> Result<Hash, E>,
) -> Result<Option<Vec<Hash>>, E> {
    if old == 0 || old > size {
        return Ok(None);
    }
    let (mut path, mut within) = (Vec::new(), 0..size);
    while within.end != old {
        let middle = within.start + split(within.end - within.start);
        if old <= middle {
            path.push(root(middle..within.end, read)?);
            within.end = middle;
        } else {
            path.push(root(within.start..middle, read)?);
            within.start = middle;
        }
    }
    // Who knows the old root knows it already, where it is a subtree of the new one.
    if within.start > 0 {
        path.push(root(within, read)?);
    }
    path.reverse();
    Ok(Some(path))
}

/// The largest power of two that is smaller than `count`, which is at least 2.
fn split(count: u64) -> u64 {
    1 << (63 - (count - 1).leading_zeros())
}

#[cfg(test)]
mod tests;
