//! What can go wrong with the store, by what the caller can do.

use std::io;
use std::path::PathBuf;

use dncsync_core::chunk::Damaged;
use dncsync_core::entry::Unreadable;
use rusqlite::ErrorCode;

/// What went wrong with the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The directory or a file in it cannot be used: mend its permissions or choose another.
    #[error("the state directory {path} cannot be used", path = path.display())]
    Directory {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A newer dncsync wrote it: use that one.
    #[error("the state was written by a newer dncsync (schema {found}, this one knows {known})")]
    Newer {
        /// The version found.
        found: i64,
        /// The version known.
        known: i64,
    },
    /// Another key signs the log by now: whoever holds the old one begins anew.
    #[error("the key of the log was changed")]
    OtherKey,
    /// A run is unfinished, and needs what was to be destroyed: finish it first.
    #[error("a run is not finished")]
    UnderWay,
    /// What was stored is not what was written.
    #[error("the state is damaged: {0}")]
    Damaged(&'static str),
    /// What was kept aside while a load is taken cannot be written or read: the disk.
    #[error("what is kept aside while reading cannot be used")]
    Spool(#[source] io::Error),
    /// SQLite says no: disk full, locked for too long, not a database.
    #[error("the state database cannot be used")]
    Sql(#[source] rusqlite::Error),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error::{FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType, Utf8Error};
        match (error.sqlite_error_code(), &error) {
            (Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt), _) => {
                Self::Damaged("the database cannot be read")
            }
            // The columns are ours: a value of another kind is not what was written.
            (
                None,
                FromSqlConversionFailure(..) | IntegralValueOutOfRange(..) | InvalidColumnType(..) | Utf8Error(..),
            ) => Self::Damaged("a stored value is not of its kind"),
            _ => Self::Sql(error),
        }
    }
}

impl From<Unreadable> for StoreError {
    fn from(_: Unreadable) -> Self {
        Self::Damaged("entries of a run cannot be read")
    }
}

impl From<Damaged> for StoreError {
    fn from(_: Damaged) -> Self {
        Self::Damaged("a set of numbers does not fit its checksum")
    }
}
