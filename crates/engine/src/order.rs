//! What a user orders: these inputs, into that list.

use std::path::PathBuf;

use dncsync_core::check::{NUMBER_RULES, Rules};
use dncsync_core::digest::Digest;
use dncsync_core::feed::FeedName;
use dncsync_core::guard::LoadGuard;
use dncsync_core::profile::Reach;
use dncsync_core::target::Target;
use dncsync_feed::Format;

/// One input.
#[derive(Clone, Debug)]
pub enum Source {
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
    /// Items of a program that uses the library, as JSONL.
    Items(Vec<u8>),
}

/// These inputs, into that list.
#[derive(Clone, Debug)]
pub struct Order {
    /// The list.
    pub target: Target,
    /// The inputs: one run.
    pub sources: Vec<Source>,
    /// Their format; by content where none is given.
    pub format: Option<Format>,
    /// What the user said about rows.
    pub rules: Rules,
    /// Where refused rows go; in the state directory where none is given.
    pub rejects: Option<PathBuf>,
    /// Whether an input without rows is in order.
    pub allow_empty: bool,
    /// Whether to wait where another process is sending; where not, the load is left to it.
    pub wait: bool,
}

impl Order {
    /// The digest that tells whether an unfinished run is this very order: the inputs' digests and what was asked.
    pub(crate) fn digest<'a>(&self, inputs: impl Iterator<Item = &'a str>) -> String {
        let mut digest = asked(&self.rules, self.format);
        for input in inputs {
            digest.field(input.as_bytes());
        }
        digest.finish()
    }

    /// The digest of what was asked of the inputs.
    pub(crate) fn asked(&self) -> String {
        asked(&self.rules, self.format).finish()
    }
}

fn asked(rules: &Rules, format: Option<Format>) -> Digest {
    let mut digest = Digest::default();
    digest.field(rules.default_source.name().as_bytes());
    digest.field(rules.country.map(|country| country.code()).unwrap_or_default().as_bytes());
    digest.field(format.map(|format| format.to_string()).unwrap_or_default().as_bytes());
    if rules.reach != Reach::World {
        digest.field(rules.reach.name().as_bytes());
    }
    digest
}

/// These inputs, into that feed.
#[derive(Clone, Debug)]
pub struct LoadOrder {
    /// The feed.
    pub feed: FeedName,
    /// The inputs: one load.
    pub sources: Vec<Source>,
    /// Their format; by content where none is given.
    pub format: Option<Format>,
    /// What the user said about rows, and what they mean for the feed.
    pub rules: Rules,
    /// The column, or key, that tells when an entry ends.
    pub end: Option<String>,
    /// Where refused rows go; in the state directory where none is given.
    pub rejects: Option<PathBuf>,
    /// Whether an input without rows is in order.
    pub allow_empty: bool,
    /// Whether somebody approved that it goes beyond the guard.
    pub approved: bool,
    /// When it stops.
    pub guard: LoadGuard,
    /// The registry account that the input was downloaded under.
    pub account: Option<String>,
    /// What somebody noted of it.
    pub note: Option<String>,
}

impl LoadOrder {
    /// The digest of what was asked of the inputs: where it and theirs are the same, so is what comes of them.
    pub(crate) fn asked(&self) -> String {
        let mut digest = asked(&self.rules, self.format);
        digest.field(self.rules.mode.name().as_bytes());
        digest.field(self.end.as_deref().unwrap_or_default().as_bytes());
        digest.field(NUMBER_RULES.as_bytes());
        digest.finish()
    }
}
