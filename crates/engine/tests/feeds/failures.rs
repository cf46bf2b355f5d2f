//! A removal fails in every way once: where it ends, what it cost, what the list holds. Whatever it was, the next apply
//! ends it.

use dncsync_core::feed::{FeedName, Mode};
use dncsync_core::profile::{Profile, Reach};
use dncsync_engine::TargetOrder;
use dncsync_sandbox::Fault;

use crate::deeds::{load_order, rules};
use crate::model::Set;
use crate::net::Weather;
use crate::place::{Flags, Log, Nature};
use crate::rows::{Row, number};
use crate::tenancy::Tenancy;
use crate::world::{World, target};

/// So many connections come before the removal: for the token, to look the list up, and for the skills that it scrubs.
fn before(profile: Profile) -> u64 {
    if profile == Profile::V2 { 2 } else { 3 }
}

enum Way {
    Fault(&'static str),
    Absent,
    /// Somebody else answers.
    Answers(Option<&'static str>),
}

const NAMED: &str = "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: 59\r\n\r\n\
                     {\"code\":\"badRequest\",\"message\":\"no\",\"errors\":[{\"index\":1}]}";
const UNNAMED: &str = "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: 36\r\n\r\n\
                       {\"code\":\"badRequest\",\"message\":\"no\"}\n";
const RECORD_NAMED: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 92\r\n\r\n\
                            {\"errorCount\":1,\"recordResults\":[{\"success\":false,\"error\":\"no\",\"phoneNumber\":\"2025550001\"}]}";
const RECORD_UNNAMED: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 65\r\n\r\n\
                              {\"errorCount\":1,\"recordResults\":[{\"success\":false,\"error\":\"no\"}]}";
const NOT_ALLOWED: &str =
    "HTTP/1.1 405 Method Not Allowed\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
const NOT_IMPLEMENTED: &str = "HTTP/1.1 501 Not Implemented\r\ncontent-length: 2\r\n\r\n{}";

const WAYS: [(&str, Way); 13] = [
    ("none", Way::Fault("")),
    ("nobody there", Way::Absent),
    ("not applied", Way::Fault("close-before:DELETE:1:1")),
    ("answer lost", Way::Fault("close-after:DELETE:1:1")),
    ("timeout", Way::Fault("slow=100000:DELETE:1:1")),
    ("cut off", Way::Fault("truncate:DELETE:1:1")),
    ("a page, no JSON", Way::Answers(None)),
    ("throttled", Way::Fault("429:DELETE:1:1")),
    ("token refused", Way::Fault("401:DELETE:1:1")),
    ("too large", Way::Fault("413:DELETE:1:1")),
    ("not allowed", Way::Answers(Some(NOT_ALLOWED))),
    ("not implemented", Way::Answers(Some(NOT_IMPLEMENTED))),
    ("one never leaves", Way::Fault("keep:DELETE:1:1")),
];

/// The whole request is refused, or single records inside an answer of 200.
const V2_REFUSALS: [(&str, Way); 2] =
    [("one refused", Way::Answers(Some(NAMED))), ("refused unnamed", Way::Answers(Some(UNNAMED)))];
const ADMIN_REFUSALS: [(&str, Way); 3] = [
    ("refused unnamed", Way::Answers(Some(UNNAMED))),
    ("one record named", Way::Answers(Some(RECORD_NAMED))),
    ("one unnamed", Way::Answers(Some(RECORD_UNNAMED))),
];

#[test]
fn a_removal_fails_in_every_way_and_the_next_apply_ends_it() {
    for (profile, refusals, expected) in
        [(Profile::V2, &V2_REFUSALS[..], V2_TABLE), (Profile::Admin, &ADMIN_REFUSALS, ADMIN_TABLE)]
    {
        let mut table = format!("{HEADER}\n");
        for (name, way) in WAYS.iter().chain(refusals) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
            let row = runtime.expect("a runtime").block_on(row(profile, name, way));
            table.push_str(row.trim_end());
            table.push('\n');
        }
        assert_eq!(table, format!("{HEADER}\n{expected}"), "{profile}\n{table}");
    }
}

async fn row(profile: Profile, name: &str, way: &Way) -> String {
    // Some of the pool's numbers are abroad.
    let reach = if profile == Profile::V2 { Reach::World } else { Reach::Unlike };
    let tenancy = Tenancy { reach, ..Tenancy::plain(profile) };
    let world = World::new(1, Nature { told: false, tenancy, ..Nature::plain(profile) }, Log::default());
    hold(&world, 0..10);
    let set = TargetOrder {
        target: target("NORTH"),
        feeds: vec![FeedName::read("national").expect("a name")],
        only: None,
        rules: rules(Mode::Add),
    };
    world.engine().set_target(&set, &mut |_| ()).expect("a target");
    apply(&world).await;
    hold(&world, 4..10);
    match way {
        Way::Fault("") => {}
        Way::Fault(fault) => world.place.sandbox().set_faults(&[fault.parse::<Fault>().expect("a fault")], 0),
        Way::Absent => {
            *world.place.net.weather.lock().unwrap() =
                Weather { spared: before(profile), absences: 1, ..Weather::default() }
        }
        Way::Answers(strange) => {
            let weather = Weather { spared: before(profile), strangers: 1, strange: *strange, ..Weather::default() };
            *world.place.net.weather.lock().unwrap() = weather;
        }
    }
    let began = world.place.elapsed();
    let end = apply(&world).await;
    let lasted = (world.place.elapsed() - began).as_secs_f64();
    let (held, applied) = (world.held("NORTH").len(), world.place.sandbox().observed().removals_applied);
    world.place.sandbox().set_faults(&[], 0);
    // Of two runs of one millisecond nobody knows which is older.
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let after = apply(&world).await;
    let stays: Set = (4..10).map(number).collect();
    world.place.record_holds(true).expect("the record holds");
    assert_eq!(world.held("NORTH"), stays, "{name}: {end}, then {after}");
    format!("{name:<16} | {end} | {applied:>7} | {held:>4} | {lasted:>5.1}")
}

/// The feed is these numbers from now on.
fn hold(world: &World, numbers: std::ops::Range<u64>) {
    let rows: Vec<Row> = numbers.map(|nth| Row::plain(number(nth))).collect();
    world.engine().load_feed(&load_order("national", Mode::Replace, &rows, true), &mut |_| ()).expect("a load");
}

async fn apply(world: &World) -> String {
    let flags = Flags { patience: 300, confirm_within: 60, trust: 24 };
    let mut engine = world.process(flags, &world.place.net.way(u64::MAX)).expect("an engine");
    let outcome = engine.apply(&target("NORTH"), true, None, &mut |_| ()).await.expect("an outcome");
    world.place.report_is_logged(&outcome).expect("the log holds what is reported");
    let (report, it) = (&outcome.report, outcome.report.removals);
    assert!(report.holds() && it.holds(), "{outcome:?}");
    let end = outcome.stopped.map_or("done", |trouble| trouble.code);
    format!(
        "{end:<19} | {:>7} | {:>7} | {:>11} | {:>7} | {:>8} | {:>5}",
        it.removed, it.refused, it.unconfirmed, it.pending, report.requests.total, report.requests.retried
    )
}

const HEADER: &str = "failure          | end                 | removed | refused | unconfirmed | pending | requests | again | applied | held |  secs";

/// `again` as the report counts it. `applied`: removals that the tenant applied. `held`: what the list holds then, of 10
/// numbers of which 4 should leave.
const V2_TABLE: &str = "\
none             | done                |       4 |       0 |           0 |       0 |        4 |     0 |       1 |    6 |   3.0
nobody there     | done                |       4 |       0 |           0 |       0 |        5 |     1 |       1 |    6 |   3.4
not applied      | done                |       4 |       0 |           0 |       0 |        5 |     1 |       1 |    6 |   3.4
answer lost      | done                |       4 |       0 |           0 |       0 |        5 |     1 |       2 |    6 |   3.4
timeout          | done                |       4 |       0 |           0 |       0 |        5 |     1 |       2 |    6 |  48.4
cut off          | done                |       4 |       0 |           0 |       0 |        5 |     1 |       2 |    6 |   3.4
a page, no JSON  | done                |       4 |       0 |           0 |       0 |        5 |     1 |       1 |    6 |   3.4
throttled        | done                |       4 |       0 |           0 |       0 |        5 |     1 |       1 |    6 |   4.0
token refused    | done                |       4 |       0 |           0 |       0 |        5 |     1 |       1 |    6 |   3.0
too large        | done                |       4 |       0 |           0 |       0 |        6 |     0 |       2 |    6 |   3.0
not allowed      | removal.unsupported |       0 |       0 |           0 |       4 |        2 |     0 |       0 |   10 |   0.0
not implemented  | removal.unsupported |       0 |       0 |           0 |       4 |        2 |     0 |       0 |   10 |   0.0
one never leaves | done                |       3 |       0 |           1 |       0 |       27 |     2 |       3 |    7 | 149.8
one refused      | done                |       3 |       1 |           0 |       0 |        5 |     0 |       1 |    7 |   3.0
refused unnamed  | done                |       4 |       0 |           0 |       0 |        6 |     0 |       2 |    6 |   3.0
";

/// Whoever says that he took all but one record took none, and is not believed: what is still there is removed again.
const ADMIN_TABLE: &str = "\
none             | done                |       4 |       0 |           0 |       0 |        5 |     0 |       1 |    6 |   4.8
nobody there     | done                |       4 |       0 |           0 |       0 |        6 |     1 |       1 |    6 |   5.5
not applied      | done                |       4 |       0 |           0 |       0 |        6 |     1 |       1 |    6 |   5.5
answer lost      | done                |       4 |       0 |           0 |       0 |        6 |     1 |       2 |    6 |   5.5
timeout          | done                |       4 |       0 |           0 |       0 |        6 |     1 |       2 |    6 |  50.2
cut off          | done                |       4 |       0 |           0 |       0 |        6 |     1 |       2 |    6 |   5.5
a page, no JSON  | done                |       4 |       0 |           0 |       0 |        6 |     1 |       1 |    6 |   5.5
throttled        | done                |       4 |       0 |           0 |       0 |        6 |     1 |       1 |    6 |   5.8
token refused    | done                |       4 |       0 |           0 |       0 |        6 |     1 |       1 |    6 |   5.5
too large        | done                |       4 |       0 |           0 |       0 |        7 |     0 |       2 |    6 |   6.0
not allowed      | removal.unsupported |       0 |       0 |           0 |       4 |        3 |     0 |       0 |   10 |   1.8
not implemented  | removal.unsupported |       0 |       0 |           0 |       4 |        3 |     0 |       0 |   10 |   1.8
one never leaves | done                |       3 |       0 |           1 |       0 |       28 |     2 |       3 |    7 | 151.6
refused unnamed  | done                |       4 |       0 |           0 |       0 |        7 |     0 |       2 |    6 |   6.0
one record named | done                |       3 |       1 |           0 |       0 |       12 |     1 |       1 |    7 |  41.1
one unnamed      | done                |       4 |       0 |           0 |       0 |       12 |     1 |       1 |    6 |  41.1
";
