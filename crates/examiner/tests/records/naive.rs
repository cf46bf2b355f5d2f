//! The tree of RFC 6962 by its definition, as slow as that is. Nothing here is shared with what is tested.

use sha2::{Digest as _, Sha256};

pub(crate) type Hash = [u8; 32];

pub(crate) fn leaf(bytes: &[u8]) -> Hash {
    Sha256::digest([&[0], bytes].concat()).into()
}

fn split(hashes: &[Hash]) -> (&[Hash], &[Hash]) {
    let mut half = 1;
    while half * 2 < hashes.len() {
        half *= 2;
    }
    hashes.split_at(half)
}

/// MTH.
pub(crate) fn root(hashes: &[Hash]) -> Hash {
    match hashes {
        [] => Sha256::digest([]).into(),
        [one] => *one,
        more => {
            let (left, right) = split(more);
            Sha256::digest([&[1][..], &root(left), &root(right)].concat()).into()
        }
    }
}

/// PATH.
pub(crate) fn path(place: usize, hashes: &[Hash]) -> Vec<Hash> {
    if hashes.len() == 1 {
        return Vec::new();
    }
    let (left, right) = split(hashes);
    let (mut path, other) = match place.checked_sub(left.len()) {
        None => (path(place, left), right),
        Some(place) => (path(place, right), left),
    };
    path.push(root(other));
    path
}

/// SUBPROOF.
pub(crate) fn consistency(from: usize, hashes: &[Hash], known: bool) -> Vec<Hash> {
    if from == hashes.len() {
        return if known { Vec::new() } else { vec![root(hashes)] };
    }
    let (left, right) = split(hashes);
    let (mut path, other) = if from <= left.len() {
        (consistency(from, left, known), right)
    } else {
        (consistency(from - left.len(), right, false), left)
    };
    path.push(root(other));
    path
}
