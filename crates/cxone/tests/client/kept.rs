//! A token that outlives its process: taken up by the next one where it is surely good, and asked for anew where not.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use dncsync_core::answer::Answer;
use dncsync_core::timestamp::Timestamp;
use dncsync_cxone::{Access, Client, Keeper, KeyAccess, RegisteredClient, Secret, Settings};

use crate::list;
use crate::scripted::{Act, Server};

/// What is kept lies in memory, beside a clock that a test sets.
#[derive(Default)]
struct Drawer {
    now: AtomicI64,
    kept: Mutex<Option<Vec<u8>>>,
}

impl Keeper for Drawer {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now.load(Ordering::Relaxed))
    }

    fn kept(&self) -> Option<Vec<u8>> {
        self.kept.lock().unwrap().clone()
    }

    fn keep(&self, sealed: &[u8]) {
        *self.kept.lock().unwrap() = Some(sealed.to_vec());
    }

    fn discard(&self, sealed: &[u8]) {
        self.kept.lock().unwrap().take_if(|kept| kept == sealed);
    }
}

/// A server, and what its clients keep.
struct Desk {
    server: Server,
    drawer: Arc<Drawer>,
}

impl Desk {
    async fn new() -> Self {
        let drawer = Drawer { now: AtomicI64::new(1_000_000), ..Drawer::default() };
        Self { server: Server::start().await, drawer: Arc::new(drawer) }
    }

    /// Another process.
    fn client(&self) -> Client {
        self.with(self.settings("s3cret"))
    }

    fn with(&self, settings: Settings) -> Client {
        let client = Client::new(settings).unwrap();
        client.keep_token(self.drawer.clone());
        client
    }

    fn settings(&self, secret: &str) -> Settings {
        let base = format!("http://{}", self.server.address);
        Settings::v2(format!("{base}/base"), format!("{base}/token"), "me".into(), Secret::new(secret.into()))
    }

    fn key(&self) -> KeyAccess {
        let base = format!("http://{}", self.server.address);
        KeyAccess {
            discovery_url: base.clone(),
            token_url: Some(format!("{base}/token")),
            ..KeyAccess::new("me".into(), Secret::new("s3cret".into()))
        }
    }

    async fn asks(&self, client: &Client) -> Answer<()> {
        self.server.push(Act::answer(200, &[], "{}"));
        client.read_items(&list(), 1, 10).await.map(drop)
    }

    fn tokens(&self) -> usize {
        self.server.tokens().len()
    }

    fn pass(&self, seconds: i64) {
        self.drawer.now.fetch_add(seconds * 1000, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn the_next_process_asks_for_none() {
    let desk = Desk::new().await;
    for _ in 0..3 {
        assert_eq!(desk.asks(&desk.client()).await, Answer::Applied(()));
    }
    assert_eq!(desk.tokens(), 1);
    assert!(desk.server.api().iter().all(|heard| heard.headers.contains("authorization: bearer token-1")));
}

#[tokio::test]
async fn it_is_used_until_a_minute_before_its_end_by_the_wall_clock() {
    let desk = Desk::new().await;
    desk.client().token().await;
    desk.pass(3539);
    desk.client().token().await;
    assert_eq!(desk.tokens(), 1);
    desk.pass(1);
    desk.client().token().await;
    assert_eq!(desk.tokens(), 2);
}

#[tokio::test]
async fn one_from_the_future_is_not_used() {
    let desk = Desk::new().await;
    desk.client().token().await;
    desk.pass(-1);
    desk.client().token().await;
    assert_eq!(desk.tokens(), 2);
    desk.client().token().await;
    assert_eq!(desk.tokens(), 2, "the one that took its place is");
}

#[tokio::test]
async fn it_belongs_to_everything_that_it_was_asked_for_with() {
    let desk = Desk::new().await;
    let base = format!("http://{}", desk.server.address);
    let v2 = |api: &str, id: &str, secret: &str| {
        Settings::v2(format!("{base}{api}"), format!("{base}/token"), id.into(), Secret::new(secret.into()))
    };
    let admin = |key: KeyAccess| Settings { access: Access::Key(key), ca_pem: None };
    let api_url = Some(format!("{base}/base"));
    let key = KeyAccess { api_url, ..desk.key() };
    let registered = RegisteredClient { id: "a".into(), secret: Secret::new("b".into()), auth: None };
    let others = [
        v2("/base", "me", "s3cret"),
        v2("/base", "me", "s3cret2"),
        v2("/base", "me2", "s3cret"),
        v2("/other", "me", "s3cret"),
        admin(key.clone()),
        admin(KeyAccess { tenant_id: Some("11ea".into()), ..key.clone() }),
        admin(KeyAccess { key_secret: Secret::new("s3cret2".into()), ..key.clone() }),
        admin(KeyAccess { client: Some(registered), ..key.clone() }),
        admin(key.clone()),
        // What only says how the API is spoken to does not change it.
        admin(KeyAccess { version: 33, batch: 7, order_by: String::new(), ..key }),
    ];
    let mut asked = Vec::new();
    for settings in others {
        desk.with(settings).token().await;
        asked.push(desk.tokens());
    }
    assert_eq!(asked, [1, 2, 3, 4, 5, 6, 7, 8, 9, 9]);
}

#[tokio::test]
async fn a_damaged_one_is_none() {
    let desk = Desk::new().await;
    desk.client().token().await;
    let whole = desk.drawer.kept().unwrap();
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        desk.drawer.keep(&damaged);
        desk.client().token().await;
        assert_eq!(desk.tokens(), at + 2, "byte {at}");
    }
    for cut in [&[][..], &whole[..1], &whole[..12], &whole[..whole.len() - 1], b"token-1"] {
        let before = desk.tokens();
        desk.drawer.keep(cut);
        desk.client().token().await;
        assert_eq!(desk.tokens(), before + 1);
    }
}

#[tokio::test]
async fn a_refused_one_is_discarded_and_followed_by_a_fresh_one() {
    let desk = Desk::new().await;
    desk.client().token().await;
    let client = desk.client();
    desk.server.push(Act::answer(401, &[], ""));
    assert_eq!(client.read_items(&list(), 1, 10).await, Answer::TokenRefused);
    assert_eq!(desk.drawer.kept(), None);
    assert_eq!(desk.asks(&client).await, Answer::Applied(()));
    assert_eq!(desk.asks(&desk.client()).await, Answer::Applied(()));
    assert_eq!(desk.tokens(), 2);
}

#[tokio::test]
async fn a_refused_one_does_not_take_its_successor_with_it() {
    let desk = Desk::new().await;
    desk.client().token().await;
    let (first, second) = (desk.client(), desk.client());
    first.token().await;
    second.token().await;
    desk.server.push(Act::answer(401, &[], ""));
    assert_eq!(second.read_items(&list(), 1, 10).await, Answer::TokenRefused);
    second.token().await;
    let successor = desk.drawer.kept();
    desk.server.push(Act::answer(401, &[], ""));
    assert_eq!(first.read_items(&list(), 1, 10).await, Answer::TokenRefused);
    assert!(successor.is_some() && desk.drawer.kept() == successor);
}

/// After a refusal another kept one of unknown age would be no better: the second refusal ends the work.
#[tokio::test]
async fn what_is_kept_is_looked_at_once() {
    let desk = Desk::new().await;
    desk.client().token().await;
    let client = desk.client();
    client.token().await;
    desk.client().new_token().await;
    desk.server.push(Act::answer(401, &[], ""));
    assert_eq!(client.read_items(&list(), 1, 10).await, Answer::TokenRefused);
    client.token().await;
    assert_eq!(desk.tokens(), 3);
}

#[tokio::test]
async fn whose_rights_may_be_wrong_it_is_not_left_to_the_next_process() {
    let desk = Desk::new().await;
    let client = desk.client();
    client.token().await;
    desk.server.push(Act::answer(403, &[], r#"{"message": "dnc:write"}"#));
    assert!(matches!(client.read_items(&list(), 1, 10).await, Answer::Lasting(_)));
    assert_eq!(desk.drawer.kept(), None);

    let lacking = r#"{"access_token": "x", "scope": "dnc:read compliance:read"}"#;
    desk.server.push_token(Act::answer(200, &[], lacking));
    desk.client().token().await;
    assert_eq!(desk.drawer.kept(), None);
}

#[tokio::test]
async fn a_check_of_the_credentials_asks_for_a_new_one() {
    let desk = Desk::new().await;
    desk.client().token().await;
    assert!(matches!(desk.client().new_token().await, Answer::Applied(_)));
    assert_eq!(desk.tokens(), 2);
    desk.client().token().await;
    assert_eq!(desk.tokens(), 2, "and leaves it to the next process");
}

#[tokio::test]
async fn what_is_kept_shows_nothing() {
    let desk = Desk::new().await;
    let client = desk.client();
    client.token().await;
    let kept = desk.drawer.kept().unwrap();
    for word in ["s3cret", "token-1", "Bearer"] {
        assert!(!kept.windows(word.len()).any(|part| part == word.as_bytes()), "{word}");
    }
    let shown = format!("{client:#?}");
    assert!(!shown.contains("s3cret") && !shown.contains("token-1"), "{shown}");
}
