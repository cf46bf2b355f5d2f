//! Every call that leaves the house, failing in every way once: where it ends, what it cost. Two of the ways look the
//! same to us and are not: the request never arrived, or it was applied and its answer was lost.

use std::time::Duration;

use dncsync_core::profile::Profile;

use crate::aggregator::Mood;
use crate::feeds::{Feed, number};
use crate::invariants::Known;
use crate::net::Weather;
use crate::place::{Flags, Log, Nature, Place};

/// A call, in a world in which it is made.
struct Call {
    name: &'static str,
    path: &'static str,
    /// So many connections come before it.
    before: u64,
    /// Whether somebody else made the list.
    met: bool,
    /// So many numbers are fed.
    fed: u64,
}

const fn call(name: &'static str, path: &'static str, before: u64, met: bool) -> Call {
    Call { name, path, before, met, fed: 10 }
}

const V2: [Call; 7] = [
    call("token", "oauth/token", 0, false),
    call("create list", "POST*/lists", 1, false),
    call("find lists", "GET*lists", 2, true),
    call("read, first contact", "GET*items", 3, true),
    call("post items", "POST*items", 2, false),
    call("read, confirming", "GET*items", 3, false),
    call("webhook", "", 0, false),
];

/// A list is looked for before it is made, and a single number is searched for.
const ADMIN: [Call; 9] = [
    call("token", "oauth/token", 0, false),
    call("find lists", "GET*lists", 1, true),
    call("create list", "POST*/lists", 2, false),
    call("read, first contact", "GET*items", 2, true),
    call("skills", "GET*scrubbed-skills", 3, false),
    call("post items", "POST*items", 4, false),
    call("read, confirming", "GET*items", 5, false),
    Call { fed: 1, ..call("look-up, confirming", "POST*search", 5, false) },
    call("webhook", "", 0, false),
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
    for (profile, calls, expected) in [(Profile::V2, &V2[..], V2_TABLE), (Profile::Admin, &ADMIN, ADMIN_TABLE)] {
        let mut table = format!("{HEADER}\n");
        for (call, way) in calls.iter().flat_map(|call| WAYS.iter().map(move |way| (call, *way))) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
            let row = runtime.expect("a runtime").block_on(row(profile, call, way));
            table.push_str(row.trim_end());
            table.push('\n');
        }
        assert_eq!(table, format!("{HEADER}\n{expected}"), "{profile}\n{table}");
    }
}

async fn row(profile: Profile, call: &Call, way: (&str, &str, Mood)) -> String {
    let place = Place::new(1, Nature::plain(profile), Log::default());
    let feed = Feed::of("NORTH", 0..call.fed);
    if call.met {
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
    let tokens = observed.arrivals.iter().filter(|call| !call.path.contains("api")).count();
    let again = ingest(&place, &feed).await;
    let listed = format!("done |         0 | {:>6} |", call.fed);
    assert!(again.starts_with(&listed), "{} {}: {again}", call.name, way.0);
    let feeds = [feed];
    let known = Known { place: &place, feeds: &feeds, removed: &Default::default() };
    let checked = known.holds().and_then(|()| known.at_rest()).and_then(|()| place.record_holds(true));
    checked.unwrap_or_else(|why| panic!("{} {}: {why}", call.name, way.0));
    let told = place.net.aggregator.received().len();
    format!(
        "{:<19} | {:<15} | {first} | {tokens:>6} | {:>7} | {told:>4} | {lasted:>4.1}",
        call.name, way.0, observed.posts_applied
    )
}

/// Makes the call fail once.
fn arrange(place: &Place, call: &Call, (way, fault, mood): (&str, &str, Mood)) {
    if call.name == "webhook" {
        place.net.aggregator.set(mood);
        return;
    }
    if !fault.is_empty() {
        place.sandbox().set_faults(&[format!("{fault}:{}:1:1", call.path).parse().expect("a fault")], 0);
        return;
    }
    let mut weather = place.net.weather.lock().unwrap();
    let page = u64::from(way == "a page, no JSON");
    *weather = Weather { spared: call.before, strangers: page, absences: 1 - page, ..Weather::default() };
}

async fn ingest(place: &Place, feed: &Feed) -> String {
    let flags = Flags { patience: 300, confirm_within: 60, trust: 24 };
    let way = place.net.way(u64::MAX);
    let mut engine = place.engine(flags, &way, 7).expect("an engine");
    let outcome = engine.ingest(&feed.order(), &mut |_| ()).await.expect("an outcome");
    place.report_is_logged(&outcome).expect("the log holds what is reported");
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
const V2_TABLE: &str = "\
token               | nobody there    | done |        10 |      0 |        4 |     1 |      1 |       1 |    1 |  1.5
token               | not applied     | done |        10 |      0 |        4 |     1 |      2 |       1 |    1 |  1.5
token               | answer lost     | done |        10 |      0 |        4 |     1 |      2 |       1 |    1 |  1.5
token               | timeout         | done |        10 |      0 |        4 |     1 |      2 |       1 |    1 | 16.5
token               | cut off         | done |        10 |      0 |        4 |     1 |      2 |       1 |    1 |  1.5
token               | a page, no JSON | done |        10 |      0 |        4 |     1 |      1 |       1 |    1 |  1.5
create list         | nobody there    | done |        10 |      0 |        4 |     1 |      1 |       1 |    1 |  1.5
create list         | not applied     | done |        10 |      0 |        4 |     1 |      1 |       1 |    1 |  1.5
create list         | answer lost     | done |        10 |      0 |        6 |     2 |      1 |       1 |    1 |  1.5
create list         | timeout         | done |        10 |      0 |        6 |     2 |      1 |       1 |    1 | 46.5
create list         | cut off         | done |        10 |      0 |        6 |     2 |      1 |       1 |    1 |  1.5
create list         | a page, no JSON | done |        10 |      0 |        4 |     1 |      1 |       1 |    1 |  1.5
find lists          | nobody there    | done |         7 |      3 |        6 |     1 |      1 |       1 |    1 |  1.5
find lists          | not applied     | done |         7 |      3 |        6 |     1 |      1 |       1 |    1 |  1.5
find lists          | answer lost     | done |         7 |      3 |        6 |     1 |      1 |       1 |    1 |  1.5
find lists          | timeout         | done |         7 |      3 |        6 |     1 |      1 |       1 |    1 | 46.5
find lists          | cut off         | done |         7 |      3 |        6 |     1 |      1 |       1 |    1 |  1.5
find lists          | a page, no JSON | done |         7 |      3 |        6 |     1 |      1 |       1 |    1 |  1.5
read, first contact | nobody there    | done |         7 |      3 |        6 |     1 |      1 |       1 |    1 |  1.5
read, first contact | not applied     | done |         7 |      3 |        6 |     1 |      1 |       1 |    1 |  1.5
read, first contact | answer lost     | done |         7 |      3 |        6 |     1 |      1 |       1 |    1 |  1.5
read, first contact | timeout         | done |         7 |      3 |        6 |     1 |      1 |       1 |    1 | 46.5
read, first contact | cut off         | done |         7 |      3 |        6 |     1 |      1 |       1 |    1 |  1.5
read, first contact | a page, no JSON | done |         7 |      3 |        6 |     1 |      1 |       1 |    1 |  1.5
post items          | nobody there    | done |        10 |      0 |        4 |     1 |      1 |       1 |    1 |  1.5
post items          | not applied     | done |        10 |      0 |        4 |     1 |      1 |       1 |    1 |  1.5
post items          | answer lost     | done |        10 |      0 |        4 |     1 |      1 |       2 |    1 |  1.5
post items          | timeout         | done |        10 |      0 |        4 |     1 |      1 |       2 |    1 | 46.5
post items          | cut off         | done |        10 |      0 |        4 |     1 |      1 |       2 |    1 |  1.5
post items          | a page, no JSON | done |        10 |      0 |        4 |     1 |      1 |       1 |    1 |  1.5
read, confirming    | nobody there    | done |        10 |      0 |        4 |     1 |      1 |       1 |    1 |  1.5
read, confirming    | not applied     | done |        10 |      0 |        4 |     1 |      1 |       1 |    1 |  1.5
read, confirming    | answer lost     | done |        10 |      0 |        4 |     1 |      1 |       1 |    1 |  1.5
read, confirming    | timeout         | done |        10 |      0 |        4 |     1 |      1 |       1 |    1 | 46.5
read, confirming    | cut off         | done |        10 |      0 |        4 |     1 |      1 |       1 |    1 |  1.5
read, confirming    | a page, no JSON | done |        10 |      0 |        4 |     1 |      1 |       1 |    1 |  1.5
webhook             | nobody there    | done |        10 |      0 |        3 |     0 |      1 |       1 |    1 |  1.1
webhook             | not applied     | done |        10 |      0 |        3 |     0 |      1 |       1 |    1 |  1.1
webhook             | answer lost     | done |        10 |      0 |        3 |     0 |      1 |       1 |    2 |  1.1
webhook             | timeout         | done |        10 |      0 |        3 |     0 |      1 |       1 |    2 |  4.0
webhook             | cut off         | done |        10 |      0 |        3 |     0 |      1 |       1 |    2 |  1.1
webhook             | a page, no JSON | done |        10 |      0 |        3 |     0 |      1 |       1 |    1 |  1.1
";

/// An empty answer, as that of a search in vain, cannot be cut off.
const ADMIN_TABLE: &str = "\
token               | nobody there    | done |        10 |      0 |        6 |     1 |      1 |       1 |    1 |  3.5
token               | not applied     | done |        10 |      0 |        6 |     1 |      2 |       1 |    1 |  3.5
token               | answer lost     | done |        10 |      0 |        6 |     1 |      2 |       1 |    1 |  3.5
token               | timeout         | done |        10 |      0 |        6 |     1 |      2 |       1 |    1 | 18.3
token               | cut off         | done |        10 |      0 |        6 |     1 |      2 |       1 |    1 |  3.5
token               | a page, no JSON | done |        10 |      0 |        6 |     1 |      1 |       1 |    1 |  3.5
find lists          | nobody there    | done |         7 |      3 |        6 |     1 |      1 |       1 |    1 |  3.5
find lists          | not applied     | done |         7 |      3 |        6 |     1 |      1 |       1 |    1 |  3.5
find lists          | answer lost     | done |         7 |      3 |        6 |     1 |      1 |       1 |    1 |  3.5
find lists          | timeout         | done |         7 |      3 |        6 |     1 |      1 |       1 |    1 | 48.3
find lists          | cut off         | done |         7 |      3 |        6 |     1 |      1 |       1 |    1 |  3.5
find lists          | a page, no JSON | done |         7 |      3 |        6 |     1 |      1 |       1 |    1 |  3.5
create list         | nobody there    | done |        10 |      0 |        6 |     1 |      1 |       1 |    1 |  3.5
create list         | not applied     | done |        10 |      0 |        6 |     1 |      1 |       1 |    1 |  3.5
create list         | answer lost     | done |        10 |      0 |        8 |     2 |      1 |       1 |    1 |  4.7
create list         | timeout         | done |        10 |      0 |        8 |     2 |      1 |       1 |    1 | 49.5
create list         | cut off         | done |        10 |      0 |        8 |     2 |      1 |       1 |    1 |  4.7
create list         | a page, no JSON | done |        10 |      0 |        6 |     1 |      1 |       1 |    1 |  3.5
read, first contact | nobody there    | done |         7 |      3 |        6 |     1 |      1 |       1 |    1 |  3.5
read, first contact | not applied     | done |         7 |      3 |        6 |     1 |      1 |       1 |    1 |  3.5
read, first contact | answer lost     | done |         7 |      3 |        6 |     1 |      1 |       1 |    1 |  3.5
read, first contact | timeout         | done |         7 |      3 |        6 |     1 |      1 |       1 |    1 | 48.3
read, first contact | cut off         | done |         7 |      3 |        6 |     1 |      1 |       1 |    1 |  3.5
read, first contact | a page, no JSON | done |         7 |      3 |        6 |     1 |      1 |       1 |    1 |  3.5
skills              | nobody there    | done |        10 |      0 |        5 |     0 |      1 |       1 |    1 |  2.9
skills              | not applied     | done |        10 |      0 |        5 |     0 |      1 |       1 |    1 |  2.9
skills              | answer lost     | done |        10 |      0 |        5 |     0 |      1 |       1 |    1 |  2.9
skills              | timeout         | done |        10 |      0 |        5 |     0 |      1 |       1 |    1 | 46.2
skills              | cut off         | done |        10 |      0 |        5 |     0 |      1 |       1 |    1 |  2.9
skills              | a page, no JSON | done |        10 |      0 |        5 |     0 |      1 |       1 |    1 |  2.9
post items          | nobody there    | done |        10 |      0 |        6 |     1 |      1 |       1 |    1 |  3.5
post items          | not applied     | done |        10 |      0 |        6 |     1 |      1 |       1 |    1 |  3.5
post items          | answer lost     | done |        10 |      0 |        6 |     1 |      1 |       2 |    1 |  3.5
post items          | timeout         | done |        10 |      0 |        6 |     1 |      1 |       2 |    1 | 48.3
post items          | cut off         | done |        10 |      0 |        6 |     1 |      1 |       2 |    1 |  3.5
post items          | a page, no JSON | done |        10 |      0 |        6 |     1 |      1 |       1 |    1 |  3.5
read, confirming    | nobody there    | done |        10 |      0 |        6 |     1 |      1 |       1 |    1 |  3.5
read, confirming    | not applied     | done |        10 |      0 |        6 |     1 |      1 |       1 |    1 |  3.5
read, confirming    | answer lost     | done |        10 |      0 |        6 |     1 |      1 |       1 |    1 |  3.5
read, confirming    | timeout         | done |        10 |      0 |        6 |     1 |      1 |       1 |    1 | 48.3
read, confirming    | cut off         | done |        10 |      0 |        6 |     1 |      1 |       1 |    1 |  3.5
read, confirming    | a page, no JSON | done |        10 |      0 |        6 |     1 |      1 |       1 |    1 |  3.5
look-up, confirming | nobody there    | done |         1 |      0 |        6 |     1 |      1 |       1 |    1 |  3.5
look-up, confirming | not applied     | done |         1 |      0 |        6 |     1 |      1 |       1 |    1 |  3.5
look-up, confirming | answer lost     | done |         1 |      0 |        6 |     1 |      1 |       1 |    1 |  3.5
look-up, confirming | timeout         | done |         1 |      0 |        6 |     1 |      1 |       1 |    1 | 48.3
look-up, confirming | cut off         | done |         1 |      0 |        6 |     1 |      1 |       1 |    1 |  3.5
look-up, confirming | a page, no JSON | done |         1 |      0 |        6 |     1 |      1 |       1 |    1 |  3.5
webhook             | nobody there    | done |        10 |      0 |        5 |     0 |      1 |       1 |    1 |  2.9
webhook             | not applied     | done |        10 |      0 |        5 |     0 |      1 |       1 |    1 |  2.9
webhook             | answer lost     | done |        10 |      0 |        5 |     0 |      1 |       1 |    2 |  2.9
webhook             | timeout         | done |        10 |      0 |        5 |     0 |      1 |       1 |    2 |  5.8
webhook             | cut off         | done |        10 |      0 |        5 |     0 |      1 |       1 |    2 |  2.9
webhook             | a page, no JSON | done |        10 |      0 |        5 |     0 |      1 |       1 |    1 |  2.9
";
