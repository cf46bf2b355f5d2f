//! What the Admin API makes of every answer on its way out: its own words for what is wrong, the header that repeats
//! them, and JSON for those only who ask for it.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use hyper::body::Body as _;
use serde_json::json;

use crate::{Options, Profile, Quirk, answer::Told};

/// Where the words of an answer are repeated.
const STATUS_WORDS: HeaderName = HeaderName::from_static("icstatusdescription");

/// Who made an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// The API itself.
    Handler,
    /// What stands before it: the rate limit, a fault.
    Gate,
}

/// How the answer to one call is to look.
pub(crate) struct Dress {
    route: String,
    is_api: bool,
    wants_json: bool,
    header_errors: bool,
}

impl Dress {
    /// `None`: as it is.
    pub(crate) fn of(options: &Options, head: &Parts) -> Option<Dress> {
        let route = head.uri.path();
        let is_api = options.profile.is_api(route);
        (options.profile == Profile::Admin).then(|| Dress {
            route: route.to_owned(),
            is_api,
            wants_json: !is_api || options.has(Quirk::AnyAccept) || accepts_json(&head.headers),
            header_errors: is_api && options.has(Quirk::HeaderErrors),
        })
    }

    pub(crate) fn put_on(&self, response: Response, by: By) -> Response {
        let told = response.extensions().get::<Told>().cloned();
        let mut response = match &told {
            Some(told) => self.refused(response, told),
            None => response,
        };
        if self.is_api && (told.is_some() || response.status().is_success()) {
            let words = told.as_ref().map_or("OK", |told| told.message.as_str());
            let words = HeaderValue::from_str(words).ok();
            response.headers_mut().extend(words.map(|words| (STATUS_WORDS, words)));
        }
        // In truth as here: what was asked for is done, only its answer cannot be read.
        match by == By::Handler && !self.wants_json && response.body().size_hint().exact() != Some(0) {
            true => unreadable(response.headers_mut().remove(STATUS_WORDS)),
            false => response,
        }
    }

    /// The same refusal in the words of this profile.
    fn refused(&self, response: Response, told: &Told) -> Response {
        let (mut head, _) = response.into_parts();
        head.headers.remove(header::CONTENT_LENGTH);
        let body = match head.status {
            StatusCode::TOO_MANY_REQUESTS => json!({"message": told.message, "route": self.route}),
            _ if self.header_errors => {
                head.headers.remove(header::CONTENT_TYPE);
                return Response::from_parts(head, Body::empty());
            }
            _ => json!({"error": told.code, "error_description": told.message}),
        };
        Response::from_parts(head, Body::from(body.to_string()))
    }
}

/// `*/*` is not enough.
fn accepts_json(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.map(str::to_ascii_lowercase).any(|value| value.contains("application/json"))
}

fn unreadable(words: Option<HeaderValue>) -> Response {
    let text = "No known way to render data";
    let mut response = (StatusCode::OK, [(header::CONTENT_TYPE, "text/plain")], text).into_response();
    response.headers_mut().extend(words.map(|words| (STATUS_WORDS, words)));
    response
}
