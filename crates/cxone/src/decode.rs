//! What answers tell. Missing and odd parts are taken as not told (contract: "[chosen]").

use dncsync_core::number::Number;
use dncsync_core::paging::PageFacts;
use dncsync_core::refusal::Refusal;
use dncsync_core::target::ListId;
use dncsync_core::wording;
use serde::Deserialize;

use crate::lenient::{self, Array, Object, Scalar, read};

/// A list that CXone has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundList {
    /// Its id.
    pub id: ListId,
    /// Its name.
    pub name: String,
    /// Its scope, as the server wrote it, where told.
    pub scope: Option<String>,
}

/// One page of lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListsPage {
    /// Those that have an id and a name.
    pub lists: Vec<FoundList>,
    /// What the page told beside them.
    pub facts: PageFacts,
}

/// One page of a list's numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemsPage {
    /// The numbers that can be read, sorted, each once.
    pub numbers: Vec<Number>,
    /// What the page told beside them.
    pub facts: PageFacts,
}

/// What the server said of a batch that it took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Posted {
    /// How many items it received.
    pub received: Option<u64>,
    /// How many of them are new to the list.
    pub added: Option<u64>,
    /// How many the list had already.
    pub duplicates: Option<u64>,
}

/// What the server said of a removal that it carried out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// How many numbers it received.
    pub received: Option<u64>,
    /// How many of them left the list.
    pub removed: Option<u64>,
    /// How many were not there.
    pub missing: Option<u64>,
}

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
        // An id becomes a part of a path; these two would be read as steps in it, also with a tab or a line end between
        // the dots, which addresses drop.
        let id = self.id.text().filter(|id| id != "." && id != ".." && !id.contains(char::is_control))?;
        let name = self.list_name.text().or_else(|| asked.map(str::to_owned))?;
        Some(FoundList { id: ListId(id), name, scope: self.scope.text() })
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

impl<T> PageBody<'_, T> {
    /// Figures that contradict the page itself are not believed: a `total` of 0 above a full page would end the reading.
    fn facts(&self) -> PageFacts {
        let count = self.entities.0.len() as u64;
        let believed = |figure: &Scalar<'_>, least: u64| figure.count().filter(|told| *told >= least);
        PageFacts {
            count,
            size: believed(&self.page_size, count.max(1)),
            total: believed(&self.total, count),
            pages: believed(&self.page_count, count.min(1)),
        }
    }
}

/// A page of lists.
pub(crate) fn lists(body: &[u8]) -> Option<ListsPage> {
    let page = read::<Object<PageBody<'_, ListBody<'_>>>>(body)?.0?;
    let lists = page.entities.0.iter().filter_map(|list| list.0.as_ref()?.found(None)).collect();
    Some(ListsPage { lists, facts: page.facts() })
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
    let page = read::<Object<PageBody<'_, ItemBody<'_>>>>(body)?.0?;
    let mut numbers: Vec<Number> = page.entities.0.iter().filter_map(|item| item.0.as_ref()?.number()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    Some(ItemsPage { numbers, facts: page.facts() })
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
        let said = [&self.message, &self.error_description, &self.error, &self.code];
        said.into_iter().find_map(Scalar::text).map(|text| wording::tidy(&text)).filter(|text| !text.is_empty())
    }
}

/// The server's words for an error, fit to be shown; `None` where it has none (a gateway's page, an empty body).
pub(crate) fn words(body: &[u8]) -> Option<String> {
    read::<Object<ErrorBody<'_>>>(body)?.0?.words()
}

/// The stable code of an OAuth error (RFC 6749 §5.2).
pub(crate) fn oauth_error(body: &[u8]) -> Option<String> {
    read::<Object<ErrorBody<'_>>>(body)?.0?.error.text()
}

/// Why a batch was refused, and which of its items are to blame.
pub(crate) fn refusal(body: &[u8]) -> Refusal {
    let told = read::<Object<ErrorBody<'_>>>(body).and_then(|object| object.0);
    let reason = told.as_ref().and_then(ErrorBody::words);
    let reason = reason.unwrap_or_else(|| "refused by CXone without a reason".to_owned());
    let errors = told.map(|told| told.errors.0).unwrap_or_default();
    let named = errors.iter().filter_map(|error| {
        let error = error.0.as_ref()?;
        let index = u32::try_from(error.index.count()?).ok()?;
        let words = error.message.text().map(|text| wording::tidy(&text)).filter(|text| !text.is_empty());
        Some((index, words.unwrap_or_else(|| reason.clone())))
    });
    let named = named.collect();
    Refusal { reason, named }
}

/// What a token answer tells.
pub(crate) struct Granted {
    pub(crate) access_token: String,
    pub(crate) expires_in: Option<u64>,
    pub(crate) scopes: Vec<String>,
}

#[derive(Deserialize)]
struct GrantedBody<'a> {
    #[serde(default, borrow)]
    access_token: Scalar<'a>,
    #[serde(default, borrow)]
    expires_in: Scalar<'a>,
    #[serde(default, borrow)]
    scope: Scalar<'a>,
}

/// A token, if the body holds one.
pub(crate) fn granted(body: &[u8]) -> Option<Granted> {
    let told = read::<Object<GrantedBody<'_>>>(body)?.0?;
    let scopes = told.scope.text().unwrap_or_default();
    Some(Granted {
        access_token: told.access_token.text()?.trim().to_owned(),
        expires_in: told.expires_in.count(),
        scopes: scopes.split([' ', ',']).filter(|scope| !scope.is_empty()).map(str::to_owned).collect(),
    })
}
