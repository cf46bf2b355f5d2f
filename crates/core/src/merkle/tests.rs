use std::collections::BTreeMap;
use std::convert::Infallible;

use proptest::prelude::*;

use super::*;

/// The tree of the RFC's own definition.
fn defined(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::of_none(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at((leaves.len() as u64).next_power_of_two() as usize / 2);
            Hash::of_two(defined(left), defined(right))
        }
    }
}

/// All that is kept of a tree.
struct Kept {
    leaves: Vec<Hash>,
    nodes: BTreeMap<Node, Hash>,
    frontier: Frontier,
}

impl Kept {
    fn of(size: u64) -> Self {
        Self::from((0..size).map(|leaf| Hash::of_leaf(&leaf.to_be_bytes())).collect())
    }

    fn from(leaves: Vec<Hash>) -> Self {
        let (mut nodes, mut frontier) = (BTreeMap::new(), Frontier::default());
        for leaf in &leaves {
            frontier.push(*leaf, |node, hash| assert_eq!(nodes.insert(node, hash), None, "made twice: {node:?}"));
        }
        Self { leaves, nodes, frontier }
    }

    fn reading(&self) -> impl FnMut(Node) -> Result<Hash, Infallible> + '_ {
        |node| Ok(self.nodes[&node])
    }

    fn inclusion(&self, index: u64, size: u64) -> Option<Vec<Hash>> {
        inclusion(index, size, &mut self.reading()).unwrap_or_else(|never| match never {})
    }

    fn consistency(&self, old: u64, size: u64) -> Option<Vec<Hash>> {
        consistency(old, size, &mut self.reading()).unwrap_or_else(|never| match never {})
    }

    fn root(&self, size: u64) -> Hash {
        root(0..size, &mut self.reading()).unwrap_or_else(|never| match never {})
    }
}

/// The trees that the test vectors of Certificate Transparency are about.
#[test]
fn roots_are_those_that_others_come_to() {
    let leaves: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    let kept = Kept::from(leaves.iter().map(|leaf| Hash::of_leaf(leaf)).collect());
    let roots: Vec<String> = (0..=8).map(|size| kept.root(size).to_string()).collect();
    assert_eq!(
        roots,
        [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ]
    );
}

#[test]
fn every_leaf_of_every_small_tree_is_proven_and_nothing_else() {
    let kept = Kept::of(33);
    for size in 0..=33 {
        let root = kept.root(size);
        assert_eq!(root, defined(&kept.leaves[..size as usize]));
        for index in 0..size {
            let path = kept.inclusion(index, size).expect("it is in it");
            for claimed in 0..=size {
                let holds = proof::includes(kept.leaves[index as usize], claimed, size, &path, root);
                assert_eq!(holds, claimed == index, "{index} of {size} as {claimed}");
            }
        }
        assert_eq!(kept.inclusion(size, size), None);
    }
}

#[test]
fn every_small_tree_is_the_beginning_of_every_larger_one() {
    let kept = Kept::of(33);
    for size in 1..=33 {
        for old in 1..=size {
            let path = kept.consistency(old, size).expect("it is its beginning");
            for claimed in 1..=size {
                let holds = proof::continues(claimed, kept.root(old), size, kept.root(size), &path);
                assert_eq!(holds, claimed == old, "{old} of {size} as {claimed}");
            }
        }
        assert_eq!((kept.consistency(0, size), kept.consistency(size + 1, size)), (None, None));
    }
}

proptest! {
    /// What is kept of a tree is enough to let it grow, and to prove all of it at any of its sizes.
    #[test]
    fn a_tree_is_proven_at_any_size(size in 1u64..3_000, older in 1u64..3_000, index in 0u64..3_000) {
        let kept = Kept::of(size);
        prop_assert_eq!(kept.frontier.root(), defined(&kept.leaves));
        let hashes = peaks(0..size).map(|node| kept.nodes[&node]).collect();
        prop_assert_eq!(Frontier::of(size, hashes), Some(kept.frontier.clone()));
        let (older, index) = (older.min(size), index.min(size - 1));
        let path = kept.consistency(older, size).expect("it is its beginning");
        prop_assert!(proof::continues(older, kept.root(older), size, kept.root(size), &path));
        let path = kept.inclusion(index, size).expect("it is in it");
        prop_assert!(proof::includes(kept.leaves[index as usize], index, size, &path, kept.root(size)));
    }

    /// A proof that was touched anywhere shows nothing.
    #[test]
    fn a_proof_that_was_touched_fails(
        size in 2u64..200,
        index in 0u64..200,
        old in 1u64..200,
        at in any::<prop::sample::Index>(),
        bit in 0usize..256,
        what in 0..4,
    ) {
        let (kept, index, old) = (Kept::of(size), index % size, old % (size - 1) + 1);
        let touch = |mut path: Vec<Hash>| {
            let place = at.index(path.len());
            match what {
                0 => path[place].0[bit / 8] ^= 1 << (bit % 8),
                1 => drop(path.remove(place)),
                2 => path.insert(place, path[place]),
                _ => path.push(Hash::of_none()),
            }
            path
        };
        let path = touch(kept.inclusion(index, size).expect("it is in it"));
        prop_assert!(!proof::includes(kept.leaves[index as usize], index, size, &path, kept.root(size)));
        let path = touch(kept.consistency(old, size).expect("it is its beginning"));
        prop_assert!(!proof::continues(old, kept.root(old), size, kept.root(size), &path));
    }
}
