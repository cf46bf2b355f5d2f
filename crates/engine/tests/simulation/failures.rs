//! Every call that leaves the house, failing in every way once: where it ends, what it cost. Two of the ways look the
//! same to us and are not: the request never arrived, or it was applied and its answer was lost.

use std::time::Duration;

use crate::aggregator::Mood;
use crate::feeds::{Feed, number};
use crate::invariants::Known;
use crate::net::Weather;
use crate::place::{Flags, Log, Nature, Place};

/// The calls. Each in a world in which it is made: with the list there already, or not.
const CALLS: [(&str, &str, u64, bool); 7] = [
    // Its name, its path, how many connections come before it, whether somebody else made the list.
    ("token", "oauth/token", 0, false),
    ("create list", "POST*/lists", 1, false),
    ("find lists", "GET*lists", 2, true),
    ("read, first contact", "GET*items", 3, true),
    ("post items", "POST*items", 2, false),
    ("read, confirming", "GET*items", 3, false),
    ("webhook", "", 0, false),
];

const WAYS: [(&str, &str, Mood); 6] = [
    ("nobody there", "", Mood::Absent),
    ("not applied", "close-before", Mood::ClosesUnread),
    ("answer lost", "close-after", Mood::TakesAndCloses),
    ("timeout", "slow=100000", Mood::TakesAndIsSilent),
    ("cut off", "truncate", Mood::TakesAndBreaksOff),
    ("a page, no JSON", "", Mood::Page),
];

/// What the tenant holds before, where somebody else made the list.
const OTHERS: u64 = 3;

#[test]
fn every_call_fails_in_every_way_and_all_ends_listed_and_counted_once() {
    let mut table = format!("{HEADER}\n");
    for call in CALLS {
        for way in WAYS {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
            let row = runtime.expect("a runtime").block_on(row(call, way));
            table.push_str(row.trim_end());
            table.push('\n');
        }
    }
    assert_eq!(table, TABLE, "\n{table}");
}

async fn row(call: (&str, &str, u64, bool), way: (&str, &str, Mood)) -> String {
    let place = Place::new(1, Nature::plain(), Log::default());
    let feed = Feed::of("NORTH", 0..10);
    if call.3 {
        place.sandbox().create_list_behind(&feed.list(), "CAMPAIGN");
        let numbers: Vec<String> = (0..OTHERS).map(|nth| format!("+{}", number(nth))).collect();
        place.sandbox().add_behind(&feed.list(), &numbers.iter().map(String::as_str).collect::<Vec<_>>());
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    arrange(&place, call, way);
    let before = place.elapsed();
    let first = ingest(&place, &feed).await;
    let lasted = (place.elapsed() - before).as_secs_f64();
    place.net.aggregator.set(Mood::Takes);
    let observed = place.sandbox().observed();
    let tokens = observed.arrivals.iter().filter(|call| call.path == "/oauth/token").count();
    let again = ingest(&place, &feed).await;
    assert!(again.starts_with("done |         0 |     10 |"), "{} {}: {again}", call.0, way.0);
    let feeds = [feed];
    let known = Known { place: &place, feeds: &feeds, removed: &Default::default() };
    known.holds().and_then(|()| known.at_rest()).unwrap_or_else(|why| panic!("{} {}: {why}", call.0, way.0));
    let told = place.net.aggregator.received().len();
    format!(
        "{:<19} | {:<15} | {first} | {tokens:>6} | {:>7} | {told:>4} | {lasted:>4.1}",
        call.0, way.0, observed.posts_applied
    )
}

/// Makes the call fail once.
fn arrange(
    place: &Place,
    (name, path, connections, _): (&str, &str, u64, bool),
    (way, fault, mood): (&str, &str, Mood),
) {
    if name == "webhook" {
        place.net.aggregator.set(mood);
        return;
    }
    if !fault.is_empty() {
        place.sandbox().set_faults(&[format!("{fault}:{path}:1:1").parse().expect("a fault")], 0);
        return;
    }
    let mut weather = place.net.weather.lock().unwrap();
    let page = u64::from(way == "a page, no JSON");
    *weather = Weather { spared: connections, strangers: page, absences: 1 - page, ..Weather::default() };
}

async fn ingest(place: &Place, feed: &Feed) -> String {
    let flags = Flags { patience: 300, confirm_within: 60, trust: 24 };
    let way = place.net.way(u64::MAX);
    let mut engine = place.engine(flags, &way, 7).expect("an engine");
    let outcome = engine.ingest(&feed.order(), &mut |_| ()).await.expect("an outcome");
    let report = outcome.report;
    let exit = outcome.stopped.map_or("done", |trouble| trouble.code);
    format!(
        "{exit} | {:>9} | {:>6} | {:>8} | {:>5}",
        report.successes, report.already_listed, report.requests.total, report.requests.retried
    )
}

const HEADER: &str = "call                | failure         | end  | confirmed | before | requests | again | tokens | applied | told | secs";

/// `before`: listed already. `requests` and `again` as the report counts them. `applied`: posts that the tenant applied.
/// `told`: webhooks that the aggregator took, until after a second run.
const TABLE: &str = "\
call                | failure         | end  | confirmed | before | requests | again | tokens | applied | told | secs
token               | nobody there    | done |        10 |      0 |        5 |     1 |      1 |       1 |    1 |  1.7
token               | not applied     | done |        10 |      0 |        5 |     1 |      2 |       1 |    1 |  1.7
token               | answer lost     | done |        10 |      0 |        5 |     1 |      2 |       1 |    1 |  1.7
token               | timeout         | done |        10 |      0 |        5 |     1 |      2 |       1 |    1 | 16.7
token               | cut off         | done |        10 |      0 |        5 |     1 |      2 |       1 |    1 |  1.7
token               | a page, no JSON | done |        10 |      0 |        5 |     1 |      1 |       1 |    1 |  1.7
create list         | nobody there    | done |        10 |      0 |        5 |     1 |      1 |       1 |    1 |  1.7
create list         | not applied     | done |        10 |      0 |        5 |     1 |      1 |       1 |    1 |  1.7
create list         | answer lost     | done |        10 |      0 |        7 |     2 |      1 |       1 |    1 |  1.7
create list         | timeout         | done |        10 |      0 |        7 |     2 |      1 |       1 |    1 | 46.7
create list         | cut off         | done |        10 |      0 |        7 |     2 |      1 |       1 |    1 |  1.7
create list         | a page, no JSON | done |        10 |      0 |        5 |     1 |      1 |       1 |    1 |  1.7
find lists          | nobody there    | done |         7 |      3 |        7 |     1 |      1 |       1 |    1 |  1.7
find lists          | not applied     | done |         7 |      3 |        7 |     1 |      1 |       1 |    1 |  1.7
find lists          | answer lost     | done |         7 |      3 |        7 |     1 |      1 |       1 |    1 |  1.7
find lists          | timeout         | done |         7 |      3 |        7 |     1 |      1 |       1 |    1 | 46.7
find lists          | cut off         | done |         7 |      3 |        7 |     1 |      1 |       1 |    1 |  1.7
find lists          | a page, no JSON | done |         7 |      3 |        7 |     1 |      1 |       1 |    1 |  1.7
read, first contact | nobody there    | done |         7 |      3 |        7 |     1 |      1 |       1 |    1 |  1.7
read, first contact | not applied     | done |         7 |      3 |        7 |     1 |      1 |       1 |    1 |  1.7
read, first contact | answer lost     | done |         7 |      3 |        7 |     1 |      1 |       1 |    1 |  1.7
read, first contact | timeout         | done |         7 |      3 |        7 |     1 |      1 |       1 |    1 | 46.7
read, first contact | cut off         | done |         7 |      3 |        7 |     1 |      1 |       1 |    1 |  1.7
read, first contact | a page, no JSON | done |         7 |      3 |        7 |     1 |      1 |       1 |    1 |  1.7
post items          | nobody there    | done |        10 |      0 |        6 |     1 |      1 |       1 |    1 |  2.4
post items          | not applied     | done |        10 |      0 |        6 |     1 |      1 |       1 |    1 |  2.4
post items          | answer lost     | done |        10 |      0 |        5 |     1 |      1 |       2 |    1 |  1.2
post items          | timeout         | done |        10 |      0 |        4 |     1 |      1 |       2 |    1 | 45.4
post items          | cut off         | done |        10 |      0 |        5 |     1 |      1 |       2 |    1 |  1.2
post items          | a page, no JSON | done |        10 |      0 |        6 |     1 |      1 |       1 |    1 |  2.4
read, confirming    | nobody there    | done |        10 |      0 |        5 |     1 |      1 |       1 |    1 |  1.7
read, confirming    | not applied     | done |        10 |      0 |        5 |     1 |      1 |       1 |    1 |  1.7
read, confirming    | answer lost     | done |        10 |      0 |        5 |     1 |      1 |       1 |    1 |  1.7
read, confirming    | timeout         | done |        10 |      0 |        4 |     1 |      1 |       1 |    1 | 45.9
read, confirming    | cut off         | done |        10 |      0 |        5 |     1 |      1 |       1 |    1 |  1.7
read, confirming    | a page, no JSON | done |        10 |      0 |        5 |     1 |      1 |       1 |    1 |  1.7
webhook             | nobody there    | done |        10 |      0 |        4 |     0 |      1 |       1 |    1 |  1.2
webhook             | not applied     | done |        10 |      0 |        4 |     0 |      1 |       1 |    1 |  1.2
webhook             | answer lost     | done |        10 |      0 |        4 |     0 |      1 |       1 |    2 |  1.2
webhook             | timeout         | done |        10 |      0 |        4 |     0 |      1 |       1 |    2 |  4.2
webhook             | cut off         | done |        10 |      0 |        4 |     0 |      1 |       1 |    2 |  1.2
webhook             | a page, no JSON | done |        10 |      0 |        4 |     0 |      1 |       1 |    1 |  1.2
";
