//! Remembers: tenants, lists and what is believed of them, runs, batches, the rate window, the log. On SQLite.
//!
//! Knows: how to keep a change and the event that tells of it in one transaction.
//! Must never know: HTTP, or what a change means. Every verb is one transaction; nothing is held open between two.

mod batches;
mod claims;
mod error;
mod events;
mod files;
mod lists;
mod loads;
mod mend;
mod open;
mod overview;
mod owed;
mod present;
mod rows;
mod runs;
mod sending;
mod slots;
mod webhooks;

pub use batches::{BatchKey, Instead, Outcome, Part, PartId, PartState, SentBatch, Sighting};
pub use error::StoreError;
pub use events::Logged;
pub use files::{private_options, sync_name};
pub use lists::{ListKey, ListState, TargetId, TenantId};
pub use loads::NewRun;
pub use mend::Mended;
pub use open::{SCHEMA_VERSION, Store};
pub use overview::{LastRun, Overview, TargetOverview};
pub use owed::Owed;
pub use runs::{Charge, Run};

pub use slots::{Grant, SlotId};
pub use webhooks::{Undelivered, Webhook};
