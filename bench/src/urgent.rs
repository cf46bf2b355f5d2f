//! Small and urgent: one opt-out into a list that holds ten million numbers already. From the start of the process to the
//! batch on the wire, and all requests until the number was seen in the list.
//!
//! The command's own binary is run, against a sandbox in a process of its own that keeps insertion order. Between them a
//! relay notes when each request came, and how long its answer took. The yardstick is what any process costs: the same
//! binary's `--version`.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use dncsync_core::check::read_number;

/// Opt-outs that are timed, and one before them that is not.
const RUNS: usize = 11;

/// What one opt-out came to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figures {
    /// From the start of the process to the arrival of its batch, less what earlier answers took.
    pub(crate) own: Duration,
    /// What earlier answers took.
    pub(crate) server: Duration,
    /// All requests until the number was confirmed, those for a token included.
    pub(crate) requests: usize,
    /// A process that does nothing.
    pub(crate) nothing: Duration,
}

/// Each opt-out's figures, in the order in which they were made. Needs the command built beside this binary.
pub(crate) fn measure(numbers: usize) -> Vec<Figures> {
    let home = tempfile::tempdir().expect("a directory");
    let binary = std::env::current_exe().expect("this binary").with_file_name("dncsync");
    assert!(binary.is_file(), "build the command first: cargo build --release");
    let sandbox = Sandbox::start(&binary);
    let relay = Relay::before(&sandbox.address);
    let command = Ingest { binary, home: home.path(), address: relay.address.clone() };
    let (listed, urgent) = draw(numbers);
    command.run(&listed);
    command.run(&urgent[..1]);
    urgent[1..].iter().map(|number| one(&command, &relay, *number)).collect()
}

fn one(command: &Ingest<'_>, relay: &Relay, number: u64) -> Figures {
    let began = now();
    let status = Command::new(&command.binary).arg("--version").stdout(Stdio::null()).status();
    assert!(status.is_ok_and(|status| status.success()));
    let nothing = began.elapsed();
    relay.seen.lock().expect("no relay panicked").clear();
    let began = command.run(&[number]);
    let seen = relay.seen.lock().expect("no relay panicked");
    let batch = seen.iter().position(|exchange| exchange.is_batch).expect("a batch was sent");
    let server =
        seen[..batch].iter().map(|exchange| exchange.answered.map_or(Duration::ZERO, |at| at - exchange.came)).sum();
    Figures { own: seen[batch].came - began - server, server, requests: seen.len(), nothing }
}

/// Distinct numbers, the same in each run: those of the list, in order, since a list that is filled in order is filled
/// soon; and those that follow one by one, from anywhere between them.
fn draw(count: usize) -> (Vec<u64>, Vec<u64>) {
    let mut dice = fastrand::Rng::with_seed(20_261_126);
    let is_valid = |number: u64| read_number(&format!("+{number}"), None).is_ok();
    let areas: Vec<u64> = (200..1000).filter(|area| is_valid(10_005_552_368 + area * 10_000_000)).collect();
    let mut draw = || 10_000_000_000 + areas[dice.usize(..areas.len())] * 10_000_000 + dice.u64(2_000_000..10_000_000);
    let mut listed: Vec<u64> = Vec::new();
    while listed.len() < count {
        let lacking = count - listed.len();
        listed.extend((0..lacking).map(|_| draw()));
        listed.sort_unstable();
        listed.dedup();
    }
    let fresh =
        std::iter::repeat_with(draw).filter(|number| is_valid(*number) && listed.binary_search(number).is_err());
    let urgent = fresh.take(RUNS + 1).collect();
    (listed, urgent)
}

/// The command, before the relay.
struct Ingest<'a> {
    binary: PathBuf,
    home: &'a Path,
    address: String,
}

impl Ingest<'_> {
    /// Ingests these numbers to their end; when its process began.
    fn run(&self, numbers: &[u64]) -> Instant {
        let file = self.home.join("numbers.txt");
        let mut lines = BufWriter::new(File::create(&file).expect("a file"));
        numbers.iter().for_each(|number| writeln!(lines, "+{number}").expect("room"));
        lines.flush().expect("room");
        let mut command = Command::new(&self.binary);
        command.args(["ingest", "--campaign", "BENCH", "--json"]).arg(&file).current_dir(self.home);
        command.env("DNCSYNC_STATE", self.home.join("state")).env("CXONE_RATE", "0");
        command.env("CXONE_API_URL", &self.address).env("CXONE_TOKEN_URL", format!("{}/oauth/token", self.address));
        command.env("CXONE_CLIENT_ID", "bench").env("CXONE_CLIENT_SECRET", "a secret of the bench");
        let began = now();
        let output = command.output().expect("a process");
        // Some of many random numbers are none: area codes have holes.
        let good = matches!(output.status.code(), Some(0)) || (numbers.len() > 1 && output.status.code() == Some(3));
        assert!(good, "{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        began
    }
}

/// A sandbox in a process of its own; it ends with this.
struct Sandbox {
    address: String,
    process: Child,
}

impl Sandbox {
    fn start(binary: &Path) -> Self {
        let mut command = Command::new(binary);
        command.args(["sandbox", "--port", "0", "--rate", "0", "--lag", "0s"]).stdout(Stdio::piped());
        let mut process = command.stderr(Stdio::null()).spawn().expect("a process");
        let told = process.stdout.take().expect("it is piped");
        let mut line = String::new();
        BufReader::new(told).read_line(&mut line).expect("its address");
        let address = line.trim().strip_prefix("sandbox: http://").expect("its address").to_owned();
        Self { address, process }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A request that came through the relay.
struct Exchange {
    came: Instant,
    answered: Option<Instant>,
    is_batch: bool,
}

/// Passes bytes on, and notes when they came.
struct Relay {
    address: String,
    seen: Arc<Mutex<Vec<Exchange>>>,
}

impl Relay {
    fn before(address: &str) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let here = format!("http://{}", listener.local_addr().expect("an address"));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (noted, address) = (Arc::clone(&seen), address.to_owned());
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let server = TcpStream::connect(&address).expect("the sandbox");
                // Small pieces leave at once: what is timed is the client and the server, not the relay.
                [&client, &server].into_iter().for_each(|stream| stream.set_nodelay(true).expect("a socket"));
                let (back, forth) = (server.try_clone().expect("a socket"), client.try_clone().expect("a socket"));
                let (asked, answered) = (Arc::clone(&noted), Arc::clone(&noted));
                thread::spawn(move || pass(client, server, |piece| note(&asked, piece)));
                thread::spawn(move || pass(back, forth, |piece| answer(&answered, piece)));
            }
        });
        Self { address: here, seen }
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, noted: impl Fn(&[u8])) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(length) = from.read(&mut buffer) {
        noted(&buffer[..length]);
        if length == 0 || to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(std::net::Shutdown::Write);
}

/// A request begins with a piece of its own: the client sends the next one when the last was answered.
fn note(seen: &Mutex<Vec<Exchange>>, piece: &[u8]) {
    if [b"GET /".as_slice(), b"POST /", b"DELETE /"].iter().any(|method| piece.starts_with(method)) {
        let first_line = piece.split(|byte| *byte == b'\r').next().unwrap_or_default();
        let is_batch = first_line.starts_with(b"POST") && first_line.ends_with(b"/items HTTP/1.1");
        let exchange = Exchange { came: now(), answered: None, is_batch };
        seen.lock().expect("no relay panicked").push(exchange);
    }
}

fn answer(seen: &Mutex<Vec<Exchange>>, piece: &[u8]) {
    if piece.starts_with(b"HTTP/1.1 ") {
        let at = now();
        let mut seen = seen.lock().expect("no relay panicked");
        if let Some(exchange) = seen.iter_mut().rev().find(|exchange| exchange.answered.is_none()) {
            exchange.answered = Some(at);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark looks at the clock")]
fn now() -> Instant {
    Instant::now()
}
