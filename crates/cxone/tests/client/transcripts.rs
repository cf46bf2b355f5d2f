//! One exchange with each endpoint of the Admin API, as it goes over the wire: to be laid beside the portal's documents,
//! line by line. The answers are the sandbox's.

use dncsync_core::entry::Entry;
use dncsync_core::number::Number;
use dncsync_core::row::Place;
use dncsync_core::source::SourceType;
use dncsync_core::target::ListId;
use dncsync_cxone::{Access, Client, ClientAuth, KeyAccess, RegisteredClient, Secret, Settings};
use dncsync_sandbox::{Options, Profile, Sandbox};

use crate::recorder::Recorder;
use crate::target;

async fn tenant() -> (Sandbox, Recorder) {
    let options = Options { profile: Profile::Admin, lag: std::time::Duration::ZERO, rate: 0, ..Options::default() };
    let sandbox = Sandbox::start(options, "127.0.0.1:0".parse().unwrap()).await.unwrap();
    let recorder = Recorder::before(sandbox.address()).await;
    (sandbox, recorder)
}

fn key(recorder: &Recorder) -> KeyAccess {
    let base = format!("http://{}", recorder.address);
    KeyAccess {
        token_url: Some(format!("{base}/authentication/v1/token/access-key")),
        discovery_url: base,
        ..KeyAccess::new("ACCESSKEYID==".into(), Secret::new("access-key-secret==".into()))
    }
}

fn client(key: KeyAccess) -> Client {
    Client::new(Settings { access: Access::Key(key), ca_pem: None }).unwrap()
}

/// Keeps each exchange under its name.
fn keep(recorder: &Recorder, names: &[&str]) {
    let exchanges = recorder.take();
    assert_eq!(exchanges.len(), names.len(), "{exchanges:#?}");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../../docs/transcripts");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for (exchange, name) in exchanges.iter().zip(names) {
        settings.bind(|| insta::assert_snapshot!(*name, masked(exchange)));
    }
}

/// What is another one each time.
const CHANGING: [(&str, &str); 6] = [
    (r"127\.0\.0\.1:\d+", "[host]"),
    (r"Bearer [\w.-]+", "Bearer [token]"),
    (r#"("(?:access|id|refresh)_token":)"[\w.-]+""#, r#"$1"[token]""#),
    (r"\d{4}-\d\d-\d\dT[\d:.]+Z", "[time]"),
    (r#"("dncGroupId":"?)\d+"#, "${1}1001"),
    (r"dnc-groups/\d+", "dnc-groups/1001"),
];

fn masked(exchange: &str) -> String {
    CHANGING.iter().fold(exchange.to_owned(), |text, (pattern, instead)| {
        regex::Regex::new(pattern).unwrap().replace_all(&text, *instead).into_owned()
    })
}

fn entries(count: u64) -> Vec<Entry> {
    let place = Place { file: 0, line: 1 };
    let number = |last| Number::from_stored(12_025_550_100 + last);
    let entry = |last| Entry { number: number(last), source: SourceType::Manual, notes: "kept here".into(), place };
    (0..count).map(entry).collect()
}

#[tokio::test]
async fn signing_in_by_access_key_alone() {
    let (_sandbox, recorder) = tenant().await;
    client(key(&recorder)).token().await;
    keep(&recorder, &["sign_in_access_key", "discover_api"]);
}

#[tokio::test]
async fn signing_in_through_a_registered_client() {
    let (_sandbox, recorder) = tenant().await;
    for (auth, name) in [(ClientAuth::Basic, "sign_in_grant_basic"), (ClientAuth::Form, "sign_in_grant_form")] {
        let registered = RegisteredClient {
            id: "dncsync@example".into(),
            secret: Secret::new("client+secret".into()),
            auth: Some(auth),
        };
        let key = KeyAccess { token_url: None, client: Some(registered), ..key(&recorder) };
        client(key).token().await;
        keep(&recorder, &["discover_token_endpoint", name, "discover_api"]);
    }
}

#[tokio::test]
async fn groups_records_and_skills() {
    let (sandbox, recorder) = tenant().await;
    let client = client(key(&recorder));
    client.token().await;
    recorder.take();
    client.create_list(&target()).await;
    keep(&recorder, &["make_group"]);
    client.find_lists("Opt-outs", 1, 100).await;
    keep(&recorder, &["find_groups"]);

    let group = ListId(sandbox.list("Opt-outs").unwrap().id);
    let (entries, speech) = (entries(2), client.speech());
    client.post_items(&group, speech.body(entries.iter())).await;
    keep(&recorder, &["add_records"]);
    client.read_items(&group, 1, 10_000).await;
    keep(&recorder, &["read_records"]);
    client.look_up(&group, entries[0].number).await;
    keep(&recorder, &["search"]);
    client.remove_items(&group, speech.removal(entries[..1].iter().map(|entry| entry.number))).await;
    keep(&recorder, &["expire_records"]);
    client.read_items(&group, 1, 10_000).await;
    keep(&recorder, &["read_records_with_an_expired_one"]);

    client.scrubbed_skills(&group, 1, 100).await;
    keep(&recorder, &["scrubbed_skills_none"]);
    client.scrub(&group, "4011").await;
    keep(&recorder, &["scrub_skill"]);
    client.scrubbed_skills(&group, 1, 100).await;
    keep(&recorder, &["scrubbed_skills"]);
    client.spare(&group, "4011").await;
    keep(&recorder, &["spare_skill"]);
}
