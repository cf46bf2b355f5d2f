use dncsync_sandbox::Options;
use reqwest::Method;
use serde_json::{Value, json};

use crate::admin::{Admin, GROUPS, admin, quirky, whole};

const CLIENT: [(&str, &str); 2] = [("client_id", "app@x/y"), ("client_secret", "a b%=")];

fn key(secret: &str) -> Vec<(&str, &str)> {
    vec![("grant_type", "password"), ("username", "key=="), ("password", secret)]
}

async fn ask(admin: &Admin, fields: &[(&str, &str)]) -> (u16, Value) {
    let response = admin.http.post(admin.sandbox.token_url()).form(fields).send().await.unwrap();
    assert_eq!(response.headers()["cache-control"], "no-store");
    let (status, _, body) = whole(response).await;
    (status, body)
}

async fn ask_basic(admin: &Admin, id: &str, secret: &str) -> (u16, Value) {
    let request = admin.http.post(admin.sandbox.token_url()).basic_auth(id, Some(secret)).form(&key("s3cret"));
    let (status, _, body) = whole(request.send().await.unwrap()).await;
    (status, body)
}

/// The claims of a token.
fn claims(token: &Value) -> Value {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let parts: Vec<&str> = token.as_str().unwrap().split('.').collect();
    assert_eq!(parts.len(), 3);
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap()
}

#[tokio::test]
async fn discovery_leads_to_a_token_and_the_token_to_the_tenant() {
    let mut admin = Admin::start(admin()).await;
    let base = admin.sandbox.discovery_url();
    let get = async |path: &str| whole(admin.http.get(format!("{base}{path}")).send().await.unwrap()).await;
    let (_, _, openid) = get("/.well-known/openid-configuration").await;
    assert_eq!(openid["token_endpoint"], admin.sandbox.token_url());
    assert_eq!(openid["scopes_supported"], json!(["openid"]));

    let (status, granted) = ask(&admin, &[key("s3cret"), CLIENT.to_vec()].concat()).await;
    assert_eq!((status, &granted["token_type"], &granted["expires_in"]), (200, &json!("Bearer"), &json!(3600)));
    assert!(granted["refresh_token"].is_string());
    let claimed = claims(&granted["id_token"]);
    assert_eq!(claimed["tenantId"], admin.sandbox.tenant_id());
    assert!(claimed["icBUId"].is_number() && claimed["exp"].is_number() && !claimed["role"].is_null());
    assert_eq!(claims(&granted["access_token"])["tenantId"], claimed["tenantId"]);

    let path = |id: &str| format!("/.well-known/cxone-configuration?tenantId={id}");
    let (status, _, place) = get(&path(claimed["tenantId"].as_str().unwrap())).await;
    assert_eq!((status, &place["api_endpoint"], &place["area"]), (200, &json!(base), &json!("na1")));
    assert_eq!(get(&path("11111111-2222-3333-4444-555555555555")).await.0, 404);
    assert_eq!(get("/.well-known/cxone-configuration").await.0, 404);

    admin.token = granted["access_token"].as_str().unwrap().to_owned();
    assert_eq!(admin.get(GROUPS).await.0, 204);
}

#[tokio::test]
async fn a_client_authenticates_in_either_way() {
    let admin = Admin::start(admin()).await;
    assert_eq!(ask_basic(&admin, "app%40x%2Fy", "a%20b%25%3D").await.0, 200);
    for (id, secret) in [("app", "wrong"), ("app", ""), ("", "x"), ("app", "%77rong"), ("app", "%zz")] {
        let (status, body) = ask_basic(&admin, id, secret).await;
        assert_eq!((status, &body["error"]), (401, &json!("invalid_client")), "{id} {secret}");
    }
    let cases = [
        (key("s3cret"), 401, "invalid_client"),
        ([key("s3cret"), vec![("client_id", "app"), ("client_secret", "wrong")]].concat(), 401, "invalid_client"),
        ([key("wrong"), CLIENT.to_vec()].concat(), 400, "invalid_grant"),
        ([key("")[1..].to_vec(), CLIENT.to_vec()].concat(), 400, "invalid_request"),
        ([key("")[..2].to_vec(), CLIENT.to_vec()].concat(), 400, "invalid_request"),
        ([vec![("grant_type", "client_credentials")], CLIENT.to_vec()].concat(), 400, "unsupported_grant_type"),
    ];
    for (fields, status, error) in cases {
        let answer = ask(&admin, &fields).await;
        assert_eq!((answer.0, &answer.1["error"]), (status, &json!(error)));
        assert!(answer.1["error_description"].is_string());
    }
}

#[tokio::test]
async fn a_tenant_may_know_its_keys_and_what_they_may() {
    let clients = ["key:s3cret", "reader:s3cret:dnc:read"].map(|text| text.parse().unwrap()).to_vec();
    let mut admin = Admin::start(Options { clients, ..admin() }).await;
    assert_eq!(admin.new_token("key", "other").await, "");
    let (status, body) = ask(&admin, &[key("s3cret"), CLIENT.to_vec()].concat()).await;
    assert_eq!((status, &body["error"]), (400, &json!("invalid_grant")), "the key is called key, not key==");
    admin.sandbox.create_list_behind("G", "GLOBAL");
    admin.token = admin.new_token("reader", "s3cret").await;
    assert_eq!(admin.get(GROUPS).await.0, 200);
    let (status, words, body) = admin.call(Method::POST, GROUPS, Some(&json!({"dncGroupName": "H"}))).await;
    assert_eq!((status, &body["error_description"]), (403, &json!(words)));
    assert!(words.to_lowercase().contains("check security profile permissions"), "{words}");
}

#[tokio::test]
async fn a_wrong_access_key_is_401() {
    let admin = Admin::start(admin()).await;
    for (key, status) in [
        (json!({"accessKeyId": "key", "accessKeySecret": "wrong"}), 401),
        (json!({"accessKeyId": "key"}), 401),
        (json!([]), 400),
    ] {
        let response = admin.http.post(admin.sandbox.access_key_url()).json(&key).send().await.unwrap();
        let (answered, _, body) = whole(response).await;
        assert_eq!(answered, status);
        assert!(body["error"].is_string() && body["error_description"].is_string());
    }
}

#[tokio::test]
async fn each_profile_serves_its_own_paths() {
    let mut caller = Admin::start(admin()).await;
    assert_eq!(caller.get("/api/v2/dnc/lists").await.0, 404);
    assert_eq!(caller.post("/oauth/token", &json!({})).await.0, 404);
    assert_eq!(caller.call(Method::PATCH, GROUPS, None).await.0, 405);
    for path in ["/IncontactAPI/services/v9.0", "/incontactapi/services/v99.0"] {
        assert_eq!(caller.get(&format!("{path}/dnc-groups")).await.0, 204, "{path}");
    }
    for path in ["/incontactapi/services/v0.0", "/incontactapi/services/v34", "/other/services/v34.0"] {
        assert_eq!(caller.get(&format!("{path}/dnc-groups")).await.0, 404, "{path}");
    }
    caller.sandbox.revoke_tokens();
    let (status, words, body) = caller.call(Method::GET, GROUPS, None).await;
    assert_eq!((status, &body["error_description"]), (401, &json!(words)));
    caller.token = "made-up".to_owned();
    assert_eq!(caller.get(GROUPS).await.0, 401);

    let v2 = crate::caller::Caller::start(crate::caller::quick()).await;
    assert_eq!(v2.get(GROUPS).await.0, 404);
    assert_eq!(v2.get("/.well-known/openid-configuration").await.0, 404);
}

#[tokio::test]
async fn a_client_may_have_to_authenticate_in_one_way() {
    for (quirk, basic, form) in [("basic-only", 200, 401), ("form-only", 401, 200)] {
        let admin = Admin::start(quirky(&[quirk])).await;
        assert_eq!(ask_basic(&admin, "app", "secret").await.0, basic, "{quirk}");
        assert_eq!(ask(&admin, &[key("s3cret"), CLIENT.to_vec()].concat()).await.0, form, "{quirk}");
    }
}

#[tokio::test]
async fn signing_in_may_be_busy_at_first() {
    let admin = Admin::start(quirky(&["busy-sign-in"])).await;
    let fields = [key("s3cret"), CLIENT.to_vec()].concat();
    assert_eq!(admin.token, "", "the first one is turned away");
    let (status, body) = ask(&admin, &fields).await;
    assert!(status == 503 && body["error_description"].as_str().unwrap().contains("at capacity"), "{body}");
    assert_eq!(ask(&admin, &fields).await.0, 200);
}
