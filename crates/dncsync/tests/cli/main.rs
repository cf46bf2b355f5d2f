//! The command as its user sees it: transcripts of the real binary.
#![expect(clippy::unwrap_used, reason = "in a test an unwrap is an assertion, also in its helpers")]

mod admin;
mod audit;
mod demo;
mod doctor;
mod explain;
mod export;
mod feeds;
mod guards;
mod help;
mod ingest;
mod keys;
mod library;
mod loads;
mod place;
mod plans;
mod record;
mod removal;
mod rollbacks;
#[cfg(unix)]
mod state;
mod status;
mod targets;
mod verify;
mod webhooks;
mod wrong_use;
