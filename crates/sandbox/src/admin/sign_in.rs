//! The two ways to a token: the password grant, whose password is the secret of an access key and which wants a
//! registered client; and the access key alone.

use std::{collections::HashMap, sync::Arc, time::Duration};

use axum::{
    body::Bytes,
    extract::{Form, State, rejection::FormRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

use super::{claims, discovery::base};
use crate::{
    Options, Quirk,
    answer::answer,
    tenant::Tenant,
    token::{WRONG, client_scopes, whole_seconds},
};

/// Calls that a busy tenant turns away.
const BUSY: u64 = 2;

struct Error(StatusCode, &'static str, &'static str);

const NO_CLIENT: Error =
    Error(StatusCode::UNAUTHORIZED, "invalid_client", "The client is missing or its secret is wrong");
const NO_KEY: &str = "The access key or its secret is wrong";

/// `POST /auth/token`
pub(crate) async fn by_password(
    State(tenant): State<Arc<Tenant>>,
    headers: HeaderMap,
    form: Result<Form<HashMap<String, String>>, FormRejection>,
) -> Response {
    let granted = knock(&tenant).and_then(|()| {
        let bad = |error, words| Error(StatusCode::BAD_REQUEST, error, words);
        let Form(form) = form.map_err(|_| bad("invalid_request", "The body is no form"))?;
        let field = |name: &str| form.get(name).map(String::as_str).filter(|value| !value.is_empty());
        check_client(&tenant.options, &headers, &form)?;
        match field("grant_type") {
            Some("password") => {}
            Some(_) => return Err(bad("unsupported_grant_type", "Only password is granted")),
            None => return Err(bad("invalid_request", "grant_type is missing")),
        }
        let (Some(id), Some(secret)) = (field("username"), field("password")) else {
            return Err(bad("invalid_request", "username and password are needed"));
        };
        client_scopes(&tenant.options, id, secret).ok_or_else(|| bad("invalid_grant", NO_KEY))
    });
    respond(&tenant, &headers, granted)
}

/// `POST /authentication/v1/token/access-key`
pub(crate) async fn by_access_key(State(tenant): State<Arc<Tenant>>, headers: HeaderMap, body: Bytes) -> Response {
    let granted = knock(&tenant).and_then(|()| {
        let fields: Map<String, Value> = serde_json::from_slice(&body)
            .map_err(|_| Error(StatusCode::BAD_REQUEST, "invalid_request", "The body is not a JSON object"))?;
        let text = |name: &str| fields.get(name).and_then(Value::as_str).filter(|value| !value.is_empty());
        let key = text("accessKeyId").zip(text("accessKeySecret"));
        let scopes = key.and_then(|(id, secret)| client_scopes(&tenant.options, id, secret));
        scopes.ok_or(Error(StatusCode::UNAUTHORIZED, "invalid_grant", NO_KEY))
    });
    respond(&tenant, &headers, granted)
}

/// The first ones may be turned away.
fn knock(tenant: &Tenant) -> Result<(), Error> {
    let calls = tenant.tokens().count_call();
    match tenant.options.has(Quirk::BusySignIn) && calls <= BUSY {
        true => Err(Error(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", "The service is at capacity")),
        false => Ok(()),
    }
}

/// Any client is known, but with one secret.
fn check_client(options: &Options, headers: &HeaderMap, form: &HashMap<String, String>) -> Result<(), Error> {
    let in_header = basic(headers).filter(|_| !options.has(Quirk::FormOnly));
    let in_form = form.get("client_id").cloned().zip(form.get("client_secret").cloned());
    let in_form = in_form.filter(|_| !options.has(Quirk::BasicOnly));
    let good = |(id, secret): &(String, String)| !id.is_empty() && !secret.is_empty() && secret != WRONG;
    in_header.or(in_form).filter(good).map(|_| ()).ok_or(NO_CLIENT)
}

/// Id and secret of an `Authorization: Basic` header, each percent-encoded before they were put together.
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let (scheme, text) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let both = String::from_utf8(STANDARD.decode(text.trim()).ok()?).ok()?;
    let (id, secret) = both.split_once(':').filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    Some((percent_decoded(id)?, percent_decoded(secret)?))
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (code, rest) = part.split_at_checked(2)?;
        // A sign would be read as part of the number.
        if !code.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        bytes.push(u8::from_str_radix(code, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

fn respond(tenant: &Tenant, headers: &HeaderMap, granted: Result<Vec<&'static str>, Error>) -> Response {
    let mut response = match granted {
        Ok(scopes) => answer(StatusCode::OK, &grant(tenant, &base(headers), scopes)),
        Err(Error(status, error, words)) => answer(status, &json!({"error": error, "error_description": words})),
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn grant(tenant: &Tenant, issuer: &str, scopes: Vec<&'static str>) -> Value {
    let (now, ttl) = (tenant.now(), tenant.options.token_ttl);
    let expires = now + Duration::from_secs(whole_seconds(ttl));
    let token = claims::token(issuer, expires);
    tenant.tokens().hand_out(token.clone(), scopes, now, ttl);
    tenant.ledger().counts.tokens += 1;
    json!({
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": whole_seconds(ttl),
        "refresh_token": format!("{:032x}", fastrand::u128(..)),
        "id_token": claims::token(issuer, expires),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_are_decoded() {
        assert_eq!(percent_decoded("a%3Ab%3d%25").as_deref(), Some("a:b=%"));
        assert_eq!(percent_decoded("plain").as_deref(), Some("plain"));
        for text in ["%", "%3", "%zz", "%+1", "%ff", "%é"] {
            assert_eq!(percent_decoded(text), None, "{text}");
        }
    }
}
