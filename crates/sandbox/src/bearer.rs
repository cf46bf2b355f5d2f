//! Who calls, and what he may do.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, StatusCode, header, request::Parts},
};

use crate::{answer::Refusal, tenant::Tenant};

/// The bearer of a good token.
pub(crate) struct Bearer(Vec<&'static str>);

impl Bearer {
    /// All of `needed`, or a refusal that names the missing scope.
    pub(crate) fn may(&self, needed: &[&str]) -> Result<(), Refusal> {
        match needed.iter().find(|scope| !self.0.contains(scope)) {
            Some(missing) => {
                let message = format!("the token lacks the scope {missing}");
                Err(Refusal::new(StatusCode::FORBIDDEN, "scope.missing", message))
            }
            None => Ok(()),
        }
    }
}

/// The token of a call, whether good or not.
pub(crate) fn token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

impl FromRequestParts<Arc<Tenant>> for Bearer {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, tenant: &Arc<Tenant>) -> Result<Bearer, Refusal> {
        let token = token(&parts.headers).ok_or_else(|| Refusal::unauthorized("no bearer token"))?;
        let scopes = tenant.tokens().scopes(token, tenant.now());
        scopes.map(Bearer).ok_or_else(|| Refusal::unauthorized("the token is unknown or has expired"))
    }
}
