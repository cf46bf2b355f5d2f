//! Why numbers are added and removed: by feed and by what it did; and which load claimed what is added.

use dncsync_core::feed::Mode::{Add, Changes, Replace};
use dncsync_store::{Because, LoadKind, NewLoad};

use crate::house::{House, run};
use crate::house_feeds::{new_load, plain, said};

impl House {
    fn reasons(&self) -> Vec<String> {
        let show = |((feed, because), count): ((String, Because), u64)| match because {
            Because::Claimed => format!("{feed} claims {count}"),
            Because::Withdrawn(kind) => format!("{feed} withdrew {count} by {}", kind.name()),
        };
        self.difference().reasons.into_iter().map(show).collect()
    }

    fn command(&mut self, feed: &str, id: &str, kind: LoadKind, text: &str) {
        self.give_said(feed, &NewLoad { kind, ..new_load(&run(id), Changes) }, said(text)).unwrap();
    }
}

#[test]
fn an_addition_is_told_of_the_oldest_load_of_any_feed_that_claims_it() {
    let mut house = House::new();
    house.give("crm", "l1", Add, "1 2");
    house.give("ftc", "l2", Add, "1 3 4");
    house.give("crm", "l3", Changes, "-1 3 4");
    house.give("crm", "l4", Add, "1");
    house.give("ftc", "l5", Changes, "-4");
    house.takes(&["ftc", "crm"]);
    let seq = |id| house.load_of(id).seq;
    let add: Vec<_> = house.difference().add.into_iter().map(|(load, number)| (load, number.get())).collect();
    assert_eq!(
        add,
        [(seq("l1"), 2), (seq("l2"), 1), (seq("l2"), 3), (seq("l3"), 4)],
        "crm's first claim of 1 was withdrawn, and ftc's of 4"
    );
    assert_eq!(house.reasons(), ["crm claims 4", "ftc claims 2"], "a number that two claim counts for both");
}

#[test]
fn a_removal_is_told_of_the_newest_load_that_withdrew_it() {
    let mut house = House::new();
    house.listed("earlier", 1..=6);
    house.takes(&["ftc", "crm"]);
    house.give("ftc", "l1", Add, "1 2 3 4");
    house.give("crm", "l2", Add, "1 5");
    house.give("ftc", "l3", Replace, "2 3");
    house.command("ftc", "l4", LoadKind::Remove, "-2");
    house.command("ftc", "l5", LoadKind::Expiry, "-3");
    house.give("crm", "l6", Changes, "-1");

    let found = house.difference();
    assert_eq!(plain(&found.withdrawn), [1, 2, 3, 4, 6]);
    assert_eq!(
        house.reasons(),
        ["crm withdrew 1 by input", "ftc withdrew 1 by input", "ftc withdrew 1 by remove", "ftc withdrew 1 by expiry"]
    );
    assert_eq!(found.untaken, 1, "6 was never claimed by any of these");
}

#[test]
fn what_a_feed_claimed_that_is_not_taken_any_more_is_told_apart() {
    let mut house = House::new();
    house.listed("earlier", 1..=3);
    house.give("ftc", "l1", Add, "1 2 3");
    house.give("crm", "l2", Add, "3");
    house.takes(&["ftc", "crm"]);
    assert!(house.difference().withdrawn.is_empty());
    house.takes(&["crm"]);
    let found = house.difference();
    assert_eq!((plain(&found.withdrawn), found.untaken), (vec![1, 2], 2));
    assert_eq!(house.reasons(), [""; 0]);
}
