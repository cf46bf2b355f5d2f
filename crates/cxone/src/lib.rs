//! Speaks CXone: one request in, one classified answer out.
//!
//! Knows: the wire contract of profile `v2` (`/api/v2/dnc`), its token, and which answer means what.
//! Must never know: plans, storage, the rate limit. Whoever calls takes a slot of the rate window first; in return each
//! call of [`Client`] sends one API request at most and repeats nothing by itself.
//!
//! A call goes through: [`Client`] → `token` (a token, if there is none) → `reply` (the exchange, read to its end, over
//! the one [`Wire`]) → `verdict` (status to [`Answer`](dncsync_core::answer::Answer)) → `decode` (what the body tells).

mod address;
mod calls;
mod client;
mod decode;
mod fault;
#[doc(hidden)]
pub mod fuzz;
pub mod http;
pub mod items;
mod lenient;
#[cfg(feature = "memory")]
mod memory;
mod reach;
mod reply;
mod retry_after;
mod scope;
mod secret;
mod settings;
mod token;
mod verdict;
mod wire;

pub use address::{check_address, check_webhook_address, is_link_local};
pub use client::{Client, LISTS_PAGE_SIZE, PAGE_SIZE};
pub use decode::{FoundList, ItemsPage, ListsPage, Posted, Removed};
pub use fault::Fault;
#[cfg(feature = "memory")]
pub use memory::Connect;
pub use secret::Secret;
pub use settings::{Settings, SettingsError};
pub use token::TokenFacts;
pub use wire::Wire;
