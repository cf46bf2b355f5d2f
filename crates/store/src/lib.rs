//! Remembers: tenants, lists and what is believed of them, runs, batches, the rate window, the log. On SQLite.
//!
//! Knows: how to keep a change and the event that tells of it in one transaction.
//! Must never know: HTTP, or what a change means. Every verb is one transaction; nothing is held open between two.

mod batches;
mod checkpoints;
mod difference;
mod endings;
mod error;
mod events;
mod evidence;
mod fates;
mod feeds;
mod files;
mod forgetting;
mod history;
mod lists;
mod loads;
mod mend;
mod migration;
mod notes;
mod open;
mod overview;
mod owed;
mod present;
mod queue;
mod rows;
mod runs;
mod segments;
mod sending;
mod sets;
mod slots;
mod stream;
mod taking;
mod targets;
mod undoing;
mod webhooks;

pub use batches::{BatchKey, Instead, Outcome, Part, PartId, PartState, RemovalOutcome, SentBatch, Sighting, Standing};
pub use checkpoints::Kept;
pub use difference::{Because, Difference};
pub use error::StoreError;
pub use events::Logged;
pub use evidence::{Evidence, Item};
pub use fates::{Fate, Happened};
pub use feeds::{Feed, FeedId};
pub use files::{private_options, sync_name};
pub use forgetting::Forgotten;
pub use history::{Did, Load, LoadFile, LoadKind};
pub use lists::{ListKey, ListState, TargetId, TenantId};
pub use loads::{NewRun, RunEntries, RunKind, Telling};
pub use mend::Mended;
pub use open::{SCHEMA_VERSION, Store};
pub use overview::{LastRun, Overview, TargetOverview};
pub use owed::Owed;
pub use runs::{Charge, PlanNotes, Run};
pub use segments::{Draft, SEGMENT, Segment};
pub use slots::{Grant, SlotId};
pub use taking::{LoadEnd, LoadStops, NewLoad};
pub use targets::{Chunks, Only};
pub use undoing::Undoing;
pub use webhooks::{Undelivered, Webhook};
