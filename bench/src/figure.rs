//! A figure: one row of the table.

use serde_json::{Value, json};

/// What was measured, beside what, and what it should have been.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    item: &'static str,
    name: String,
    unit: &'static str,
    value: Measured,
    yardstick: Option<(String, f64)>,
    target: Option<Target>,
    wanted_ratio: Option<f64>,
}

/// What a measurement came to.
#[derive(Clone, Debug)]
pub(crate) enum Measured {
    /// A value.
    Is(f64),
    /// It had not ended after so many seconds, and was stopped.
    Over(f64),
    /// It did something else than it should have: why.
    Wrong(String),
}

/// What a value should be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    /// A rate.
    AtLeast(f64),
    /// A time, or a size.
    AtMost(f64),
}

impl Figure {
    /// A figure of an item of the issue: `1` to `6`.
    pub(crate) fn new(item: &'static str, name: impl Into<String>, value: Measured, unit: &'static str) -> Self {
        Self { item, name: name.into(), unit, value, yardstick: None, target: None, wanted_ratio: None }
    }

    /// What it is to be.
    #[must_use]
    pub(crate) fn target(self, target: Target) -> Self {
        Self { target: Some(target), ..self }
    }

    /// How many times the yardstick it is to be, too.
    #[must_use]
    pub(crate) fn wanted_ratio(self, ratio: f64) -> Self {
        Self { wanted_ratio: Some(ratio), ..self }
    }

    /// The same thing done in another way, in the same run and in the same unit. Without a value where it could not be
    /// measured.
    #[must_use]
    pub(crate) fn beside(self, name: impl Into<String>, value: Option<f64>) -> Self {
        Self { yardstick: value.map(|value| (name.into(), value)), ..self }
    }

    /// How many times better than the yardstick: more where more is better, less where less is.
    pub(crate) fn ratio(&self) -> Option<f64> {
        let (Measured::Is(value), Some((_, yardstick))) = (&self.value, &self.yardstick) else { return None };
        Some(if self.more_is_better() { value / yardstick } else { yardstick / value })
    }

    fn more_is_better(&self) -> bool {
        matches!(self.target, Some(Target::AtLeast(_))) || self.unit.ends_with("/s")
    }

    /// Whether the target was reached; `None` where there is none.
    pub(crate) fn reached(&self) -> Option<bool> {
        let target = self.target?;
        let Measured::Is(value) = self.value else { return Some(false) };
        let by_value = match target {
            Target::AtLeast(least) => value >= least,
            Target::AtMost(most) => value <= most,
        };
        let by_ratio = match (self.wanted_ratio, self.ratio()) {
            (Some(wanted), Some(ratio)) => ratio >= wanted,
            // Without its yardstick a wanted ratio is not known to be reached.
            (Some(_), None) => false,
            (None, _) => true,
        };
        Some(by_value && by_ratio)
    }

    /// Its cells: item, figure, value, yardstick, its value, ratio, target, whether it was reached.
    pub(crate) fn cells(&self) -> [String; 8] {
        let unit = self.unit;
        let value = match &self.value {
            Measured::Is(value) => format!("{} {unit}", digits(*value)),
            Measured::Over(seconds) => format!("over {} s", digits(*seconds)),
            Measured::Wrong(_) => "failed".to_owned(),
        };
        let target = self.target.map(|target| match target {
            Target::AtLeast(least) => format!("≥ {} {unit}", exact(least)),
            Target::AtMost(most) => format!("≤ {} {unit}", exact(most)),
        });
        let wanted = self.wanted_ratio.map(|ratio| format!(", ≥ {}×", digits(ratio)));
        let (name, beside) = match &self.yardstick {
            Some((name, value)) => (name.clone(), format!("{} {unit}", digits(*value))),
            None => Default::default(),
        };
        let ratio = self.ratio().map(|ratio| format!("{}×", digits(ratio)));
        let reached = self.reached().map_or("", |reached| if reached { "yes" } else { "NO" });
        let target = target.unwrap_or_default() + &wanted.unwrap_or_default();
        let ratio = ratio.unwrap_or_default();
        [self.item.to_owned(), self.name.clone(), value, name, beside, ratio, target, reached.to_owned()]
    }

    /// Why there is no value, where something else was done than should have been.
    pub(crate) fn wrong(&self) -> Option<&str> {
        match &self.value {
            Measured::Wrong(why) => Some(why),
            _ => None,
        }
    }

    /// For machines.
    pub(crate) fn json(&self) -> Value {
        let (value, over, wrong) = match &self.value {
            Measured::Is(value) => (Some(*value), None, None),
            Measured::Over(seconds) => (None, Some(*seconds), None),
            Measured::Wrong(why) => (None, None, Some(why)),
        };
        let (at_least, at_most) = match self.target {
            Some(Target::AtLeast(least)) => (Some(least), None),
            Some(Target::AtMost(most)) => (None, Some(most)),
            None => (None, None),
        };
        json!({
            "item": self.item,
            "figure": self.name,
            "unit": self.unit,
            "value": value,
            "overSeconds": over,
            "wrong": wrong,
            "yardstick": self.yardstick.as_ref().map(|(name, _)| name),
            "yardstickValue": self.yardstick.as_ref().map(|(_, value)| value),
            "ratio": self.ratio(),
            "targetAtLeast": at_least,
            "targetAtMost": at_most,
            "targetRatio": self.wanted_ratio,
            "reached": self.reached(),
        })
    }
}

/// Three digits that matter; large ones whole, in groups.
pub(crate) fn digits(value: f64) -> String {
    let size = value.abs();
    if size < 0.0995 {
        return format!("{value:.3}");
    }
    if size < 9.95 {
        return format!("{value:.2}");
    }
    if size < 99.5 {
        return format!("{value:.1}");
    }
    // What is past the third digit is noise.
    let step = 10f64.powi((size.log10().floor() as i32 - 2).max(0));
    grouped((value / step).round() * step)
}

/// What was asked for is said as it was asked for.
fn exact(value: f64) -> String {
    if value < 100.0 { format!("{value}") } else { grouped(value) }
}

/// As a whole number, in groups of three digits. Also what a file has of rows.
pub(crate) fn grouped(value: f64) -> String {
    let whole = format!("{value:.0}");
    let mut grouped = String::new();
    for (place, digit) in whole.char_indices() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_three_digits() {
        let shown = [0.0123, 0.5, 12.0, 123.4, 5_012_345.0, 999.6].map(digits);
        assert_eq!(shown, ["0.012", "0.50", "12.0", "123", "5,010,000", "1,000"]);
    }

    #[test]
    fn a_ratio_says_how_many_times_better() {
        let rate = Figure::new("2", "rows", Measured::Is(300.0), "rows/s").beside("other", Some(100.0));
        let time = Figure::new("3", "load", Measured::Is(2.0), "s").beside("other", Some(1.0));
        assert_eq!((rate.ratio(), time.ratio()), (Some(3.0), Some(0.5)));
        let both = rate.target(Target::AtLeast(200.0)).wanted_ratio(4.0);
        assert_eq!(both.reached(), Some(false), "fast enough, and not enough faster");
        assert_eq!(time.target(Target::AtMost(2.0)).reached(), Some(true));
    }

    #[test]
    fn what_did_not_end_reached_nothing() {
        let figure = Figure::new("3", "load", Measured::Over(180.0), "s").target(Target::AtMost(25.0));
        assert_eq!(figure.reached(), Some(false));
        assert_eq!(figure.cells()[2], "over 180 s");
    }
}
