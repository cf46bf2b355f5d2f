//! Feeds: named sources of DNC facts. A feed claims a set of numbers; a number is blocked while any feed claims it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::target::MAX_LIST_NAME;

/// Longest name of a feed, in characters. It stands in table rows and file names; what is longer is a path or a sentence.
const MAX_NAME: usize = 64;

/// What the names of lists' own feeds begin with.
const OWN: &str = "list:";

/// The name of a feed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FeedName(String);

/// A name that no feed can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FeedNameError {
    /// Empty, or with characters that make trouble on a command line.
    #[error("a feed's name has letters, digits, `.`, `_` and `-`, 1 to {MAX_NAME} of them")]
    Malformed,
    /// A list's own feed, whose list has no name that CXone takes.
    #[error("`list:` is followed by the name of a list")]
    NoList,
}

impl FeedName {
    /// Reads a name: of a feed, or `list:NAME` for the own feed of a list.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Self, FeedNameError> {
        if let Some(list) = text.strip_prefix(OWN) {
            let sound = !list.is_empty() && list.chars().count() <= MAX_LIST_NAME;
            return if sound { Ok(Self(text.to_owned())) } else { Err(FeedNameError::NoList) };
        }
        let sound = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        match text.len() {
            1..=MAX_NAME if sound && !text.starts_with('-') => Ok(Self(text.to_owned())),
            _ => Err(FeedNameError::Malformed),
        }
    }

    /// The own feed of a list: what `ingest` loads into.
    pub fn own(list_name: &str) -> Self {
        Self(format!("{OWN}{list_name}"))
    }

    /// The list whose own feed it is.
    pub fn list(&self) -> Option<&str> {
        self.0.strip_prefix(OWN)
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FeedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What an input means for its feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Each row adds. Absence removes nothing.
    Add,
    /// The input is the whole truth of the feed: what it does not hold is withdrawn.
    Replace,
    /// Each row says whether it adds or deletes. Absence removes nothing.
    Changes,
}

impl Mode {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Add, Self::Replace, Self::Changes];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Replace => "replace",
            Self::Changes => "changes",
        }
    }

    /// From the word for it.
    pub fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name().eq_ignore_ascii_case(text))
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How old a feed's last load is, as far as somebody should do something. A registry must be no older than 31 days when
/// a number is called (16 CFR 310.4(b)(3)(iv), 47 CFR 64.1200(c)(2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Freshness {
    /// Young enough.
    Fresh,
    /// A new file should be fetched.
    Stale,
    /// Too old to call by.
    Overdue,
}

/// Days between the first and the louder warning: from day 21 to day 31, with the default.
const LOUDER_AFTER: u64 = 10;

impl Freshness {
    /// Judges an age in days. `stale_after`: from this day on it is stale.
    pub fn of(age_days: u64, stale_after: u64) -> Self {
        match age_days {
            age if age < stale_after => Self::Fresh,
            age if age < stale_after.saturating_add(LOUDER_AFTER) => Self::Stale,
            _ => Self::Overdue,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_word_or_names_a_list() {
        for name in ["ftc", "crm-optouts", "a.b_c-1", "list:CAMPAIGN_DNC_Q4", "list:Ä B"] {
            assert_eq!(FeedName::read(name).map(|name| name.to_string()), Ok(name.to_owned()));
        }
        for name in ["", "a b", "-x", "a/b", "list:", "ä", &"x".repeat(65)] {
            assert!(FeedName::read(name).is_err(), "{name}");
        }
        assert_eq!(FeedName::own("Q4").list(), Some("Q4"));
    }

    #[test]
    fn a_feed_grows_stale_on_day_21_and_overdue_on_day_31() {
        let at = |age| Freshness::of(age, 21);
        assert_eq!([at(20), at(21), at(30), at(31)], {
            use Freshness::{Fresh, Overdue, Stale};
            [Fresh, Stale, Stale, Overdue]
        });
    }
}
