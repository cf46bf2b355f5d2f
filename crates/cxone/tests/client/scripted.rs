//! A server that answers what it was told to, over real HTTP on a loopback port.
//!
//! The token path hands out `token-1`, `token-2`, … unless something was scripted for it.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use dncsync_cxone::{Client, Secret, Settings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};

/// What is done with a request that was read whole.
#[derive(Clone)]
pub(crate) enum Act {
    /// These bytes; the connection stays open.
    Answer(Vec<u8>),
    /// These bytes, then the end of the connection.
    AnswerAndClose(Vec<u8>),
    /// These bytes, once they are released.
    Held(Arc<Notify>, Vec<u8>),
    /// Nothing, ever.
    Silence,
}

impl Act {
    /// A whole answer. `headers` are lines.
    pub(crate) fn answer(status: u16, headers: &[&str], body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let mut bytes = format!("HTTP/1.1 {status} Said\r\ncontent-length: {}\r\n", body.len());
        for header in headers {
            bytes.push_str(header);
            bytes.push_str("\r\n");
        }
        bytes.push_str("\r\n");
        Self::Answer([bytes.as_bytes(), body].concat())
    }

    /// The end of the connection, without a byte.
    pub(crate) fn close() -> Self {
        Self::AnswerAndClose(Vec::new())
    }

    /// An answer that promises more than it holds.
    pub(crate) fn truncated(status: u16, body: &str) -> Self {
        let promised = body.len() + 10;
        Self::AnswerAndClose(format!("HTTP/1.1 {status} Said\r\ncontent-length: {promised}\r\n\r\n{body}").into_bytes())
    }
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) line: String,
    pub(crate) headers: String,
    pub(crate) body: String,
}

#[derive(Default)]
struct Script {
    token: VecDeque<Act>,
    api: VecDeque<Act>,
    tokens: u64,
    heard: Vec<Heard>,
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    script: Arc<Mutex<Script>>,
    arrived: watch::Receiver<usize>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let script = Arc::new(Mutex::new(Script::default()));
        let (tell, arrived) = watch::channel(0);
        let (shared, tell) = (script.clone(), Arc::new(tell));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, shared.clone(), tell.clone()));
            }
        });
        Self { address, script, arrived }
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(Settings::v2(
            format!("http://{}/base/", self.address),
            format!("http://{}/token", self.address),
            "me".into(),
            Secret::new("s3cret &+%".into()),
        ))
        .unwrap()
    }

    /// The next answer of the API.
    pub(crate) fn push(&self, act: Act) {
        self.script.lock().unwrap().api.push_back(act);
    }

    /// The next answer of the token path.
    pub(crate) fn push_token(&self, act: Act) {
        self.script.lock().unwrap().token.push_back(act);
    }

    /// All API requests so far.
    pub(crate) fn api(&self) -> Vec<Heard> {
        let heard = self.script.lock().unwrap().heard.clone();
        heard.into_iter().filter(|heard| !is_token(&heard.line)).collect()
    }

    /// All token requests so far.
    pub(crate) fn tokens(&self) -> Vec<Heard> {
        let heard = self.script.lock().unwrap().heard.clone();
        heard.into_iter().filter(|heard| is_token(&heard.line)).collect()
    }

    /// Returns once so many requests, of either kind, have arrived.
    pub(crate) async fn heard(&self, count: usize) {
        self.arrived.clone().wait_for(|arrived| *arrived >= count).await.unwrap();
    }
}

fn is_token(line: &str) -> bool {
    line.starts_with("POST /token ")
}

async fn serve(mut stream: TcpStream, script: Arc<Mutex<Script>>, tell: Arc<watch::Sender<usize>>) {
    while let Some(heard) = hear(&mut stream).await {
        let act = next(&mut script.lock().unwrap(), heard);
        tell.send_modify(|arrived| *arrived += 1);
        match act {
            // A client that hangs up early is a case under test.
            Act::Answer(bytes) => drop(stream.write_all(&bytes).await),
            Act::AnswerAndClose(bytes) => {
                stream.write_all(&bytes).await.unwrap();
                return;
            }
            Act::Held(release, bytes) => {
                release.notified().await;
                stream.write_all(&bytes).await.unwrap();
            }
            Act::Silence => std::future::pending().await,
        }
    }
}

fn next(script: &mut Script, heard: Heard) -> Act {
    let token = is_token(&heard.line);
    script.heard.push(heard);
    if !token {
        return script.api.pop_front().expect("an answer for each API request");
    }
    script.token.pop_front().unwrap_or_else(|| {
        script.tokens += 1;
        let body = format!(r#"{{"access_token":"token-{}","token_type":"Bearer","expires_in":3600}}"#, script.tokens);
        Act::answer(200, &[], body)
    })
}

/// One request, read to its end; `None` where the connection ends before the next one.
async fn hear(stream: &mut TcpStream) -> Option<Heard> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
    let (line, headers) = head.split_once("\r\n").unwrap();
    let headers = headers.to_lowercase();
    let length = headers.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
    while bytes.len() < head_end + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let body = String::from_utf8_lossy(&bytes[head_end..]).into_owned();
    Some(Heard { line: line.to_owned(), headers, body })
}
