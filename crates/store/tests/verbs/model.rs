//! Feeds against the simplest thing that does the same: a map of numbers and their ends.

use std::collections::BTreeMap;

use dncsync_core::change::{Action, End, Said};
use dncsync_core::day::Day;
use dncsync_core::feed::Mode;
use dncsync_core::number::Number;
use dncsync_core::source::SourceType;
use proptest::prelude::*;

use crate::house::{House, run};
use crate::house_feeds::new_load;

type Model = BTreeMap<u64, End>;

/// A number, whether it is added, and how it ends.
type Row = (bool, Option<i32>);

fn apply(model: &mut Model, mode: Mode, said: &[Said]) {
    if mode == Mode::Replace {
        let keeps: Vec<u64> = said.iter().map(|said| said.number.get()).collect();
        model.retain(|number, _| keeps.contains(number));
    }
    for said in said {
        let number = said.number.get();
        match (said.action, model.get(&number)) {
            (Action::Delete, _) => drop(model.remove(&number)),
            (Action::Add, Some(before)) if mode != Mode::Replace => drop(model.insert(number, before.later(said.end))),
            (Action::Add, _) => drop(model.insert(number, said.end)),
        }
    }
}

fn said(mode: Mode, rows: &BTreeMap<u64, Row>) -> Vec<Said> {
    let one = |(number, (adds, day)): (&u64, &Row)| Said {
        number: Number::from_stored(*number),
        action: if *adds || mode != Mode::Changes { Action::Add } else { Action::Delete },
        at: None,
        end: day.map_or(End::Never, |day| End::Day(Day::from_stored(day))),
        source: SourceType::Regulatory,
        notes: Box::default(),
    };
    rows.iter().map(one).collect()
}

/// Few numbers in three chunks, so that loads meet.
fn rows() -> impl Strategy<Value = BTreeMap<u64, Row>> {
    let number = (0u64..3, 0u64..8).prop_map(|(chunk, low)| chunk * 65_536 * 5 + low);
    let row = (any::<bool>(), prop::option::of(10i32..14));
    prop::collection::btree_map(number, row, 0..16)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_feed_holds_what_its_loads_said(
        loads in prop::collection::vec((prop::sample::select(&Mode::ALL[..]), rows()), 1..7),
    ) {
        let mut house = House::new();
        let mut model = Model::new();
        for (place, (mode, rows)) in loads.iter().enumerate() {
            let said = said(*mode, rows);
            let before = model.len() as i64;
            apply(&mut model, *mode, &said);
            let id = run(&format!("l{place}"));
            let end = house.give_said("ftc", &dncsync_store::NewLoad { rows: said.len() as u64, ..new_load(&id, *mode) }, said);
            let Ok(dncsync_store::LoadEnd::Taken { counts, after, .. }) = end else { panic!("{end:?}") };
            prop_assert!(counts.holds());
            prop_assert_eq!(after, model.len() as u64);
            let grown = counts.claimed as i64 - counts.withdrawn as i64 - counts.absent as i64;
            prop_assert_eq!(grown, model.len() as i64 - before);

            let claimed = house.claimed_by("ftc");
            prop_assert_eq!(&claimed, &model.keys().copied().collect::<Vec<_>>());
            let feed = house.feed("ftc").id;
            for (number, end) in &model {
                prop_assert_eq!(house.store.end_of(feed, Number::from_stored(*number)).unwrap(), *end, "{}", number);
            }
            for today in 10..16 {
                let over = |end: &End| end.day().is_some_and(|day| day.get() < today);
                let ended: Vec<u64> = model.iter().filter(|(_, end)| over(end)).map(|(number, _)| *number).collect();
                let found = house.store.ended(feed, Day::from_stored(today)).unwrap();
                prop_assert_eq!(crate::house_feeds::plain(&found), ended);
            }
        }
    }

    /// What each load keeps of itself adds up to the feed: nothing is claimed twice, nothing is withdrawn that was not.
    #[test]
    fn the_loads_of_a_feed_add_up_to_it(
        loads in prop::collection::vec((prop::sample::select(&Mode::ALL[..]), rows()), 1..7),
    ) {
        let mut house = House::new();
        let mut replayed = std::collections::BTreeSet::new();
        for (place, (mode, rows)) in loads.iter().enumerate() {
            let id = format!("l{place}");
            house.give_said("ftc", &new_load(&run(&id), *mode), said(*mode, rows)).unwrap();
            let load = house.load_of(&id);
            for number in (0..3).flat_map(|chunk| (0..8).map(move |low| chunk * 65_536 * 5 + low)) {
                match house.store.did(&load, Number::from_stored(number)).unwrap() {
                    Some(dncsync_store::Did::Claimed) => prop_assert!(replayed.insert(number)),
                    Some(dncsync_store::Did::Withdrew) => prop_assert!(replayed.remove(&number)),
                    Some(dncsync_store::Did::Again) => prop_assert!(replayed.contains(&number)),
                    None => {}
                }
            }
            prop_assert_eq!(house.claimed_by("ftc"), replayed.iter().copied().collect::<Vec<_>>());
        }
    }

    /// A load that is undone at once leaves its feed as it was, and nothing ends earlier than it did.
    #[test]
    fn what_is_undone_at_once_leaves_the_feed_as_it_was(
        first in rows(), mode in prop::sample::select(&Mode::ALL[..]), second in rows(),
    ) {
        let mut house = House::new();
        house.give_said("ftc", &new_load(&run("l1"), Mode::Add), said(Mode::Add, &first)).unwrap();
        let (before, feed) = (house.claimed_by("ftc"), house.feed("ftc").id);
        let mut ends = Model::new();
        for number in &before {
            ends.insert(*number, house.store.end_of(feed, Number::from_stored(*number)).unwrap());
        }
        house.give_said("ftc", &new_load(&run("l2"), mode), said(mode, &second)).unwrap();
        let undoing = house.undoing("l2");
        prop_assert_eq!((undoing.kept_later, undoing.kept_requests), (0, 0));
        house.give_said("ftc", &new_load(&run("l3"), Mode::Changes), undoing.said).unwrap();
        prop_assert_eq!(house.claimed_by("ftc"), before);
        for (number, before) in ends {
            let after = house.store.end_of(feed, Number::from_stored(number)).unwrap();
            prop_assert_eq!(after.later(before), after, "{}", number);
        }
    }
}
