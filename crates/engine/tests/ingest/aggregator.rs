//! A stand-in for an aggregator: real HTTP on loopback, answers after a script, keeps what came.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What came: the webhook's id and its body.
type Kept = Arc<Mutex<Vec<(String, String)>>>;

/// An answer: its status and one header, where the name is not empty.
pub(crate) type Answer = (u16, &'static str, &'static str);

/// Takes everything.
pub(crate) const OK: Answer = (200, "", "");

pub(crate) struct Aggregator {
    pub(crate) url: String,
    kept: Kept,
}

impl Aggregator {
    /// Gives these answers one after another, then the last one for good.
    pub(crate) async fn answering(script: &[Answer]) -> Self {
        let kept = Kept::default();
        let (keep, script) = (Arc::clone(&kept), script.to_vec());
        let take = move |request: Request| async move {
            let id = request.headers()["webhook-id"].to_str().expect("text").to_owned();
            let body = axum::body::to_bytes(request.into_body(), 10_000).await.expect("a body");
            let mut kept = keep.lock().expect("the lock");
            kept.push((id, String::from_utf8_lossy(&body).into_owned()));
            let (status, name, value) = script[(kept.len() - 1).min(script.len() - 1)];
            let header = (!name.is_empty()).then_some([(name, value)]);
            (StatusCode::from_u16(status).expect("a status"), header.unwrap_or([("x-none", "")])).into_response()
        };
        let (listener, url) = listen().await;
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(take)).await });
        Self { url, kept }
    }

    /// Hangs up on the first: before it reads it, or after it has taken it. Takes the others.
    pub(crate) async fn hanging_up(after_reading: bool) -> Self {
        let kept = Kept::default();
        let keep = Arc::clone(&kept);
        let (listener, url) = listen().await;
        tokio::spawn(async move {
            for answers in std::iter::once(false).chain(std::iter::repeat(true)) {
                let (mut stream, _) = listener.accept().await.expect("a connection");
                if !answers && !after_reading {
                    continue;
                }
                let request = read(&mut stream).await;
                keep.lock().expect("the lock").push(request);
                if answers {
                    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
                    stream.write_all(answer).await.expect("written");
                }
            }
        });
        Self { url, kept }
    }

    /// Ids and bodies of what came, in order.
    pub(crate) fn came(&self) -> Vec<(String, String)> {
        self.kept.lock().expect("the lock").clone()
    }

    /// How many came.
    pub(crate) fn count(&self) -> usize {
        self.came().len()
    }
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
    (listener, url)
}

/// One request: its webhook's id and its body.
async fn read(stream: &mut TcpStream) -> (String, String) {
    let (mut text, mut piece) = (String::new(), [0; 4096]);
    let header = |head: &str, name: &str| {
        let line = head.lines().find_map(|line| line.strip_prefix(name)).expect("the header");
        line.trim_start_matches(':').trim().to_owned()
    };
    loop {
        let length = stream.read(&mut piece).await.expect("read");
        text.push_str(&String::from_utf8_lossy(&piece[..length]));
        if let Some((head, body)) = text.split_once("\r\n\r\n")
            && header(head, "content-length") == body.len().to_string()
        {
            return (header(head, "webhook-id"), body.to_owned());
        }
    }
}
