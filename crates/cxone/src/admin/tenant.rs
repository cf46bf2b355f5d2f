//! Which tenant a token belongs to, and where its API is.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;

use crate::lenient::{Object, Scalar, read};

#[derive(Deserialize)]
struct Claims<'a> {
    #[serde(default, borrow, rename = "tenantId")]
    tenant_id: Scalar<'a>,
    #[serde(default, borrow)]
    tenant: Scalar<'a>,
}

/// The tenant id in the claims of a token. They are not verified: the token came from the issuer over TLS just now, and
/// nothing is decided by them but where to ask.
pub(crate) fn of_token(token: &str) -> Option<String> {
    let claims = token.split('.').nth(1)?;
    let claims = BASE64_URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?;
    let claims = read::<Object<Claims<'_>>>(&claims)?.0?;
    claims.tenant_id.text().or_else(|| claims.tenant.text()).map(|id| id.trim().to_owned())
}

#[derive(Deserialize)]
struct Configuration<'a> {
    #[serde(default, borrow)]
    api_endpoint: Scalar<'a>,
    #[serde(default, borrow)]
    token_endpoint: Scalar<'a>,
}

/// The address of the API, in an answer of `/.well-known/cxone-configuration`.
pub(crate) fn api_endpoint(body: &[u8]) -> Option<String> {
    read::<Object<Configuration<'_>>>(body)?.0?.api_endpoint.text()
}

/// The address that hands out tokens, in an answer of `/.well-known/openid-configuration`.
pub(crate) fn token_endpoint(body: &[u8]) -> Option<String> {
    read::<Object<Configuration<'_>>>(body)?.0?.token_endpoint.text()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tenant_is_read_from_the_claims() {
        let token = |claims: &str| format!("e30.{}.sig", BASE64_URL_SAFE_NO_PAD.encode(claims));
        assert_eq!(of_token(&token(r#"{"tenantId": "11ea", "role": "x"}"#)).as_deref(), Some("11ea"));
        assert_eq!(of_token(&token(r#"{"tenant": " 11eb "}"#)).as_deref(), Some("11eb"));
        for odd in [token("{}"), token("[]"), "opaque".to_owned(), "a.!!.c".to_owned(), String::new()] {
            assert_eq!(of_token(&odd), None);
        }
    }
}
