//! One exchange, read to its end.

use std::time::{Duration, SystemTime};

use dncsync_core::timestamp::Timestamp;
use dncsync_core::wording;
use reqwest::header::HeaderMap;
use reqwest::{RequestBuilder, Response, StatusCode};

use crate::errors;
use crate::fault::Fault;
use crate::retry_after;
use crate::wire::Wire;

/// Most bytes of an answer: fifty times a page of 10,000 numbers. What is larger was not written by CXone.
const MOST_BYTES: usize = 64 << 20;

/// A page of 10,000 numbers with notes.
const USUAL_BYTES: usize = 2 << 20;

/// Where the Admin API puts its words, sometimes in place of a body.
const STATUS_DESCRIPTION: &str = "icstatusdescription";

/// A server's answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) retry_after: Option<Duration>,
    /// The server's words beside the body, fit to be shown.
    pub(crate) said: Option<String>,
    /// When it was sent, by the server's own clock where it told: the second in which it was.
    pub(crate) at: Timestamp,
    /// The body, or why it is not whole.
    pub(crate) body: Result<Vec<u8>, String>,
}

impl Reply {
    /// The body as far as it helps to explain an error.
    pub(crate) fn explanation(&self) -> &[u8] {
        self.body.as_deref().unwrap_or_default()
    }

    /// The server's words for an error, where it has some.
    pub(crate) fn words(&self) -> Option<String> {
        errors::words(self.explanation()).or_else(|| self.said.clone())
    }
}

/// Sends one request and reads what comes back.
pub(crate) async fn exchange(wire: &Wire, request: RequestBuilder, host: &str) -> Result<Reply, Fault> {
    let mut response = wire.send(request, host).await?;
    let status = response.status();
    let retry_after = retry_after::of(response.headers());
    let said = said(response.headers());
    let at = moment(retry_after::sent_at(response.headers()));
    let body = body(&mut response, host).await;
    Ok(Reply { status, retry_after, said, at, body })
}

fn said(headers: &HeaderMap) -> Option<String> {
    let text = wording::tidy(headers.get(STATUS_DESCRIPTION)?.to_str().ok()?);
    (!text.is_empty()).then_some(text)
}

fn moment(time: SystemTime) -> Timestamp {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

async fn body(response: &mut Response, host: &str) -> Result<Vec<u8>, String> {
    // What a server says of the length is a hint: no more is set aside for it than a usual page takes.
    let told = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or_default();
    let mut body = Vec::with_capacity(told.min(USUAL_BYTES));
    while let Some(chunk) = response.chunk().await.map_err(|error| Fault::of(error, host).reason)? {
        if body.len() + chunk.len() > MOST_BYTES {
            return Err(format!("the answer of {host} is larger than 64 MiB"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
