//! What a read asks for: `skip`, `top`, `orderBy`, `fields`.

use std::collections::HashMap;

use axum::extract::{Query, rejection::QueryRejection};

use super::{order::Order, show::bad};
use crate::{Options, Quirk, answer::Refusal};

/// A query string as it came.
pub(crate) type Fields = Result<Query<HashMap<String, String>>, QueryRejection>;

/// Records on a page where nothing is asked for.
const PAGE: usize = 50;
/// What records have.
const KNOWN: [&str; 7] =
    ["recordId", "createdBy", "phoneNumber", "formattedPhone", "expiredDate", "dateCollected", "lastUpdateTime"];

/// Which page is asked for.
#[derive(Clone, Copy)]
pub(crate) struct Page {
    pub(crate) skip: usize,
    pub(crate) top: usize,
}

impl Page {
    pub(crate) fn read(fields: &HashMap<String, String>, options: &Options) -> Result<Page, Refusal> {
        let skip = whole(fields, "skip")?.unwrap_or(0);
        let cap = if options.has(Quirk::Top100) { options.page_cap.min(100) } else { options.page_cap }.max(1);
        let asked = whole(fields, "top")?;
        if asked == Some(0) || options.has(Quirk::TopRefused) && asked.is_some_and(|top| top > cap) {
            return Err(bad("Invalid top"));
        }
        Ok(Page { skip, top: asked.unwrap_or(PAGE).min(cap) })
    }

    /// What of `all` is on the page.
    pub(crate) fn of<T>(self, all: impl Iterator<Item = T>) -> Vec<T> {
        all.skip(self.skip).take(self.top).collect()
    }
}

/// What of a record is to be shown, and in which order.
pub(crate) struct Reading {
    pub(crate) page: Page,
    pub(crate) order: Order,
    pub(crate) fields: Vec<String>,
}

impl Reading {
    pub(crate) fn read(fields: &HashMap<String, String>, options: &Options) -> Result<Reading, Refusal> {
        let page = Page::read(fields, options)?;
        let order = match fields.get("orderBy") {
            Some(_) if options.has(Quirk::NoOrder) => None,
            Some(text) => Order::read(text),
            None => Some(Order::default()),
        };
        let order = order.ok_or_else(|| bad("Invalid orderBy"))?;
        let named = fields.get("fields").map(String::as_str).unwrap_or_default();
        let named: Vec<String> =
            named.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
        match named.iter().all(|name| KNOWN.contains(&name.as_str())) {
            true => Ok(Reading { page, order, fields: named }),
            false => Err(bad("Invalid fields")),
        }
    }
}

pub(crate) fn fields(fields: Fields) -> Result<HashMap<String, String>, Refusal> {
    fields.map(|Query(fields)| fields).map_err(|_| bad("The query string is malformed"))
}

fn whole(fields: &HashMap<String, String>, name: &str) -> Result<Option<usize>, Refusal> {
    let number = fields.get(name).map(|text| text.parse());
    number.transpose().map_err(|_| bad(format!("Invalid {name}")))
}
