//! What a person waiting at a terminal wants to know.

use dncsync_core::run::RunId;

/// Where a run stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// An input is being read.
    Reading {
        /// Rows read so far.
        rows: u64,
    },
    /// What was read is taken into its feed.
    Taking {
        /// The feed.
        feed: String,
        /// How many rows were read.
        rows: u64,
    },
    /// A list is being looked for, or read on first contact.
    Meeting {
        /// The list's name.
        list: String,
        /// Numbers read there so far.
        listed: u64,
    },
    /// Batches are being sent and looked for.
    Confirming {
        /// The run.
        run: RunId,
        /// Items with an outcome, removals among them.
        settled: u64,
        /// Items in all, removals among them.
        of: u64,
    },
    /// Nothing may leave for the moment.
    Waiting {
        /// Why, in a few words.
        why: String,
    },
    /// Another run's work was found unfinished and was finished first.
    Finished {
        /// Its report, on one line.
        summary: String,
    },
    /// Something worth a line.
    Note(String),
}

/// Somebody who is told.
pub type Observer<'a> = dyn FnMut(&Progress) + 'a;
