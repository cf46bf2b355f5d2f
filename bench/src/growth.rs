//! Item 6: how time and memory grow with the rows.

use std::io;
use std::path::Path;

use crate::bench::Bench;
use crate::figure::{Figure, Measured, Target, digits, grouped};
use crate::made::{Format, Updates};
use crate::{ingest, plot, registry, say};

/// Sizes that every run measures.
const ALWAYS: [u64; 2] = [1_000_000, 10_000_000];

/// And one that is measured where the plot is drawn.
const FOR_THE_PLOT: u64 = 100_000_000;

/// Time a row may grow so many times from the smallest to the largest.
const LINEAR: f64 = 1.5;

/// One measurement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point {
    /// Rows, or numbers.
    pub(crate) rows: u64,
    /// How long it took.
    pub(crate) seconds: f64,
    /// The most memory.
    pub(crate) peak_mib: f64,
}

/// What was measured so far, by whichever item.
#[derive(Clone, Debug, Default)]
pub(crate) struct Growth {
    /// Local parts of ingestions, CSV.
    pub(crate) ingest: Vec<Point>,
    /// Loads of registries into an empty store.
    pub(crate) load: Vec<Point>,
}

/// The figures. What items 2 and 3 have measured is not measured again.
pub(crate) fn figures(bench: &Bench, growth: &mut Growth) -> Vec<Figure> {
    let mut sizes = ALWAYS.to_vec();
    sizes.extend(bench.plot.is_some().then_some(FOR_THE_PLOT));
    let updates = Updates::new();
    for rows in sizes.into_iter().map(|rows| rows / bench.divisor) {
        say(&format!("growth: {} rows", grouped(rows as f64)));
        measure(&mut growth.ingest, rows, || {
            let local = ingest::local_part(bench, &updates, Format::Csv, rows)?;
            Ok(Point { rows, seconds: local.seconds, peak_mib: local.peak_mib })
        });
        measure(&mut growth.load, rows, || registry::load_alone(bench, rows));
    }
    let mut figures = of("ingest", &mut growth.ingest, 600.0);
    figures.extend(of("load", &mut growth.load, 1024.0));
    if let Some(docs) = &bench.plot {
        match draw(growth, docs) {
            Ok(()) => say(&format!("  drawn: {}", docs.join("growth.svg").display())),
            Err(error) => say(&format!("  not drawn: {error}")),
        }
    }
    figures
}

fn measure(points: &mut Vec<Point>, rows: u64, work: impl FnOnce() -> Result<Point, Measured>) {
    if points.iter().any(|point| point.rows == rows) {
        return;
    }
    match work() {
        Ok(point) => points.push(point),
        Err(Measured::Over(seconds)) => say(&format!("  not ended after {} s", digits(seconds))),
        Err(why) => say(&format!("  {why:?}")),
    }
}

/// The largest beside the smallest: time a row, and memory beside what is promised at any size.
fn of(name: &str, points: &mut [Point], most_mib: f64) -> Vec<Figure> {
    points.sort_unstable_by_key(|point| point.rows);
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return Vec::new() };
    if first.rows == last.rows {
        let why = Measured::Wrong("one size was measured".to_owned());
        return vec![Figure::new("6", format!("{name}, growth"), why, "")];
    }
    let nanos = |point: &Point| point.seconds * 1e9 / point.rows as f64;
    let of = |point: &Point| grouped(point.rows as f64);
    vec![
        Figure::new("6", format!("{name}, a row of {}", of(last)), Measured::Is(nanos(last)), "ns")
            .beside(format!("a row of {}", of(first)), Some(nanos(first)))
            .target(Target::AtMost(LINEAR * nanos(first))),
        Figure::new("6", format!("{name}, peak memory at {}", of(last)), Measured::Is(last.peak_mib), "MiB")
            .beside(format!("at {}", of(first)), Some(first.peak_mib))
            .target(Target::AtMost(most_mib)),
    ]
}

/// The plot, and its figures as text.
fn draw(growth: &Growth, docs: &Path) -> io::Result<()> {
    std::fs::write(docs.join("growth.svg"), plot::svg(growth))?;
    let mut text = String::from(HEAD);
    for (name, points) in [("ingest", &growth.ingest), ("load", &growth.load)] {
        for point in points {
            let (rows, seconds) = (grouped(point.rows as f64), digits(point.seconds));
            let rate = digits(point.rows as f64 / point.seconds);
            text += &format!("| {name} | {rows} | {seconds} | {rate} | {} |\n", digits(point.peak_mib));
        }
    }
    std::fs::write(docs.join("growth.md"), text)
}

const HEAD: &str = "\
# Growth

Drawn by `bench/run --plot`; [bench/README.md](../bench/README.md) says what is measured and how. *ingest*: a CSV of updates,
half of it listed already, to a synced plan with its bodies. *load*: a registry into an empty store. A size that is missing
did not end within the limit of the run.

![Seconds and peak memory by rows](growth.svg)

| | rows | seconds | rows/s | peak MiB |
|---|---:|---:|---:|---:|
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_stands_beside_the_smallest() {
        let point = |rows, seconds| Point { rows, seconds, peak_mib: 100.0 };
        let mut points = [point(10_000_000, 4.0), point(1_000_000, 0.2)];
        let figures = of("load", &mut points, 1024.0);
        assert_eq!(figures.iter().map(Figure::reached).collect::<Vec<_>>(), [Some(false), Some(true)]);
        assert_eq!(figures[0].ratio(), Some(0.5));
    }
}
