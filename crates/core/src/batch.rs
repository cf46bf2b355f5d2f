//! The unit of work, retry and record: at most so many items in one request.

use crate::digest::Digest;
use crate::entry::{self, Entry, Packed};
use crate::source::SourceType;

/// What one request may hold, as the tenant's profile says.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Most items in a request.
    pub items: usize,
    /// Most bytes in a request's body.
    pub bytes: usize,
    /// How many bytes of body an item comes to.
    pub item_bytes: fn(Packed<'_>) -> usize,
}

/// Items that go out together. Immutable once made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// As they lie in the store: of millions, none needs a place in memory of its own.
    packed: Vec<u8>,
    count: usize,
    urgent: bool,
    digest: String,
}

impl Batch {
    /// A batch of these items, in this order.
    pub fn new<'a>(items: impl IntoIterator<Item = &'a Entry>) -> Self {
        let mut filling = Filling::default();
        items.into_iter().for_each(|item| filling.push(item.lent()));
        filling.close()
    }

    /// The items, in the order they are sent.
    pub fn items(&self) -> impl Iterator<Item = Packed<'_>> {
        let mut rest = self.packed.as_slice();
        std::iter::from_fn(move || Packed::take(&mut rest).expect("they were packed here"))
    }

    /// The items as packed.
    pub fn packed(&self) -> &[u8] {
        &self.packed
    }

    /// How many items it holds.
    pub fn count(&self) -> usize {
        self.count
    }

    /// SHA-256 of the items as packed.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Whether it holds what a person asked for (plans put that first): such batches leave before all others.
    pub fn urgent(&self) -> bool {
        self.urgent
    }
}

/// A batch that is filled.
#[derive(Debug, Default)]
pub(crate) struct Filling {
    packed: Vec<u8>,
    count: usize,
    urgent: bool,
}

impl Filling {
    pub(crate) fn push(&mut self, item: Packed<'_>) {
        self.urgent |= self.count == 0 && item.source == SourceType::CustomerRequest;
        entry::pack_one(&mut self.packed, item);
        self.count += 1;
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// The batch. What follows is filled into another one.
    pub(crate) fn close(&mut self) -> Batch {
        let Self { mut packed, count, urgent } = std::mem::take(self);
        packed.shrink_to_fit();
        Batch { digest: Digest::of(&packed), packed, count, urgent }
    }
}
