//! Paging, the same for lists and items.

use std::collections::HashMap;

use axum::{
    extract::{Query, rejection::QueryRejection},
    http::StatusCode,
    response::Response,
};
use serde::Serialize;

use crate::{
    Options,
    answer::{Refusal, json_text},
};

/// A query string as it came, with or without the fields that are known.
pub(crate) type Fields = Result<Query<HashMap<String, String>>, QueryRejection>;

/// Which page is asked for.
#[derive(Clone, Copy)]
pub(crate) struct Ask {
    number: usize,
    size: usize,
}

impl Ask {
    /// `pageNumber` from 1, `pageSize` or `usual`, never more than the tenant's cap.
    pub(crate) fn read(fields: &HashMap<String, String>, usual: usize, options: &Options) -> Result<Ask, Refusal> {
        let number = positive(fields, "pageNumber", 1)?;
        let size = positive(fields, "pageSize", usual)?;
        Ok(Ask { number, size: size.min(options.page_cap.max(1)) })
    }

    /// What of `all` is on the page; nothing behind the last one.
    pub(crate) fn of<'a, T>(&self, all: &'a [T]) -> &'a [T] {
        let start = (self.number - 1).saturating_mul(self.size).min(all.len());
        let end = start.saturating_add(self.size).min(all.len());
        &all[start..end]
    }
}

/// The fields of a query string that is one.
pub(crate) fn fields(fields: Fields) -> Result<HashMap<String, String>, Refusal> {
    fields.map(|Query(fields)| fields).map_err(|_| Refusal::bad_request("the query string is malformed"))
}

fn positive(fields: &HashMap<String, String>, name: &str, usual: usize) -> Result<usize, Refusal> {
    let Some(text) = fields.get(name) else { return Ok(usual) };
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| Refusal::bad_request(format!("{name} is a whole number from 1")))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page<'a, T> {
    entities: &'a [T],
    page_number: usize,
    #[serde(flatten)]
    totals: Option<Totals>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Totals {
    page_size: usize,
    page_count: usize,
    total: usize,
}

/// The answer: one page of `total` entities.
pub(crate) fn page<T: Serialize>(entities: &[T], total: usize, ask: Ask, options: &Options) -> Response {
    let totals = Totals { page_size: ask.size, page_count: total.div_ceil(ask.size), total };
    let page = Page { entities, page_number: ask.number, totals: options.tell_totals.then_some(totals) };
    match serde_json::to_string(&page) {
        Ok(text) => json_text(StatusCode::OK, text),
        Err(_) => axum::response::IntoResponse::into_response(Refusal::internal()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_end_where_the_list_ends() {
        let all = [1, 2, 3, 4, 5];
        let page = |number, size| Ask { number, size }.of(&all).to_vec();
        assert_eq!(page(1, 2), [1, 2]);
        assert_eq!(page(3, 2), [5]);
        assert!(page(4, 2).is_empty());
        assert!(page(usize::MAX, usize::MAX).is_empty());
    }
}
