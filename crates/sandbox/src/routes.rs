//! Which call is handled where.

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::StatusCode,
    routing::{get, post},
};

use crate::{Profile, admin, answer::Refusal, item_calls, list_calls, tenant::Tenant, token};

pub(crate) fn router(tenant: Arc<Tenant>) -> Router {
    let calls = match tenant.options.profile {
        Profile::V2 => v2(),
        Profile::Admin => admin::router(),
    };
    calls
        .fallback(|| async { Refusal::new(StatusCode::NOT_FOUND, "not.found", "there is nothing at this path") })
        .method_not_allowed_fallback(|| async {
            Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "method.not.allowed", "this path has no such method")
        })
        // The gate has read the body and kept to the contract's limit; axum's own is smaller.
        .layer(DefaultBodyLimit::disable())
        .with_state(tenant)
}

fn v2() -> Router<Arc<Tenant>> {
    Router::new()
        .route("/oauth/token", post(token::grant))
        .route("/api/v2/dnc/lists", post(list_calls::create).get(list_calls::find))
        .route("/api/v2/dnc/lists/{id}", get(list_calls::show))
        .route("/api/v2/dnc/lists/{id}/items", post(item_calls::add).get(item_calls::read).delete(item_calls::remove))
}
