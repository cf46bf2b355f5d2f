//! What others need for the same work, in the same run on the same machine: the ways one would otherwise go.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rlibphonenumber::PHONE_NUMBER_UTIL;
use rusqlite::Connection;
use serde_json::Value;

use crate::bench::Bench;
use crate::made::{Format, Listing, Made, Updates};
use crate::{clock, say};

/// Rows that the Python ways are given: they need minutes for all.
pub(crate) const SAMPLE: u64 = 100_000;

/// A row each in SQLite is given so many at most: random insertion grows slower with the table, so this flatters it.
const ROWS_EACH: u64 = 500_000;

/// The head of the file of updates, in both formats, and which of its numbers are listed.
pub(crate) struct Sample {
    made: Made,
    csv: PathBuf,
    jsonl: PathBuf,
    listed: PathBuf,
}

impl Sample {
    /// Makes it; `None` where there is no Python to read it, or no room.
    pub(crate) fn make(bench: &Bench, updates: &Updates) -> Option<Self> {
        if bench.python.is_none() {
            say("  no Python with what the yardsticks import: they are left out");
            return None;
        }
        let path = |name: &str| bench.work.join(name);
        let mut sample = Self {
            made: Made::default(),
            csv: path("head.csv"),
            jsonl: path("head.jsonl"),
            listed: path("listed.txt"),
        };
        for (format, path) in [(Format::Csv, &sample.csv), (Format::Jsonl, &sample.jsonl)] {
            let mut file = BufWriter::new(File::create(path).ok()?);
            sample.made = updates.write(format, SAMPLE, &mut file).ok()?;
            file.flush().ok()?;
        }
        let mut listed = BufWriter::new(File::create(&sample.listed).ok()?);
        for number in updates.listed(Listing { of: sample.made.distinct, size: 0 }) {
            writeln!(listed, "+{number}").ok()?;
        }
        listed.flush().ok()?;
        Some(sample)
    }
}

impl Drop for Sample {
    fn drop(&mut self) {
        for path in [&self.csv, &self.jsonl, &self.listed] {
            let _ = fs::remove_file(path);
        }
    }
}

/// Rows a second of a script; `None` where it cannot run, or comes to something else.
pub(crate) fn python(bench: &Bench, sample: &Sample, script: &str, format: Format) -> Option<f64> {
    let python = bench.python.as_ref()?;
    let file = if format == Format::Csv { &sample.csv } else { &sample.jsonl };
    let output = Command::new(python).arg(bench.yardsticks.join(script)).arg(file).arg(&sample.listed).output().ok()?;
    let told: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let counts = ["rows", "rejected", "toSend"].map(|key| told[key].as_u64());
    let expected = [sample.made.rows, sample.made.bad, sample.made.to_send()].map(Some);
    if counts != expected {
        let last = String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or_default().to_owned();
        say(&format!("  {script} is left out: {counts:?}, not {expected:?} {last}"));
        return None;
    }
    let rate = sample.made.rows as f64 / told["seconds"].as_f64()?;
    say(&format!("  {script}: {rate:.0} rows/s"));
    Some(rate)
}

/// Seconds to read a file twice, once for its digest and once for its lines: less nobody can do who looks at it.
pub(crate) fn read_and_hash(file: &Path) -> Option<f64> {
    let began = clock::now();
    for words in [&["sha256sum"][..], &["wc", "-l"]] {
        let status = Command::new(words[0]).args(&words[1..]).arg(file).stdout(Stdio::null()).status().ok()?;
        status.success().then_some(())?;
    }
    Some(began.elapsed().as_secs_f64())
}

/// Lines a second of `sort -u`, of the first hundredth.
pub(crate) fn sort_u(bench: &Bench, file: &Path, lines: u64) -> Option<f64> {
    let (head, sorted) = (bench.work.join("head.txt"), bench.work.join("sorted.txt"));
    let lines = (lines / 100).max(1);
    // Thirteen bytes a line.
    let mut first = File::open(file).ok()?.take(lines * 13);
    std::io::copy(&mut first, &mut File::create(&head).ok()?).ok()?;
    let began = clock::now();
    let mut command = Command::new("sort");
    let status = command.arg("-u").arg("-o").arg(&sorted).arg(&head).env("LC_ALL", "C").status();
    let seconds = began.elapsed().as_secs_f64();
    let _ = fs::remove_file(head);
    let _ = fs::remove_file(sorted);
    status.ok()?.success().then(|| lines as f64 / seconds)
}

/// How many numbers a row each is given of so many.
pub(crate) fn row_each_size(numbers: u64) -> u64 {
    (numbers / 100).clamp(1, ROWS_EACH)
}

/// Numbers a second and bytes a number of what a script would do: each checked by the library, a row for each in one
/// transaction, in the order of the file.
pub(crate) fn row_each(bench: &Bench, file: &Path, numbers: u64) -> Option<(f64, f64)> {
    let path = bench.work.join("row-each.db");
    let numbers = row_each_size(numbers);
    let began = clock::now();
    let inserted = insert(file, numbers, &path);
    let seconds = began.elapsed().as_secs_f64();
    let bytes = fs::metadata(&path).map_or(0, |metadata| metadata.len());
    let _ = fs::remove_file(&path);
    match inserted {
        Ok(()) => Some((numbers as f64 / seconds, bytes as f64 / numbers as f64)),
        Err(error) => {
            say(&format!("  a row each in SQLite is left out: {error}"));
            None
        }
    }
}

fn insert(file: &Path, numbers: u64, path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut store = Connection::open(path)?;
    store.execute_batch("CREATE TABLE number (number INTEGER PRIMARY KEY, source TEXT)")?;
    let transaction = store.transaction()?;
    let mut insert = transaction.prepare("INSERT OR IGNORE INTO number VALUES (?1, 'REGULATORY')")?;
    let lines = BufReader::with_capacity(1 << 18, File::open(file)?).lines();
    for line in lines.take(usize::try_from(numbers)?) {
        let line = line?;
        let number = PHONE_NUMBER_UTIL.parse(&line, None)?;
        if PHONE_NUMBER_UTIL.is_valid_number(&number) {
            insert.execute([line[1..].parse::<i64>()?])?;
        }
    }
    drop(insert);
    Ok(transaction.commit()?)
}
