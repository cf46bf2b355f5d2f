//! The table.

use std::fmt::Write;

use crate::figure::Figure;

const HEAD: [&str; 8] = ["", "figure", "value", "yardstick", "its value", "ratio", "target", "reached"];

/// Columns of values, which stand to the right.
const RIGHT: [bool; 8] = [false, false, true, false, true, true, true, false];

/// The figures as aligned text.
pub(crate) fn text(figures: &[Figure]) -> String {
    let rows: Vec<[String; 8]> =
        std::iter::once(HEAD.map(str::to_owned)).chain(figures.iter().map(Figure::cells)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 8] = std::array::from_fn(width);
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let width = widths[column];
            let written =
                if RIGHT[column] { write!(line, "{cell:>width$}  ") } else { write!(line, "{cell:<width$}  ") };
            written.expect("a string takes every word");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    let mut reasons: Vec<String> = Vec::new();
    for figure in figures {
        let [item, name, ..] = figure.cells();
        reasons.extend(figure.wrong().map(|why| format!("failed: {item} {name}: {why}\n")));
    }
    text + &reasons.concat()
}
