//! In what a tenant may differ from the usual one. The portal's documents and the tenants that were seen disagree, so
//! a client has to do well with each of these, and with several at once.

use std::{fmt, str::FromStr};

/// A habit of a tenant, under the profile `admin`. Written in kebab case, as in `any-accept`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quirk {
    /// Answers are JSON, whatever `Accept` says.
    AnyAccept,
    /// What is wrong is told in the header `icStatusDescription` only; the body is empty.
    HeaderErrors,
    /// All numbers in answers are strings.
    Strings,
    /// No answer is wrapped in `resultSet`.
    Unwrapped,
    /// All answers are wrapped in `resultSet`.
    Wrapped,
    /// Expired records vanish at once.
    NoLinger,
    /// No page has more than 100 records.
    Top100,
    /// A `top` above the page cap is refused, not cut.
    TopRefused,
    /// `orderBy` is refused.
    NoOrder,
    /// The first two calls for a token are told that the service is at capacity.
    BusySignIn,
    /// Searches lag four times as long as reads.
    SearchLag,
    /// A number that is present already is a failure.
    DuplicateErrors,
    /// `recordResults` lists failures only.
    FailuresOnly,
    /// `recordResults` is in no order.
    ShuffledResults,
    /// A client authenticates by the `Authorization` header only.
    BasicOnly,
    /// A client authenticates in the form only.
    FormOnly,
    /// Results tell `phoneNumber` only.
    NoFormatted,
}

const NAMES: &[(Quirk, &str)] = &[
    (Quirk::AnyAccept, "any-accept"),
    (Quirk::HeaderErrors, "header-errors"),
    (Quirk::Strings, "strings"),
    (Quirk::Unwrapped, "unwrapped"),
    (Quirk::Wrapped, "wrapped"),
    (Quirk::NoLinger, "no-linger"),
    (Quirk::Top100, "top-100"),
    (Quirk::TopRefused, "top-refused"),
    (Quirk::NoOrder, "no-order"),
    (Quirk::BusySignIn, "busy-sign-in"),
    (Quirk::SearchLag, "search-lag"),
    (Quirk::DuplicateErrors, "duplicate-errors"),
    (Quirk::FailuresOnly, "failures-only"),
    (Quirk::ShuffledResults, "shuffled-results"),
    (Quirk::BasicOnly, "basic-only"),
    (Quirk::FormOnly, "form-only"),
    (Quirk::NoFormatted, "no-formatted"),
];

impl fmt::Display for Quirk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = NAMES.iter().find(|(quirk, _)| quirk == self);
        f.pad(named.map_or("", |(_, name)| name))
    }
}

impl FromStr for Quirk {
    type Err = QuirkError;

    fn from_str(text: &str) -> Result<Quirk, QuirkError> {
        let named = NAMES.iter().find(|(_, name)| *name == text);
        named.map(|(quirk, _)| *quirk).ok_or_else(|| QuirkError(text.to_owned()))
    }
}

/// No such quirk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuirkError(String);

impl fmt::Display for QuirkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = NAMES.iter().map(|(_, name)| *name).collect();
        write!(f, "no quirk is called {:?}; there are {}", self.0, names.join(", "))
    }
}

impl std::error::Error for QuirkError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quirk_is_written_as_it_is_read() {
        for (quirk, name) in NAMES {
            assert_eq!((name.parse(), quirk.to_string().as_str()), (Ok(*quirk), *name));
        }
        let error = "odd".parse::<Quirk>().unwrap_err().to_string();
        assert!(NAMES.iter().all(|(_, name)| error.contains(name)), "{error}");
    }
}
