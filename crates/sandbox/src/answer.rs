//! Answers that are not the wanted ones: `{code, message, correlationId}` and what goes with them.

use std::time::Duration;

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::{Value, json};

/// A call that is not done, and why.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
    errors: Vec<ItemError>,
    retry_after: Option<HeaderValue>,
}

/// What a refusal says, left with its answer for the profile that words it otherwise.
#[derive(Clone)]
pub(crate) struct Told {
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

/// One fault of one item.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ItemError {
    pub(crate) index: usize,
    pub(crate) field: &'static str,
    pub(crate) message: String,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Refusal {
        Refusal { status, code, message: message.into(), errors: Vec::new(), retry_after: None }
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::BAD_REQUEST, "bad.request", message)
    }

    pub(crate) fn bad_items(message: impl Into<String>, errors: Vec<ItemError>) -> Refusal {
        Refusal { errors, ..Refusal::bad_request(message) }
    }

    pub(crate) fn unauthorized(message: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::UNAUTHORIZED, "unauthorized", message)
    }

    pub(crate) fn no_such_list() -> Refusal {
        Refusal::new(StatusCode::NOT_FOUND, "list.unknown", "there is no list of that id")
    }

    pub(crate) fn too_large() -> Refusal {
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "body.size", "the body is larger than 5 MiB")
    }

    pub(crate) fn internal() -> Refusal {
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "something went wrong")
    }

    /// The journal cannot be written: nothing was applied.
    pub(crate) fn journal(error: &std::io::Error) -> Refusal {
        Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "journal", error.to_string())
    }

    /// Without `Retry-After`.
    pub(crate) fn too_many() -> Refusal {
        Refusal::new(StatusCode::TOO_MANY_REQUESTS, "too.many.requests", "too many requests in 60 seconds")
    }

    /// Whole seconds, rounded up and at least one: a client that waits exactly that long finds a free slot.
    pub(crate) fn retry_after(self, wait: Duration) -> Refusal {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        Refusal { retry_after: Some(HeaderValue::from(seconds.max(1))), ..self }
    }

    /// The other form that HTTP allows.
    pub(crate) fn retry_after_date(self, at: Duration) -> Refusal {
        let date = httpdate::fmt_http_date(std::time::UNIX_EPOCH + at);
        Refusal { retry_after: HeaderValue::from_str(&date).ok(), ..self }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut body = json!({
            "code": self.code,
            "message": self.message,
            "correlationId": format!("{:016x}", fastrand::u64(..)),
        });
        if !self.errors.is_empty() {
            body["errors"] = json!(self.errors);
        }
        let mut response = answer(self.status, &body);
        response.extensions_mut().insert(Told { code: self.code, message: self.message });
        if let Some(retry_after) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, retry_after);
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// A JSON answer.
pub(crate) fn answer(status: StatusCode, body: &Value) -> Response {
    json_text(status, body.to_string())
}

/// An answer that is JSON already.
pub(crate) fn json_text(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], Body::from(body)).into_response()
}

/// What a gateway says when what is behind it is gone.
pub(crate) fn bad_gateway() -> Response {
    let page = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1>\
                </center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";
    (StatusCode::BAD_GATEWAY, [(header::CONTENT_TYPE, "text/html")], page).into_response()
}
