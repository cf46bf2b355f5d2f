//! The engine against a stand-in CXone over real HTTP: a small world, one act, the whole visible result.

mod aggregator;
mod deliveries;
mod drift;
mod faults;
mod groups;
mod house;
mod keys;
mod lists;
mod lookups;
mod lost;
mod pace;
mod profiles;
mod record;
mod records;
mod runs;
mod sign_in;
mod tell;
mod urgent;
mod witnesses;
