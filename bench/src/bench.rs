//! What is measured, where, and how large.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::figure::Measured;
use crate::known;
use crate::process::{self, End, Watched};

/// The sizes.
const UPDATES: u64 = 10_000_000;
const REGISTRY: u64 = 260_000_000;

/// One run of the benchmark.
#[derive(Debug)]
pub(crate) struct Bench {
    /// Where files are made, and deleted again.
    pub(crate) work: PathBuf,
    /// The command that is measured.
    pub(crate) dncsync: PathBuf,
    /// A Python with the packages of the yardsticks; `None` where there is none.
    pub(crate) python: Option<PathBuf>,
    /// Where the yardsticks in Python lie.
    pub(crate) yardsticks: PathBuf,
    /// All sizes are divided by this.
    pub(crate) divisor: u64,
    /// How long one process may take.
    pub(crate) limit: Duration,
    /// Where the plot of growth is to be written, which takes 100 million rows, too.
    pub(crate) plot: Option<PathBuf>,
    /// What stands before the measured command, such as a profiler.
    pub(crate) under: Vec<String>,
}

impl Bench {
    /// Rows of a file of updates, and numbers in the list that it is for.
    pub(crate) fn updates(&self) -> u64 {
        UPDATES / self.divisor
    }

    /// Numbers in a registry.
    pub(crate) fn registry(&self) -> u64 {
        REGISTRY / self.divisor
    }

    /// Whether the sizes are those that the targets are for.
    pub(crate) fn is_whole(&self) -> bool {
        self.divisor == 1
    }

    /// `dncsync`, with nothing of the user's own configuration. `url`: of the tenant.
    pub(crate) fn command(&self, url: &str, state: &Path) -> Command {
        let mut words = self.under.iter();
        let mut command = match words.next() {
            Some(first) => {
                let mut command = Command::new(first);
                command.args(words).arg(&self.dncsync);
                command
            }
            None => Command::new(&self.dncsync),
        };
        let path = std::env::vars_os().find(|(name, _)| name == "PATH").map(|(_, path)| path).unwrap_or_default();
        command.env_clear().env("PATH", path).env("HOME", &self.work).env("DNCSYNC_STATE", state);
        command.env("CXONE_API_URL", url).env("CXONE_TOKEN_URL", format!("{url}/oauth/token"));
        command.env("CXONE_CLIENT_ID", known::CLIENT_ID).env("CXONE_CLIENT_SECRET", "bench").env("CXONE_RATE", "0");
        command.current_dir(&self.work);
        command
    }

    /// Runs a command of `dncsync` that has to end with one of these codes.
    pub(crate) fn watch(&self, command: &mut Command, state: &Path, codes: &[i32]) -> Result<Box<Watched>, Measured> {
        let end = process::watch(command, &self.work, state, self.limit);
        match end.map_err(|error| Measured::Wrong(format!("not started: {error}")))? {
            End::Over(seconds) => Err(Measured::Over(seconds)),
            End::Done(watched) if watched.status.code().is_some_and(|code| codes.contains(&code)) => Ok(watched),
            End::Done(watched) => {
                let last = watched.stderr.lines().last().unwrap_or("nothing said").to_owned();
                Err(Measured::Wrong(format!("ended with {}: {last}", watched.status)))
            }
        }
    }

    /// Free bytes where files are made; `None` where nobody can tell.
    pub(crate) fn free(&self) -> Option<u64> {
        let told = Command::new("df").arg("-Pk").arg(&self.work).output().ok()?;
        let told = String::from_utf8(told.stdout).ok()?;
        let kib: u64 = told.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
        Some(kib * 1024)
    }
}
