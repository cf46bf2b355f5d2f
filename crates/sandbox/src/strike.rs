//! When a fault strikes.

use std::collections::HashSet;

use crate::{
    fault::{CallFault, Fault, ItemFault, Kind},
    item::Digits,
};

/// All faults of the tenant, each with its own dice: adding one does not change how the others fall.
pub(crate) struct Strikes(Vec<Armed>);

struct Armed {
    fault: Fault,
    dice: fastrand::Rng,
    /// For items: decides by number, so that the same numbers are struck in every batch and every run.
    seed: u64,
    calls: u64,
    numbers: HashSet<Digits>,
}

/// How a refused batch tells of its refused items.
pub(crate) struct Refused {
    pub(crate) indexes: Vec<usize>,
    pub(crate) telling: Telling,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Telling {
    All,
    First,
    Nothing,
}

impl Strikes {
    pub(crate) fn new(faults: &[Fault], seed: u64) -> Strikes {
        let arm = |(position, fault): (u64, &Fault)| {
            let seed = mix(seed ^ mix(position));
            Armed {
                fault: fault.clone(),
                dice: fastrand::Rng::with_seed(seed),
                seed,
                calls: 0,
                numbers: HashSet::new(),
            }
        };
        Strikes((0..).zip(faults).map(arm).collect())
    }

    /// The first fault that strikes this call.
    pub(crate) fn call(&mut self, call: &str) -> Option<CallFault> {
        self.0.iter_mut().find_map(|armed| {
            let Kind::Call(kind) = armed.fault.kind else {
                return None;
            };
            (armed.fault.concerns(call) && armed.strikes_call()).then_some(kind)
        })
    }

    /// Which items make the tenant refuse the batch.
    pub(crate) fn refused(&mut self, call: &str, numbers: &[Digits]) -> Option<Refused> {
        let mut refused: Option<Refused> = None;
        for armed in &mut self.0 {
            let Some(telling) = armed.refusal().filter(|_| armed.fault.concerns(call)) else {
                continue;
            };
            let struck: Vec<usize> = numbers
                .iter()
                .enumerate()
                .filter(|(_, number)| armed.strikes_number(**number))
                .map(|(i, _)| i)
                .collect();
            if !struck.is_empty() {
                let so_far = refused.get_or_insert(Refused { indexes: Vec::new(), telling });
                so_far.indexes.extend(struck);
                so_far.telling = so_far.telling.max(telling);
            }
        }
        refused.map(|Refused { mut indexes, telling }| {
            indexes.sort_unstable();
            indexes.dedup();
            Refused { indexes, telling }
        })
    }

    /// Whether a new item is accepted and then forgotten. `lost_before`: the list has already lost it once.
    pub(crate) fn loses(&mut self, call: &str, number: Digits, lost_before: bool) -> bool {
        self.0.iter_mut().any(|armed| match armed.fault.kind {
            Kind::Item(ItemFault::NeverIndexed) => armed.fault.concerns(call) && armed.strikes_number(number),
            Kind::Item(ItemFault::LoseOnce) => {
                armed.fault.concerns(call)
                    && !lost_before
                    && !armed.numbers.contains(&number)
                    && armed.strikes_number(number)
            }
            _ => false,
        })
    }

    /// Whether an item is told as removed and stays where it is.
    pub(crate) fn keeps(&mut self, call: &str, number: Digits) -> bool {
        let keep = Kind::Item(ItemFault::Keep);
        self.0
            .iter_mut()
            .any(|armed| armed.fault.kind == keep && armed.fault.concerns(call) && armed.strikes_number(number))
    }
}

impl Armed {
    fn strikes_call(&mut self) -> bool {
        // The dice are thrown even when nothing depends on them, so that TIMES does not change how they fall.
        let strikes = self.dice.f64() < self.fault.chance && self.fault.times.is_none_or(|times| self.calls < times);
        self.calls += u64::from(strikes);
        strikes
    }

    fn strikes_number(&mut self, number: Digits) -> bool {
        if self.numbers.contains(&number) {
            return true;
        }
        let chosen = share(mix(self.seed ^ number)) < self.fault.chance;
        let room = self.fault.times.is_none_or(|times| u64::try_from(self.numbers.len()).is_ok_and(|n| n < times));
        let remembers = self.fault.times.is_some() || self.fault.kind == Kind::Item(ItemFault::LoseOnce);
        if chosen && room && remembers {
            self.numbers.insert(number);
        }
        chosen && room
    }

    fn refusal(&self) -> Option<Telling> {
        match self.fault.kind {
            Kind::Item(ItemFault::Refuse) => Some(Telling::All),
            Kind::Item(ItemFault::RefuseFirst) => Some(Telling::First),
            Kind::Item(ItemFault::RefuseSilent) => Some(Telling::Nothing),
            _ => None,
        }
    }
}

/// A hash as a fraction: 0 <= share < 1.
fn share(hash: u64) -> f64 {
    // 53 bits, what a double holds exactly.
    (hash >> 11) as f64 / (1_u64 << 53) as f64
}

/// SplitMix64: neighbouring numbers come out unrelated.
fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strikes(faults: &[&str], seed: u64) -> Strikes {
        let faults: Vec<Fault> = faults.iter().map(|text| text.parse().unwrap()).collect();
        Strikes::new(&faults, seed)
    }

    #[test]
    fn certain_faults_strike_as_often_as_they_may_and_the_next_one_then() {
        let mut strikes = strikes(&["503:items:1:2", "500:*:1"], 0);
        assert_eq!(strikes.call("GET /lists"), Some(CallFault::Internal));
        assert_eq!(strikes.call("GET /items"), Some(CallFault::Unavailable));
        assert_eq!(strikes.call("GET /items"), Some(CallFault::Unavailable));
        assert_eq!(strikes.call("GET /items"), Some(CallFault::Internal));
    }

    #[test]
    fn dice_fall_by_seed_and_about_as_often_as_asked() {
        let fall = |seed| -> Vec<bool> {
            let mut strikes = strikes(&["500:*:0.3"], seed);
            (0..1000).map(|_| strikes.call("GET /").is_some()).collect()
        };
        assert_eq!(fall(1), fall(1));
        assert_ne!(fall(1), fall(2));
        assert!((200..400).contains(&fall(1).iter().filter(|struck| **struck).count()));
    }

    #[test]
    fn items_are_chosen_by_number() {
        let numbers: Vec<Digits> = (12_025_550_000..12_025_551_000).collect();
        let refused = strikes(&["refuse:items:0.1"], 7).refused("POST /items", &numbers).unwrap().indexes;
        assert!((50..150).contains(&refused.len()));
        assert_eq!(strikes(&["refuse:items:0.1"], 7).refused("POST /items", &numbers).unwrap().indexes, refused);
        let few = strikes(&["refuse:items:1:3"], 7).refused("POST /items", &numbers).unwrap().indexes;
        assert_eq!(few, [0, 1, 2]);
    }

    #[test]
    fn lose_once_loses_the_first_post_only() {
        let mut strikes = strikes(&["lose-once:items:1", "never-indexed:items:1:0"], 0);
        assert!(strikes.loses("POST /items", 1, false));
        assert!(!strikes.loses("POST /items", 1, true));
        assert!(!strikes.loses("POST /items", 1, false));
    }

    #[test]
    fn keep_strikes_removals_and_never_what_is_added() {
        let mut strikes = strikes(&["keep:items:1:2", "refuse:DELETE*items:1"], 0);
        assert!(!strikes.loses("POST /items", 1, false));
        assert!(strikes.refused("POST /items", &[1]).is_none());
        let kept = [1, 2, 3, 1].map(|number| strikes.keeps("DELETE /items", number));
        assert_eq!(kept, [true, true, false, true]);
    }
}
