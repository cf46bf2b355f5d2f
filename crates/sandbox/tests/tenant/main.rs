//! The tenant as a caller sees it, over real HTTP.
#![expect(clippy::unwrap_used, reason = "in a test an unwrap is an assertion, also in its helpers")]

mod admin;
mod admin_faults;
mod admin_groups;
mod admin_journal;
mod admin_quirks;
mod admin_records;
mod admin_search;
mod admin_sign_in;
mod admin_skills;
mod caller;
mod faults;
mod items;
mod journal;
mod lists;
mod removals;
mod tokens;
mod window;
