//! A row that did not pass, and why.

use crate::row::Place;

/// Why a row was refused. The codes are stable: people filter rejects files by them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RejectionCode {
    /// libphonenumber cannot read it as a number at all.
    PhoneUnparsable,
    /// It reads as a number that no numbering plan has.
    PhoneInvalid,
    /// The source type is none of the four.
    SourceUnknown,
    /// The row cannot be taken apart into fields.
    RowMalformed,
    /// A row that deletes, where rows only add.
    ActionDeletes,
    /// A row of a change list that says neither that it adds nor that it deletes.
    ActionUnknown,
    /// The tenant's lists cannot hold such a number.
    ProfileCountry,
    /// CXone would not take it.
    ServerRefused,
}

impl RejectionCode {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::PhoneUnparsable => "phone.unparsable",
            Self::PhoneInvalid => "phone.invalid",
            Self::SourceUnknown => "source.unknown",
            Self::RowMalformed => "row.malformed",
            Self::ActionDeletes => "action.delete",
            Self::ActionUnknown => "action.unknown",
            Self::ProfileCountry => "profile.country",
            Self::ServerRefused => "server.refused",
        }
    }
}

/// A refused row: where, which code, and why in words that say what to mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Where the row stood.
    pub place: Place,
    /// The column at fault, counted from 1.
    pub column: u32,
    /// The stable code.
    pub code: RejectionCode,
    /// Why, in words. Holds no number.
    pub reason: String,
}
