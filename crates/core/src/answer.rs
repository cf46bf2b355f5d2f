//! What a request came to: applied, refused, come back, unknown. Four answers and what can be done about each.

use std::time::Duration;

use crate::refusal::Refusal;

/// What one request came to. Classified once, by the room that speaks HTTP; nobody later looks at a status code.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer<T> {
    /// The server did it, and this is what it told.
    Applied(T),
    /// The server will not do it for the content's sake (400).
    Refused(Refusal),
    /// The body is too large for the server (413).
    TooLarge,
    /// A list of that name exists already (409).
    Exists,
    /// The token is not good any more (401): a new one and one more try.
    TokenRefused,
    /// Certainly not applied; try again later.
    ComeBack(Later),
    /// May have been applied, may not: repeated safely, counted once, settled by reading back.
    Unknown(Later),
    /// Trying again will not help.
    Lasting(Lasting),
}

impl<T> Answer<T> {
    /// The same answer with another payload.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Answer<U> {
        match self {
            Self::Applied(value) => Answer::Applied(f(value)),
            Self::Refused(refusal) => Answer::Refused(refusal),
            Self::TooLarge => Answer::TooLarge,
            Self::Exists => Answer::Exists,
            Self::TokenRefused => Answer::TokenRefused,
            Self::ComeBack(later) => Answer::ComeBack(later),
            Self::Unknown(later) => Answer::Unknown(later),
            Self::Lasting(lasting) => Answer::Lasting(lasting),
        }
    }

    /// The word for it in events and logs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Applied(_) => "applied",
            Self::Refused(_) | Self::TooLarge => "refused",
            Self::Exists => "exists",
            Self::TokenRefused => "tokenRefused",
            Self::ComeBack(_) => "comeBack",
            Self::Unknown(_) => "unknown",
            Self::Lasting(_) => "lasting",
        }
    }
}

/// A passing fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Later {
    /// What happened, in a few words without numbers or secrets.
    pub reason: String,
    /// How long the server asked us to stay away.
    pub retry_after: Option<Duration>,
    /// Whether the server said that we ask too often (429).
    pub throttled: bool,
    /// Whether a server answered at all: one that never did gets less patience.
    pub answered: bool,
}

/// A fault that stays until somebody mends something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lasting {
    /// A stable code, such as `credentials.refused`.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub todo: String,
    /// Whether it concerns one list only, so that work on others can go on.
    pub of_list: bool,
}
