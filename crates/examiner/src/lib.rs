//! Checks a record of dncsync from its bytes alone.
//!
//! Written from `docs/audit.md` and apart from the code that writes the record: it uses no other crate of this workspace, so
//! that a mistake in there is not made once more in here. It reads a pack ([`verify`]) or a proof ([`check`]), and a key that
//! is trusted; it knows no clock, no network and no state.

mod books;
mod chain;
mod checkpoints;
mod consistency;
mod event;
mod evidence;
mod finding;
mod items;
mod key;
mod lines;
mod log;
mod moment;
mod note;
mod pack;
mod positions;
mod proof;
mod roots;
mod sent;
mod spelling;
mod statement;
mod story;
mod tiles;
mod tree;
mod verify;

pub use finding::Finding;
pub use key::Key;
pub use pack::{Directory, Pack};
pub use proof::{AnswerTold, FileTold, ProofTold, Proven, check};
pub use statement::StatementTold;
pub use verify::{Verified, verify};
