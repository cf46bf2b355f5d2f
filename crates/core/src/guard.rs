//! Guards: what would take protection away beyond a measure stops until somebody approves it (design decision 3).
//!
//! Nothing that adds protection is ever stopped.

use crate::load::LoadCounts;

/// When a load that replaces its feed stops.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LoadGuard {
    /// The share of rows that may be rejected.
    pub most_rejected: f64,
    /// The share of the feed that may go away.
    pub most_shrink: f64,
}

/// A registry's file has next to no bad rows, and its monthly purge takes 0.25 to 0.5 % away.
impl Default for LoadGuard {
    fn default() -> Self {
        Self { most_rejected: 0.05, most_shrink: 0.10 }
    }
}

impl LoadGuard {
    /// Why a load that replaces stops, with its figures; `None` where it may go on. `before` and `after` are what the
    /// feed claims.
    pub fn stops(&self, counts: &LoadCounts, before: u64, after: u64) -> Option<String> {
        if exceeds(counts.rejected, counts.rows, self.most_rejected) {
            let (share, most) = (percent(counts.rejected, counts.rows), shown(self.most_rejected));
            return Some(format!(
                "{} of {} rows were rejected ({share}; at most {most})",
                counts.rejected, counts.rows
            ));
        }
        let shrink = before.saturating_sub(after);
        if exceeds(shrink, before, self.most_shrink) {
            let (share, most) = (percent(shrink, before), shown(self.most_shrink));
            return Some(format!("the feed would shrink from {before} numbers to {after} ({share}; at most {most})"));
        }
        None
    }

    /// Why a load that takes nothing away stops: none of its rows is a number. It would say nothing and make its feed look
    /// fresh.
    pub fn says_nothing(counts: &LoadCounts) -> Option<String> {
        let nothing = counts.rows > 0 && counts.rejected == counts.rows;
        nothing.then(|| format!("all of its rows were rejected, {} of {}", counts.rejected, counts.rows))
    }
}

/// When a plan stops before its first removal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlanGuard {
    /// So many removals need approval whatever the list's size.
    pub most_removals: u64,
    /// The share of the list that may be removed.
    pub most_share: f64,
    /// So few are never stopped for their share.
    pub few: u64,
    /// The share of the list that may leave because the campaign's own numbers changed.
    pub most_left_out: f64,
}

impl Default for PlanGuard {
    fn default() -> Self {
        Self { most_removals: 1_000, most_share: 0.01, few: 50, most_left_out: 0.50 }
    }
}

impl PlanGuard {
    /// Why a plan stops before its first removal, with its figures; `None` where it may go on. `removals`: numbers that
    /// no feed claims any more. `left_out`: numbers that a feed claims and the campaign's own numbers leave out.
    pub fn stops(&self, removals: u64, left_out: u64, listed: u64) -> Option<String> {
        if removals > self.most_removals {
            return Some(format!(
                "{removals} of {listed} listed numbers would be removed (at most {})",
                self.most_removals
            ));
        }
        if removals > self.few && exceeds(removals, listed, self.most_share) {
            let (share, most) = (percent(removals, listed), shown(self.most_share));
            return Some(format!("{removals} of {listed} listed numbers would be removed ({share}; at most {most})"));
        }
        if exceeds(left_out, listed, self.most_left_out) {
            let (share, most) = (percent(left_out, listed), shown(self.most_left_out));
            return Some(format!(
                "{left_out} of {listed} listed numbers would leave because they are not among the campaign's own ({share}; at \
                 most {most})"
            ));
        }
        None
    }
}

fn exceeds(part: u64, whole: u64, share: f64) -> bool {
    part > 0 && part as f64 > whole as f64 * share
}

fn percent(part: u64, whole: u64) -> String {
    shown(part as f64 / whole.max(1) as f64)
}

fn shown(share: f64) -> String {
    let text = format!("{:.2}", share * 100.0);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(rows: u64, rejected: u64) -> LoadCounts {
        LoadCounts { rows, rejected, ..LoadCounts::default() }
    }

    #[test]
    fn a_load_stops_beyond_five_percent_of_bad_rows_or_ten_of_shrink() {
        let guard = LoadGuard::default();
        assert_eq!(guard.stops(&counts(100, 5), 100, 90), None);
        assert_eq!(
            guard.stops(&counts(100, 6), 0, 94),
            Some("6 of 100 rows were rejected (6 %; at most 5 %)".to_owned())
        );
        assert_eq!(
            guard.stops(&counts(1000, 0), 1000, 899),
            Some("the feed would shrink from 1000 numbers to 899 (10.1 %; at most 10 %)".to_owned())
        );
        assert_eq!(guard.stops(&counts(0, 0), 0, 0), None);
    }

    #[test]
    fn a_load_of_which_no_row_passes_says_nothing() {
        let says_nothing = |rows, rejected| LoadGuard::says_nothing(&counts(rows, rejected)).is_some();
        assert!(says_nothing(3, 3));
        assert!(!says_nothing(3, 2));
        assert!(!says_nothing(0, 0));
    }

    #[test]
    fn a_plan_stops_beyond_a_thousand_removals_or_a_hundredth_that_is_more_than_fifty() {
        let stops = |removals, left_out, listed| PlanGuard::default().stops(removals, left_out, listed).is_some();
        assert!(!stops(1_000, 0, 1_000_000));
        assert!(stops(1_001, 0, 1_000_000));
        assert!(!stops(50, 0, 60));
        assert!(stops(51, 0, 5_000));
        assert!(!stops(51, 0, 5_100));
        assert!(!stops(0, 500, 1_000));
        assert!(stops(0, 501, 1_000));
        assert!(!stops(0, 0, 0));
    }
}
