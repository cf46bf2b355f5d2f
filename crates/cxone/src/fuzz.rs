//! The readers of foreign bytes, for fuzz targets and their tests alone (`fuzz/`). Not a part of the interface.

use std::time::Duration;

use dncsync_core::answer::Answer;
use dncsync_core::number::Number;
use dncsync_core::profile::Profile;
use dncsync_core::refusal::Refusal;
use dncsync_core::target::ListId;
use dncsync_core::timestamp::Timestamp;
use reqwest::header::{DATE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{StatusCode, Url};

use crate::admin;
use crate::calls::Call;
use crate::errors;
use crate::grant::{self, TokenFacts};
use crate::reply::Reply;
use crate::told::{FoundList, ItemsPage, ListsPage, Posted, Removed, SkillsPage};
use crate::v2::{self, decode};
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

/// All DNC groups.
pub fn groups(body: &[u8]) -> Option<ListsPage> {
    admin::decode::groups(body)
}

/// The group that was created under the name `asked`.
pub fn created_group(body: &[u8], asked: &str) -> Option<FoundList> {
    admin::decode::created(body, asked)
}

/// A page of a group's records.
pub fn records(body: &[u8], now: Timestamp) -> Option<ItemsPage> {
    admin::decode::records(body, now)
}

/// What was taken of an upload, and what was expired of a removal.
pub fn results(body: &[u8]) -> (Option<Posted>, Option<Removed>) {
    (admin::results::posted(body), admin::results::removed(body))
}

/// Whether a search found a number in a group.
pub fn found(body: &[u8], group: &ListId, number: Number, now: Timestamp) -> Option<bool> {
    admin::decode::found(body, group, number, now)
}

/// A page of skills.
pub fn skills(body: &[u8]) -> Option<SkillsPage> {
    admin::decode::skills(body)
}

/// The addresses that a discovery tells.
pub fn discovered(body: &[u8]) -> [Option<String>; 2] {
    [admin::tenant::token_endpoint(body), admin::tenant::api_endpoint(body)]
}

/// Why a batch was refused.
pub fn refusal(body: &[u8]) -> Refusal {
    errors::refusal(body, None)
}

/// The server's words for an error.
pub fn words(body: &[u8]) -> Option<String> {
    errors::words(body)
}

/// What a token tells of itself.
pub fn token(body: &[u8]) -> Option<TokenFacts> {
    grant::fresh(&reply(StatusCode::OK, body)).map(|fresh| fresh.facts)
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
    v2::calls::items(&base, list).path().to_owned()
}

/// What each call of profile `admin` makes of an answer, by the call's name.
pub fn judge_admin(status: u16, body: &[u8]) -> Vec<(String, Answer<()>)> {
    let Ok(status) = StatusCode::from_u16(status) else {
        return Vec::new();
    };
    let reply = reply(status, body);
    let calls =
        [Call::CreateList, Call::FindLists, Call::PostItems, Call::ReadItems, Call::RemoveItems, Call::ReadSkills];
    let judged = calls.map(|call| {
        let decode = |body: &[u8]| match call {
            Call::CreateList => created_group(body, "HOUSE").map(drop),
            Call::FindLists => groups(body).map(drop),
            Call::PostItems | Call::RemoveItems => admin::results::posted(body).map(drop),
            Call::ReadItems => records(body, Timestamp::ZERO).map(drop),
            _ => skills(body).map(drop),
        };
        (format!("{call:?}"), verdict::judge((Profile::Admin, call), "api.example.com", &reply, decode))
    });
    judged.into()
}

/// What each call of profile `v2` makes of an answer, by the call's name.
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
                _ => removed(body).map(drop),
            };
            (format!("{call:?}"), verdict::judge((Profile::V2, call), "api.example.com", &reply, decode))
        })
        .collect()
}

fn reply(status: StatusCode, body: &[u8]) -> Reply {
    Reply { status, retry_after: None, said: None, at: Timestamp::ZERO, body: Ok(body.to_vec()) }
}
