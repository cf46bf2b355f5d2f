//! A webhook receiver for the demo: takes what an aggregator would take, and checks the signatures.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use dncsync_engine::WebhookSecret;
use serde_json::Value;

/// What was received: the bodies whose signature held, and how many did not.
#[derive(Debug, Default)]
pub(crate) struct Received {
    /// The bodies.
    pub(crate) bodies: Vec<Value>,
    /// Webhooks whose signature did not hold.
    pub(crate) forged: u64,
}

#[derive(Clone)]
struct Desk {
    secret: WebhookSecret,
    received: Arc<Mutex<Received>>,
}

/// Listens on any port of this machine; the address, and where what comes is put down.
pub(crate) async fn listen(secret: WebhookSecret) -> std::io::Result<(String, Arc<Mutex<Received>>)> {
    let received = Arc::new(Mutex::new(Received::default()));
    let desk = Desk { secret, received: Arc::clone(&received) };
    let listener = tokio::net::TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
    let address = listener.local_addr()?;
    let router = Router::new().route("/webhooks/dnc", post(take)).with_state(desk);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok((format!("http://{address}/webhooks/dnc"), received))
}

async fn take(State(desk): State<Desk>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let text = String::from_utf8_lossy(&body);
    let seconds = header("webhook-timestamp").parse().unwrap_or_default();
    let genuine = desk.secret.sign(header("webhook-id"), seconds, &text) == header("webhook-signature");
    let Ok(mut received) = desk.received.lock() else {
        return StatusCode::INTERNAL_SERVER_ERROR;
    };
    match serde_json::from_slice(&body) {
        Ok(value) if genuine => {
            received.bodies.push(value);
            StatusCode::NO_CONTENT
        }
        _ => {
            received.forged += 1;
            StatusCode::BAD_REQUEST
        }
    }
}
