//! Item 2: the local part of an ingestion. A file of updates, half of it listed already, becomes a stored, synced plan with
//! the bodies of its batches.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use dncsync_cxone::Speech;
use dncsync_store::{BatchKey, Store, StoreError};
use serde_json::Value;

use crate::bench::Bench;
use crate::figure::{Figure, Measured, Target, digits, grouped};
use crate::growth::{Growth, Point};
use crate::known::{self, LIST};
use crate::made::{Format, Listing, Made, Updates};
use crate::wall::Wall;
use crate::yardsticks::{self, Sample};
use crate::{clock, say};

/// Bytes of disk that a row needs at most, for a short while.
pub(crate) const BYTES_A_ROW: u64 = 400;

/// What the local part cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Local {
    /// From the start of the process to the request that the wall met, and the bodies of all batches.
    pub(crate) seconds: f64,
    /// Seconds of processor of the process, and of the bodies.
    pub(crate) cpu: f64,
    /// The most memory of the process.
    pub(crate) peak_mib: f64,
}

/// The figures.
pub(crate) fn figures(bench: &Bench, growth: &mut Growth) -> Vec<Figure> {
    let rows = bench.updates();
    say(&format!("ingest: {} rows, half of them listed, {} in the list", grouped(rows as f64), grouped(rows as f64)));
    let updates = Updates::new();
    let rate = |local: &Result<Local, Measured>| match local {
        Ok(local) => Measured::Is(rows as f64 / local.seconds),
        Err(why) => why.clone(),
    };
    let of = |local: &Result<Local, Measured>, value: fn(&Local) -> f64| match local {
        Ok(local) => Measured::Is(value(local)),
        Err(why) => why.clone(),
    };
    let cpu = |local: &Local| local.cpu;
    let peak = |local: &Local| local.peak_mib;
    let csv = local_part(bench, &updates, Format::Csv, rows);
    if let Ok(local) = &csv {
        growth.ingest.push(Point { rows, seconds: local.seconds, peak_mib: local.peak_mib });
    }
    let jsonl = local_part(bench, &updates, Format::Jsonl, rows);
    let sample = Sample::make(bench, &updates);
    let python = |script, format| sample.as_ref().and_then(|sample| yardsticks::python(bench, sample, script, format));
    let (tutorial, polars) = (python("tutorial.py", Format::Csv), python("with_polars.py", Format::Csv));
    let tutorial_jsonl = python("tutorial.py", Format::Jsonl);
    let million = |most: f64| Target::AtLeast(most * 1e6);
    let name = format!("CSV of {} rows to a synced plan with its bodies", grouped(rows as f64));
    let tutorial_name = format!("tutorial's pipeline, Python, first {} rows", grouped(yardsticks::SAMPLE as f64));
    vec![
        Figure::new("2", &*name, rate(&csv), "rows/s")
            .target(million(5.0))
            .wanted_ratio(300.0)
            .beside(&*tutorial_name, tutorial),
        Figure::new("2", "the same", rate(&csv), "rows/s").beside("polars, the same rows", polars),
        Figure::new("2", "its processor time", of(&csv, cpu), "s"),
        Figure::new("2", "its peak memory", of(&csv, peak), "MiB").target(Target::AtMost(600.0)),
        Figure::new("2", "JSONL of the same rows", rate(&jsonl), "rows/s")
            .target(million(3.0))
            .beside(tutorial_name, tutorial_jsonl),
        Figure::new("2", "its processor time", of(&jsonl, cpu), "s"),
        Figure::new("2", "its peak memory", of(&jsonl, peak), "MiB"),
    ]
}

/// Measures one file.
pub(crate) fn local_part(bench: &Bench, updates: &Updates, format: Format, rows: u64) -> Result<Local, Measured> {
    let wrong = |error: &dyn std::fmt::Display| Measured::Wrong(error.to_string());
    let (file, state) = (bench.work.join("updates"), bench.work.join("state"));
    let local = (|| {
        let made = write(updates, format, rows, &file).map_err(|error| wrong(&error))?;
        let wall = Wall::start(LIST).map_err(|error| wrong(&error))?;
        let held = updates.set(Listing { of: made.distinct, size: rows });
        known::list_holds(&state, &wall.url(), &held).map_err(|error| wrong(&error))?;
        drop(held);
        measure(bench, &wall, made, &file, &state)
    })();
    // Whatever came of it, the next one needs the room.
    let _ = fs::remove_file(&file);
    let _ = fs::remove_dir_all(&state);
    local
}

fn write(updates: &Updates, format: Format, rows: u64, path: &Path) -> io::Result<Made> {
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let made = updates.write(format, rows, &mut file)?;
    file.flush()?;
    file.get_ref().sync_all()?;
    Ok(made)
}

fn measure(bench: &Bench, wall: &Wall, made: Made, file: &Path, state: &Path) -> Result<Local, Measured> {
    let mut command = bench.command(&wall.url(), state);
    command.arg("ingest").arg(file).args(["--list", LIST, "--scope", "GLOBAL", "--json"]);
    // 7: the wall refuses for good.
    let watched = bench.watch(&mut command, state, &[7])?;
    let Some(arrived) = wall.first_arrival() else {
        return Err(Measured::Wrong("nothing was sent".to_owned()));
    };
    let to_plan = (arrived - watched.began).as_secs_f64();
    let (counts, bodies) = look(state, &wall.url()).map_err(|error| Measured::Wrong(error.to_string()))?;
    let expected = Counts { rows: made.rows, rejected: made.bad, listed: made.listed(), to_send: made.to_send() };
    if counts != expected {
        return Err(Measured::Wrong(format!("counts: {counts:?}, not {expected:?}")));
    }
    say(&format!(
        "  to the plan {} s, all bodies {} s, {} s of processor, {} MiB",
        digits(to_plan),
        digits(bodies),
        digits(watched.cpu),
        digits(watched.peak_mib)
    ));
    Ok(Local { seconds: to_plan + bodies, cpu: watched.cpu + bodies, peak_mib: watched.peak_mib })
}

/// What the trail says of the run.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    rows: u64,
    rejected: u64,
    listed: u64,
    to_send: u64,
}

/// The counts of the run, and how many seconds it takes to read its batches and make their bodies, one after another.
fn look(state: &Path, url: &str) -> Result<(Counts, f64), StoreError> {
    let mut store = Store::open(state)?;
    let tenant = known::tenant(&mut store, url)?;
    let (mut counts, mut batches) = (Counts::default(), 0);
    for logged in store.events_after(0, 1_000)? {
        let event: Value = serde_json::from_str(&logged.line).unwrap_or_default();
        let count = |key: &str| event[key].as_u64().unwrap_or(0);
        match event["eventType"].as_str() {
            Some("run.loaded") => (counts.rows, counts.rejected) = (count("rows"), count("rejected")),
            Some("run.planned") => {
                (counts.listed, counts.to_send) = (count("alreadyListed"), count("toSend"));
                batches = count("batches");
            }
            _ => {}
        }
    }
    let began = clock::now();
    let mut items = 0;
    for run in store.unfinished_runs(tenant)? {
        for seq in 0..u32::try_from(batches).unwrap_or(u32::MAX) {
            let batch = store.batch(&BatchKey { run: run.clone(), seq })?;
            std::hint::black_box(Speech::v2().body(batch.items.iter()));
            items += batch.items.len() as u64;
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    // What is not in the batches is not in the plan, whatever the trail says.
    counts.to_send = counts.to_send.min(items);
    Ok((counts, seconds))
}
