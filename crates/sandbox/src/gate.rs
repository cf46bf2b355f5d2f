//! What every call passes before and after its handler: the count of arrivals, the rate limit, the faults, the body.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

use axum::{
    Router,
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt;
use hyper::body::{Body as _, Incoming};
use tower_service::Service;

use crate::{
    admin::{By, Dress},
    answer::{Refusal, bad_gateway},
    bearer,
    fault::CallFault,
    tenant::Tenant,
    truncated::truncate,
};

/// The contract's limit.
const BODY: usize = 5 * 1024 * 1024;
/// A larger body is still read to here, so that its sender is done sending and sees the 413 instead of a reset.
const DRAINED: usize = 64 * 1024 * 1024;

/// The connection ends here, without an answer.
#[derive(Debug)]
pub(crate) struct Closed;

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("closed without an answer")
    }
}

impl std::error::Error for Closed {}

/// One call, from its head to its answer.
pub(crate) async fn pass(tenant: Arc<Tenant>, router: Router, call: Request<Incoming>) -> Result<Response, Closed> {
    let (head, body) = call.into_parts();
    let now = tenant.now();
    let ticket = tenant.ledger().arrive(now, tenant.clock.since_start(now), head.method.as_str(), head.uri.path());
    let fault = match ticket.throttled {
        Some(_) => None,
        None => strike(&tenant, &head.method, head.uri.path()),
    };
    if fault == Some(CallFault::CloseBefore) {
        return Err(Closed);
    }
    // Read before anything is answered: an answer to a half-sent body reaches its sender as a reset.
    let body = receive(body).await?;
    let dress = Dress::of(&tenant.options, &head);
    let (response, by) = match (ticket.throttled, fault.and_then(|fault| instead(fault, &tenant, &head.headers))) {
        (Some(wait), _) => (Refusal::too_many().retry_after(wait).into_response(), By::Gate),
        (None, Some(response)) => (response, By::Gate),
        (None, None) => (handle(router, head, body).await, By::Handler),
    };
    let response = match dress {
        Some(dress) => dress.put_on(response, by),
        None => response,
    };
    let mut response = afterwards(fault, response).await?;
    // By the tenant's own clock, by which it also says until when it wants to be left alone.
    let date = httpdate::fmt_http_date(UNIX_EPOCH + tenant.now());
    response.headers_mut().extend(HeaderValue::from_str(&date).ok().map(|date| (header::DATE, date)));
    tenant.ledger().answered(ticket.id, response.status().as_u16());
    Ok(response)
}

fn strike(tenant: &Tenant, method: &Method, path: &str) -> Option<CallFault> {
    let fault = tenant.strikes().call(&format!("{method} {path}"))?;
    tenant.ledger().counts.injected += 1;
    Some(fault)
}

/// The body, or `None` where it is too large.
async fn receive(mut body: Incoming) -> Result<Option<Bytes>, Closed> {
    let mut whole = Vec::new();
    let mut length = 0;
    if body.size_hint().lower() > u64::try_from(DRAINED).unwrap_or(u64::MAX) {
        return Ok(None);
    }
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Closed)?.into_data() else {
            continue;
        };
        length += data.len();
        if length <= BODY {
            whole.extend_from_slice(&data);
        } else if length > DRAINED {
            break;
        } else {
            whole = Vec::new();
        }
    }
    Ok((length <= BODY).then(|| whole.into()))
}

/// What a fault answers in place of the handler.
fn instead(fault: CallFault, tenant: &Tenant, headers: &HeaderMap) -> Option<Response> {
    let second = Duration::from_secs(1);
    let refusal = match fault {
        CallFault::TooMany => Refusal::too_many().retry_after(second),
        CallFault::TooManyBare => Refusal::too_many(),
        // A date has whole seconds: one more, so that it is not over when it arrives.
        CallFault::TooManyDate => Refusal::too_many().retry_after_date(tenant.now() + 2 * second),
        CallFault::Internal => Refusal::internal(),
        CallFault::BadGateway => return Some(bad_gateway()),
        CallFault::Unavailable => {
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "the service is not available")
        }
        CallFault::TooLarge => Refusal::too_large(),
        CallFault::TokenExpired => {
            if let Some(token) = bearer::token(headers) {
                tenant.tokens().revoke(token);
            }
            Refusal::unauthorized("the token is unknown or has expired")
        }
        CallFault::CloseBefore | CallFault::CloseAfter | CallFault::Slow(_) | CallFault::Truncate => return None,
    };
    Some(refusal.into_response())
}

async fn handle(mut router: Router, head: Parts, body: Option<Bytes>) -> Response {
    let Some(body) = body else {
        return Refusal::too_large().into_response();
    };
    match router.call(Request::from_parts(head, Body::from(body))).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// What a fault does to the answer of a call that was applied.
async fn afterwards(fault: Option<CallFault>, response: Response) -> Result<Response, Closed> {
    match fault {
        Some(CallFault::CloseAfter) => Err(Closed),
        Some(CallFault::Slow(delay)) => {
            tokio::time::sleep(delay).await;
            Ok(response)
        }
        Some(CallFault::Truncate) => Ok(truncate(response).await),
        _ => Ok(response),
    }
}
