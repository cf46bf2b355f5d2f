//! Turns bytes of any accepted format into rows that remember where they stood, in constant memory.
//!
//! Knows: encodings, line ends, CSV, JSON Lines, plain lists of numbers, the flat files of national registries, and the
//! names that columns go by.
//! Must never know: where the bytes come from, what becomes of the rows, whether a number is valid.
//!
//! The way of a byte: [`lines`] (decoded, cut into lines, one window of fixed size) → [`csv`], [`jsonl`], [`txt`] or
//! [`registry`] (a line, or a few, becomes a row) → [`Reader`]. Of lists of numbers whole stretches of lines become
//! numbers at once ([`bare`]), where who judges them says so. What is no table at all is refused by [`foreign`] and
//! [`guess`] when the input is opened; what is wrong with one row is a [`Fault`] of that row and never stops the next
//! one.

mod asked;
mod bare;
mod csv;
mod fault;
mod foreign;
mod format;
mod guess;
mod ignored;
mod jsonl;
mod limits;
mod lines;
mod lossy;
mod mask;
mod names;
mod number_like;
mod open_error;
mod reader;
mod registry;
mod rows;
mod txt;

pub use asked::Asked;
pub use fault::{Fault, Next};
pub use format::Format;
pub use limits::{MAX_ROW_BYTES, MAX_ROW_LINES};
pub use open_error::OpenError;
pub use reader::Reader;
pub use rows::{Line, Rows, Stretch};
