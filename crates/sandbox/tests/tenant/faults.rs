use std::time::Duration;

use dncsync_sandbox::{Options, Standing};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::caller::{Caller, item, items, number, with_faults};

/// One post on which the fault strikes: status, headers and body of the answer, and how many numbers the list has then.
async fn struck(fault: &str) -> (u16, HeaderMap, String, usize) {
    let caller = Caller::start(with_faults(&[&format!("{fault}:POST*items:1:1")])).await;
    let path = caller.list("L").await;
    let response = caller.try_post(&path, &items(0..3)).await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = response.text().await.unwrap();
    let listed = caller.sandbox.list("L").unwrap().numbers.len();
    assert_eq!(caller.sandbox.observed().throttled, 0);
    assert_eq!(caller.sandbox.observed().injected, 1);
    (status, headers, body, listed)
}

#[tokio::test]
async fn refused_in_passing() {
    for (fault, status) in [("500", 500), ("503", 503), ("413", 413), ("429-bare", 429)] {
        let (answered, headers, body, listed) = struck(fault).await;
        assert_eq!((answered, listed), (status, 0), "{fault}");
        assert!(!headers.contains_key("retry-after"));
        assert!(serde_json::from_str::<Value>(&body).unwrap()["code"].is_string());
    }
    let (status, headers, _, listed) = struck("429").await;
    assert_eq!((status, listed, &headers["retry-after"]), (429, 0, &"1".parse().unwrap()));
    let (status, headers, ..) = struck("429-date").await;
    assert_eq!(status, 429);
    assert!(headers["retry-after"].to_str().unwrap().ends_with("GMT"));
    let (status, headers, body, listed) = struck("502").await;
    assert_eq!((status, listed, &headers["content-type"]), (502, 0, &"text/html".parse().unwrap()));
    assert!(body.starts_with("<html>"));
}

#[tokio::test]
async fn slow_is_applied_and_answered_late() {
    let (status, _, body, listed) = struck("slow=20").await;
    assert_eq!((status, listed), (200, 3));
    assert!(body.contains("\"added\":3"));
}

#[tokio::test]
async fn the_token_expires_in_the_middle() {
    let mut caller = Caller::start(with_faults(&["401:POST*items:1:1"])).await;
    let path = caller.list("L").await;
    assert_eq!(caller.post(&path, &items(0..1)).await.0, 401);
    assert_eq!(caller.post(&path, &items(0..1)).await.0, 401, "the old token stays dead");
    caller.token = caller.new_token().await;
    assert_eq!(caller.post(&path, &items(0..1)).await.1["added"], 1);
}

#[tokio::test]
async fn a_fault_may_strike_the_token_call() {
    let caller = Caller::start(with_faults(&["503:/oauth/token:1:2"])).await;
    let ask = || caller.ask_token(&[("grant_type", "client_credentials"), ("client_id", "a"), ("client_secret", "b")]);
    assert_eq!((ask().await.0, ask().await.0), (503, 200));
}

/// What comes back on the wire for one post of one item, to the end of the connection.
async fn bytes_answered(caller: &Caller, path: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(caller.sandbox.address()).await.unwrap();
    let body = json!([item(0)]).to_string();
    let token = &caller.token;
    let call = format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(call.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    // A reset is an end too.
    let _reset_or_end = stream.read_to_end(&mut bytes).await;
    bytes
}

#[tokio::test]
async fn a_closed_connection_carries_not_one_byte() {
    for (fault, listed) in [("close-before", 0), ("close-after", 1)] {
        let caller = Caller::start(with_faults(&[&format!("{fault}:POST*items:1")])).await;
        let path = caller.list("L").await;
        assert_eq!(bytes_answered(&caller, &path).await, b"", "{fault}");
        assert!(caller.try_post(&path, &items(0..1)).await.is_err());
        assert_eq!(caller.sandbox.list("L").unwrap().numbers.len(), listed, "{fault}");
        let observed = caller.sandbox.observed();
        assert_eq!(observed.arrivals.last().unwrap().status, 0);
        assert_eq!(usize::try_from(observed.items_added).unwrap(), listed);
    }
}

#[tokio::test]
async fn a_truncated_answer_announces_more_than_it_sends() {
    let caller = Caller::start(with_faults(&["truncate:items:1"])).await;
    let path = caller.list("L").await;
    let whole = json!({"received": 1, "added": 1, "duplicates": 0}).to_string();
    let text = String::from_utf8(bytes_answered(&caller, &path).await).unwrap();
    let (head, half) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("200 OK") && head.contains(&format!("content-length: {}", whole.len())), "{head}");
    assert_eq!(half.len(), whole.len() / 2);
    assert!(caller.try_post(&path, &items(0..1)).await.unwrap().text().await.is_err());
    assert_eq!(caller.sandbox.list("L").unwrap().numbers.len(), 1);
}

#[tokio::test]
async fn numbers_are_swallowed_for_ever_or_once() {
    for (fault, seen_at_last) in [("never-indexed:items:1:2", 1), ("lose-once:items:1:2", 3)] {
        let caller = Caller::start(with_faults(&[fault])).await;
        let path = caller.list("L").await;
        assert_eq!(caller.post(&path, &items(0..3)).await.1["added"], 3);
        assert_eq!(caller.numbers(&path).await, [number(2)]);
        let lost = caller.sandbox.list("L").unwrap().numbers;
        assert_eq!(lost.iter().filter(|listed| listed.standing == Standing::Lost).count(), 2);
        assert_eq!(caller.post(&path, &items(0..3)).await.0, 200);
        assert_eq!(caller.numbers(&path).await.len(), seen_at_last, "{fault}");
        assert_eq!(caller.sandbox.list("L").unwrap().numbers.len(), 3);
    }
}

#[tokio::test]
async fn a_batch_is_refused_for_single_numbers() {
    for (fault, told) in [("refuse", json!([0, 1])), ("refuse-first", json!([0])), ("refuse-silent", Value::Null)] {
        let caller = Caller::start(with_faults(&[&format!("{fault}:items:1:2")])).await;
        let path = caller.list("L").await;
        let (status, body) = caller.post(&path, &items(0..3)).await;
        assert_eq!(status, 400);
        let indexes: Option<Vec<&Value>> =
            body["errors"].as_array().map(|errors| errors.iter().map(|error| &error["index"]).collect());
        assert_eq!(json!(indexes), told, "{fault}");
        assert!(caller.sandbox.list("L").unwrap().numbers.is_empty());
        assert_eq!(caller.post(&path, &items(2..3)).await.0, 200);
        assert_eq!(caller.post(&path, &items(1..3)).await.0, 400, "the same number again");
    }
}

#[tokio::test]
async fn the_same_numbers_are_chosen_in_every_sandbox_of_a_seed() {
    let mut chosen = Vec::new();
    for seed in [1, 1, 2] {
        let options = Options { seed, lag: Duration::ZERO, ..with_faults(&["never-indexed:items:0.2"]) };
        let caller = Caller::start(options).await;
        let path = caller.list("L").await;
        caller.post(&path, &items(0..100)).await;
        chosen.push(caller.numbers(&path).await);
    }
    assert_eq!(chosen[0], chosen[1]);
    assert_ne!(chosen[0], chosen[2]);
    assert!((60..95).contains(&chosen[0].len()), "{}", chosen[0].len());
}
