//! What answers tell. Missing and odd parts are taken as not told (contract: "[chosen]").

use dncsync_core::number::Number;
use dncsync_core::paging::PageFacts;
use dncsync_core::target::ListId;
use serde::Deserialize;

use super::plain::{self, Plain};
use crate::lenient::{self, Array, Object, Scalar, read};
use crate::told::{Failed, FoundList, ItemsPage, ListsPage, Posted, Removed, Standing};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListBody<'a> {
    #[serde(default, borrow)]
    id: Scalar<'a>,
    #[serde(default, borrow)]
    list_name: Scalar<'a>,
    #[serde(default, borrow)]
    scope: Scalar<'a>,
}

impl ListBody<'_> {
    /// `asked` is the name that was asked for, should the answer not repeat it.
    fn found(&self, asked: Option<&str>) -> Option<FoundList> {
        let id = lenient::id(&self.id)?;
        let name = self.list_name.text().or_else(|| asked.map(str::to_owned))?;
        Some(FoundList { id: ListId(id), name, scope: self.scope.text(), standing: Standing::Open })
    }
}

/// The list that was created under the name `asked`.
pub(crate) fn created(body: &[u8], asked: &str) -> Option<FoundList> {
    read::<Object<ListBody<'_>>>(body)?.0?.found(Some(asked))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "T: Deserialize<'de>, 'de: 'a"))]
struct PageBody<'a, T> {
    #[serde(default)]
    entities: Array<Object<T>>,
    #[serde(default)]
    page_size: Scalar<'a>,
    #[serde(default)]
    page_count: Scalar<'a>,
    #[serde(default)]
    total: Scalar<'a>,
}

/// The figures of a page, as they are told.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Figures {
    pub(crate) count: u64,
    pub(crate) size: Option<u64>,
    pub(crate) total: Option<u64>,
    pub(crate) pages: Option<u64>,
}

impl Figures {
    /// Figures that contradict the page itself are not believed: a `total` of 0 above a full page would end the reading.
    fn facts(self) -> PageFacts {
        let count = self.count;
        let believed = |figure: Option<u64>, least: u64| figure.filter(|told| *told >= least);
        PageFacts {
            count,
            size: believed(self.size, count.max(1)),
            total: believed(self.total, count),
            pages: believed(self.pages, count.min(1)),
        }
    }
}

impl<T> PageBody<'_, T> {
    fn figures(&self) -> Figures {
        Figures {
            count: self.entities.0.len() as u64,
            size: self.page_size.count(),
            total: self.total.count(),
            pages: self.page_count.count(),
        }
    }
}

/// A page of lists.
pub(crate) fn lists(body: &[u8]) -> Option<ListsPage> {
    let page = read::<Object<PageBody<'_, ListBody<'_>>>>(body)?.0?;
    let lists = page.entities.0.iter().filter_map(|list| list.0.as_ref()?.found(None)).collect();
    Some(ListsPage { lists, facts: page.figures().facts(), records: None })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ItemBody<'a> {
    #[serde(default, borrow)]
    phone_number: Scalar<'a>,
}

impl ItemBody<'_> {
    fn number(&self) -> Option<Number> {
        match &self.phone_number {
            Scalar::Text(text) => {
                let digits = text.trim();
                Number::from_e164(digits).or_else(|| Number::from_e164(&format!("+{digits}")))
            }
            Scalar::Whole(whole) => Number::from_e164(&format!("+{whole}")),
            Scalar::Odd => None,
        }
    }
}

/// A page of numbers.
pub(crate) fn items(body: &[u8]) -> Option<ItemsPage> {
    let Plain { mut numbers, figures } = plain::page(body).or_else(|| lenient_page(body))?;
    numbers.sort_unstable();
    numbers.dedup();
    Some(ItemsPage { numbers, facts: figures.facts() })
}

/// A page of numbers, however it is written.
pub(crate) fn lenient_page(body: &[u8]) -> Option<Plain> {
    let page = read::<Object<PageBody<'_, ItemBody<'_>>>>(body)?.0?;
    let numbers = page.entities.0.iter().filter_map(|item| item.0.as_ref()?.number()).collect();
    Some(Plain { numbers, figures: page.figures() })
}

#[derive(Deserialize)]
struct PostedBody<'a> {
    #[serde(default, borrow)]
    received: Scalar<'a>,
    #[serde(default, borrow)]
    added: Scalar<'a>,
    #[serde(default, borrow)]
    duplicates: Scalar<'a>,
}

/// What was taken.
pub(crate) fn posted(body: &[u8]) -> Option<Posted> {
    counts(body, |told: PostedBody<'_>| Posted {
        received: told.received.count(),
        added: told.added.count(),
        duplicates: told.duplicates.count(),
        failed: Failed::default(),
    })
}

#[derive(Deserialize)]
struct RemovedBody<'a> {
    #[serde(default, borrow)]
    received: Scalar<'a>,
    #[serde(default, borrow)]
    removed: Scalar<'a>,
    #[serde(default, borrow)]
    missing: Scalar<'a>,
}

/// What was removed.
pub(crate) fn removed(body: &[u8]) -> Option<Removed> {
    counts(body, |told: RemovedBody<'_>| Removed {
        received: told.received.count(),
        removed: told.removed.count(),
        missing: told.missing.count(),
        failed: Failed::default(),
    })
}

/// The counts of a batch. An empty body tells nothing and is fine; one that is no JSON comes from somebody else than
/// CXone.
fn counts<'a, T: Deserialize<'a>, C: Default>(body: &'a [u8], told: impl FnOnce(T) -> C) -> Option<C> {
    if lenient::without_mark(body).iter().all(u8::is_ascii_whitespace) {
        return Some(C::default());
    }
    Some(read::<Object<T>>(body)?.0.map(told).unwrap_or_default())
}
