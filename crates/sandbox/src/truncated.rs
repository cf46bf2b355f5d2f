//! An answer that breaks off in the middle.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes},
    http::header,
    response::Response,
};
use http_body_util::{BodyExt, Collected};
use hyper::body::Frame;

/// Announces the whole body, sends half of it, then breaks the connection.
pub(crate) async fn truncate(response: Response) -> Response {
    let (mut head, body) = response.into_parts();
    let whole = body.collect().await.map(Collected::to_bytes).unwrap_or_default();
    head.headers.insert(header::CONTENT_LENGTH, whole.len().max(1).into());
    Response::from_parts(head, Body::new(Half::Unsent(whole.slice(..whole.len() / 2))))
}

enum Half {
    Unsent(Bytes),
    /// Between the half and the break, the connection is given one turn to write out what it has.
    Flushing,
    Broken,
}

impl hyper::body::Body for Half {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Half>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match std::mem::replace(&mut *self, Half::Broken) {
            Half::Unsent(half) => {
                *self = Half::Flushing;
                Poll::Ready(Some(Ok(Frame::data(half))))
            }
            Half::Flushing => {
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Half::Broken => Poll::Ready(Some(Err(io::Error::other("broken off, as asked for")))),
        }
    }
}
