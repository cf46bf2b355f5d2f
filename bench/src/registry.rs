//! Item 3: a national registry, loaded into an empty store; and the month after, up to the exact plan.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::bench::Bench;
use crate::figure::{Figure, Measured, Target, digits, grouped};
use crate::growth::{Growth, Point};
use crate::known::{self, LIST};
use crate::made::{Month, Registry};
use crate::process::{self, Watched};
use crate::wall::Wall;
use crate::{clock, say, yardsticks};

/// Bytes of disk that a number needs at most, for a short while: its line, and what a load keeps beside it.
pub(crate) const BYTES_A_NUMBER: u64 = 48;

const FEED: &str = "registry";

/// A loaded registry.
pub(crate) struct Loaded {
    watched: Box<Watched>,
    disk_after: u64,
}

/// The figures.
pub(crate) fn figures(bench: &Bench, growth: &mut Growth) -> Vec<Figure> {
    let size = bench.registry();
    say(&format!("registry: {} numbers", grouped(size as f64)));
    let registry = Registry::new(size);
    let (file, state) = (bench.work.join("registry.txt"), bench.work.join("state"));
    let mut floor = None;
    let mut table = None;
    let mut sort = None;
    let loaded = written(&registry, Month::First, &file).and_then(|()| {
        floor = yardsticks::read_and_hash(&file);
        sort = yardsticks::sort_u(bench, &file, size);
        table = yardsticks::row_each(bench, &file, size);
        load(bench, &file, &state, size, 0)
    });
    let _ = fs::remove_file(&file);
    let explained = match &loaded {
        Ok(_) => explain(bench, &registry, &state),
        Err(_) => Measured::Wrong("not loaded".to_owned()),
    };
    let after = match &loaded {
        Ok(loaded) => {
            growth.load.push(Point { rows: size, seconds: loaded.watched.seconds, peak_mib: loaded.watched.peak_mib });
            month_after(bench, &registry, &file, &state)
        }
        Err(_) => Err(Measured::Wrong("the first month was not loaded".to_owned())),
    };
    let _ = fs::remove_file(&file);
    let _ = fs::remove_dir_all(&state);
    rows(bench, &loaded, &after, explained, &Beside { floor, table, sort })
}

/// The yardsticks: seconds to read and hash the file; numbers a second and bytes a number of a row each; numbers a second of
/// `sort -u`.
struct Beside {
    floor: Option<f64>,
    table: Option<(f64, f64)>,
    sort: Option<f64>,
}

fn rows(
    bench: &Bench,
    loaded: &Result<Loaded, Measured>,
    after: &Result<After, Measured>,
    explained: Measured,
    beside: &Beside,
) -> Vec<Figure> {
    let size = bench.registry() as f64;
    let first = |value: fn(&Loaded) -> f64| match loaded {
        Ok(loaded) => Measured::Is(value(loaded)),
        Err(why) => why.clone(),
    };
    let second = |value: fn(&After) -> f64| match after {
        Ok(after) => Measured::Is(value(after)),
        Err(why) => why.clone(),
    };
    let rate = match loaded {
        Ok(loaded) => Measured::Is(size / loaded.watched.seconds),
        Err(why) => why.clone(),
    };
    // A time or a size is promised for the whole registry.
    let most = |figure: Figure, most| if bench.is_whole() { figure.target(Target::AtMost(most)) } else { figure };
    let figure = |name: &str, value, unit| Figure::new("3", name, value, unit);
    let floor = "sha256sum and wc -l of the file";
    let load = format!("load of {} numbers, final sync included", grouped(size));
    let sample = grouped(yardsticks::row_each_size(bench.registry()) as f64);
    vec![
        most(figure(&load, first(|loaded| loaded.watched.seconds), "s"), 25.0).beside(floor, beside.floor),
        figure("the same", rate.clone(), "rows/s")
            .beside(format!("SQLite, a row each, first {sample}"), beside.table.map(|(rate, _)| rate)),
        figure("the same", rate, "rows/s").beside("sort -u, first hundredth", beside.sort),
        figure("its processor time", first(|loaded| loaded.watched.cpu), "s"),
        most(figure("its peak memory", first(|loaded| loaded.watched.peak_mib), "MiB"), 1024.0),
        most(figure("its peak of disk", first(|loaded| loaded.watched.disk_peak as f64 / 1e6), "MB"), 1300.0),
        most(figure("on disk afterwards", first(|loaded| loaded.disk_after as f64 / 1e6), "MB"), 600.0)
            .beside("SQLite, a row each, as many", beside.table.map(|(_, bytes)| bytes * size / 1e6)),
        figure("explain one of its numbers", explained, "ms"),
        most(figure("month after, 0.5 % changed, to the exact plan", second(|after| after.seconds), "s"), 25.0)
            .beside(floor, beside.floor),
        figure("its processor time", second(|after| after.cpu), "s"),
        figure("its peak memory", second(|after| after.peak_mib), "MiB"),
    ]
}

fn written(registry: &Registry, month: Month, file: &Path) -> Result<(), Measured> {
    let began = clock::now();
    let bytes = registry.write(month, file).map_err(|error| Measured::Wrong(error.to_string()))?;
    say(&format!("  {} MB written in {} s", digits(bytes as f64 / 1e6), digits(began.elapsed().as_secs_f64())));
    Ok(())
}

/// Loads a file into the feed; `absent`: how many numbers of the feed it does not hold any more.
pub(crate) fn load(bench: &Bench, file: &Path, state: &Path, size: u64, absent: u64) -> Result<Loaded, Measured> {
    // Nobody is asked: no address is needed.
    let mut command = bench.command("http://127.0.0.1:9", state);
    command.arg("load").arg(file).args(["--feed", FEED, "--mode", "replace", "--source", "REGULATORY", "--json"]);
    let watched = bench.watch(&mut command, state, &[0])?;
    let report: Value = serde_json::from_str(&watched.stdout).unwrap_or_default();
    let counts = ["rows", "claimed", "alreadyClaimed", "absent", "numbers"].map(|key| report[key].as_u64());
    let again = if absent == 0 { 0 } else { size - absent };
    let expected = [size, size - again, again, absent, size].map(Some);
    if counts != expected {
        return Err(Measured::Wrong(format!("counts: {counts:?}, not {expected:?}")));
    }
    let disk_after = process::size(state);
    say(&format!(
        "  loaded in {} s, {} s of processor, {} MiB; {} MB of disk at the peak, {} MB afterwards",
        digits(watched.seconds),
        digits(watched.cpu),
        digits(watched.peak_mib),
        digits(watched.disk_peak as f64 / 1e6),
        digits(disk_after as f64 / 1e6)
    ));
    Ok(Loaded { watched, disk_after })
}

/// One load of so many numbers into an empty store, for growth.
pub(crate) fn load_alone(bench: &Bench, size: u64) -> Result<Point, Measured> {
    let (file, state): (PathBuf, PathBuf) = (bench.work.join("registry.txt"), bench.work.join("state"));
    let loaded = written(&Registry::new(size), Month::First, &file).and_then(|()| load(bench, &file, &state, size, 0));
    let _ = fs::remove_file(&file);
    let _ = fs::remove_dir_all(&state);
    loaded.map(|loaded| Point { rows: size, seconds: loaded.watched.seconds, peak_mib: loaded.watched.peak_mib })
}

/// Milliseconds to explain one number, process start included; median of five.
fn explain(bench: &Bench, registry: &Registry, state: &Path) -> Measured {
    let number = registry.number(Month::First, bench.registry() / 2);
    let mut took = Vec::new();
    for _ in 0..5 {
        let mut command = bench.command("http://127.0.0.1:9", state);
        let watched = bench.watch(command.args(["explain", &format!("+{number}"), "--json"]), state, &[0]);
        match watched {
            Ok(watched) => took.push(watched.seconds * 1000.0),
            Err(why) => return why,
        }
    }
    took.sort_unstable_by(f64::total_cmp);
    Measured::Is(took[took.len() / 2])
}

/// The month after.
struct After {
    seconds: f64,
    cpu: f64,
    peak_mib: f64,
}

/// The list holds what the first month held, and the second one's file comes: loaded, and its plan shown.
fn month_after(bench: &Bench, registry: &Registry, file: &Path, state: &Path) -> Result<After, Measured> {
    let wrong = |error: &dyn std::fmt::Display| Measured::Wrong(error.to_string());
    let wall = Wall::start(LIST).map_err(|error| wrong(&error))?;
    say("  the list is made to hold all of them");
    known::list_holds(state, &wall.url(), &registry.set()).map_err(|error| wrong(&error))?;
    known::all_was_put_there(state).map_err(|error| wrong(&error))?;
    let list = ["--list", LIST, "--scope", "GLOBAL"];
    let mut set = bench.command(&wall.url(), state);
    bench.watch(set.args(["target", "set", "--feeds", FEED]).args(list), state, &[0])?;
    written(registry, Month::After, file)?;
    let (size, replaced) = (bench.registry(), registry.replaced());
    let loaded = load(bench, file, state, size, replaced)?.watched;
    let mut command = bench.command(&wall.url(), state);
    // 10: there is something to do.
    let planned = bench.watch(command.args(["plan", "--json"]).args(list), state, &[10])?;
    say(&format!("  planned in {} s, {} MiB", digits(planned.seconds), digits(planned.peak_mib)));
    let plan: Value = serde_json::from_str(&planned.stdout).unwrap_or_default();
    let counts = ["additions", "removals", "right", "foreign"].map(|key| plan[key].as_u64());
    let expected = [replaced, replaced, size - replaced, 0].map(Some);
    if counts != expected {
        return Err(Measured::Wrong(format!("plan: {counts:?}, not {expected:?}")));
    }
    let peak_mib = loaded.peak_mib.max(planned.peak_mib);
    Ok(After { seconds: loaded.seconds + planned.seconds, cpu: loaded.cpu + planned.cpu, peak_mib })
}
