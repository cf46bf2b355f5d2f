//! The readers of foreign bytes, for fuzz targets and their tests alone (`fuzz/`). Not a part of the interface.

use std::time::Duration;

use dncsync_core::answer::Answer;
use dncsync_core::refusal::Refusal;
use dncsync_core::target::ListId;
use reqwest::header::{DATE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{StatusCode, Url};

use crate::calls::{self, Call};
use crate::decode::{self, FoundList, ItemsPage, ListsPage, Posted, Removed};
use crate::reply::Reply;
use crate::token::{self, TokenFacts};
use crate::{retry_after, verdict};

/// A page of lists.
pub fn lists(body: &[u8]) -> Option<ListsPage> {
    decode::lists(body)
}

/// A page of numbers.
pub fn items(body: &[u8]) -> Option<ItemsPage> {
    decode::items(body)
}

/// The list that was created under the name `asked`.
pub fn created(body: &[u8], asked: &str) -> Option<FoundList> {
    decode::created(body, asked)
}

/// What was taken of a batch.
pub fn posted(body: &[u8]) -> Option<Posted> {
    decode::posted(body)
}

/// What was removed.
pub fn removed(body: &[u8]) -> Option<Removed> {
    decode::removed(body)
}

/// Why a batch was refused.
pub fn refusal(body: &[u8]) -> Refusal {
    decode::refusal(body)
}

/// The server's words for an error.
pub fn words(body: &[u8]) -> Option<String> {
    decode::words(body)
}

/// What a token tells of itself.
pub fn token(body: &[u8]) -> Option<TokenFacts> {
    token::fresh(&reply(StatusCode::OK, body)).map(|fresh| fresh.facts)
}

/// The wait that these headers ask for; bytes that are no header never arrive.
pub fn retry_after(value: &[u8], date: Option<&[u8]>) -> Option<Duration> {
    let mut headers = HeaderMap::new();
    headers.insert(RETRY_AFTER, HeaderValue::from_bytes(value).ok()?);
    if let Some(date) = date {
        headers.insert(DATE, HeaderValue::from_bytes(date).ok()?);
    }
    retry_after::of(&headers)
}

/// The path of a list's items.
pub fn items_path(list: &ListId) -> String {
    let base = Url::parse("https://api.example.com").expect("an address");
    calls::items(&base, list).path().to_owned()
}

/// What each call makes of an answer, by the call's name.
pub fn judge(status: u16, body: &[u8]) -> Vec<(String, Answer<()>)> {
    let Ok(status) = StatusCode::from_u16(status) else {
        return Vec::new();
    };
    let reply = reply(status, body);
    [Call::CreateList, Call::FindLists, Call::PostItems, Call::ReadItems, Call::RemoveItems]
        .into_iter()
        .map(|call| {
            let decode = |body: &[u8]| match call {
                Call::CreateList => created(body, "HOUSE").map(drop),
                Call::FindLists => lists(body).map(drop),
                Call::PostItems => posted(body).map(drop),
                Call::ReadItems => items(body).map(drop),
                Call::RemoveItems => removed(body).map(drop),
            };
            (format!("{call:?}"), verdict::judge(call, "api.example.com", &reply, decode))
        })
        .collect()
}

fn reply(status: StatusCode, body: &[u8]) -> Reply {
    Reply { status, retry_after: None, body: Ok(body.to_vec()) }
}
