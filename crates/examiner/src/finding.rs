//! What is wrong, and where.

use std::collections::HashMap;

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {what}")]
pub struct Finding {
    /// The file, and the line where there are lines: `log.jsonl, line 17`.
    pub place: String,
    /// What is wrong there, in words for somebody who did not write this program.
    pub what: String,
}

impl Finding {
    pub(crate) fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into() }
    }
}

/// One fault may show in a million places. So many tell of it: of one file, and of all.
const OF_A_FILE: u32 = 5;
const IN_ALL: usize = 20;

/// What was found so far.
#[derive(Default)]
pub(crate) struct Findings {
    all: Vec<Finding>,
    of_file: HashMap<String, u32>,
}

impl Findings {
    /// Something about a whole file.
    pub(crate) fn file(&mut self, file: &str, what: impl Into<String>) {
        if self.takes(file) {
            self.all.push(Finding::new(file, what));
        }
    }

    /// Something about one of its lines, counted from 1.
    pub(crate) fn line(&mut self, file: &str, line: u64, what: impl Into<String>) {
        if self.takes(file) {
            self.all.push(Finding::new(format!("{file}, line {line}"), what));
        }
    }

    fn takes(&mut self, file: &str) -> bool {
        if self.all.len() >= IN_ALL {
            return false;
        }
        let of_file = self.of_file.entry(file.to_owned()).or_default();
        *of_file += 1;
        *of_file <= OF_A_FILE
    }

    pub(crate) fn into_all(self) -> Vec<Finding> {
        self.all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_faults_are_told_by_a_few() {
        let mut findings = Findings::default();
        (1..1_000_000).for_each(|line| findings.line("log.jsonl", line, "is wrong"));
        (0..100).for_each(|tile| findings.file(&format!("tile/0/{tile:03}"), "is wrong"));
        let all = findings.into_all();
        assert_eq!(all.len(), IN_ALL);
        assert_eq!(all[4].to_string(), "log.jsonl, line 5: is wrong");
        assert_eq!(all[5].to_string(), "tile/0/000: is wrong");
    }
}
