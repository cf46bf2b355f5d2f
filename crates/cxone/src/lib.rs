//! Speaks CXone: one request in, one classified answer out.
//!
//! Knows: the wire contracts of the profiles `v2` (`/api/v2/dnc`) and `admin` (the Admin API's DNC groups), their tokens,
//! and which answer means what.
//! Must never know: plans, storage, the rate limit. Whoever calls takes a slot of the rate window first; in return each
//! call of [`Client`] sends one API request at most and repeats nothing by itself.
//!
//! A call goes through: [`Client`] → `token` (a token, if there is none at hand and none was `kept`) → `reply` (the exchange, read to its end, over
//! the one [`Wire`]) → `verdict` (status to [`Answer`](dncsync_core::answer::Answer)) → `v2::decode` or `admin::decode`
//! (what the body tells, as `told` has it under every profile).

mod address;
mod admin;
mod calls;
mod client;
mod errors;
mod fault;
#[doc(hidden)]
pub mod fuzz;
mod grant;
pub mod http;
mod kept;
mod lenient;
#[cfg(feature = "memory")]
mod memory;
mod reach;
mod reply;
mod retry_after;
mod secret;
mod settings;
mod sign_in;
mod speech;
mod token;
mod told;
mod v2;
mod verdict;
mod wire;

pub use address::{check_address, check_webhook_address, is_link_local};
pub use client::{Client, LISTS_PAGE_SIZE, SMALLEST_PAGE};
pub use fault::Fault;
pub use grant::TokenFacts;
pub use kept::Keeper;
#[cfg(feature = "memory")]
pub use memory::Connect;
pub use secret::Secret;
pub use settings::{Access, ClientAccess, ClientAuth, KeyAccess, RegisteredClient, Settings, SettingsError};
pub use speech::Speech;
pub use told::{Failed, FoundList, ItemsPage, ListsPage, Posted, Removed, Skill, SkillsPage, Standing};
pub use verdict::standing_bars;
pub use wire::Wire;
