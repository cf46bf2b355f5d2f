//! What a list should hold and what it holds, compared chunk by chunk.

use crate::chunk::Chunk;

/// One chunk of every set that a plan looks at.
#[derive(Clone, Debug, Default)]
pub struct Sides {
    /// What the target's feeds claim together.
    pub claimed: Chunk,
    /// The campaign's own numbers, where the target is kept to them.
    pub only: Option<Chunk>,
    /// What a read-back saw in the list.
    pub present: Chunk,
    /// What dncsync put or adopted there.
    pub put: Chunk,
    /// What CXone would not take.
    pub refused: Chunk,
    /// What of the claimed the tenant's lists cannot hold.
    pub unheld: Chunk,
    /// What is on its way there, or away from there, by a run that is not finished.
    pub under_way: Chunk,
}

/// What follows for one chunk.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parted {
    /// Desired and not there.
    pub add: Chunk,
    /// Put there by us, and claimed by no feed any more.
    pub withdrawn: Chunk,
    /// Put there by us, claimed, and not among the campaign's own numbers any more.
    pub left_out: Chunk,
    /// Desired and there.
    pub right: Chunk,
    /// There, not desired, and never put there by us: reported, never removed.
    pub foreign: Chunk,
    /// Desired, not there, and CXone would not take it.
    pub refused: Chunk,
    /// Desired, not there, and no list of the tenant can hold it.
    pub unheld: Chunk,
    /// Put there by us once, not there any more, and not desired: should it ever be there again, others put it there.
    pub gone: Chunk,
}

impl Sides {
    /// What the list should hold.
    pub fn desired(&self) -> Chunk {
        match &self.only {
            Some(only) => self.claimed.and(only),
            None => self.claimed.clone(),
        }
    }

    /// Compares. Every number that is desired or there is in exactly one part, but for those under way.
    pub fn part(&self) -> Parted {
        let desired = self.desired();
        let missing = desired.without(&self.present).without(&self.under_way);
        let holdable = missing.without(&self.unheld);
        let unwanted = self.present.without(&desired);
        let ours = unwanted.and(&self.put).without(&self.under_way);
        Parted {
            unheld: missing.and(&self.unheld),
            refused: holdable.and(&self.refused),
            add: holdable.without(&self.refused),
            left_out: ours.and(&self.claimed),
            withdrawn: ours.without(&self.claimed),
            right: desired.and(&self.present),
            foreign: unwanted.without(&self.put),
            gone: self.put.without(&self.present).without(&desired).without(&self.under_way),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Number;
    use proptest::prelude::*;

    fn chunk(bits: u16) -> Chunk {
        Chunk::of_sorted((0..16).filter(|bit| bits >> bit & 1 == 1).map(Number::from_stored))
    }

    proptest! {
        /// A removal needs all of: seen there, put there by us, desired by nobody, and nothing under way.
        #[test]
        fn each_number_is_in_the_part_that_its_sets_say(
            claimed: u16, only in prop::option::of(any::<u16>()), present: u16, put: u16, refused: u16, under_way: u16,
            unheld: u16,
        ) {
            let sides = Sides {
                claimed: chunk(claimed),
                only: only.map(chunk),
                present: chunk(present),
                put: chunk(put),
                refused: chunk(refused),
                unheld: chunk(claimed & unheld),
                under_way: chunk(under_way),
            };
            let desired = claimed & only.unwrap_or(u16::MAX);
            let parted = sides.part();
            let missing = desired & !present & !under_way;
            prop_assert_eq!(parted.add, chunk(missing & !refused & !unheld));
            prop_assert_eq!(parted.refused, chunk(missing & refused & !unheld));
            prop_assert_eq!(parted.unheld, chunk(missing & unheld));
            prop_assert_eq!(parted.right, chunk(desired & present));
            prop_assert_eq!(parted.withdrawn, chunk(present & put & !claimed & !under_way));
            prop_assert_eq!(parted.left_out, chunk(present & put & claimed & !desired & !under_way));
            prop_assert_eq!(parted.foreign, chunk(present & !desired & !put));
            prop_assert_eq!(parted.gone, chunk(put & !present & !desired & !under_way));
        }
    }
}
