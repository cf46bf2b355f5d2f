//! What is measured, made anew in each run and the same in each run: seeded, with known counts, in constant memory.

mod notes;
mod places;
mod registry;
mod shuffle;
mod updates;

pub(crate) use registry::{Month, Registry};
pub(crate) use updates::{Format, Listing, Made, Updates};
