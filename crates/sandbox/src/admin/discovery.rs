//! Where things are: the two documents that a client begins with.

use std::{collections::HashMap, sync::Arc};

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use serde_json::json;

use super::claims::TENANT_ID;
use crate::{
    answer::{Refusal, answer},
    tenant::Tenant,
};

/// Where the caller found the tenant: one in memory has no address of its own to tell, and is called by a name without a
/// port, as over `https`.
pub(crate) fn base(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
    if host.contains(':') { format!("http://{host}") } else { format!("https://{host}") }
}

/// `GET /.well-known/openid-configuration`
pub(crate) async fn openid(State(_): State<Arc<Tenant>>, headers: HeaderMap) -> Response {
    let base = base(&headers);
    // Which of the two ways a client may use is a matter of its registration, and not told here.
    let body = json!({
        "issuer": base,
        "authorization_endpoint": format!("{base}/auth/authorize"),
        "token_endpoint": format!("{base}/auth/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "scopes_supported": ["openid"],
    });
    answer(StatusCode::OK, &body)
}

/// `GET /.well-known/cxone-configuration?tenantId=UUID`
pub(crate) async fn cxone(
    State(_): State<Arc<Tenant>>,
    headers: HeaderMap,
    query: Result<Query<HashMap<String, String>>, QueryRejection>,
) -> Result<Response, Refusal> {
    let tenant = query.ok().and_then(|Query(mut fields)| fields.remove("tenantId"));
    if !tenant.is_some_and(|id| id.eq_ignore_ascii_case(TENANT_ID)) {
        return Err(Refusal::new(StatusCode::NOT_FOUND, "NotFound", "There is no tenant of that id"));
    }
    let base = base(&headers);
    let host = base.split("//").nth(1).unwrap_or_default();
    let domain = host.split(':').next().unwrap_or_default();
    let body = json!({
        "api_endpoint": base,
        "auth_endpoint": format!("{base}/auth"),
        "ui_endpoint": base,
        "area": "na1",
        "cluster": "c42",
        "domain": domain,
        "tenantId": TENANT_ID,
        "private": false,
    });
    Ok(answer(StatusCode::OK, &body))
}
