//! A place of its own for each test: an empty home directory, and `dncsync` run in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use regex::Regex;
use serde_json::{Value, json};
use tempfile::TempDir;

/// What differs from run to run, and what stands for it in a transcript. `get N`: how often the list is read depends on
/// how fast the machine is.
const PLACEHOLDERS: [(&str, &str); 20] = [
    (r"dncsync-[0-9a-f]{16}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{43}[A-Za-z0-9+/=]", "KEY"),
    (r"dncsync-[0-9a-f]{16}", "LOG"),
    (r"\b[0-9a-f]{64}\b", "HASH"),
    (r"\d{8}T\d+Z-[0-9a-f]{8}", "RUN"),
    (r"msg_[0-9a-f]{32}", "WEBHOOK"),
    // The time in front of a line of the log has more digits than any other.
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", "LOGGED"),
    (r"sender-[0-9a-f]{16}", "sender-TENANT"),
    (r"\.tmp\w{6}", "TMP"),
    (r"dnc-[0-9a-f]{12}", "LIST"),
    (r"\((GLOBAL|CAMPAIGN), \d{4,7}\)", "($1, GROUP)"),
    (r"\(\d{4,7}\)", "(GROUP)"),
    (r"(listId=|list     )\d{4,7}\b", "${1}GROUP"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "TIME"),
    (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
    (r"\b[0-9a-f]{12}…", "DIGEST"),
    (r"p50 [1-9]\d* ms, max [1-9]\d* ms", "p50 N ms, max N ms"),
    (r"(atencyMs|durationMs)=[\d.]+", "${1}=N"),
    (r"requests \d+ \(list (\d), post ([1-9]), get \d+", "requests N (list $1, post $2, get N"),
    (r"\([\d,]+ bytes\)", "(N bytes)"),
    (r"\buid \d+", "uid N"),
];

/// An empty home directory, which is the current one, too; the state lies in it where the default says.
pub(crate) struct Place {
    home: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap() }
    }

    /// A place with the tutorial's three items in `tutorial.jsonl`.
    pub(crate) fn with_tutorial() -> Self {
        let place = Self::new();
        place.write("tutorial.jsonl", include_str!("../../../../examples/tutorial.jsonl"));
        place
    }

    /// A place with the feeds `ftc` and `crm`, which have one number in common.
    pub(crate) fn with_two_feeds() -> Self {
        let place = Self::new();
        place.write("ftc.txt", "+12025551234\n+12025555678\n");
        place.write("crm.txt", "+12025555678\n+12025559876\n");
        place.json("load ftc.txt --feed ftc --source REGULATORY");
        place.json("load crm.txt --feed crm");
        place
    }

    /// A path in the home directory.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// A path in the state directory.
    pub(crate) fn state(&self, name: &str) -> PathBuf {
        self.path(".local/state/dncsync").join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// The id of what `dncsync … --json` did.
    pub(crate) fn run_id(&self, line: &str) -> String {
        self.json(line)["runId"].as_str().unwrap().to_owned()
    }

    /// Somebody else puts numbers into the newest list of the embedded tenant: a line of its journal.
    pub(crate) fn others_put(&self, numbers: &[u64]) {
        let journal = std::fs::read_to_string(self.state("sandbox.jsonl")).unwrap();
        let list = Regex::new("dnc-[0-9a-f]{12}").unwrap().find_iter(&journal).last().unwrap().as_str();
        let items: Vec<_> = numbers.iter().map(|number| json!([number, "MANUAL", ""])).collect();
        let line = json!({"at": 0, "change": {"add": {"list": list, "items": items}}});
        std::fs::write(self.state("sandbox.jsonl"), format!("{journal}{line}\n")).unwrap();
    }

    /// Changes the store, as time or somebody else would have.
    pub(crate) fn sql(&self, statement: &str) {
        rusqlite::Connection::open(self.state("dncsync.db")).unwrap().execute_batch(statement).unwrap();
    }

    /// Runs `dncsync` and gives the transcript. Words at the beginning of the form `NAME=value` are variables; words in
    /// single quotes may hold spaces.
    pub(crate) fn run(&self, line: &str) -> String {
        let (variables, arguments) = split(line);
        let output = self.output(&variables, &arguments);
        let quoted =
            |word: &str| if word.is_empty() || word.contains(' ') { format!("'{word}'") } else { word.to_owned() };
        let words: Vec<String> = variables.into_iter().chain(["dncsync"]).chain(arguments).map(quoted).collect();
        let mut transcript = format!("$ {}\n{}", words.join(" "), text(&output.stdout));
        if !output.stderr.is_empty() {
            transcript += &format!("--- stderr\n{}", text(&output.stderr));
        }
        transcript += &format!("[exit {}]", output.status.code().unwrap());
        self.stable(&transcript)
    }

    /// What `dncsync …` wrote to standard output.
    pub(crate) fn stdout(&self, line: &str) -> String {
        let (variables, arguments) = split(line);
        text(&self.output(&variables, &arguments).stdout)
    }

    /// Keeps the state directory as it is now, but for the tenant, which remembers.
    pub(crate) fn copy_state(&self, name: &str) {
        let copied = Command::new("cp").arg("-a").args([self.state(""), self.path(name)]).status().unwrap();
        assert!(copied.success());
        std::fs::remove_file(self.path(name).join("sandbox.jsonl")).unwrap();
    }

    /// Puts the state directory back to how it was kept.
    pub(crate) fn put_back(&self, name: &str) {
        std::fs::rename(self.state("sandbox.jsonl"), self.path(name).join("sandbox.jsonl")).unwrap();
        std::fs::remove_dir_all(self.state("")).unwrap();
        std::fs::rename(self.path(name), self.state("")).unwrap();
    }

    /// Whether any file of the state directory holds these bytes. What the tenant knows is not ours.
    pub(crate) fn state_holds(&self, text: &str) -> bool {
        let holds = |path: &Path| {
            let bytes = std::fs::read(path).unwrap();
            bytes.windows(text.len()).any(|window| window == text.as_bytes())
        };
        let mut directories = vec![self.state("")];
        while let Some(directory) = directories.pop() {
            for entry in std::fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    directories.push(path);
                } else if !path.ends_with("sandbox.jsonl") && holds(&path) {
                    return true;
                }
            }
        }
        false
    }

    /// Runs `dncsync … --json`: standard output must be one object and nothing else.
    pub(crate) fn json(&self, line: &str) -> Value {
        let (variables, mut arguments) = split(line);
        arguments.push("--json");
        serde_json::from_str(&text(&self.output(&variables, &arguments).stdout)).unwrap()
    }

    /// A text with placeholders for what differs from run to run.
    pub(crate) fn stable(&self, text: &str) -> String {
        let text = text.replace(self.home.path().to_str().unwrap(), "$HOME");
        PLACEHOLDERS.iter().fold(text, |text, (differs, placeholder)| {
            Regex::new(differs).unwrap().replace_all(&text, *placeholder).into_owned()
        })
    }

    fn output(&self, variables: &[&str], arguments: &[&str]) -> Output {
        let home = self.home.path();
        let mut command = Command::new(env!("CARGO_BIN_EXE_dncsync"));
        command.env_clear().envs([("HOME", home), ("TMPDIR", home)]).env("PATH", "/usr/bin:/bin");
        command.envs(variables.iter().filter_map(|variable| variable.split_once('=')));
        // Help is as wide as the terminal; there must be none.
        command.current_dir(home).stdin(Stdio::null()).args(arguments).output().unwrap()
    }
}

fn split(line: &str) -> (Vec<&str>, Vec<&str>) {
    let mut words: Vec<&str> = Vec::new();
    for (place, part) in line.split('\'').enumerate() {
        let quoted = place % 2 == 1;
        words.extend(if quoted { vec![part] } else { part.split_whitespace().collect() });
    }
    let first = words.iter().position(|word| !word.contains('=')).unwrap_or(words.len());
    let (variables, arguments) = words.split_at(first);
    (variables.to_vec(), arguments.to_vec())
}

/// The only file in a directory.
pub(crate) fn only_file(directory: &Path) -> String {
    let mut entries = std::fs::read_dir(directory).unwrap();
    let path = entries.next().unwrap().unwrap().path();
    assert!(entries.next().is_none(), "more than one file");
    std::fs::read_to_string(path).unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}
