//! Connections that break: what may have arrived is unknown, what cannot have arrived comes back.

use std::time::Duration;

use dncsync_core::answer::{Answer, Later};
use dncsync_cxone::{Client, Secret, Settings};
use tokio::net::TcpListener;
use tokio::time::{advance, pause, resume};

use crate::list;
use crate::scripted::{Act, Server};

fn unknown<T: std::fmt::Debug>(answer: Answer<T>) -> Later {
    match answer {
        Answer::Unknown(later) => later,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_answer_that_never_came_or_came_in_part_is_unknown() {
    let (refusal, html) = (r#"{"errors": [{"index": 1}"#, "<html>");
    let acts = [
        Act::close(),
        Act::truncated(200, r#"{"received": 1}"#),
        Act::truncated(200, ""),
        Act::truncated(400, refusal),
        Act::truncated(502, html),
        Act::AnswerAndClose(b"HTTP/1.1 200".to_vec()),
        Act::AnswerAndClose(b"220 mail.example.com ESMTP\r\n".to_vec()),
        Act::AnswerAndClose(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n".to_vec()),
    ];
    for act in acts {
        let server = Server::start().await;
        server.push(act);
        let later = unknown(server.client().post_items(&list(), b"[]".to_vec()).await);
        assert!(later.answered && !later.throttled && !later.reason.contains("http://"), "{later:?}");
        assert_eq!(server.api().len(), 1, "nothing is repeated inside");
    }
}

#[tokio::test]
async fn an_answer_without_end_is_given_up() {
    let server = Server::start().await;
    server.push(Act::answer(200, &[], vec![b' '; (64 << 20) + 1]));
    let later = unknown(server.client().read_items(&list(), 1, 10).await);
    assert!(later.reason.contains("larger than 64 MiB"), "{}", later.reason);
}

#[tokio::test]
async fn a_status_that_speaks_for_itself_needs_no_body() {
    let server = Server::start().await;
    let client = server.client();
    server.push(Act::truncated(413, ""));
    assert_eq!(client.post_items(&list(), vec![]).await, Answer::TooLarge);
    server.push(Act::truncated(429, "{"));
    assert!(matches!(client.post_items(&list(), vec![]).await, Answer::ComeBack(_)));
}

#[tokio::test]
async fn silence_after_the_request_is_unknown_within_the_windows_timeout() {
    let server = Server::start().await;
    let client = server.client();
    client.token().await;
    server.push(Act::Silence);
    let call = tokio::spawn(async move { client.post_items(&list(), b"[]".to_vec()).await });
    server.heard(2).await;
    pause();
    advance(Duration::from_secs(46)).await;
    resume();
    let later = unknown(call.await.unwrap());
    assert!(later.reason.contains("did not answer in time"), "{}", later.reason);
}

#[tokio::test]
async fn a_silent_token_host_comes_back() {
    let server = Server::start().await;
    let client = server.client();
    server.push_token(Act::Silence);
    let call = tokio::spawn(async move { client.post_items(&list(), b"[]".to_vec()).await });
    server.heard(1).await;
    pause();
    advance(Duration::from_secs(16)).await;
    resume();
    assert!(matches!(call.await.unwrap(), Answer::ComeBack(_)));
    assert!(server.api().is_empty());
}

fn settings(api_url: &str, token_url: &str) -> Settings {
    Settings::v2(api_url.into(), token_url.into(), "me".into(), Secret::new("s3cret".into()))
}

/// An address on which nobody listens.
async fn deserted() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().to_string()
}

#[tokio::test]
async fn nobody_there_comes_back() {
    let server = Server::start().await;
    let nobody = deserted().await;
    let token_url = format!("http://{}/token", server.address);
    let client = Client::new(settings(&format!("http://{nobody}"), &token_url)).unwrap();
    let Answer::ComeBack(later) = client.post_items(&list(), vec![]).await else { panic!("come back") };
    assert_eq!(later.reason, format!("no connection to {nobody}: connection refused"));
    assert!(!later.answered && !later.throttled);
}

#[tokio::test]
async fn a_host_without_tls_comes_back() {
    let server = Server::start().await;
    let token_url = format!("http://{}/token", server.address);
    let plain = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let api_url = format!("https://{}", plain.local_addr().unwrap());
    let answers = tokio::spawn(async move {
        let (mut stream, _) = plain.accept().await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        stream
    });
    let answer = Client::new(settings(&api_url, &token_url)).unwrap().post_items(&list(), vec![]).await;
    let Answer::ComeBack(later) = answer else { panic!("{answer:?}") };
    assert!(!later.answered && later.reason.starts_with("no connection to"), "{}", later.reason);
    drop(answers.await);
}
