//! Progress: a moving line on a terminal, sober lines elsewhere.

use std::io::IsTerminal;
use std::time::Duration;

use dncsync_engine::Progress;
use indicatif::{ProgressBar, ProgressStyle};

use crate::print;

/// Somebody waits in front of this.
pub(crate) struct Screen {
    bar: Option<ProgressBar>,
    last: String,
    quiet: bool,
}

impl Screen {
    /// On standard error. `quiet`: not even sober lines, but notes.
    pub(crate) fn new(quiet: bool) -> Self {
        let bar = (!quiet && std::io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new(0);
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Self { bar, last: String::new(), quiet }
    }

    /// Shows where things stand.
    pub(crate) fn show(&mut self, progress: &Progress) {
        match progress {
            Progress::Note(text) => self.say(text),
            Progress::Finished { summary } => self.say(&format!("finished first: {summary}")),
            Progress::Waiting { why } => self.say(why),
            Progress::Reading { rows } => self.moving("reading", *rows, None, "rows"),
            Progress::Taking { feed, rows } => self.moving(&format!("taking into {feed}"), *rows, None, "rows"),
            Progress::Meeting { list, listed: 0 } => self.moving(&format!("looking for {list}"), 0, None, ""),
            Progress::Meeting { list, listed } => self.moving(&format!("reading {list}"), *listed, None, "listed"),
            Progress::Confirming { settled, of, .. } => self.moving("confirming", *settled, Some(*of), "numbers"),
        }
    }

    /// Takes the moving line away.
    pub(crate) fn clear(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn say(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| print::note(text)),
            None => print::note(text),
        }
    }

    fn moving(&mut self, what: &str, position: u64, of: Option<u64>, unit: &str) {
        match &self.bar {
            Some(bar) => {
                let template = match of {
                    Some(_) => "{msg} {wide_bar} {human_pos}/{human_len} {per_sec} {eta} left",
                    None => "{spinner} {msg} {human_pos} {prefix} {per_sec}",
                };
                if self.last != what {
                    bar.reset();
                    bar.set_style(
                        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
                    );
                }
                if let Some(of) = of {
                    bar.set_length(of);
                }
                bar.set_prefix(unit.to_owned());
                bar.set_message(what.to_owned());
                bar.set_position(position);
            }
            // Sober: one line for each kind of work, not one for each step.
            None if !self.quiet && self.last != what => {
                let of = of.map(|of| format!(" of {}", print::grouped(of))).unwrap_or_default();
                let count =
                    if unit.is_empty() { String::new() } else { format!(": {}{of} {unit}", print::grouped(position)) };
                print::note(&format!("{what}{count}"));
            }
            None => {}
        }
        if self.last != what {
            what.clone_into(&mut self.last);
        }
    }
}
