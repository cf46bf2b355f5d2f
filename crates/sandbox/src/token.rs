//! `POST /oauth/token`: client credentials, as RFC 6749 has them, and the tokens that are good at the moment.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use axum::{
    extract::{Form, State, rejection::FormRejection},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde_json::json;

use crate::{Options, answer::answer, tenant::Tenant};

/// All there are.
pub(crate) const SCOPES: [&str; 3] = ["dnc:write", "dnc:read", "compliance:read"];

/// Always refused where any client is accepted, so that a refusal can be seen.
const WRONG: &str = "wrong";

/// The tokens handed out and not expired.
#[derive(Default)]
pub(crate) struct Tokens(HashMap<String, Token>);

struct Token {
    scopes: Vec<&'static str>,
    expires: Duration,
}

impl Tokens {
    fn issue(&mut self, scopes: Vec<&'static str>, now: Duration, ttl: Duration) -> String {
        self.0.retain(|_, token| token.expires > now);
        let text = format!("sandbox-{:032x}", fastrand::u128(..));
        self.0.insert(text.clone(), Token { scopes, expires: now + ttl });
        text
    }

    /// The scopes of a token; `None` where it is unknown, revoked or expired.
    pub(crate) fn scopes(&self, token: &str, now: Duration) -> Option<Vec<&'static str>> {
        self.0.get(token).filter(|token| token.expires > now).map(|token| token.scopes.clone())
    }

    pub(crate) fn revoke(&mut self, token: &str) {
        self.0.remove(token);
    }

    pub(crate) fn revoke_all(&mut self) {
        self.0.clear();
    }
}

/// The endpoint.
pub(crate) async fn grant(
    State(tenant): State<Arc<Tenant>>,
    form: Result<Form<HashMap<String, String>>, FormRejection>,
) -> Response {
    let granted = form.map_err(|_| OauthError::new("invalid_request", "the body is no form")).and_then(|Form(form)| {
        let scopes = granted_scopes(&tenant.options, &form)?;
        Ok((scopes.join(" "), tenant.tokens().issue(scopes, tenant.now(), tenant.options.token_ttl)))
    });
    let mut response = match granted {
        Ok((scope, token)) => {
            tenant.ledger().counts.tokens += 1;
            let ttl = tenant.options.token_ttl;
            // Rounded up: 0 would say that the token never was any good.
            let expires_in = ttl.as_secs() + u64::from(ttl.subsec_nanos() > 0);
            let body = json!({"access_token": token, "token_type": "Bearer", "expires_in": expires_in, "scope": scope});
            answer(StatusCode::OK, &body)
        }
        Err(error) => error.response(),
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

struct OauthError {
    error: &'static str,
    description: &'static str,
}

impl OauthError {
    fn new(error: &'static str, description: &'static str) -> OauthError {
        OauthError { error, description }
    }

    fn response(&self) -> Response {
        let status = if self.error == "invalid_client" { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
        answer(status, &json!({"error": self.error, "error_description": self.description}))
    }
}

fn granted_scopes(options: &Options, form: &HashMap<String, String>) -> Result<Vec<&'static str>, OauthError> {
    let field = |name: &str| form.get(name).map(String::as_str).filter(|value| !value.is_empty());
    match field("grant_type") {
        Some("client_credentials") => {}
        Some(_) => {
            return Err(OauthError::new("unsupported_grant_type", "only client_credentials is granted"));
        }
        None => return Err(OauthError::new("invalid_request", "grant_type is missing")),
    }
    let (Some(id), Some(secret)) = (field("client_id"), field("client_secret")) else {
        return Err(OauthError::new("invalid_client", "client_id and client_secret are needed"));
    };
    let allowed = client_scopes(options, id, secret)
        .ok_or_else(|| OauthError::new("invalid_client", "the client id or its secret is wrong"))?;
    let Some(asked) = field("scope") else {
        return Ok(allowed);
    };
    let asked: HashSet<&str> = asked.split_whitespace().collect();
    let granted: Vec<&'static str> = allowed.into_iter().filter(|scope| asked.contains(scope)).collect();
    match granted.is_empty() {
        true => Err(OauthError::new("invalid_scope", "none of the scopes asked for may be granted to this client")),
        false => Ok(granted),
    }
}

/// What the client may have; `None` where it is not who it says.
fn client_scopes(options: &Options, id: &str, secret: &str) -> Option<Vec<&'static str>> {
    if options.clients.is_empty() {
        return (secret != WRONG).then(|| SCOPES.to_vec());
    }
    let client = options.clients.iter().find(|client| client.id == id && client.secret == secret)?;
    let may = |scope: &&str| client.scopes.as_ref().is_none_or(|scopes| scopes.iter().any(|own| own == scope));
    Some(SCOPES.into_iter().filter(may).collect())
}
