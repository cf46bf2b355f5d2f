//! The library, as the tutorial's readers use it.

use dncsync::blocking::DncIngester;
use dncsync::{DncItem, Scope, SourceType, Target};

use crate::place::only_file;

#[test]
fn the_tutorials_three_items_and_a_bad_one() {
    let state = tempfile::tempdir().unwrap();
    let ingester = DncIngester::sandbox(state.path());
    let items = vec![
        DncItem::new("+12025551234", SourceType::Regulatory).with_notes("State DNC registry sync"),
        DncItem::new("+12025555678", SourceType::CustomerRequest).with_notes("Opt-out via IVR"),
        DncItem::new("+12025559999", SourceType::Manual).with_notes("Agent flagged"),
        DncItem::new("+1202555", SourceType::Manual).with_notes("cut short"),
    ];

    let report = ingester.ingest_for_campaign("Q4_OUTBOUND_2024", items.clone()).unwrap();
    assert_eq!((report.total_items, report.successes, report.rejected), (4, 3, 1));
    assert_eq!(report.list_name, "CAMPAIGN_DNC_Q4_OUTBOUND_2024");
    assert!(report.holds());
    let rejects = only_file(&state.path().join("rejects"));
    assert!(rejects.contains("+1202555,MANUAL,cut short,items,4,1,phone.invalid"), "{rejects}");

    let again = ingester.ingest_for_campaign("Q4_OUTBOUND_2024", items).unwrap();
    assert_eq!((again.already_listed, again.requests.post, again.hit_rate), (3, 0, 1.0));
}

#[test]
fn no_items_are_no_error() {
    let state = tempfile::tempdir().unwrap();
    let house = Target::list("HOUSE", Scope::Global).unwrap();
    let report = DncIngester::sandbox(state.path()).ingest(house, Vec::new()).unwrap();
    assert_eq!((report.total_items, report.hit_rate), (0, 0.0));
}

#[test]
fn an_item_shows_neither_number_nor_notes() {
    let item = DncItem::new("+12025551234", SourceType::Manual).with_notes("Ada");
    assert_eq!(format!("{item:?}"), "DncItem { source_type: Manual, .. }");
}
