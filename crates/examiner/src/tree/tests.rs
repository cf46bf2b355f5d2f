//! The tree against the definition, and against the trees that Certificate Transparency's own tests use.

use super::*;
use crate::spelling::{from_hex, hex};
use proptest::prelude::*;

/// The eight leaves of those tests.
const LEAVES: [&[u8]; 8] = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
];

/// The roots of the first one, two, ... of them.
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn tree(leaves: &[&[u8]]) -> Tree {
    let mut tree = Tree::default();
    leaves.iter().for_each(|bytes| tree.push(leaf(&[bytes])));
    tree
}

/// MTH, as the RFC defines it.
fn root_by_definition(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => digest(&[]),
        [one] => *one,
        more => {
            let (left, right) = more.split_at(below(more.len() as u64) as usize);
            node(&root_by_definition(left), &root_by_definition(right))
        }
    }
}

/// PATH, as the RFC defines it.
fn path_by_definition(place: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(below(leaves.len() as u64) as usize);
    let (within, place, beside) =
        if place < left.len() { (left, place, right) } else { (right, place - left.len(), left) };
    let mut path = path_by_definition(place, within);
    path.push(root_by_definition(beside));
    path
}

#[test]
fn the_roots_are_those_that_are_known() {
    let tree = tree(&LEAVES);
    assert_eq!(hex(&tree.root(0)), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (size, root) in (1..).zip(ROOTS) {
        assert_eq!(hex(&tree.root(size)), root, "of {size}");
    }
}

#[test]
fn the_paths_are_those_that_are_known() {
    let tree = tree(&LEAVES);
    let path = |from, to| tree.consistency(from, to).iter().map(|hash| hex(hash)).collect::<Vec<_>>();
    let first_two = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125";
    let second_two = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
    let first_four = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7";
    let second_four = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";
    let fifth = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";
    let third_two = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";
    let fourth_two = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";
    assert_eq!(
        path(1, 8),
        ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7", second_two, second_four]
    );
    assert_eq!(path(6, 8), [third_two, fourth_two, first_four]);
    assert_eq!(path(2, 5), [second_two, fifth]);
    assert_eq!(path(4, 8), [second_four]);
    assert_eq!(hex(&node(&from_hex(first_two).unwrap(), &from_hex(second_two).unwrap())), first_four);
}

proptest! {
    /// However many leaves: roots, nodes and paths are those of the definition.
    #[test]
    fn the_tree_is_that_of_the_definition(size in 1usize..700, part in 0.0..1.0f64, place in 0.0..1.0f64) {
        let leaves: Vec<Hash> = (0..size).map(|number| leaf(&[&number.to_be_bytes()])).collect();
        let mut tree = Tree::default();
        leaves.iter().for_each(|leaf| tree.push(*leaf));
        let part = (part * size as f64) as usize;
        prop_assert_eq!(tree.root(part as u64), root_by_definition(&leaves[..part]));
        let root = tree.root(size as u64);
        prop_assert_eq!(root, root_by_definition(&leaves));
        let place = (place * size as f64) as usize;
        let path = path_by_definition(place, &leaves);
        prop_assert_eq!(root_of_path(leaves[place], place as u64, size as u64, &path), Some(root));
        prop_assert_ne!(root_of_path(leaves[place], place as u64 ^ 1, size as u64, &path), Some(root));
        prop_assert_eq!(root_of_path(leaves[place], place as u64, size as u64, &[&path[..], &[root]].concat()), None);
        if part > 0 {
            prop_assert!(goes_on((part as u64, tree.root(part as u64)), (size as u64, root), &tree.consistency(part as u64, size as u64)));
        }
    }

    /// A path proves one place in trees of one shape, and nothing panics over any other.
    #[test]
    fn any_path_is_judged(index: u64, size: u64, length in 0usize..70) {
        let path = vec![[7; 32]; length];
        root_of_path([1; 32], index, size, &path);
    }
}

/// RFC 9162, 2.1.4.2: whether a path shows that one tree goes on from another.
fn goes_on((from, first): (u64, Hash), (to, second): (u64, Hash), path: &[Hash]) -> bool {
    let whole = if from.is_power_of_two() { [&[first], path].concat() } else { path.to_vec() };
    let Some((start, rest)) = whole.split_first() else { return false };
    let (mut place, mut last) = (from - 1, to - 1);
    while place & 1 == 1 {
        place >>= 1;
        last >>= 1;
    }
    let (mut old, mut new) = (*start, *start);
    for sibling in rest {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            old = node(sibling, &old);
            new = node(sibling, &new);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            new = node(&new, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && old == first && new == second
}
