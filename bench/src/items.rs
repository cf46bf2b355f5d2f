//! Items 1, 4 and 5 as rows of the table.

use crate::bench::Bench;
use crate::figure::{Figure, Measured::Is, Target};
use crate::growth::Growth;
use crate::{check, sending, urgent};

/// Item 1: numbers judged a second, on one core.
pub(crate) fn check(_: &Bench, _: &mut Growth) -> Vec<Figure> {
    // NANP in E.164, thirty countries, human formats: the order of `check::figures`.
    let targets = [40e6, 15e6, 2e6];
    let row = |(mix, target): (check::Mixed, f64)| {
        let (valid, left) = (100.0 * mix.valid, 100.0 * mix.left);
        let name = format!("{}: {valid:.0} % valid, {left:.1} % left to the library", mix.name);
        Figure::new("1", name, Is(mix.ours), "numbers/s")
            .beside("the library: parse, is_valid, E.164", Some(mix.library))
            .target(Target::AtLeast(target))
    };
    check::figures().into_iter().zip(targets).map(row).collect()
}

/// Item 4: one opt-out into a list that is known.
pub(crate) fn urgent(bench: &Bench, _: &mut Growth) -> Vec<Figure> {
    let runs = urgent::measure(usize::try_from(bench.updates()).unwrap_or(usize::MAX));
    let median = |of: fn(&urgent::Figures) -> f64| {
        let mut all: Vec<f64> = runs.iter().map(of).collect();
        all.sort_unstable_by(f64::total_cmp);
        all[all.len() / 2]
    };
    let most = runs.iter().map(|run| run.requests).max().unwrap_or(0);
    vec![
        Figure::new("4", "one opt-out, our own time to its POST", Is(median(|run| run.own.as_secs_f64() * 1e3)), "ms")
            .beside("dncsync --version, whole", Some(median(|run| run.nothing.as_secs_f64() * 1e3)))
            .target(Target::AtMost(30.0)),
        Figure::new(
            "4",
            "beside it, waiting for earlier answers",
            Is(median(|run| run.server.as_secs_f64() * 1e3)),
            "ms",
        ),
        Figure::new("4", "its requests to confirmation, the most", Is(most as f64), "").target(Target::AtMost(4.0)),
    ]
}

/// A list in no order, and the plain way, are measured with a tenth of the numbers: what they cost a number is the same.
const TENTH: u64 = 10;

/// Item 5: new numbers to a tenant without a limit.
pub(crate) fn sending(bench: &Bench, _: &mut Growth) -> Vec<Figure> {
    let (all, tenth) = (bench.updates(), (bench.updates() / TENTH).max(1));
    let plain = sending::plain(&bench.dncsync, tenth);
    let mut rows = Vec::new();
    for (order, shuffled, numbers) in [("in order", false, all), ("in no order, a tenth", true, tenth)] {
        let sent = sending::measure(&bench.dncsync, &bench.work, numbers, shuffled);
        let name = format!("processor time a number, plan to confirmation; list {order}");
        let row = Figure::new("5", name, Is(sent.cpu_us), "µs").beside("serde_json, one connection", Some(plain));
        rows.push(row.target(Target::AtMost(1.5)));
        let name = format!("requests; list {order}");
        rows.push(Figure::new("5", name, Is(sent.requests as f64), "").target(Target::AtMost(sent.most as f64)));
    }
    rows
}
