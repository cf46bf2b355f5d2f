//! The words of dncsync and every decision it takes, as plain values and functions.
//!
//! Knows: what a number, a row, a plan, a batch, an answer and a report are, and what follows from what.
//! Must never know: async, clocks, randomness, files, the network, SQL. `now` and chance come in as arguments.
//!
//! The direction is the direction of the work:
//! [`row`] → [`check`] → [`entry`] or [`rejection`] → [`load`] → [`difference`] → [`plan`] → [`batch`] → [`answer`] → [`sight`] →
//! [`report`].

pub mod answer;
pub mod batch;
pub mod belief;
pub mod change;
pub mod check;
pub mod checkpoint;
pub mod chunk;
pub mod day;
pub mod delivery;
pub mod difference;
pub mod digest;
pub mod entry;
pub mod event;
pub mod feed;
pub mod gathering;
pub mod guard;
pub mod items;
pub mod load;
pub mod log_key;
pub mod lost;
pub mod merkle;
pub mod named;
pub mod notes;
pub mod number;
pub mod numbering;
pub mod numbers;
pub mod pacing;
pub mod paging;
pub mod plan;
pub mod positions;
pub mod preview;
pub mod profile;
pub mod refusal;
pub mod rejection;
pub mod report;
pub mod retry;
pub mod row;
pub mod run;
pub mod schedule;
pub mod sight;
pub mod source;
pub mod spread;
pub mod target;
pub mod tiles;
pub mod timestamp;
pub mod told;
pub mod varint;
pub mod verification;
pub mod webhook;
pub mod wording;
