//! A feed of many numbers: how long a load takes, how much memory and disk, and how fast one number is explained. Each
//! figure is taken in a process of its own. Beside it stands the plain way: one row for each number in SQLite.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use dncsync_core::check::{Rules, read_number};
use dncsync_core::feed::{FeedName, Mode};
use dncsync_core::guard::LoadGuard;
use dncsync_core::pacing::Rate;
use dncsync_core::profile::Reach;
use dncsync_core::source::SourceType;
use dncsync_core::target::TenantKey;
use dncsync_engine::{Engine, LoadOrder, PlanGuards, Setup, Source, World, explain};
use rusqlite::Connection;

/// Numbers in the feed, unless the command line says otherwise.
const NUMBERS: usize = 10_000_000;

/// The plain way takes a tenth of them: it would take minutes.
const PLAIN_SHARE: usize = 10;

/// What one process came to.
struct Took {
    seconds: f64,
    peak_mib: f64,
    disk: u64,
}

/// Prints the figures.
pub(crate) fn run(words: &[String]) {
    let numbers = words.first().map_or(NUMBERS, |text| text.parse().expect("a number of numbers"));
    let home = tempfile::tempdir().expect("a directory");
    println!("{numbers} distinct random NANP numbers in one feed; each line is a process of its own");
    println!("{:<40} {:>9} {:>9} {:>12} {:>12} {:>10}", "", "seconds", "rows/s", "peak MiB", "disk bytes", "a number");
    for (name, notes) in [("without notes", false), ("a different note of 20 bytes in each row", true)] {
        let file = home.path().join(format!("feed-{notes}.csv"));
        let input = write(&file, numbers, notes);
        let state = home.path().join(format!("state-{notes}"));
        let took = child(&["feeds-load", text(&file), text(&state)], &state);
        line(name, numbers, &took);
        println!(
            "{:<40} {:>9} {:>9} {:>12} {:>12} {:>10.2}",
            "  the input",
            "",
            "",
            "",
            input,
            input as f64 / numbers as f64
        );
        std::fs::remove_file(&file).expect("a file");
        let explained = (0..5).map(|_| child(&["feeds-explain", text(&state)], &state).seconds * 1000.0);
        let mut explained: Vec<f64> = explained.collect();
        explained.sort_unstable_by(f64::total_cmp);
        println!("  explain one number: {:.1} ms, opening the store included (median of 5)", explained[2]);
    }
    let file = home.path().join("plain.csv");
    write(&file, numbers / PLAIN_SHARE, false);
    let state = home.path().join("plain");
    std::fs::create_dir(&state).expect("a directory");
    let took = child(&["feeds-plain", text(&file), text(&state)], &state);
    line("plain way, a tenth of them: a row each", numbers / PLAIN_SHARE, &took);
}

/// What a child process does.
pub(crate) fn child_work(words: &[String]) {
    let path = |at: usize| PathBuf::from(&words[at]);
    let began = now();
    match words[0].as_str() {
        "feeds-load" => load(&path(1), &path(2)),
        "feeds-explain" => look_up(&path(1)),
        _ => plain(&path(1), &path(2)),
    }
    println!("{} {}", began.elapsed().as_secs_f64(), peak_kib());
}

fn line(name: &str, numbers: usize, took: &Took) {
    let rate = numbers as f64 / took.seconds;
    let each = took.disk as f64 / numbers as f64;
    println!("{name:<40} {:>9.1} {rate:>9.0} {:>12.0} {:>12} {each:>10.2}", took.seconds, took.peak_mib, took.disk);
}

fn child(words: &[&str], state: &Path) -> Took {
    let binary = std::env::current_exe().expect("this binary");
    let output = Command::new(binary).args(words).output().expect("a process");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told = String::from_utf8(output.stdout).expect("text");
    let mut told = told.split_whitespace().map(|word| word.parse::<f64>().expect("a figure"));
    let (seconds, peak) = (told.next().expect("seconds"), told.next().expect("memory"));
    Took { seconds, peak_mib: peak / 1024.0, disk: size(state) }
}

fn size(directory: &Path) -> u64 {
    let entries = std::fs::read_dir(directory).expect("a directory");
    entries.flatten().map(|entry| entry.metadata().map_or(0, |metadata| metadata.len())).sum()
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

/// Writes distinct numbers in random order, the same in each run; how many bytes.
fn write(path: &Path, numbers: usize, notes: bool) -> u64 {
    let mut dice = fastrand::Rng::with_seed(20_261_125);
    // All area codes there are: the numbers lie as far apart as they can.
    let known = |area: &u64| read_number(&format!("+1{area}5552368"), None).is_ok();
    let areas: Vec<u64> = (200..1000).filter(known).collect();
    let mut drawn: Vec<u64> = Vec::new();
    while drawn.len() < numbers {
        drawn.extend((drawn.len()..numbers + numbers / 50).map(|_| {
            let area = areas[dice.usize(..areas.len())];
            10_000_000_000 + area * 10_000_000 + dice.u64(2_000_000..10_000_000)
        }));
        drawn.sort_unstable();
        drawn.dedup();
        // Some area codes have holes.
        drawn.retain(|number| read_number(&format!("+{number}"), None).is_ok());
    }
    dice.shuffle(&mut drawn);
    let mut file = BufWriter::new(File::create(path).expect("a file"));
    writeln!(file, "phone_number,source_type,notes").expect("room");
    for number in drawn.into_iter().take(numbers) {
        let note = if notes { format!("{:020x}", dice.u128(..) >> 48) } else { String::new() };
        writeln!(file, "+{number},REGULATORY,{note}").expect("room");
    }
    file.flush().expect("room");
    std::fs::metadata(path).map_or(0, |metadata| metadata.len())
}

fn setup() -> Setup {
    Setup {
        tenant: TenantKey::new("https://api.example", "bench"),
        rate: Rate::Window(0),
        at_once: 4,
        reach: Reach::World,
        capacity: None,
        confirm_within: Duration::from_secs(1),
        patience: Duration::from_secs(1),
        trust: Duration::ZERO,
        trust_budget: 0,
        aggregator: None,
        who: "bench".to_owned(),
        guards: PlanGuards::default(),
    }
}

fn load(file: &Path, state: &Path) {
    let order = LoadOrder {
        feed: FeedName::read("registry").expect("a name"),
        sources: vec![Source::File(file.to_owned())],
        format: None,
        rules: Rules { country: None, default_source: SourceType::Manual, mode: Mode::Replace, reach: Reach::World },
        end: None,
        rejects: None,
        allow_empty: false,
        approved: false,
        guard: LoadGuard::default(),
        account: None,
        note: None,
    };
    let mut engine = Engine::open(state, None, setup(), World::real()).expect("an engine");
    let report = engine.load_feed(&order, &mut |_| ()).expect("a load");
    assert_eq!(report.counts.claimed, report.counts.rows);
}

fn look_up(state: &Path) {
    let number = read_number("+12025551234", None).expect("a number");
    explain(state, number, None, World::real().now()).expect("an explanation");
}

/// What a script would do: a row for each number, in the order of the file, in one transaction.
fn plain(file: &Path, state: &Path) {
    let mut store = Connection::open(state.join("plain.db")).expect("a database");
    store.execute_batch("CREATE TABLE number (number INTEGER PRIMARY KEY, source TEXT)").expect("a table");
    let transaction = store.transaction().expect("a transaction");
    let mut insert = transaction.prepare("INSERT OR IGNORE INTO number VALUES (?1, ?2)").expect("a statement");
    for row in csv::Reader::from_path(file).expect("a file").records() {
        let row = row.expect("a row");
        let number = read_number(&row[0], None).expect("a number");
        insert.execute((i64::try_from(number.get()).expect("18 digits"), &row[1])).expect("a row");
    }
    drop(insert);
    transaction.commit().expect("a commit");
}

/// The most memory this process ever held. Linux only; elsewhere 0.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or(0)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark looks at the clock")]
fn now() -> Instant {
    Instant::now()
}
