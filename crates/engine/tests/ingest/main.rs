//! The engine against a stand-in CXone over real HTTP: a small world, one act, the whole visible result.

mod aggregator;
mod deliveries;
mod drift;
mod faults;
mod house;
mod lists;
mod lost;
mod runs;
mod tell;
