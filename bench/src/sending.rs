//! Sending: new numbers to a sandbox of their own, without a limit. What our process spends on each, from plan to confirmation,
//! and the requests, beside those that must be. Beside it the plain way: the same items in bodies that `serde_json` writes,
//! sent over one connection, and the pages read back into `serde_json::Value`s.
//!
//! What our process had spent when its plan was in the store is taken off.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use dncsync_core::check::read_number;
use fastrand::Rng;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

/// Items of a batch, entries of a page.
const BATCH: u64 = 10_000;

/// Requests beside the batches and the pages, at most; in a list in no order, so many whole reads more.
const MORE: u64 = 5;
const WHOLE_READS_MORE: u64 = 2;

const SEED: u64 = 20_261_125;
const NOTES: &str = "State DNC registry sync";

/// What one run came to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent {
    /// Microseconds of CPU that our process spent on each number, from plan to confirmation.
    pub(crate) cpu_us: f64,
    /// Requests, and how many they may be.
    pub(crate) requests: u64,
    pub(crate) most: u64,
}

/// Loads, plans, sends and confirms so many new numbers. `home`: where the input and the state may lie.
pub(crate) fn measure(binary: &Path, home: &Path, numbers: u64, shuffled: bool) -> Sent {
    let (input, state) = (home.join("sending.csv"), home.join(format!("sending-{shuffled}")));
    let mut file = BufWriter::new(File::create(&input).expect("a file"));
    each_number(numbers, |number| writeln!(file, "+{number},REGULATORY,{NOTES}").expect("a disk"));
    file.flush().expect("a disk");
    drop(file);

    let tenant = Tenant::start(binary, shuffled);
    let before = spent_by_children();
    let mut command = Command::new(binary);
    command.args(["ingest", "--campaign", "BENCH", "--json", "--rate", "0", "--state"]).arg(&state).arg(&input);
    command.envs([("CXONE_API_URL", &tenant.api), ("CXONE_TOKEN_URL", &tenant.token)]);
    command.envs([("CXONE_CLIENT_ID", "bench"), ("CXONE_CLIENT_SECRET", "bench")]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a process");
    let to_plan = spent_when_planned(&child, &state);
    let output = child.wait_with_output().expect("a process");
    let spent = spent_by_children() - before - to_plan;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["successes"].as_u64(), Some(numbers), "{report}");
    std::fs::remove_dir_all(&state).expect("a directory");
    let pages = numbers.div_ceil(BATCH);
    let whole_reads = if shuffled { 1 + WHOLE_READS_MORE } else { 1 };
    Sent {
        cpu_us: spent * 1e6 / numbers as f64,
        requests: report["requests"]["total"].as_u64().expect("requests"),
        most: numbers.div_ceil(BATCH) + whole_reads * pages + MORE,
    }
}

/// Seconds of CPU that a process has spent, at the moment at which its plan is in the store.
fn spent_when_planned(child: &Child, state: &Path) -> f64 {
    let planned = || -> rusqlite::Result<bool> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let store = Connection::open_with_flags(state.join("dncsync.db"), flags)?;
        store.query_row("SELECT EXISTS (SELECT 1 FROM run WHERE stage <> 'loaded')", [], |row| row.get(0))
    };
    while !planned().unwrap_or(false) {
        pause();
    }
    spent(&format!("/proc/{}/stat", child.id()), 11)
}

/// A moment, in which the processor is left to whom it concerns.
#[allow(clippy::disallowed_methods, reason = "the bench watches another process")]
fn pause() {
    std::thread::sleep(std::time::Duration::from_millis(3));
}

/// Two figures of a process, in hundredths of a second, as seconds; `skip` of those behind its name come before them.
fn spent(stat: &str, skip: usize) -> f64 {
    let stat = std::fs::read_to_string(stat).expect("Linux");
    let figures = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    figures.skip(skip).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// Seconds of CPU of all processes that were started here and have ended.
fn spent_by_children() -> f64 {
    spent("/proc/self/stat", 13)
}

/// A sandbox in a process of its own.
struct Tenant {
    child: Child,
    api: String,
    token: String,
}

impl Tenant {
    fn start(binary: &Path, shuffled: bool) -> Self {
        let mut command = Command::new(binary);
        command.args(["sandbox", "--rate", "0", "--lag", "0s", "--json", "--port", "0"]);
        if shuffled {
            command.arg("--shuffled");
        }
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("a process");
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().expect("its output")).read_line(&mut line).expect("a line");
        let told: Value = serde_json::from_str(&line).expect("JSON");
        let [api, token] = ["apiUrl", "tokenUrl"].map(|name| told[name].as_str().expect("a URL").to_owned());
        Self { child, api, token }
    }

    /// Its port, and the path at which it hands out tokens.
    fn address(&self) -> [&str; 2] {
        let rest = self.token.trim_start_matches("http://");
        let (host, path) = rest.split_at(rest.find('/').expect("a path"));
        [host.rsplit(':').next().expect("a port"), path]
    }
}

impl Drop for Tenant {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Distinct valid numbers in the order in which they are drawn, the same in each run.
fn each_number(numbers: u64, mut each: impl FnMut(u64)) {
    let known = |area: &u64| read_number(&format!("+1{area}5552368"), None).is_ok();
    let areas: Vec<u64> = (201..990).filter(known).collect();
    let mut dice = Rng::with_seed(SEED);
    let mut drawn: HashSet<u64> = HashSet::with_capacity(usize::try_from(numbers).expect("a count"));
    while (drawn.len() as u64) < numbers {
        let number = 10_000_000_000 + areas[dice.usize(..areas.len())] * 10_000_000 + dice.u64(2_000_000..10_000_000);
        // Some area codes have holes.
        if drawn.insert(number) && read_number(&format!("+{number}"), None).is_err() {
            drawn.remove(&number);
            continue;
        }
        if drawn.len() as u64 <= numbers {
            each(number);
        }
    }
}

/// Microseconds of CPU for each number in the plain way, in a process of its own.
pub(crate) fn plain(binary: &Path, numbers: u64) -> f64 {
    let tenant = Tenant::start(binary, false);
    let before = spent_by_children();
    let [port, path] = tenant.address();
    let words = ["sending-plain", port, path, &numbers.to_string()].map(str::to_owned);
    let output = Command::new(std::env::current_exe().expect("this binary")).args(words).output().expect("a process");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // What it spent on drawing the numbers is none of it.
    let drawing: f64 = String::from_utf8_lossy(&output.stdout).trim().parse().expect("seconds");
    (spent_by_children() - before - drawing) * 1e6 / numbers as f64
}

/// Sends and reads back in the plain way; prints the seconds of CPU that went before.
pub(crate) fn child_work(words: &[String]) {
    let (port, numbers): (u16, u64) = (words[1].parse().expect("a port"), words[3].parse().expect("a count"));
    let mut all: Vec<u64> = Vec::new();
    each_number(numbers, |number| all.push(number));
    let drawing = spent("/proc/self/stat", 11);

    let mut wire = Wire {
        stream: BufReader::new(TcpStream::connect(("127.0.0.1", port)).expect("a sandbox")),
        token: String::new(),
    };
    let form = b"grant_type=client_credentials&client_id=bench&client_secret=bench";
    let token = wire.call("POST", &words[2], "application/x-www-form-urlencoded", form);
    wire.token = token["access_token"].as_str().expect("a token").to_owned();
    let list = json!({"listName": "PLAIN", "description": "", "sourceType": "SYSTEM", "scope": "GLOBAL"}).to_string();
    let list = wire.call("POST", "/api/v2/dnc/lists", "application/json", list.as_bytes());
    let items = format!("/api/v2/dnc/lists/{}/items", list["id"].as_str().expect("an id"));
    let mut unseen: HashSet<String> = HashSet::new();
    for batch in all.chunks(usize::try_from(BATCH).expect("a size")) {
        let item = |number: &u64| json!({"phoneNumber": format!("+{number}"), "source": "REGULATORY", "notes": NOTES});
        let body: Vec<Value> = batch.iter().map(item).collect();
        wire.call("POST", &items, "application/json", &serde_json::to_vec(&body).expect("JSON"));
        unseen.extend(batch.iter().map(|number| format!("+{number}")));
    }
    for page in 1..=numbers.div_ceil(BATCH) {
        let page = wire.call("GET", &format!("{items}?pageNumber={page}&pageSize={BATCH}"), "application/json", b"");
        for entity in page["entities"].as_array().expect("entities") {
            unseen.remove(entity["phoneNumber"].as_str().unwrap_or_default());
        }
    }
    assert!(unseen.is_empty(), "{} were not seen", unseen.len());
    println!("{drawing}");
}

/// One connection of HTTP/1.1.
struct Wire {
    stream: BufReader<TcpStream>,
    token: String,
}

impl Wire {
    fn call(&mut self, method: &str, path: &str, kind: &str, body: &[u8]) -> Value {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n",
            self.token,
            body.len()
        );
        let stream = self.stream.get_mut();
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body)).expect("a connection");
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).expect("a connection");
            let line = line.trim_end().to_ascii_lowercase();
            if let Some(told) = line.strip_prefix("content-length:") {
                length = told.trim().parse().expect("a length");
            }
            if line.is_empty() {
                break;
            }
        }
        let mut answer = vec![0; length];
        self.stream.read_exact(&mut answer).expect("an answer");
        serde_json::from_slice(&answer).expect("JSON")
    }
}
