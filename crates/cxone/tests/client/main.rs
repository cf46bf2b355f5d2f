//! The client against real HTTP on loopback: a scripted server for odd answers, the sandbox for the usual ones.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod admin;
mod certificates;
mod connections;
mod kept;
#[cfg(feature = "memory")]
mod memory;
mod pages;
mod recorder;
mod removals;
mod sandbox;
mod scripted;
mod secrets;
mod statuses;
mod tokens;
mod transcripts;

use dncsync_core::target::{ListId, Scope, Target};

fn target() -> Target {
    Target::list("Opt-outs", Scope::Global).unwrap()
}

fn list() -> ListId {
    ListId("list-1".into())
}
