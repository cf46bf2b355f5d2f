//! A plain caller: it sends what it is told and shows what came back.

use std::time::Duration;

use dncsync_sandbox::{Options, Sandbox};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};

/// A sandbox without lag and limit, and someone with a token who calls it.
pub(crate) struct Caller {
    pub(crate) sandbox: Sandbox,
    pub(crate) http: Client,
    pub(crate) token: String,
}

/// No lag, no limit.
pub(crate) fn quick() -> Options {
    Options { rate: 0, lag: Duration::ZERO, ..Options::default() }
}

pub(crate) fn with_faults(faults: &[&str]) -> Options {
    Options { faults: faults.iter().map(|text| text.parse().unwrap()).collect(), ..quick() }
}

/// The n-th of a thousand valid numbers.
pub(crate) fn number(n: u32) -> String {
    format!("+1202555{:04}", 1000 + n)
}

pub(crate) fn item(n: u32) -> Value {
    json!({"phoneNumber": number(n), "source": "REGULATORY", "notes": "registry"})
}

pub(crate) fn items(range: std::ops::Range<u32>) -> Value {
    range.map(item).collect()
}

pub(crate) async fn json_of(response: Response) -> (u16, Value) {
    (response.status().as_u16(), response.json().await.unwrap())
}

impl Caller {
    pub(crate) async fn start(options: Options) -> Caller {
        let sandbox = Sandbox::start(options, ([127, 0, 0, 1], 0).into()).await.unwrap();
        let mut caller = Caller { sandbox, http: plain_http(), token: String::new() };
        caller.token = caller.new_token().await;
        caller
    }

    pub(crate) async fn ask_token(&self, fields: &[(&str, &str)]) -> (u16, Value) {
        json_of(self.http.post(self.sandbox.token_url()).form(fields).send().await.unwrap()).await
    }

    pub(crate) async fn new_token(&self) -> String {
        let fields = [("grant_type", "client_credentials"), ("client_id", "me"), ("client_secret", "s3cret")];
        let (_, body) = self.ask_token(&fields).await;
        body["access_token"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.sandbox.api_url())).bearer_auth(&self.token)
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        json_of(self.request(Method::GET, path).send().await.unwrap()).await
    }

    pub(crate) async fn try_post(&self, path: &str, body: &Value) -> reqwest::Result<Response> {
        self.request(Method::POST, path).json(body).send().await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        json_of(self.try_post(path, body).await.unwrap()).await
    }

    pub(crate) async fn delete(&self, path: &str, body: &Value) -> (u16, Value) {
        json_of(self.request(Method::DELETE, path).json(body).send().await.unwrap()).await
    }

    /// Creates a list and returns the path of its items.
    pub(crate) async fn list(&self, name: &str) -> String {
        let list = json!({"listName": name, "sourceType": "SYSTEM", "scope": "CAMPAIGN"});
        let (status, body) = self.post("/api/v2/dnc/lists", &list).await;
        assert_eq!(status, 201, "{body}");
        format!("/api/v2/dnc/lists/{}/items", body["id"].as_str().unwrap())
    }

    /// The numbers on a page.
    pub(crate) async fn numbers(&self, path: &str) -> Vec<String> {
        let (status, body) = self.get(path).await;
        assert_eq!(status, 200, "{body}");
        let entities = body["entities"].as_array().unwrap();
        entities.iter().map(|entity| entity["phoneNumber"].as_str().unwrap().to_owned()).collect()
    }
}

/// A client for this machine. The workspace builds reqwest with TLS, which wants a provider even where none is used.
pub(crate) fn plain_http() -> Client {
    let _installed_already = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().tls_certs_only([]).build().expect("a client")
}
