//! Profile `admin`: requests leave evenly, and more slowly once CXone says that it is busy.

use dncsync_core::pacing::Rate;

use crate::house::{House, numbers, options};
use crate::profiles::Profile;

/// Requests a minute, as they were lowered last.
fn kept(house: &House) -> Option<u32> {
    let store = rusqlite::Connection::open(house.file("dncsync.db")).expect("a database");
    store.query_row("SELECT pace FROM tenant", [], |row| row.get(0)).expect("a tenant")
}

#[tokio::test]
async fn requests_leave_evenly() {
    let mut house = House::new(Profile::Admin).await;
    house.setup.rate = Rate::Even(120);
    assert_eq!(house.outcome(&numbers(0..5)).await, "5 rows: 5 confirmed");
    let arrivals = house.sandbox.observed().arrivals;
    let api: Vec<u64> = arrivals.iter().filter(|it| it.path.contains("incontactapi")).map(|it| it.at_ms).collect();
    assert!(api.len() > 3, "{api:?}");
    // Two a second; on the way from here to there some milliseconds may be lost.
    assert!(api.windows(3).all(|three| three[2] - three[0] > 900), "{api:?}");
}

#[tokio::test]
async fn busy_lowers_the_pace_and_loses_nothing() {
    let mut house = House::with(Profile::Admin, options(&["503:POST*items:1:1"])).await;
    house.setup.rate = Rate::Even(6000);
    assert_eq!(house.outcome(&numbers(0..5)).await, "5 rows: 5 confirmed");
    assert_eq!(kept(&house), Some(5700));
}
