//! The tenant as a caller sees it, over real HTTP.
#![expect(clippy::unwrap_used, reason = "in a test an unwrap is an assertion, also in its helpers")]

mod caller;
mod faults;
mod items;
mod journal;
mod lists;
mod removals;
mod tokens;
mod window;
