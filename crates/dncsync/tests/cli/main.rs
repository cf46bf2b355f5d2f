//! The command as its user sees it: transcripts of the real binary.
#![expect(clippy::unwrap_used, reason = "in a test an unwrap is an assertion, also in its helpers")]

mod audit;
mod demo;
mod doctor;
mod help;
mod ingest;
mod keys;
mod library;
mod place;
#[cfg(unix)]
mod state;
mod status;
mod verify;
mod webhooks;
mod wrong_use;
