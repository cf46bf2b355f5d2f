//! How fast, how large, beside what: one table of figures for the items of "Speed". See README.md.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the table is for the terminal, and so is what is being done"
)]

mod bench;
mod check;
mod clock;
mod figure;
mod growth;
mod ingest;
mod items;
mod known;
mod made;
mod options;
mod plot;
mod process;
mod profile;
mod record;
mod registry;
mod sending;
mod table;
mod urgent;
mod wall;
mod yardsticks;

use std::process::ExitCode;

use bench::Bench;
use figure::Figure;
use growth::Growth;

/// Measures one item. What it finds about growth it leaves for the last one.
type Measure = fn(&Bench, &mut Growth) -> Vec<Figure>;

/// The items in the order of the table.
const ITEMS: &[(&str, Measure)] = &[
    ("check", items::check),
    ("ingest", ingest::figures),
    ("registry", registry::figures),
    ("urgent", items::urgent),
    ("sending", items::sending),
    ("record", record::figures),
    ("growth", growth::figures),
];

fn main() -> ExitCode {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match words.first().map(String::as_str) {
        Some("profile") => profile::run(words.split_off(1)),
        Some("sending-plain") => {
            sending::child_work(&words);
            Ok(())
        }
        _ => run(words),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            say(&why);
            ExitCode::from(2)
        }
    }
}

/// Says what is being done.
fn say(words: &str) {
    eprintln!("{words}");
}

fn run(words: Vec<String>) -> Result<(), String> {
    let asked = options::read(words).map_err(|why| format!("{why}\n{}", options::USAGE))?;
    let bench = asked.bench;
    let known = |name: &String| ITEMS.iter().any(|(item, _)| item == name);
    if let Some(unknown) = asked.items.iter().find(|name| !known(name)) {
        let all: Vec<&str> = ITEMS.iter().map(|(item, _)| *item).collect();
        return Err(format!("no item `{unknown}`: there are {}\n{}", all.join(", "), options::USAGE));
    }
    let wanted = |item: &str| asked.items.is_empty() || asked.items.iter().any(|name| name == item);
    prepare(&bench, ITEMS.iter().map(|(item, _)| *item).filter(|item| wanted(item)))?;
    let began = clock::now();
    let mut growth = Growth::default();
    let mut figures = Vec::new();
    for (item, measure) in ITEMS {
        if wanted(item) {
            figures.extend(measure(&bench, &mut growth));
        }
    }
    print!("{}", table::text(&figures));
    say(&format!("measured in {:.0} s", began.elapsed().as_secs_f64()));
    if let Some(path) = asked.json {
        let all: Vec<_> = figures.iter().map(Figure::json).collect();
        let text = serde_json::to_string_pretty(&all).map_err(|error| error.to_string())?;
        std::fs::write(&path, text + "\n").map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

/// An empty directory, on a disk with room for what the items need.
fn prepare<'a>(bench: &Bench, items: impl Iterator<Item = &'a str>) -> Result<(), String> {
    let work = &bench.work;
    let failed = |error: std::io::Error| format!("{}: {error}", work.display());
    // What a run that was stopped has left.
    if work.exists() {
        std::fs::remove_dir_all(work).map_err(failed)?;
    }
    std::fs::create_dir_all(work).map_err(failed)?;
    let needed = |item: &str| match item {
        "ingest" => bench.updates() * ingest::BYTES_A_ROW,
        "registry" => bench.registry() * registry::BYTES_A_NUMBER,
        "growth" if bench.plot.is_some() => 100_000_000 / bench.divisor * ingest::BYTES_A_ROW,
        "growth" => bench.updates() * ingest::BYTES_A_ROW,
        _ => 0,
    };
    let needed = items.map(needed).max().unwrap_or(0);
    match bench.free() {
        Some(free) if free < needed => Err(format!(
            "{} needs {} GB of free disk for a while and has {}: make room, name fewer items, or say --quick",
            work.display(),
            figure::digits(needed as f64 / 1e9),
            figure::digits(free as f64 / 1e9)
        )),
        _ => Ok(()),
    }
}
