//! The verbs of the store, on a real SQLite in a temporary directory.
#![expect(clippy::unwrap_used, reason = "in a test an unwrap is an assertion, also in its helpers")]

mod adopting;
mod again;
mod belief;
mod checkpoints;
mod claims_to_feeds;
mod described;
mod difference;
mod ends;
mod evidence;
mod feeds;
mod handing;
mod house;
mod house_feeds;
mod kept_to;
mod log;
mod lost_pieces;
mod mend;
mod migration;
mod model;
mod opening;
mod owed;
mod parts;
mod present;
mod put;
mod reasons;
mod removals;
mod runs;
mod slots;
mod storing;
mod taking;
mod under_way;
mod undoing;
mod webhooks;
