//! Whether a proof holds, by the algorithms of RFC 9162, sections 2.1.3.2 and 2.1.4.2, which say it of the trees of RFC 6962.

use super::Hash;

/// Whether `path` shows that this leaf is the one at `index` of the tree of `size` leaves with this root.
pub(super) fn includes(leaf: Hash, index: u64, size: u64, path: &[Hash], root: Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = Hash::of_two(*sibling, hash);
            if at & 1 == 0 {
                // The last of its level, and alone: it goes up until it has somebody to its left.
                let alone = at.trailing_zeros();
                at = at.checked_shr(alone).unwrap_or(0);
                last = last.checked_shr(alone).unwrap_or(0);
            }
        } else {
            hash = Hash::of_two(hash, *sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && hash == root
}

/// Whether `path` shows that the tree of `old` leaves with the root `old_root` is the beginning of the one of `size` leaves with
/// the root `root`.
pub(super) fn continues(old: u64, old_root: Hash, size: u64, root: Hash, path: &[Hash]) -> bool {
    if old == 0 || old > size {
        return false;
    }
    if old == size {
        return path.is_empty() && old_root == root;
    }
    // Where the old tree is a complete subtree of the new one, its root is the first of the path, left out.
    let whole = old.is_power_of_two().then_some(old_root);
    let mut path = whole.iter().chain(path);
    let Some(first) = path.next() else { return false };
    let (mut at, mut last) = (old - 1, size - 1);
    let odd = at.trailing_ones();
    (at, last) = (at >> odd, last >> odd);
    let (mut before, mut after) = (*first, *first);
    for hash in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            before = Hash::of_two(*hash, before);
            after = Hash::of_two(*hash, after);
            if at & 1 == 0 {
                let alone = at.trailing_zeros();
                at = at.checked_shr(alone).unwrap_or(0);
                last = last.checked_shr(alone).unwrap_or(0);
            }
        } else {
            after = Hash::of_two(after, *hash);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && before == old_root && after == root
}
