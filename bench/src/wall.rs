//! A tenant that has one list and takes nothing: the wall at which the local part of an ingestion ends.
//!
//! The first request with items is the moment when the plan is durable and its first body is made. It is refused for good,
//! so that the process ends by itself.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Instant;

use crate::clock;

/// The id of its one list.
pub(crate) const LIST_ID: &str = "wall-1";

/// A tenant on this machine, for as long as the benchmark runs.
pub(crate) struct Wall {
    address: SocketAddr,
    arrivals: Receiver<Instant>,
}

impl Wall {
    /// A tenant whose one list has this name and scope `GLOBAL`.
    pub(crate) fn start(list: &'static str) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let (sender, arrivals) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let sender = sender.clone();
                // A connection that breaks is the client's end.
                std::thread::spawn(move || serve(stream, list, &sender));
            }
        });
        Ok(Self { address, arrivals })
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// When the first request with items came, since this was last asked.
    pub(crate) fn first_arrival(&self) -> Option<Instant> {
        self.arrivals.try_iter().min()
    }
}

struct Asked {
    line: String,
    length: u64,
}

fn serve(stream: TcpStream, list: &str, arrivals: &Sender<Instant>) -> io::Result<()> {
    let mut answers = stream.try_clone()?;
    let mut requests = BufReader::new(stream);
    while let Some(asked) = read_head(&mut requests)? {
        let brings_items = asked.line.starts_with("POST") && asked.line.contains("/items");
        if brings_items && arrivals.send(clock::now()).is_err() {
            return Ok(());
        }
        io::copy(&mut (&mut requests).take(asked.length), &mut io::sink())?;
        let (status, body) = answer(&asked.line, list);
        let head =
            format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
        answers.write_all((head + &body).as_bytes())?;
    }
    Ok(())
}

/// The next request, up to its body; `None` where the client is done.
fn read_head(requests: &mut impl BufRead) -> io::Result<Option<Asked>> {
    let mut asked = Asked { line: String::new(), length: 0 };
    if requests.read_line(&mut asked.line)? == 0 {
        return Ok(None);
    }
    let mut line = String::new();
    while requests.read_line(&mut line)? > 0 && !line.trim().is_empty() {
        if let Some(("content-length", length)) = line.to_ascii_lowercase().split_once(':') {
            asked.length = length.trim().parse().unwrap_or(0);
        }
        line.clear();
    }
    Ok(Some(asked))
}

fn answer(line: &str, list: &str) -> (&'static str, String) {
    let found = format!(r#"{{"id":"{LIST_ID}","listName":"{list}","scope":"GLOBAL"}}"#);
    let token =
        r#"{"access_token":"t","token_type":"Bearer","expires_in":3600,"scope":"dnc:write dnc:read compliance:read"}"#;
    match line.split(' ').take(2).collect::<Vec<_>>()[..] {
        ["POST", path] if path.contains("/token") => ("200 OK", token.to_owned()),
        ["POST", path] if path.contains("/items") => ("403 Forbidden", r#"{"code":"wall"}"#.to_owned()),
        ["POST", _] => ("409 Conflict", r#"{"code":"exists"}"#.to_owned()),
        ["GET", path] if path.contains("/items") => ("200 OK", r#"{"entities":[],"total":0}"#.to_owned()),
        _ => ("200 OK", format!(r#"{{"entities":[{found}],"total":1}}"#)),
    }
}
