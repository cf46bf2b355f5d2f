use std::time::Duration;

use dncsync_sandbox::{Options, Sandbox};
use serde_json::json;

use crate::caller::{Caller, quick};

const ALL: &str = "dnc:write dnc:read compliance:read";

fn asking<'a>(id: &'a str, secret: &'a str, scope: &'a str) -> [(&'a str, &'a str); 4] {
    [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret), ("scope", scope)]
}

#[tokio::test]
async fn anyone_gets_a_token_but_not_with_the_secret_wrong() {
    let caller = Caller::start(quick()).await;
    let (status, body) = caller.ask_token(&asking("me", "s3cret", ALL)).await;
    assert_eq!(status, 200);
    assert_eq!(
        (&body["token_type"], &body["expires_in"], &body["scope"]),
        (&json!("Bearer"), &json!(3600), &json!(ALL))
    );
    let (status, body) = caller.ask_token(&asking("me", "wrong", ALL)).await;
    assert_eq!((status, &body["error"]), (401, &json!("invalid_client")));
    assert!(body["error_description"].is_string());
}

#[tokio::test]
async fn a_token_has_what_was_asked_for_and_may_be_granted() {
    let clients = vec!["me:s3cret:dnc:read,compliance:read".parse().unwrap()];
    let mut caller = Caller::start(Options { clients, ..quick() }).await;
    let (_, body) = caller.ask_token(&asking("me", "s3cret", ALL)).await;
    assert_eq!(body["scope"], "dnc:read compliance:read");
    let (_, body) = caller.ask_token(&asking("me", "s3cret", "dnc:read")).await;
    assert_eq!(body["scope"], "dnc:read");
    caller.token = body["access_token"].as_str().unwrap().to_owned();

    let (status, body) = caller.post("/api/v2/dnc/lists", &json!({})).await;
    assert_eq!((status, &body["message"]), (403, &json!("the token lacks the scope dnc:write")));
    let (status, body) = caller.get("/api/v2/dnc/lists/any/items").await;
    assert_eq!((status, &body["message"]), (403, &json!("the token lacks the scope compliance:read")));
    assert_eq!(caller.get("/api/v2/dnc/lists").await.0, 200);

    let refusals = [
        (asking("me", "other", ALL), 401, "invalid_client"),
        (asking("you", "s3cret", ALL), 401, "invalid_client"),
        (asking("me", "s3cret", "dnc:write"), 400, "invalid_scope"),
        ([("grant_type", "password"), ("a", ""), ("b", ""), ("c", "")], 400, "unsupported_grant_type"),
        ([("grant_type", ""), ("a", ""), ("b", ""), ("c", "")], 400, "invalid_request"),
    ];
    for (fields, status, error) in refusals {
        let answer = caller.ask_token(&fields).await;
        assert_eq!((answer.0, &answer.1["error"]), (status, &json!(error)));
    }
}

#[tokio::test]
async fn unknown_expired_and_revoked_tokens_are_401() {
    let mut caller = Caller::start(quick()).await;
    assert_eq!(caller.get("/api/v2/dnc/lists").await.0, 200);
    caller.sandbox.revoke_tokens();
    let (status, body) = caller.get("/api/v2/dnc/lists").await;
    assert_eq!((status, &body["code"]), (401, &json!("unauthorized")));
    assert!(body["message"].is_string() && body["correlationId"].is_string());
    caller.token = caller.new_token().await;
    assert_eq!(caller.get("/api/v2/dnc/lists").await.0, 200);
    caller.token = "made-up".to_owned();
    assert_eq!(caller.get("/api/v2/dnc/lists").await.0, 401);

    let caller = Caller::start(Options { token_ttl: Duration::ZERO, ..quick() }).await;
    assert_eq!(caller.get("/api/v2/dnc/lists").await.0, 401);
}

#[tokio::test]
async fn it_serves_loopback_addresses_only() {
    let error = Sandbox::start(quick(), ([0, 0, 0, 0], 0).into()).await.err().unwrap();
    assert!(error.to_string().contains("loopback"), "{error}");
}
