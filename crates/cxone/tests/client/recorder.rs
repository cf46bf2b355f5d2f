//! Stands between the client and a tenant and writes down what each says, request by request.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Headers that the portal's documents speak of.
const TELLING: [&str; 4] = ["accept", "authorization", "content-type", "icstatusdescription"];

/// A header without which some servers refuse a POST that has no body; of answers it tells nothing.
const OF_REQUESTS: &str = "content-length";

/// What was said so far.
#[derive(Clone)]
pub(crate) struct Recorder {
    pub(crate) address: SocketAddr,
    exchanges: Arc<Mutex<Vec<String>>>,
}

impl Recorder {
    /// Records everything on its way to `tenant`.
    pub(crate) async fn before(tenant: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let recorder = Self { address: listener.local_addr().unwrap(), exchanges: Arc::default() };
        let exchanges = recorder.exchanges.clone();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let far = TcpStream::connect(tenant).await.unwrap();
                tokio::spawn(relay(near, far, exchanges.clone()));
            }
        });
        recorder
    }

    /// The exchanges since the last time, in order.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.exchanges.lock().unwrap())
    }
}

async fn relay(mut near: TcpStream, mut far: TcpStream, exchanges: Arc<Mutex<Vec<String>>>) {
    while let Some(request) = message(&mut near).await {
        far.write_all(&request).await.unwrap();
        let Some(answer) = message(&mut far).await else { return };
        exchanges.lock().unwrap().push(format!("{}\n\n{}", shown(&request, true), shown(&answer, false)));
        near.write_all(&answer).await.unwrap();
    }
}

/// One message, head and body; `None` where the connection ended before it.
async fn message(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut read = Vec::new();
    let mut whole = usize::MAX;
    while read.len() < whole {
        let mut piece = [0; 4096];
        let length = stream.read(&mut piece).await.ok().filter(|length| *length > 0)?;
        read.extend_from_slice(&piece[..length]);
        if let Some(head) = read.windows(4).position(|end| end == b"\r\n\r\n") {
            whole = head + 4 + body_length(&String::from_utf8_lossy(&read[..head]));
        }
    }
    Some(read)
}

fn body_length(head: &str) -> usize {
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length:").map(str::to_owned));
    length.map_or(0, |length| length.trim().parse().unwrap())
}

/// First line, the headers that matter, and the body.
fn shown(message: &[u8], is_request: bool) -> String {
    let message = String::from_utf8(message.to_vec()).unwrap();
    let (head, body) = message.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let mut shown = vec![lines.next().unwrap().to_owned()];
    let names = TELLING.iter().chain(is_request.then_some(&OF_REQUESTS));
    let names: Vec<String> = names.map(|name| format!("{name}:")).collect();
    let telling = |line: &&str| names.iter().any(|name| line.to_lowercase().starts_with(name));
    let mut headers: Vec<String> = lines.filter(telling).map(str::to_owned).collect();
    headers.sort();
    shown.extend(headers);
    if !body.is_empty() {
        shown.extend([String::new(), body.to_owned()]);
    }
    shown.join("\n")
}
