//! Events as they stand in the log: of each kind what is checked, and nothing else of it.

use serde::{Deserialize, Deserializer};

use crate::chain::Rotated;
use crate::sent::{Sending, Settled, Spelt};

/// What every line has.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Head {
    pub(crate) seq: u64,
    pub(crate) event_type: String,
    #[serde(default, deserialize_with = "there")]
    pub(crate) at: Option<String>,
    #[serde(default, deserialize_with = "there")]
    pub(crate) run_id: Option<String>,
    /// The digest of the checkpoint before it, where it is the first one after it.
    #[serde(default, deserialize_with = "there")]
    pub(crate) checkpoint: Option<String>,
}

/// What may be absent, but not `null`.
pub(crate) fn there<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// Which batch of which run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Batch {
    pub(crate) run: String,
    pub(crate) number: u32,
}

impl std::fmt::Display for Batch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "batch {} of run {}", self.number, self.run)
    }
}

/// An event.
#[derive(Debug)]
pub(crate) enum Event {
    Loaded(Loaded),
    FeedChanged(FeedChanged),
    Planned(Planned),
    Sending(Sending),
    Answered(Answered),
    Settled(Settled),
    Rotated(Rotated),
    Report(Box<Report>),
    /// Of which nothing is checked but that it is there.
    Other,
}

/// `run.loaded`: rows were read, and this is what they were.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Loaded {
    pub(crate) files: Vec<File>,
    pub(crate) list_name: String,
    pub(crate) scope: String,
    pub(crate) rows: u64,
    pub(crate) duplicates_in_input: u64,
    pub(crate) rejected: u64,
}

/// `feed.changed`.
#[derive(Debug, Deserialize)]
pub(crate) struct FeedChanged {
    #[serde(default)]
    pub(crate) files: Vec<File>,
}

/// A file that was read.
#[derive(Debug, Deserialize)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) digest: String,
}

/// `run.planned`: what is done with the rows that passed.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Planned {
    pub(crate) to_send: u64,
    pub(crate) already_listed: u64,
    #[serde(default)]
    pub(crate) doubted: u64,
    #[serde(default)]
    pub(crate) to_remove: u64,
}

/// `batch.answered`.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) of: Batch,
    pub(crate) answer: String,
}

/// `DNC_INGESTION`: what came of a run.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    pub(crate) total_items: u64,
    pub(crate) successes: u64,
    pub(crate) duplicates: u64,
    pub(crate) duplicates_in_input: u64,
    pub(crate) already_listed: u64,
    pub(crate) rejected: u64,
    pub(crate) refused: u64,
    pub(crate) unconfirmed: u64,
    pub(crate) pending: u64,
    #[serde(default)]
    pub(crate) removals: Removals,
}

/// How the removals of a run came out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Removals {
    pub(crate) planned: u64,
    pub(crate) removed: u64,
    pub(crate) kept: u64,
    pub(crate) refused: u64,
    pub(crate) unconfirmed: u64,
    pub(crate) pending: u64,
}

impl Head {
    /// Reads what every line has.
    pub(crate) fn read(line: &[u8]) -> Result<Self, String> {
        let line = std::str::from_utf8(line).map_err(|_| "it is no text in UTF-8")?;
        // An array would do for a list of fields as well, and white space around it is not how dncsync writes.
        if !(line.starts_with('{') && line.ends_with('}')) {
            return Err("it is no JSON object".to_owned());
        }
        serde_json::from_str(line).map_err(|error| format!("it is not an event as dncsync writes them: {error}"))
    }

    /// Reads the rest of its line.
    pub(crate) fn event(&self, line: &[u8]) -> Result<Event, String> {
        Ok(match self.event_type.as_str() {
            "run.loaded" => Event::Loaded(self.read_as(line)?),
            "feed.changed" => Event::FeedChanged(self.read_as(line)?),
            "run.planned" => Event::Planned(self.read_as(line)?),
            "batch.sending" => {
                let spelt: Spelt = self.read_as(line)?;
                Event::Sending(spelt.sending(self.run()?).map_err(|what| self.of_it(&what))?)
            }
            "batch.answered" => {
                #[derive(Deserialize)]
                struct Spelt {
                    batch: u32,
                    answer: String,
                }
                let Spelt { batch, answer } = self.read_as(line)?;
                Event::Answered(Answered { of: Batch { run: self.run()?.to_owned(), number: batch }, answer })
            }
            "batch.settled" => {
                let spelt: Spelt = self.read_as(line)?;
                Event::Settled(spelt.settled(self.run()?).map_err(|what| self.of_it(&what))?)
            }
            "key.rotated" => Event::Rotated(self.read_as(line)?),
            "DNC_INGESTION" => Event::Report(self.read_as(line)?),
            _ => Event::Other,
        })
    }

    /// The run that it is of.
    pub(crate) fn run(&self) -> Result<&str, String> {
        self.run_id.as_deref().ok_or_else(|| self.of_it("it names no run"))
    }

    fn read_as<'a, T: Deserialize<'a>>(&self, line: &'a [u8]) -> Result<T, String> {
        serde_json::from_slice(line).map_err(|error| self.of_it(&error.to_string()))
    }

    fn of_it(&self, what: &str) -> String {
        format!("the event {} does not hold: {what}", self.event_type)
    }
}
