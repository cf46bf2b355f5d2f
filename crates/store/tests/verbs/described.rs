//! What loads told of the numbers that they claimed: source types and notes, as they came first.

use dncsync_core::change::Said;
use dncsync_core::entry::Entry;
use dncsync_core::feed::Mode::{Add, Changes, Replace};
use dncsync_core::number::Number;
use dncsync_core::source::SourceType::{self, CustomerRequest, Manual, Regulatory};
use dncsync_store::NewLoad;

use crate::house::{House, numbers, run};
use crate::house_feeds::{FAR, new_load, said};

fn told(text: &str, source: SourceType, notes: &str) -> Said {
    Said { source, notes: notes.into(), ..said(text).remove(0) }
}

fn show(entries: &[Entry]) -> Vec<String> {
    entries.iter().map(|entry| format!("{} {} {}", entry.number.get(), entry.source, entry.notes)).collect()
}

impl House {
    fn tell(&mut self, id: &str, mode: dncsync_core::feed::Mode, said: Vec<Said>) {
        self.give_said("ftc", &NewLoad { source: Manual, ..new_load(&run(id), mode) }, said).unwrap();
    }

    fn described(&self, id: &str, all: &[Number]) -> Vec<Entry> {
        self.store.described(&self.load_of(id), all).unwrap()
    }
}

#[test]
fn three_source_types_and_notes_come_back_in_the_order_of_the_numbers() {
    let mut house = House::new();
    let far = FAR.to_string();
    house.tell(
        "l1",
        Add,
        vec![
            told("1", Regulatory, "from the registry"),
            told("2", Manual, ""),
            told("3", CustomerRequest, "said no, twice"),
            told("70000", Regulatory, ""),
            told(&far, CustomerRequest, "höflich"),
        ],
    );
    let all = numbers([1, 2, 3, 70_000, FAR]);
    let expected = [
        "1 REGULATORY from the registry",
        "2 MANUAL ",
        "3 CUSTOMER_REQUEST said no, twice",
        "70000 REGULATORY ",
        "442071838750 CUSTOMER_REQUEST höflich",
    ];
    assert_eq!(show(&house.described("l1", &all)), expected);
    assert_eq!(show(&house.described("l1", &all[2..4])), expected[2..4], "or only some of them");
    assert_eq!(house.rows("load_source"), 2, "the usual one is told once for all");
}

#[test]
fn the_row_that_claimed_a_number_first_stands_until_it_is_claimed_anew() {
    let mut house = House::new();
    house.tell("l1", Add, vec![told("1", Regulatory, "first"), told("2", Regulatory, "first")]);
    house.tell("l2", Add, vec![told("1", CustomerRequest, "second"), told("2", CustomerRequest, "second")]);
    house.tell("l3", Changes, said("-2"));
    house.tell("l4", Replace, vec![told("1", Manual, "fourth"), told("2", Manual, "fourth")]);
    house.takes(&["ftc"]);

    let add = house.difference().add;
    let loads: Vec<_> = add.iter().map(|(load, number)| (*load, number.get())).collect();
    assert_eq!(loads, [(house.load_of("l1").seq, 1), (house.load_of("l4").seq, 2)]);
    assert_eq!(show(&house.store.additions(&add).unwrap()), ["1 REGULATORY first", "2 MANUAL fourth"]);
    assert_eq!(house.rows("note"), 2, "nothing is kept of what claimed nothing first");
}

/// Some 20,000 numbers over many chunks, of which two of three have notes; each fourth was asked for by a customer.
fn many() -> Vec<Said> {
    (0..20_000)
        .map(|place: u64| {
            let source = if place.is_multiple_of(4) { CustomerRequest } else { Manual };
            let notes =
                if place.is_multiple_of(3) { String::new() } else { format!("note {place} {}", "x".repeat(60)) };
            told(&(12_025_550_000 + place * 97).to_string(), source, &notes)
        })
        .collect()
}

#[test]
fn thousands_of_notes_over_several_segments_come_back() {
    let mut house = House::new();
    let all = many();
    house.tell("l1", Add, all.clone());
    assert!(house.rows("note") > 3, "several segments");

    let asked = |every: usize, skip: usize| -> (Vec<Number>, Vec<&Said>) {
        let some: Vec<&Said> = all.iter().skip(skip).step_by(every).collect();
        (some.iter().map(|said| said.number).collect(), some)
    };
    for (every, skip) in [(1, 0), (2, 1), (1_000, 3), (19_000, 998), (20_000, 19_999), (4_096, 4_095)] {
        let (numbers, some) = asked(every, skip);
        let found = house.described("l1", &numbers);
        assert!(
            found.iter().zip(some).all(|(entry, said)| {
                (entry.number, entry.source, &entry.notes) == (said.number, said.source, &said.notes)
            }),
            "each {every}th from {skip}"
        );
        assert_eq!(found.len(), numbers.len());
    }
}

#[test]
fn notes_as_long_as_they_may_be_fill_segments_by_their_bytes() {
    let mut house = House::new();
    let notes = "ü".repeat(1_024);
    let all: Vec<Said> = (1..=300).map(|number| told(&number.to_string(), Manual, &notes)).collect();
    house.tell("l1", Add, all);
    assert!(house.rows("note") > 1);
    assert!(house.described("l1", &numbers(1..=300)).iter().all(|entry| *entry.notes == *notes));
}
