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
pub(crate) const WRONG: &str = "wrong";

/// The tokens handed out and not expired.
#[derive(Default)]
pub(crate) struct Tokens {
    good: HashMap<String, Token>,
    /// Calls for a token, whatever came of them.
    calls: u64,
}

struct Token {
    scopes: Vec<&'static str>,
    expires: Duration,
}

impl Tokens {
    fn issue(&mut self, scopes: Vec<&'static str>, now: Duration, ttl: Duration) -> String {
        let text = format!("sandbox-{:032x}", fastrand::u128(..));
        self.hand_out(text.clone(), scopes, now, ttl);
        text
    }

    /// One more call for a token; how many that makes.
    pub(crate) fn count_call(&mut self) -> u64 {
        self.calls += 1;
        self.calls
    }

    pub(crate) fn hand_out(&mut self, text: String, scopes: Vec<&'static str>, now: Duration, ttl: Duration) {
        self.good.retain(|_, token| token.expires > now);
        self.good.insert(text, Token { scopes, expires: now + ttl });
    }

    /// The scopes of a token; `None` where it is unknown, revoked or expired.
    pub(crate) fn scopes(&self, token: &str, now: Duration) -> Option<Vec<&'static str>> {
        self.good.get(token).filter(|token| token.expires > now).map(|token| token.scopes.clone())
    }

    pub(crate) fn revoke(&mut self, token: &str) {
        self.good.remove(token);
    }

    pub(crate) fn revoke_all(&mut self) {
        self.good.clear();
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
            let expires_in = whole_seconds(tenant.options.token_ttl);
            let body = json!({"access_token": token, "token_type": "Bearer", "expires_in": expires_in, "scope": scope});
            answer(StatusCode::OK, &body)
        }
        Err(error) => error.response(),
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Rounded up: 0 would say that a token never was any good.
pub(crate) fn whole_seconds(ttl: Duration) -> u64 {
    ttl.as_secs() + u64::from(ttl.subsec_nanos() > 0)
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
pub(crate) fn client_scopes(options: &Options, id: &str, secret: &str) -> Option<Vec<&'static str>> {
    if options.clients.is_empty() {
        return (secret != WRONG).then(|| SCOPES.to_vec());
    }
    let client = options.clients.iter().find(|client| client.id == id && client.secret == secret)?;
    let may = |scope: &&str| client.scopes.as_ref().is_none_or(|scopes| scopes.iter().any(|own| own == scope));
    Some(SCOPES.into_iter().filter(may).collect())
}
