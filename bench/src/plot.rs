//! The plot of growth: seconds and memory by rows, both axes logarithmic, drawn as SVG by hand: some lines and words.

use std::fmt::Write;

use crate::growth::{Growth, Point};

const WIDTH: f64 = 880.0;
const HEIGHT: f64 = 400.0;

/// The inside of a panel.
const PANEL: (f64, f64) = (330.0, 280.0);
const TOP: f64 = 50.0;
const LEFT: [f64; 2] = [70.0, 500.0];

const COLOURS: [&str; 2] = ["#0b6e99", "#b5541b"];
const NAMES: [&str; 2] = ["ingest", "load"];

/// A panel: where it stands, and which powers of ten its sides go from and to.
struct Panel {
    left: f64,
    rows: (i32, i32),
    values: (i32, i32),
}

impl Panel {
    /// A panel that has room for these points.
    fn around(left: f64, points: &[(f64, f64)]) -> Self {
        let powers = |values: &mut dyn Iterator<Item = f64>| {
            let (low, high) = values.fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)));
            let (low, high) = (low.log10().floor() as i32, high.log10().ceil() as i32);
            (low, high.max(low + 1))
        };
        let rows = powers(&mut points.iter().map(|(rows, _)| *rows));
        let values = powers(&mut points.iter().map(|(_, value)| *value));
        Self { left, rows, values }
    }

    fn place(&self, rows: f64, value: f64) -> (f64, f64) {
        let share = |value: f64, (low, high): (i32, i32)| (value.log10() - f64::from(low)) / f64::from(high - low);
        (self.left + share(rows, self.rows) * PANEL.0, TOP + PANEL.1 - share(value, self.values) * PANEL.1)
    }

    /// Frame, grid and words.
    fn frame(&self, title: &str) -> String {
        let (right, bottom) = (self.left + PANEL.0, TOP + PANEL.1);
        let mut svg = text(self.left + PANEL.0 / 2.0, TOP - 16.0, "middle", title);
        for power in self.rows.0..=self.rows.1 {
            let (x, _) = self.place(10f64.powi(power), 10f64.powi(self.values.0));
            svg += &line((x, TOP), (x, bottom), "#ddd", "");
            svg += &text(x, bottom + 18.0, "middle", &power_of_ten(power));
        }
        for power in self.values.0..=self.values.1 {
            let (_, y) = self.place(10f64.powi(self.rows.0), 10f64.powi(power));
            svg += &line((self.left, y), (right, y), "#ddd", "");
            svg += &text(self.left - 8.0, y + 4.0, "end", &power_of_ten(power));
        }
        svg + &text(self.left + PANEL.0 / 2.0, bottom + 38.0, "middle", "rows")
    }

    fn series(&self, points: &[(f64, f64)], colour: &str) -> String {
        let places: Vec<(f64, f64)> = points.iter().map(|(rows, value)| self.place(*rows, *value)).collect();
        let mut svg: String = places.windows(2).map(|pair| line(pair[0], pair[1], colour, "")).collect();
        for (x, y) in places {
            writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\" fill=\"{colour}\"/>").expect("a string");
        }
        svg
    }
}

/// Draws it.
pub(crate) fn svg(growth: &Growth) -> String {
    let series = [&growth.ingest, &growth.load];
    let of = |value: fn(&Point) -> f64| {
        series.map(|points| points.iter().map(|point| (point.rows as f64, value(point))).collect::<Vec<_>>())
    };
    let [seconds, memory] = [of(|point| point.seconds.max(0.001)), of(|point| point.peak_mib.max(1.0))];
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\"/>\n"
    );
    for (at, (title, values)) in [("seconds", &seconds), ("peak memory, MiB", &memory)].into_iter().enumerate() {
        let all: Vec<(f64, f64)> = values.iter().flatten().copied().collect();
        if all.is_empty() {
            continue;
        }
        let panel = Panel::around(LEFT[at], &all);
        svg += &panel.frame(title);
        for (points, colour) in values.iter().zip(COLOURS) {
            if title == "seconds" {
                svg += &linear(&panel, points, colour);
            }
            svg += &panel.series(points, colour);
        }
    }
    for (at, (name, colour)) in NAMES.into_iter().zip(COLOURS).enumerate() {
        let x = LEFT[0] + 110.0 * at as f64;
        writeln!(svg, "<circle cx=\"{x}\" cy=\"388\" r=\"4\" fill=\"{colour}\"/>").expect("a string");
        svg += &text(x + 10.0, 392.0, "start", name);
    }
    svg += &text(LEFT[0] + 220.0, 392.0, "start", "- - - time in proportion to the rows, from the largest measured");
    svg + "</svg>\n"
}

/// The ideal: time in proportion, through the largest measurement, where a process' start weighs least.
fn linear(panel: &Panel, points: &[(f64, f64)], colour: &str) -> String {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return String::new() };
    let from = last.1 * first.0 / last.0;
    let lowest = 10f64.powi(panel.values.0);
    // Not below the frame.
    let (rows, from) = if from < lowest { (last.0 * lowest / last.1, lowest) } else { (first.0, from) };
    line(panel.place(rows, from), panel.place(last.0, last.1), colour, " stroke-dasharray=\"4 4\" opacity=\"0.6\"")
}

fn line(from: (f64, f64), to: (f64, f64), colour: &str, more: &str) -> String {
    let ((x1, y1), (x2, y2)) = (from, to);
    format!(
        "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"{colour}\" stroke-width=\"1.5\"{more}/>\n"
    )
}

fn text(x: f64, y: f64, anchor: &str, words: &str) -> String {
    format!("<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"#222\">{words}</text>\n")
}

fn power_of_ten(power: i32) -> String {
    match power {
        ..0 => format!("{}", 10f64.powi(power)),
        0..=3 => format!("{}", 10u64.pow(power.unsigned_abs())),
        4..=5 => format!("{} k", 10u64.pow(power.unsigned_abs() - 3)),
        _ => format!("{} M", 10u64.pow(power.unsigned_abs().min(12) - 6)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_is_drawn_inside() {
        let point = |rows, seconds| Point { rows, seconds, peak_mib: 90.0 };
        let growth = Growth {
            ingest: vec![point(1_000_000, 0.3), point(10_000_000, 2.0)],
            load: vec![point(260_000_000, 24.0)],
        };
        let svg = svg(&growth);
        // Two panels of three points, and two in the legend.
        assert_eq!(svg.matches("<circle").count(), 8);
        assert!(!svg.contains("NaN") && !svg.contains("\"-"), "{svg}");
    }
}
