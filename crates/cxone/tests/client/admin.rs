//! Profile `admin` against the sandbox with its habits turned on and off, and against a scripted server for odd answers.

use dncsync_core::answer::Answer;
use dncsync_core::entry::Entry;
use dncsync_core::number::Number;
use dncsync_core::row::Place;
use dncsync_core::source::SourceType;
use dncsync_cxone::{Access, Client, FoundList, KeyAccess, Posted, RegisteredClient, Secret, Settings, Standing};
use dncsync_sandbox::{Options, Profile, Quirk, Sandbox};

use crate::scripted::{Act, Server};
use crate::{list, target};

async fn tenant(quirks: &[Quirk], faults: &[&str]) -> (Sandbox, Client) {
    let faults = faults.iter().map(|fault| fault.parse().unwrap()).collect();
    let lag = std::time::Duration::ZERO;
    let quirks = quirks.to_vec();
    let options = Options { profile: Profile::Admin, lag, rate: 0, quirks, faults, ..Options::default() };
    let sandbox = Sandbox::start(options, "127.0.0.1:0".parse().unwrap()).await.unwrap();
    let client = client(key(&sandbox.api_url()));
    (sandbox, client)
}

fn key(base: &str) -> KeyAccess {
    KeyAccess {
        discovery_url: base.to_owned(),
        token_url: Some(format!("{base}/authentication/v1/token/access-key")),
        ..KeyAccess::new("key".into(), Secret::new("s3cret==".into()))
    }
}

fn client(key: KeyAccess) -> Client {
    Client::new(Settings { access: Access::Key(key), ca_pem: None }).unwrap()
}

/// A client of the scripted server, whose token path answers whatever is asked of it.
fn scripted(server: &Server) -> Client {
    let base = format!("http://{}", server.address);
    client(KeyAccess { token_url: Some(format!("{base}/token")), api_url: Some(format!("{base}/base")), ..key(&base) })
}

fn applied<T: std::fmt::Debug>(answer: Answer<T>) -> T {
    match answer {
        Answer::Applied(value) => value,
        other => panic!("{other:?}"),
    }
}

fn entries(count: u64) -> Vec<Entry> {
    let place = Place { file: 0, line: 1 };
    let number = |last| Number::from_stored(12_025_550_100 + last);
    let entry = |last| Entry { number: number(last), source: SourceType::Manual, notes: Box::default(), place };
    (0..count).map(entry).collect()
}

async fn made(client: &Client) -> FoundList {
    applied(client.create_list(&target()).await)
}

#[tokio::test]
async fn every_habit_of_answers_comes_out_the_same() {
    use Quirk::{AnyAccept, FailuresOnly, NoFormatted, ShuffledResults, Strings, Unwrapped, Wrapped};
    for quirks in
        [vec![], vec![Strings, Wrapped], vec![Unwrapped, ShuffledResults], vec![NoFormatted, FailuresOnly, AnyAccept]]
    {
        let (_sandbox, client) = tenant(&quirks, &[]).await;
        let list = made(&client).await;
        let (entries, speech) = (entries(3), client.speech());
        assert_eq!(
            applied(client.post_items(&list.id, speech.body(entries.iter())).await),
            Posted::default(),
            "{quirks:?}"
        );
        let gone = applied(client.remove_items(&list.id, speech.removal(std::iter::once(entries[1].number))).await);
        assert!(gone.failed.named.is_empty());
        let page = applied(client.read_items(&list.id, 1, 1_000).await);
        assert_eq!((page.numbers.len(), page.facts.count, page.facts.total), (2, 3, Some(3)), "{quirks:?}");
        assert!(applied(client.look_up(&list.id, entries[0].number).await));
        assert!(!applied(client.look_up(&list.id, entries[1].number).await), "expired, and still shown");
        let groups = applied(client.find_lists("Opt-outs", 1, 100).await);
        assert_eq!((groups.lists, groups.records), (vec![FoundList { scope: None, ..list }], Some(2)), "{quirks:?}");
    }
}

#[tokio::test]
async fn a_failure_inside_a_success_is_told_by_number() {
    let (_sandbox, client) = tenant(&[Quirk::ShuffledResults], &["refuse:POST*records:1:2"]).await;
    let list = made(&client).await;
    let body = client.speech().body(entries(5).iter());
    let failed = applied(client.post_items(&list.id, body).await).failed;
    assert_eq!((failed.named.len(), failed.unnamed), (2, None));
    assert_eq!(applied(client.read_items(&list.id, 1, 100).await).numbers.len(), 3);
}

#[tokio::test]
async fn what_is_there_already_is_no_failure() {
    let (_sandbox, client) = tenant(&[Quirk::DuplicateErrors], &[]).await;
    let list = made(&client).await;
    for _ in 0..2 {
        let body = client.speech().body(entries(2).iter());
        assert_eq!(applied(client.post_items(&list.id, body).await), Posted::default());
    }
}

#[tokio::test]
async fn a_name_that_is_taken_and_a_group_that_is_inactive() {
    let (sandbox, client) = tenant(&[], &[]).await;
    let list = made(&client).await;
    assert_eq!(client.create_list(&target()).await, Answer::Exists);
    sandbox.deactivate_behind("Opt-outs");
    let body = client.speech().body(entries(1).iter());
    let Answer::Lasting(lasting) = client.post_items(&list.id, body).await else { panic!("lasting") };
    assert_eq!((lasting.code, lasting.of_list), ("list.inactive", true));
    let found = applied(client.find_lists("Opt-outs", 1, 100).await);
    assert_eq!(found.lists[0].standing, Standing::Inactive);
}

#[tokio::test]
async fn a_page_that_is_refused_may_be_too_large() {
    let (_sandbox, client) = tenant(&[Quirk::Top100, Quirk::TopRefused], &[]).await;
    let list = made(&client).await;
    applied(client.post_items(&list.id, client.speech().body(entries(3).iter())).await);
    assert_eq!(client.read_items(&list.id, 1, 10_000).await, Answer::TooLarge);
    assert_eq!(applied(client.read_items(&list.id, 1, 100).await).numbers.len(), 3);

    let (_sandbox, client) = tenant(&[Quirk::NoOrder], &[]).await;
    let list = made(&client).await;
    let Answer::Lasting(lasting) = client.read_items(&list.id, 1, 100).await else { panic!("lasting") };
    assert!(lasting.todo.contains("CXONE_ORDER_BY"), "{}", lasting.todo);
}

#[tokio::test]
async fn a_client_shows_who_it_is_in_the_way_that_works() {
    for quirk in [Quirk::BasicOnly, Quirk::FormOnly] {
        let (sandbox, _) = tenant(&[quirk], &[]).await;
        let registered =
            |secret: &str| Some(RegisteredClient { id: "app".into(), secret: Secret::new(secret.into()), auth: None });
        let with =
            |secret: &str| client(KeyAccess { token_url: None, client: registered(secret), ..key(&sandbox.api_url()) });
        let facts = applied(with("a:b+c %").token().await);
        assert_eq!(facts.tenant.as_deref(), Some(sandbox.tenant_id()));
        let Answer::Lasting(lasting) = with("wrong").token().await else { panic!("lasting") };
        assert_eq!(lasting.code, "credentials.refused");
        assert!(lasting.message.contains("client id"), "{}", lasting.message);
    }
}

#[tokio::test]
async fn a_key_that_is_wrong_and_a_key_of_another_tenant() {
    let (sandbox, _) = tenant(&[], &[]).await;
    let base = sandbox.api_url();
    let wrong = KeyAccess { key_secret: Secret::new("wrong".into()), ..key(&base) };
    let other = KeyAccess { tenant_id: Some("11eb0000-0000-0000-0000-000000000000".into()), ..key(&base) };
    for (key, code) in [(wrong, "credentials.refused"), (other, "tenant.other")] {
        let Answer::Lasting(lasting) = client(key).token().await else { panic!("lasting") };
        assert_eq!(lasting.code, code);
    }
}

#[tokio::test]
async fn each_status_of_the_admin_api_has_one_meaning() {
    let server = Server::start().await;
    let client = scripted(&server);
    let busy = Act::answer(503, &[], "");
    server.push(busy);
    let Answer::Unknown(later) = client.post_items(&list(), b"{}".to_vec()).await else { panic!("unknown") };
    assert!(later.throttled, "busy is too many");

    let header = ["icStatusDescription: Maximum of 4,500 records per upload exceeded"];
    server.push(Act::answer(400, &header, ""));
    let Answer::Refused(refusal) = client.post_items(&list(), b"{}".to_vec()).await else { panic!("refused") };
    assert_eq!(refusal.reason, "Maximum of 4,500 records per upload exceeded");

    server.push(Act::answer(403, &[], r#"{"error_description":"check security profile permissions"}"#));
    let Answer::Lasting(denied) = client.find_lists("L", 1, 100).await else { panic!("lasting") };
    assert_eq!(denied.code, "access.denied");
    assert!(denied.message.contains("permissions") && denied.todo.contains("role"), "{denied:?}");

    server.push(Act::answer(404, &[], ""));
    let Answer::Lasting(wrong) = client.find_lists("L", 1, 100).await else { panic!("lasting") };
    assert!(wrong.todo.contains("CXONE_API_VERSION"), "{wrong:?}");

    server.push(Act::answer(200, &[], "No known way to render data"));
    assert!(matches!(client.read_items(&list(), 1, 100).await, Answer::Unknown(_)), "a text is no answer");
    server.push(Act::answer(204, &[], ""));
    assert!(applied(client.read_items(&list(), 1, 100).await).numbers.is_empty());
    assert!(server.api().iter().all(|heard| heard.headers.contains("accept: application/json")));
    assert!(server.api()[0].line.contains("/base/incontactapi/services/v34.0/dnc-groups/list-1/records"));
}

#[tokio::test]
async fn nothing_secret_shows() {
    let (_sandbox, client) = tenant(&[], &[]).await;
    applied(client.token().await);
    let shown = format!("{client:#?}");
    assert!(!shown.contains("s3cret") && !shown.contains("Bearer"), "{shown}");
}
