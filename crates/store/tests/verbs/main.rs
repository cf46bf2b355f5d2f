//! The verbs of the store, on a real SQLite in a temporary directory.
#![expect(clippy::unwrap_used, reason = "in a test an unwrap is an assertion, also in its helpers")]

mod again;
mod belief;
mod claims;
mod handing;
mod house;
mod log;
mod mend;
mod migration;
mod opening;
mod owed;
mod parts;
mod present;
mod runs;
mod slots;
mod webhooks;
