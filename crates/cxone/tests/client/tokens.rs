//! The token: fetched once, renewed in time, replaced when it is refused.

use std::sync::Arc;
use std::time::Duration;

use dncsync_core::answer::Answer;
use dncsync_cxone::TokenFacts;
use tokio::sync::Notify;
use tokio::time::{advance, pause, resume};

use crate::list;
use crate::scripted::{Act, Server};

fn granted(rest: &str) -> Act {
    Act::answer(200, &[], format!(r#"{{"access_token": "abc"{rest}}}"#))
}

/// Time passes, all at once.
async fn pass(time: Duration) {
    pause();
    advance(time).await;
    resume();
}

#[tokio::test]
async fn it_is_asked_for_as_the_tutorial_does() {
    let server = Server::start().await;
    server.push(Act::answer(200, &[], "{}"));
    server.client().read_items(&list(), 1, 10).await;
    let asked = server.tokens().remove(0);
    assert!(asked.headers.contains("content-type: application/x-www-form-urlencoded"));
    assert_eq!(
        asked.body,
        "grant_type=client_credentials&client_id=me&client_secret=s3cret+%26%2B%25\
         &scope=dnc%3Awrite+dnc%3Aread+compliance%3Aread"
    );
    let heard = server.api().remove(0);
    assert_eq!(heard.line, "GET /base/api/v2/dnc/lists/list-1/items?pageNumber=1&pageSize=10 HTTP/1.1");
    assert!(heard.headers.contains("authorization: bearer token-1"), "{}", heard.headers);
    assert!(heard.headers.contains("user-agent: dncsync/0."), "{}", heard.headers);
}

#[tokio::test]
async fn concurrent_calls_share_one_fetch() {
    let server = Server::start().await;
    let client = server.client();
    (0..8).for_each(|_| server.push(Act::answer(200, &[], "{}")));
    let calls: Vec<_> = (0..8)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.read_items(&list(), 1, 10).await })
        })
        .collect();
    for call in calls {
        assert!(matches!(call.await.unwrap(), Answer::Applied(_)));
    }
    assert_eq!((server.tokens().len(), server.api().len()), (1, 8));
}

#[tokio::test]
async fn it_is_renewed_a_minute_before_it_expires() {
    let server = Server::start().await;
    let client = server.client();
    client.token().await;
    pass(Duration::from_secs(3535)).await;
    client.token().await;
    assert_eq!(server.tokens().len(), 1);
    pass(Duration::from_secs(6)).await;
    client.token().await;
    assert_eq!(server.tokens().len(), 2);
}

#[tokio::test]
async fn a_short_lived_one_is_renewed_after_nine_tenths() {
    let server = Server::start().await;
    let client = server.client();
    server.push_token(granted(r#", "expires_in": "100""#));
    let facts = TokenFacts { scopes: vec![], expires_in: Duration::from_secs(100), tenant: None, api: None };
    assert_eq!(client.token().await, Answer::Applied(facts));
    pass(Duration::from_secs(85)).await;
    client.token().await;
    assert_eq!(server.tokens().len(), 1);
    pass(Duration::from_secs(6)).await;
    client.token().await;
    assert_eq!(server.tokens().len(), 2);
}

#[tokio::test]
async fn an_odd_life_is_an_hour_and_a_day_is_the_most() {
    for (told, seconds) in [("", 3600), (r#", "expires_in": null"#, 3600), (r#", "expires_in": 1e15"#, 86_400)] {
        let server = Server::start().await;
        server.push_token(granted(told));
        let Answer::Applied(facts) = server.client().token().await else { panic!("a token") };
        assert_eq!(facts.expires_in.as_secs(), seconds, "{told}");
    }
}

#[tokio::test]
async fn a_refused_one_is_replaced_on_the_next_call() {
    let server = Server::start().await;
    let client = server.client();
    server.push(Act::answer(401, &[], r#"{"message": "expired"}"#));
    server.push(Act::answer(200, &[], "{}"));
    assert_eq!(client.read_items(&list(), 1, 10).await, Answer::TokenRefused);
    assert!(matches!(client.read_items(&list(), 1, 10).await, Answer::Applied(_)));
    assert_eq!(server.tokens().len(), 2);
    assert!(server.api()[1].headers.contains("bearer token-2"));
}

#[tokio::test]
async fn an_old_one_refused_late_does_not_take_its_successor_with_it() {
    let server = Server::start().await;
    let client = server.client();
    let release = Arc::new(Notify::new());
    let Act::Answer(refused) = Act::answer(401, &[], "") else { unreachable!("an answer") };
    server.push(Act::Held(release.clone(), refused.clone()));
    server.push(Act::Answer(refused));
    let first = client.clone();
    let late = tokio::spawn(async move { first.read_items(&list(), 1, 10).await });
    server.heard(2).await;
    assert_eq!(client.read_items(&list(), 2, 10).await, Answer::TokenRefused);
    client.token().await;
    release.notify_one();
    assert_eq!(late.await.unwrap(), Answer::TokenRefused);
    client.token().await;
    assert_eq!(server.tokens().len(), 2);
}

#[tokio::test]
async fn refused_credentials_stay_refused_and_the_api_is_not_asked() {
    for (status, body) in [(401, r#"{"error": "invalid_client"}"#), (400, "{}"), (403, "<html>"), (401, "")] {
        let server = Server::start().await;
        server.push_token(Act::answer(status, &[], body));
        let Answer::Lasting(lasting) = server.client().read_items(&list(), 1, 10).await else { panic!("lasting") };
        assert_eq!((lasting.code, lasting.of_list), ("credentials.refused", false));
        for name in ["CXONE_CLIENT_ID", "CXONE_CLIENT_SECRET", "CXONE_REGION"] {
            assert!(lasting.todo.contains(name), "{}", lasting.todo);
        }
        assert!(server.api().is_empty());
    }
}

#[tokio::test]
async fn faults_of_the_token_host_pass_and_leave_nothing_unknown() {
    let odd = [
        Act::answer(200, &[], "<html>log in</html>"),
        Act::answer(200, &[], r#"{"token": "x"}"#),
        Act::answer(200, &[], r#"{"access_token": "line\nbreak"}"#),
        Act::truncated(200, r#"{"access_token": "x"}"#),
        Act::answer(503, &["retry-after: 4"], ""),
        Act::answer(408, &[], ""),
        Act::close(),
    ];
    for act in odd {
        let server = Server::start().await;
        server.push_token(act);
        let answer = server.client().post_items(&list(), vec![]).await;
        assert!(matches!(answer, Answer::ComeBack(_)), "{answer:?}");
        assert!(server.api().is_empty());
    }
    let server = Server::start().await;
    server.push_token(Act::answer(429, &["retry-after: 4"], ""));
    let Answer::ComeBack(later) = server.client().token().await else { panic!("come back") };
    assert!(later.throttled && later.retry_after == Some(Duration::from_secs(4)));
}

#[tokio::test]
async fn a_token_address_that_is_none_is_told_apart() {
    for status in [302, 404, 405] {
        let server = Server::start().await;
        server.push_token(Act::answer(status, &["location: https://example.com"], ""));
        let Answer::Lasting(lasting) = server.client().token().await else { panic!("lasting") };
        assert_eq!(lasting.code, "address.wrong");
    }
}

#[tokio::test]
async fn a_token_that_lacks_a_scope_stops_every_call_before_it_is_sent() {
    let server = Server::start().await;
    let client = server.client();
    server.push_token(granted(r#", "scope": "dnc:read compliance:read""#));
    let Answer::Lasting(lasting) = client.post_items(&list(), vec![]).await else { panic!("lasting") };
    assert_eq!(lasting.code, "scope.missing");
    assert!(lasting.message.contains("dnc:write"), "{}", lasting.message);
    assert!(matches!(client.read_items(&list(), 1, 10).await, Answer::Lasting(_)));
    assert_eq!(client.missing_scopes(), ["dnc:write"]);
    assert!(matches!(client.token().await, Answer::Applied(_)));
    assert!(server.api().is_empty());
}

#[tokio::test]
async fn a_token_that_tells_nothing_of_our_scopes_is_tried() {
    for scope in ["", r#", "scope": """#, r#", "scope": "api admin""#, r#", "scope": ["x"]"#] {
        let server = Server::start().await;
        let client = server.client();
        server.push_token(granted(scope));
        server.push(Act::answer(200, &[], "{}"));
        assert!(matches!(client.read_items(&list(), 1, 10).await, Answer::Applied(_)), "{scope}");
        assert!(client.missing_scopes().is_empty());
    }
}
