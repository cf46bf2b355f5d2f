//! A caller of the Admin API.

use dncsync_sandbox::{Options, Profile, Sandbox};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::caller::{plain_http, quick};

pub(crate) const GROUPS: &str = "/inContactAPI/services/v34.0/dnc-groups";

pub(crate) struct Admin {
    pub(crate) sandbox: Sandbox,
    pub(crate) http: Client,
    pub(crate) token: String,
}

/// The Admin API without lag and limit.
pub(crate) fn admin() -> Options {
    Options { profile: Profile::Admin, ..quick() }
}

pub(crate) fn quirky(quirks: &[&str]) -> Options {
    Options { quirks: quirks.iter().map(|text| text.parse().unwrap()).collect(), ..admin() }
}

pub(crate) fn faulty(faults: &[&str]) -> Options {
    Options { faults: faults.iter().map(|text| text.parse().unwrap()).collect(), ..admin() }
}

/// The n-th of a thousand valid numbers, in ten digits.
pub(crate) fn ten(n: u32) -> String {
    format!("202555{:04}", 1000 + n)
}

pub(crate) fn batch(range: std::ops::Range<u32>) -> Value {
    let records: Value = range.map(|n| json!({"phoneNumber": ten(n).parse::<u64>().unwrap()})).collect();
    json!({"dncGroupRecords": records})
}

/// Status, `icStatusDescription`, body; `Null` where that is empty.
pub(crate) async fn whole(response: Response) -> (u16, String, Value) {
    let words = response.headers().get("icStatusDescription").map(|words| words.to_str().unwrap().to_owned());
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() };
    (status, words.unwrap_or_default(), body)
}

impl Admin {
    pub(crate) async fn start(options: Options) -> Admin {
        let sandbox = Sandbox::start(options, ([127, 0, 0, 1], 0).into()).await.unwrap();
        let mut admin = Admin { sandbox, http: plain_http(), token: String::new() };
        admin.token = admin.new_token("key", "s3cret").await;
        admin
    }

    pub(crate) async fn new_token(&self, id: &str, secret: &str) -> String {
        let key = json!({"accessKeyId": id, "accessKeySecret": secret});
        let response = self.http.post(self.sandbox.access_key_url()).json(&key).send().await.unwrap();
        let (_, _, body) = whole(response).await;
        body["access_token"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.sandbox.api_url())).bearer_auth(&self.token)
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.bare(method, path).header("accept", "application/json")
    }

    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> (u16, String, Value) {
        let request = self.request(method, path);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        whole(request.send().await.unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        let (status, _, body) = self.call(Method::GET, path, None).await;
        (status, body)
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let (status, _, body) = self.call(Method::POST, path, Some(body)).await;
        (status, body)
    }

    pub(crate) async fn delete(&self, path: &str, body: &Value) -> (u16, Value) {
        let (status, _, body) = self.call(Method::DELETE, path, Some(body)).await;
        (status, body)
    }

    /// Creates a group and returns its path.
    pub(crate) async fn group(&self, name: &str) -> String {
        let id = self.sandbox.create_list_behind(name, "GLOBAL");
        format!("{GROUPS}/{id}")
    }

    /// Creates a group and returns the path of its records.
    pub(crate) async fn records(&self, name: &str) -> String {
        format!("{}/records", self.group(name).await)
    }

    /// The numbers on a page, and whether each is active.
    pub(crate) async fn numbers(&self, path: &str) -> Vec<(String, bool)> {
        let (status, body) = self.get(path).await;
        assert!(status == 200 || status == 204 && body.is_null(), "{status} {body}");
        let records = body["resultSet"]["dncRecords"].as_array().cloned().unwrap_or_default();
        let shown =
            |record: &Value| (record["phoneNumber"].as_str().unwrap().to_owned(), record.get("expiredDate").is_none());
        records.iter().map(shown).collect()
    }

    pub(crate) async fn search(&self, number: &str) -> (u16, Value) {
        let request = self.request(Method::POST, &format!("{GROUPS}/search")).query(&[("phoneNumber", number)]);
        let (status, _, body) = whole(request.send().await.unwrap()).await;
        (status, body)
    }

    pub(crate) fn listed(&self, name: &str) -> usize {
        self.sandbox.list(name).unwrap().numbers.len()
    }
}

/// Sends one call to a tenant in memory; its answer, head and all.
pub(crate) async fn call(sandbox: &Sandbox, head: &str, body: &str) -> String {
    let (mut near, far) = tokio::io::duplex(1 << 16);
    tokio::spawn(sandbox.serve(far));
    let length = body.len();
    let call = format!(
        "{head}\r\nhost: tenant.test\r\naccept: application/json\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    near.write_all(call.as_bytes()).await.unwrap();
    let mut answer = String::new();
    near.read_to_string(&mut answer).await.unwrap();
    answer
}

/// A call with a token of its own to a tenant in memory; its status and its body.
pub(crate) async fn call_api(sandbox: &Sandbox, method: &str, path: &str, body: &str) -> (u16, Value) {
    let key = r#"{"accessKeyId":"key","accessKeySecret":"any"}"#;
    let granted = call(sandbox, "POST /authentication/v1/token/access-key HTTP/1.1", key).await;
    let granted: Value = serde_json::from_str(granted.split_once("\r\n\r\n").unwrap().1).unwrap();
    let token = granted["access_token"].as_str().unwrap();
    let answer = call(sandbox, &format!("{method} {path} HTTP/1.1\r\nauthorization: Bearer {token}"), body).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, if body.is_empty() { Value::Null } else { serde_json::from_str(body).unwrap() })
}
