//! What a user orders: these inputs, into that list.

use std::path::PathBuf;

use dncsync_core::check::Rules;
use dncsync_core::digest::Digest;
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
    pub(crate) fn digest(&self, inputs: &[String]) -> String {
        let mut digest = Digest::default();
        digest.field(self.rules.default_source.name().as_bytes());
        digest.field(self.rules.country.map(|country| country.code()).unwrap_or_default().as_bytes());
        digest.field(self.format.map(|format| format.to_string()).unwrap_or_default().as_bytes());
        for input in inputs {
            digest.field(input.as_bytes());
        }
        digest.finish()
    }
}
