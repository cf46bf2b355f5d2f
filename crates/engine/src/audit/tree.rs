//! The tree over the log, whole, for whoever makes proofs from it.

use std::convert::Infallible;

use dncsync_core::merkle::{self, Frontier, Hash, Node};
use dncsync_store::{Store, StoreError};

/// All hashes of a tree: 64 bytes for each event.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    levels: Vec<Vec<Hash>>,
    frontier: Frontier,
}

impl Tree {
    /// The tree over the first `size` events. Each line is shown to `look`.
    pub(crate) fn of(store: &Store, size: u64, mut look: impl FnMut(&[u8])) -> Result<Self, StoreError> {
        let mut tree = Self::default();
        store.each_event_after(0, |_, line| {
            if tree.size() < size {
                look(line);
                tree.push(Hash::of_leaf(line));
            }
            tree.size() < size
        })?;
        Ok(tree)
    }

    /// The tree over these leaves.
    pub(crate) fn over(leaves: impl Iterator<Item = Hash>) -> Self {
        let mut tree = Self::default();
        leaves.for_each(|leaf| tree.push(leaf));
        tree
    }

    fn push(&mut self, leaf: Hash) {
        let levels = &mut self.levels;
        self.frontier.push(leaf, |node, hash| {
            let level = usize::from(node.level);
            if levels.len() <= level {
                levels.resize_with(level + 1, Vec::new);
            }
            levels[level].push(hash);
        });
    }

    pub(crate) fn size(&self) -> u64 {
        self.frontier.size()
    }

    pub(crate) fn root(&self) -> Hash {
        self.frontier.root()
    }

    /// The path from a leaf to the root; of a leaf that is in it.
    pub(crate) fn inclusion(&self, index: u64) -> Vec<Hash> {
        whole(merkle::inclusion(index, self.size(), &mut |node| self.at(node)))
    }

    /// That the first `old` leaves are how the first `size` begin.
    pub(crate) fn consistency(&self, old: u64, size: u64) -> Vec<Hash> {
        whole(merkle::consistency(old, size, &mut |node| self.at(node)))
    }

    /// The hashes of a level from one place on.
    pub(crate) fn row(&self, level: usize, from: u64, count: u64) -> &[Hash] {
        let row = self.levels.get(level).map_or(&[][..], Vec::as_slice);
        let from = usize::try_from(from).unwrap_or(usize::MAX).min(row.len());
        let end = usize::try_from(count).unwrap_or(usize::MAX).saturating_add(from).min(row.len());
        &row[from..end]
    }

    fn at(&self, node: Node) -> Result<Hash, Infallible> {
        let index = usize::try_from(node.index).unwrap_or(usize::MAX);
        Ok(self.levels[usize::from(node.level)][index])
    }
}

fn whole(path: Result<Option<Vec<Hash>>, Infallible>) -> Vec<Hash> {
    match path {
        Ok(path) => path.unwrap_or_default(),
        Err(never) => match never {},
    }
}
