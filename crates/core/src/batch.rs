//! The unit of work, retry and record: at most so many items in one request.

use crate::digest::Digest;
use crate::entry::{self, Entry};
use crate::source::SourceType;

/// What one request may hold, as the tenant's profile says.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Most items in a request.
    pub items: usize,
    /// Most bytes in a request's body.
    pub bytes: usize,
    /// How many bytes of body an item comes to.
    pub item_bytes: fn(&Entry) -> usize,
}

/// Items that go out together. Immutable once made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    items: Vec<Entry>,
    digest: String,
}

impl Batch {
    /// A batch of these items, in this order.
    pub fn new(items: Vec<Entry>) -> Self {
        let digest = Digest::of(&entry::pack(&items));
        Self { items, digest }
    }

    /// The items, in the order they are sent.
    pub fn items(&self) -> &[Entry] {
        &self.items
    }

    /// SHA-256 of the items as packed.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Whether it holds what a person asked for (plans put that first): such batches leave before all others.
    pub fn urgent(&self) -> bool {
        self.items.first().is_some_and(|item| item.source == SourceType::CustomerRequest)
    }
}
