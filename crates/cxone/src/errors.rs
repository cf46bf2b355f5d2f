//! A server's words for an error, in whichever field it keeps them.

use dncsync_core::refusal::Refusal;
use dncsync_core::wording;
use serde::Deserialize;

use crate::lenient::{Array, Object, Scalar, read};

#[derive(Deserialize)]
struct ErrorBody<'a> {
    #[serde(default, borrow)]
    message: Scalar<'a>,
    #[serde(default, borrow)]
    error_description: Scalar<'a>,
    #[serde(default, borrow)]
    error: Scalar<'a>,
    #[serde(default, borrow)]
    code: Scalar<'a>,
    #[serde(default, borrow)]
    errors: Array<Object<ItemError<'a>>>,
}

#[derive(Deserialize)]
struct ItemError<'a> {
    #[serde(default, borrow)]
    index: Scalar<'a>,
    #[serde(default, borrow)]
    message: Scalar<'a>,
}

impl ErrorBody<'_> {
    fn words(&self) -> Option<String> {
        [&self.message, &self.error_description, &self.error, &self.code].into_iter().find_map(said)
    }
}

/// A text fit to be shown.
pub(crate) fn said(text: &Scalar<'_>) -> Option<String> {
    text.text().map(|text| wording::tidy(&text)).filter(|text| !text.is_empty())
}

/// The server's words for an error, fit to be shown; `None` where it has none (a gateway's page, an empty body).
pub(crate) fn words(body: &[u8]) -> Option<String> {
    read::<Object<ErrorBody<'_>>>(body)?.0?.words()
}

/// The stable code of an OAuth error (RFC 6749 §5.2).
pub(crate) fn oauth_error(body: &[u8]) -> Option<String> {
    read::<Object<ErrorBody<'_>>>(body)?.0?.error.text()
}

/// Why a batch was refused, and which of its items are to blame. `said`: the server's words where the body has none.
pub(crate) fn refusal(body: &[u8], said_beside: Option<&str>) -> Refusal {
    let told = read::<Object<ErrorBody<'_>>>(body).and_then(|object| object.0);
    let reason = told.as_ref().and_then(ErrorBody::words).or_else(|| said_beside.map(str::to_owned));
    let reason = reason.unwrap_or_else(|| "refused by CXone without a reason".to_owned());
    let errors = told.map(|told| told.errors.0).unwrap_or_default();
    let named = errors.iter().filter_map(|error| {
        let error = error.0.as_ref()?;
        let index = u32::try_from(error.index.count()?).ok()?;
        Some((index, said(&error.message).unwrap_or_else(|| reason.clone())))
    });
    let named = named.collect();
    Refusal { reason, named }
}
