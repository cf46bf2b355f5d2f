//! The usual ways through, against a stand-in tenant that was written from the contract by somebody else.

use std::time::Duration;

use dncsync_core::answer::Answer;
use dncsync_core::entry::Entry;
use dncsync_core::number::Number;
use dncsync_core::row::Place;
use dncsync_core::source::SourceType;
use dncsync_cxone::{Client, FoundList, ItemsPage, Posted, Removed, Secret, Settings, Speech};
use dncsync_sandbox::{Options, Sandbox};

use crate::target;

async fn tenant(options: Options) -> (Sandbox, Client) {
    let options = Options { lag: Duration::ZERO, rate: 0, ..options };
    let sandbox = Sandbox::start(options, "127.0.0.1:0".parse().unwrap()).await.unwrap();
    let client = client(&sandbox, "any");
    (sandbox, client)
}

fn client(sandbox: &Sandbox, secret: &str) -> Client {
    Client::new(Settings::v2(sandbox.api_url(), sandbox.token_url(), "me".into(), Secret::new(secret.into()))).unwrap()
}

fn applied<T: std::fmt::Debug>(answer: Answer<T>) -> T {
    match answer {
        Answer::Applied(value) => value,
        other => panic!("{other:?}"),
    }
}

fn entries(count: u64) -> Vec<Entry> {
    let entry = |number| Entry {
        number: Number::from_stored(number),
        source: SourceType::Regulatory,
        notes: "said \"no\" – zweimal".into(),
        place: Place { file: 0, line: 1 },
    };
    (0..count).map(|last| entry(12_025_550_100 + last)).collect()
}

fn removal(entries: &[Entry]) -> Vec<u8> {
    Speech::v2().removal(entries.iter().map(|entry| entry.number))
}

async fn created(client: &Client) -> FoundList {
    applied(client.create_list(&target()).await)
}

#[tokio::test]
async fn a_list_is_created_filled_and_read_back() {
    let (sandbox, client) = tenant(Options::default()).await;
    let list = created(&client).await;
    assert_eq!((list.name.as_str(), list.scope.as_deref()), ("Opt-outs", Some("GLOBAL")));
    assert_eq!(client.create_list(&target()).await, Answer::Exists);
    assert_eq!(applied(client.find_lists("opt-outs", 1, 100).await).lists, std::slice::from_ref(&list));

    let entries = entries(50);
    let posted = Posted { received: Some(50), added: Some(50), duplicates: Some(0), ..Posted::default() };
    assert_eq!(applied(client.post_items(&list.id, Speech::v2().body(entries.iter())).await), posted);
    let again = Posted { received: Some(50), added: Some(0), duplicates: Some(50), ..Posted::default() };
    assert_eq!(applied(client.post_items(&list.id, Speech::v2().body(entries.iter())).await), again);

    let ItemsPage { numbers, facts } = applied(client.read_items(&list.id, 1, 10_000).await);
    assert!(numbers.iter().eq(entries.iter().map(|entry| &entry.number)));
    assert_eq!((facts.count, facts.total, facts.pages), (50, Some(50), Some(1)));
    assert_eq!(sandbox.observed().tokens, 1);
}

#[tokio::test]
async fn what_is_removed_is_read_no_more() {
    let (_sandbox, client) = tenant(Options::default()).await;
    let list = created(&client).await;
    let entries = entries(5);
    applied(client.post_items(&list.id, Speech::v2().body(entries[..3].iter())).await);

    let removed = Removed { received: Some(4), removed: Some(2), missing: Some(2), ..Removed::default() };
    assert_eq!(applied(client.remove_items(&list.id, removal(&entries[1..])).await), removed);
    let again = Removed { received: Some(4), removed: Some(0), missing: Some(4), ..Removed::default() };
    assert_eq!(applied(client.remove_items(&list.id, removal(&entries[1..])).await), again);
    assert_eq!(applied(client.read_items(&list.id, 1, 10_000).await).numbers, [entries[0].number]);
}

#[tokio::test]
async fn what_is_removed_stays_visible_until_the_index_has_caught_up() {
    let (sandbox, client) = tenant(Options::default()).await;
    let list = created(&client).await;
    let entries = entries(2);
    applied(client.post_items(&list.id, Speech::v2().body(entries.iter())).await);
    sandbox.set_lag(Duration::from_secs(3600));
    assert_eq!(applied(client.remove_items(&list.id, removal(&entries)).await).removed, Some(2));
    assert_eq!(applied(client.read_items(&list.id, 1, 10_000).await).numbers.len(), 2);
    assert!(sandbox.list("Opt-outs").unwrap().numbers.is_empty());
}

#[tokio::test]
async fn a_bad_item_is_named() {
    let (_sandbox, client) = tenant(Options::default()).await;
    let list = created(&client).await;
    let mut entries = entries(5);
    entries[3].number = Number::from_stored(15_555_555_555);
    let Answer::Refused(refusal) = client.post_items(&list.id, Speech::v2().body(entries.iter())).await else {
        panic!("refused")
    };
    assert_eq!(refusal.named.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [3]);
    assert!(!format!("{refusal:?}").contains("5555"), "{refusal:?}");
    let Answer::Refused(refusal) = client.remove_items(&list.id, removal(&entries)).await else { panic!("refused") };
    assert_eq!(refusal.named.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [3]);
}

#[tokio::test]
async fn an_expired_token_costs_one_refused_call() {
    let (sandbox, client) =
        tenant(Options { faults: vec!["401:items:1:1".parse().unwrap()], ..Options::default() }).await;
    let list = created(&client).await;
    assert_eq!(client.read_items(&list.id, 1, 10).await, Answer::TokenRefused);
    applied(client.read_items(&list.id, 1, 10).await);
    assert_eq!(sandbox.observed().tokens, 2);
}

/// Faults, and what the first call that they strike comes to.
const FAULTS: [(&str, &str); 10] = [
    ("429", "comeBack"),
    ("429-bare", "comeBack"),
    ("429-date", "comeBack"),
    ("500", "unknown"),
    ("502", "unknown"),
    ("503", "unknown"),
    ("close-before", "unknown"),
    ("close-after", "unknown"),
    ("truncate", "unknown"),
    ("413", "refused"),
];

#[tokio::test]
async fn injected_faults_are_told_apart() {
    for (fault, expected) in FAULTS {
        let faults = vec![format!("{fault}:POST*items:1:1").parse().unwrap()];
        let (_sandbox, client) = tenant(Options { faults, ..Options::default() }).await;
        let list = created(&client).await;
        let body = Speech::v2().body(entries(3).iter());
        assert_eq!(client.post_items(&list.id, body.clone()).await.name(), expected, "{fault}");
        applied(client.post_items(&list.id, body).await);
    }
}

#[tokio::test]
async fn injected_faults_are_told_apart_in_removals_too() {
    for (fault, expected) in FAULTS {
        let faults = vec![format!("{fault}:DELETE*items:1:1").parse().unwrap()];
        let (sandbox, client) = tenant(Options { faults, ..Options::default() }).await;
        let list = created(&client).await;
        let entries = entries(3);
        applied(client.post_items(&list.id, Speech::v2().body(entries.iter())).await);
        assert_eq!(client.remove_items(&list.id, removal(&entries)).await.name(), expected, "{fault}");
        let repeated = applied(client.remove_items(&list.id, removal(&entries)).await);
        let gone_before = ["close-after", "truncate"].contains(&fault);
        assert_eq!(repeated.missing, Some(if gone_before { 3 } else { 0 }), "{fault}");
        assert!(sandbox.list("Opt-outs").unwrap().numbers.is_empty(), "{fault}");
    }
}

#[tokio::test]
async fn wrong_credentials_and_missing_scopes_are_lasting() {
    let (sandbox, _) = tenant(Options::default()).await;
    let Answer::Lasting(lasting) = client(&sandbox, "wrong").token().await else { panic!("lasting") };
    assert_eq!(lasting.code, "credentials.refused");

    let clients = vec!["me:any:dnc:read,compliance:read".parse().unwrap()];
    let (sandbox, client) = tenant(Options { clients, ..Options::default() }).await;
    let Answer::Lasting(lasting) = client.create_list(&target()).await else { panic!("lasting") };
    assert_eq!(lasting.code, "scope.missing");
    assert_eq!(client.missing_scopes(), ["dnc:write"]);
    assert_eq!(sandbox.observed().arrivals.len(), 1, "only the token was asked for");
}

#[tokio::test]
async fn a_list_that_is_gone_concerns_that_list_only() {
    let (_sandbox, client) = tenant(Options::default()).await;
    let gone = dncsync_core::target::ListId("no/such list".into());
    let Answer::Lasting(lasting) = client.read_items(&gone, 1, 10).await else { panic!("lasting") };
    assert_eq!((lasting.code, lasting.of_list), ("list.gone", true));
    assert_eq!(client.remove_items(&gone, removal(&entries(1))).await, Answer::Lasting(lasting));
}
