//! HTTP over a stream in memory: one request on each, driven by whoever waits for its answer.
//!
//! Nothing is spawned. Dropping the future drops the stream, as the kernel closes the sockets of a process that died.

use std::fmt;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use reqwest::header::{HOST, HeaderValue};
use reqwest::{Request, Response};
use tokio::io::DuplexStream;
use tokio::time::{Instant, Sleep, sleep_until, timeout_at};

use crate::fault::{Fault, words};

/// Leads to a host, given as `host:port`; an error where nobody can be reached.
pub type Connect = Arc<dyn Fn(&str) -> io::Result<DuplexStream> + Send + Sync>;

type Connection = Pin<Box<http1::Connection<TokioIo<DuplexStream>, reqwest::Body>>>;

/// The way to servers in the same process.
#[derive(Clone)]
pub(crate) struct Memory {
    pub(crate) connect: Connect,
    /// How long a request may take that has no limit of its own.
    pub(crate) timeout: Duration,
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

impl Memory {
    pub(crate) async fn send(&self, request: Request, host: &str) -> Result<Response, Fault> {
        let ends = Instant::now() + request.timeout().copied().unwrap_or(self.timeout);
        let unsent =
            |error: &io::Error| Fault { sent: false, reason: format!("no connection to {host}: {}", words(error)) };
        let io = (self.connect)(host).map_err(|error| unsent(&error))?;
        let broke = |error: hyper::Error| Fault {
            sent: true,
            reason: format!("the connection to {host} broke: {}", words(&error)),
        };
        let request = with_host(request, host)?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(io)).await.map_err(broke)?;
        let mut connection = Some(Box::pin(connection));
        let mut answer = pin!(sender.send_request(request));
        let head = poll_fn(|context| {
            drive(&mut connection, context);
            answer.as_mut().poll(context)
        });
        let late = |_| Fault { sent: true, reason: format!("{host} did not answer in time") };
        let (head, incoming) = timeout_at(ends, head).await.map_err(late)?.map_err(broke)?.into_parts();
        let rest =
            Rest { incoming, connection: Mutex::new(connection), _sender: sender, ends: Box::pin(sleep_until(ends)) };
        Ok(hyper::Response::from_parts(head, reqwest::Body::wrap(rest)).into())
    }
}

/// As it goes over a connection: the path alone in its first line, the host in a header.
fn with_host(request: Request, host: &str) -> Result<hyper::Request<reqwest::Body>, Fault> {
    let odd = |why: String| Fault { sent: false, reason: format!("no request to {host} can be made: {why}") };
    let mut request: hyper::Request<reqwest::Body> = request.try_into().map_err(|error| Fault::of(error, host))?;
    let host_header = HeaderValue::from_str(host).map_err(|error| odd(error.to_string()))?;
    request.headers_mut().insert(HOST, host_header);
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    *request.uri_mut() = path.parse().map_err(|_| odd("its path is odd".to_owned()))?;
    Ok(request)
}

/// Moves the bytes. How the connection ends shows in the answer.
fn drive(connection: &mut Option<Connection>, context: &mut Context<'_>) {
    if connection.as_mut().is_some_and(|connection| connection.as_mut().poll(context).is_ready()) {
        *connection = None;
    }
}

/// The body of an answer, still on its way.
struct Rest {
    incoming: Incoming,
    /// Only ever reached through `get_mut`: the lock is there because a body must be `Sync`.
    connection: Mutex<Option<Connection>>,
    /// Held so that the request's side of the stream stays open until all is read.
    _sender: SendRequest<reqwest::Body>,
    ends: Pin<Box<Sleep>>,
}

impl Body for Rest {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Ok(connection) = self.connection.get_mut() {
            drive(connection, context);
        }
        if let Poll::Ready(frame) = Pin::new(&mut self.incoming).poll_frame(context) {
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        self.ends.as_mut().poll(context).map(|()| Some(Err(io::Error::from(io::ErrorKind::TimedOut).into())))
    }
}
