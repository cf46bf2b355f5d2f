use std::collections::BTreeMap;

use dncsync_core::day::Day;
use dncsync_core::number::Number;
use dncsync_core::timestamp::Timestamp;
use proptest::prelude::*;

use super::*;

fn any_said() -> impl Strategy<Value = Said> {
    let day = prop_oneof![3 => Just(End::Never), 1 => (0i32..5).prop_map(|day| End::Day(Day::from_stored(day)))];
    let at = prop::option::of(0i64..4).prop_map(|at| at.map(Timestamp::from_millis));
    let number = prop_oneof![0u64..12, (0u64..3).prop_map(|chunk| chunk << 16)];
    let source = prop_oneof![3 => Just(0usize), 1 => 0usize..4];
    let notes = prop_oneof![2 => Just(String::new()), 1 => "[a-zä]{1,6}"];
    (number, any::<bool>(), at, day, source, notes).prop_map(|(number, adds, at, end, source, notes)| Said {
        number: Number::from_stored(number),
        action: if adds { Action::Add } else { Action::Delete },
        at,
        end,
        source: SourceType::ALL[source],
        notes: notes.into(),
    })
}

/// As it counts: when a change happened tells nothing any more once it is known which one stands.
fn shown(said: Said) -> (Number, Action, End, SourceType, Box<str>) {
    (said.number, said.action, said.end, said.source, said.notes)
}

proptest! {
    /// However small the memory, each number is told once, in order, with the row that stands of it.
    #[test]
    fn what_was_spilled_is_told_as_if_it_were_not(
        rows in prop::collection::vec(any_said(), 0..60),
        row_bytes in prop::sample::select(vec![1usize, 40, 200, 1 << 20]),
        rows_of_large in 1usize..80,
        large in prop::sample::select(vec![0usize, 100, 1 << 20]),
        most_bytes in prop::sample::select(vec![1usize, 5_000, 1 << 30]),
        mode in prop::sample::select(&Mode::ALL[..]),
    ) {
        let directory = tempfile::tempdir().expect("a directory");
        let mut sorter = Sorter::with_budget(mode, directory.path(), Some(most_bytes), Budget { bytes: row_bytes, large, rows: rows_of_large });
        let mut by_number: BTreeMap<Number, Vec<Said>> = BTreeMap::new();
        for said in rows {
            // Where rows only add, none deletes.
            let said = if mode == Mode::Changes { said } else { Said { action: Action::Add, ..said } };
            sorter.push(&said.lent()).expect("room");
            by_number.entry(said.number).or_default().push(said);
        }
        let usual = sorter.usual_source(SourceType::Manual);
        let expected: Vec<_> = by_number.into_values().map(|mut rows| shown(standing(mode, &mut rows))).collect();
        let chunks: Vec<Told> = sorter.finish().expect("files").collect::<io::Result<_>>().expect("chunks");
        prop_assert!(chunks.iter().all(Told::holds));
        prop_assert!(chunks.is_sorted_by(|one, other| one.key < other.key));
        let told: Vec<_> = chunks.iter().flat_map(|told| told.all_rows(usual)).map(|said| shown(said.with(said.notes.into()))).collect();
        prop_assert_eq!(told, expected);
        prop_assert_eq!(std::fs::read_dir(directory.path()).expect("a directory").count(), 0);
    }
}

fn pushed(sources: &[SourceType]) -> Sorter {
    let directory = tempfile::tempdir().expect("a directory");
    let mut sorter = Sorter::new(Mode::Add, directory.path());
    for (number, source) in (1..).zip(sources) {
        let (number, source) = (Number::from_stored(number), *source);
        let said = Said { number, action: Action::Add, at: None, end: End::Never, source, notes: "noted".into() };
        sorter.push(&said.lent()).expect("room");
    }
    sorter
}

#[test]
fn the_usual_source_is_that_of_row_bytes() {
    assert_eq!(pushed(&[]).usual_source(SourceType::System), SourceType::System);
    let sources = [SourceType::Regulatory, SourceType::Manual, SourceType::Regulatory];
    assert_eq!(pushed(&sources).usual_source(SourceType::Manual), SourceType::Regulatory);
}

#[test]
fn rows_that_tell_nothing_else_make_their_source_the_usual_one() {
    let mut sorter = pushed(&[SourceType::Regulatory, SourceType::Regulatory]);
    let (number, source) = (Number::from_stored(9), SourceType::System);
    let said = Said { number, action: Action::Add, at: None, end: End::Never, source, notes: Box::default() };
    sorter.push(&said.lent()).expect("room");
    assert_eq!(sorter.usual_source(SourceType::Manual), SourceType::System);
}
