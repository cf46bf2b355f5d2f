//! Which items a server refused, and what becomes of the rest of their batch.

use roaring::RoaringBitmap;

/// What a server said when it refused a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// Its words, digits masked.
    pub reason: String,
    /// The items it named: position in the request and the words for it. Empty where it named none.
    pub named: Vec<(u32, String)>,
}

/// What to do with a part of a batch that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// These items of the batch are set aside, each with the server's words; the rest is sent.
    SetAside {
        /// Item of the batch, reason.
        refused: Vec<(u32, String)>,
        /// What is left of the part.
        rest: RoaringBitmap,
    },
    /// Nobody knows which item is to blame: both halves are sent.
    Halve(RoaringBitmap, RoaringBitmap),
}

/// Decides about a refused part. `members` are the items of the batch that the request held, in order.
pub fn judge(members: &RoaringBitmap, refusal: &Refusal) -> Verdict {
    let mut rest = members.clone();
    let refused: Vec<(u32, String)> = refusal
        .named
        .iter()
        .filter_map(|(position, reason)| Some((members.select(*position)?, reason.clone())))
        .filter(|(item, _)| rest.remove(*item))
        .collect();
    if !refused.is_empty() {
        return Verdict::SetAside { refused, rest };
    }
    match halves(members) {
        Some((first, second)) => Verdict::Halve(first, second),
        None => Verdict::SetAside {
            refused: members.iter().map(|item| (item, refusal.reason.clone())).collect(),
            rest: RoaringBitmap::new(),
        },
    }
}

/// Decides about a part whose body was too large. `size` tells the bytes of an item's body: the halves are halves by
/// size, since one long note may be the reason.
pub fn judge_too_large(members: &RoaringBitmap, size: impl Fn(u32) -> usize) -> Verdict {
    let half = members.iter().map(&size).sum::<usize>() / 2;
    let mut before = 0;
    let heavier = members.iter().position(|item| {
        before += size(item);
        before > half
    });
    let border = heavier.and_then(|place| u32::try_from(place.max(1)).ok());
    match border.and_then(|place| split(members, place)) {
        Some((first, second)) => Verdict::Halve(first, second),
        None => judge(members, &Refusal { reason: "the body is too large".to_owned(), named: Vec::new() }),
    }
}

/// Two halves of a part, in order; `None` where one item is all there is.
pub fn halves(members: &RoaringBitmap) -> Option<(RoaringBitmap, RoaringBitmap)> {
    split(members, u32::try_from(members.len() / 2).ok()?)
}

/// A part cut before its `place`-th item; `None` where one side would be empty.
fn split(members: &RoaringBitmap, place: u32) -> Option<(RoaringBitmap, RoaringBitmap)> {
    if place == 0 {
        return None;
    }
    let border = members.select(place)?;
    let mut first = members.clone();
    let mut second = members.clone();
    first.remove_range(border..);
    second.remove_range(..border);
    Some((first, second))
}

/// So many requests a run pays for to find items that the server refuses without naming them. One such item in a batch
/// of 10,000 costs 28; past this the server refuses for another reason and a person must look.
pub const HALVING_BUDGET: u64 = 1_000;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn too_large_is_halved_by_size() {
        let members: RoaringBitmap = (0..5).collect();
        let halve = |first: std::ops::Range<u32>, second: std::ops::Range<u32>| {
            Verdict::Halve(first.collect(), second.collect())
        };
        assert_eq!(judge_too_large(&members, |_| 10), halve(0..2, 2..5));
        assert_eq!(judge_too_large(&members, |item| if item == 0 { 100 } else { 1 }), halve(0..1, 1..5));
        assert_eq!(judge_too_large(&members, |item| if item == 4 { 100 } else { 1 }), halve(0..4, 4..5));
        let alone = judge_too_large(&(7..8).collect(), |_| 100);
        assert!(matches!(alone, Verdict::SetAside { refused, .. } if refused.len() == 1));
    }

    fn named(named: &[(u32, &str)]) -> Refusal {
        let named = named.iter().map(|(item, reason)| (*item, (*reason).to_owned())).collect();
        Refusal { reason: "bad request".into(), named }
    }

    #[test]
    fn named_items_are_set_aside_by_their_place_in_the_request() {
        let members = RoaringBitmap::from_iter([10, 20, 30, 40]);
        let verdict = judge(&members, &named(&[(2, "no such number"), (2, "again"), (9, "out of range")]));
        let rest = RoaringBitmap::from_iter([10, 20, 40]);
        assert_eq!(verdict, Verdict::SetAside { refused: vec![(30, "no such number".into())], rest });
    }

    #[test]
    fn an_unnamed_fault_halves_down_to_the_one_item() {
        let members = RoaringBitmap::from_iter([1, 2, 3]);
        let expected = Verdict::Halve(RoaringBitmap::from_iter([1]), RoaringBitmap::from_iter([2, 3]));
        assert_eq!(judge(&members, &named(&[])), expected);
        let alone = RoaringBitmap::from_iter([7]);
        let refused = vec![(7, "bad request".to_owned())];
        assert_eq!(judge(&alone, &named(&[])), Verdict::SetAside { refused, rest: RoaringBitmap::new() });
    }

    /// Sends parts until nothing waits to a server that refuses every request with one of these items in it. What
    /// arrived, what was refused, and the requests that it took.
    fn send_all(all: &RoaringBitmap, bad: &RoaringBitmap) -> (RoaringBitmap, RoaringBitmap, u64) {
        let (mut arrived, mut aside, mut requests) = (RoaringBitmap::new(), RoaringBitmap::new(), 0);
        let mut waiting = vec![all.clone()];
        while let Some(part) = waiting.pop().filter(|_| requests < 100_000) {
            requests += 1;
            if part.is_disjoint(bad) {
                arrived |= part;
                continue;
            }
            match judge(&part, &named(&[])) {
                Verdict::Halve(first, second) => waiting.extend([first, second]),
                Verdict::SetAside { refused, rest } => {
                    aside.extend(refused.iter().map(|(item, _)| *item));
                    waiting.extend((!rest.is_empty()).then_some(rest));
                }
            }
        }
        (arrived, aside, requests)
    }

    proptest! {
        /// Whichever items a server will not take without naming them: halving finds exactly those, and all others
        /// arrive. Each bad item costs a path down the halves, and what stands beside the path.
        #[test]
        fn halving_finds_exactly_the_items_to_blame(
            all in prop::collection::btree_set(0u32..20_000, 1..400),
            bad in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
        ) {
            let all: RoaringBitmap = all.into_iter().collect();
            let place = |index: prop::sample::Index| u32::try_from(index.index(all.len() as usize)).expect("small");
            let bad: RoaringBitmap = bad.into_iter().filter_map(|index| all.select(place(index))).collect();

            let (arrived, aside, requests) = send_all(&all, &bad);

            prop_assert_eq!(&aside, &bad);
            prop_assert_eq!(arrived, &all - &bad);
            let depth = u64::from(all.len().next_power_of_two().ilog2());
            prop_assert!(requests <= (2 * bad.len() * (depth + 1)).max(1), "{} requests", requests);
        }

        /// Halves are two, in order, and together all of it, by count as well as by size.
        #[test]
        fn halves_lose_nothing_and_double_nothing(
            sizes in prop::collection::btree_map(0u32..20_000, 0usize..5_000, 1..200),
        ) {
            let all: RoaringBitmap = sizes.keys().copied().collect();
            for verdict in [judge(&all, &named(&[])), judge_too_large(&all, |item| sizes[&item])] {
                match verdict {
                    Verdict::Halve(first, second) => {
                        prop_assert!(first.max() < second.min() && !first.is_empty());
                        prop_assert_eq!(first | second, all.clone());
                    }
                    Verdict::SetAside { refused, rest } => {
                        prop_assert_eq!((refused.len(), rest.len(), all.len()), (1, 0, 1));
                    }
                }
            }
        }

        /// Whatever a server names, known or not, twice or not: every item is set aside once or goes on.
        #[test]
        fn what_is_named_is_set_aside_once_and_the_rest_goes_on(
            all in prop::collection::btree_set(0u32..500, 1..60),
            places in prop::collection::vec(0u32..80, 1..20),
        ) {
            let all: RoaringBitmap = all.into_iter().collect();
            let words: Vec<(u32, &str)> = places.iter().map(|place| (*place, "bad")).collect();
            match judge(&all, &named(&words)) {
                Verdict::SetAside { refused, rest } => {
                    let aside: RoaringBitmap = refused.iter().map(|(item, _)| *item).collect();
                    prop_assert_eq!(aside.len(), refused.len() as u64, "each once");
                    prop_assert!(aside.is_disjoint(&rest));
                    prop_assert_eq!(aside | rest, all);
                }
                Verdict::Halve(..) => prop_assert!(places.iter().all(|place| u64::from(*place) >= all.len())),
            }
        }
    }
}
