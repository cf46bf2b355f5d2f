//! One exchange, read to its end.

use std::time::Duration;

use reqwest::{RequestBuilder, Response, StatusCode};

use crate::fault::Fault;
use crate::retry_after;
use crate::wire::Wire;

/// Most bytes of an answer: fifty times a page of 10,000 numbers. What is larger was not written by CXone.
const MOST_BYTES: usize = 64 << 20;

/// A server's answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) retry_after: Option<Duration>,
    /// The body, or why it is not whole.
    pub(crate) body: Result<Vec<u8>, String>,
}

impl Reply {
    /// The body as far as it helps to explain an error.
    pub(crate) fn explanation(&self) -> &[u8] {
        self.body.as_deref().unwrap_or_default()
    }
}

/// Sends one request and reads what comes back.
pub(crate) async fn exchange(wire: &Wire, request: RequestBuilder, host: &str) -> Result<Reply, Fault> {
    let mut response = wire.send(request, host).await?;
    let status = response.status();
    let retry_after = retry_after::of(response.headers());
    let body = body(&mut response, host).await;
    Ok(Reply { status, retry_after, body })
}

async fn body(response: &mut Response, host: &str) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| Fault::of(error, host).reason)? {
        if body.len() + chunk.len() > MOST_BYTES {
            return Err(format!("the answer of {host} is larger than 64 MiB"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
