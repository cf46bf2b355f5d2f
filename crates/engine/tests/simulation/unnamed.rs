//! Profile `admin`: a record that was not taken, and that nobody named, is looked for and sent again before anybody is told.

use dncsync_core::profile::Profile;

use crate::feeds::Feed;
use crate::place::{Flags, Log, Nature, Place};

/// `confirmed, unconfirmed, sent again`
async fn ingest(place: &Place, feed: &Feed, process: u64) -> [u64; 3] {
    let flags = Flags { patience: 300, confirm_within: 60, trust: 24 };
    let mut engine = place.engine(flags, &place.net.way(u64::MAX), process).expect("an engine");
    let outcome = engine.ingest(&feed.order(), &mut |_| ()).await.expect("an outcome");
    assert!(outcome.stopped.is_none(), "{outcome:?}");
    [outcome.report.successes, outcome.report.unconfirmed, outcome.report.resent]
}

#[tokio::test(start_paused = true)]
async fn what_nobody_names_is_sent_again_and_then_unconfirmed() {
    let (place, feed) = (Place::new(1, Nature::plain(Profile::Admin), Log::default()), Feed::of("NORTH", 0..10));
    place.sandbox().set_faults(&["refuse-silent:items:1:1".parse().expect("a fault")], 0);
    let posts = || place.sandbox().observed().posts;
    assert_eq!(ingest(&place, &feed, 1).await, [9, 1, 2]);
    assert_eq!(posts(), 3, "once with the others, and twice alone: a third time would be past its minute");

    place.sandbox().set_faults(&[], 0);
    assert_eq!(ingest(&place, &feed, 2).await, [1, 0, 0]);
    assert_eq!(posts(), 4);
}

#[tokio::test(start_paused = true)]
async fn what_was_taken_after_all_is_confirmed() {
    let (place, feed) = (Place::new(1, Nature::plain(Profile::Admin), Log::default()), Feed::of("NORTH", 0..10));
    place.sandbox().set_faults(&["refuse-silent:items:1:1".parse().expect("a fault")], 0);
    let mend = async {
        tokio::time::sleep(std::time::Duration::from_secs(10)).await;
        place.sandbox().set_faults(&[], 0);
    };
    let (came, ()) = futures_util::future::join(ingest(&place, &feed, 1), mend).await;
    assert_eq!(came, [10, 0, 1]);
}
