//! The desk: where the rows of inputs are read and judged one by one, in constant memory.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::vec::Drain;

use dncsync_core::check::{self, Malformed, Passed, Rules, Verdict};
use dncsync_core::notes::Mended;
use dncsync_core::number::Number;
use dncsync_core::rejection::{Rejection, RejectionCode};
use dncsync_core::row::{Place, RowRef};
use dncsync_core::source::SourceType;
use dncsync_feed::{Asked, Fault, OpenError, Reader, Stretch};

use crate::ahead::{self, Eyes};
use crate::inputs::Input;
use crate::order::Source;
use crate::progress::{Observer, Progress};
use crate::rejects::{self, Rejects};
use crate::trouble::Trouble;
use crate::world::World;

/// How many rows go by between two words of progress.
const TELL_EVERY: u64 = 50_000;

/// Takes the rows that passed.
pub(crate) trait Sink {
    /// The numbers of the rows that come next, for who looks each of them up: memory answers many such questions in the time of
    /// a few, where they are asked one right after another.
    fn expect(&mut self, _: &mut dyn Iterator<Item = Number>) {}

    /// Takes one.
    fn row(&mut self, passed: Passed<'_>) -> Result<(), Trouble>;

    /// Takes many that tell nothing but their number, on lines that follow each other from `first` on.
    fn bare(&mut self, numbers: &[Number], first: Place, source: SourceType) -> Result<(), Trouble> {
        self.expect(&mut numbers.iter().copied());
        let mut lines = first.line..;
        numbers.iter().try_for_each(|number| {
            let place = Place { line: lines.next().unwrap_or(u64::MAX), ..first };
            self.row(Passed::bare(*number, place, source))
        })
    }
}

impl<F: FnMut(Passed<'_>) -> Result<(), Trouble>> Sink for F {
    fn row(&mut self, passed: Passed<'_>) -> Result<(), Trouble> {
        self(passed)
    }
}

/// What a desk came to.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    /// Rows read.
    pub(crate) rows: u64,
    /// Rows that did not pass.
    pub(crate) rejected: u64,
    /// What was mended.
    pub(crate) warnings: BTreeMap<String, u64>,
    /// The rejects file and its length.
    pub(crate) rejects: Option<(PathBuf, u64)>,
}

/// Where rows are judged.
pub(crate) struct Desk {
    rules: Rules,
    asked: Asked,
    rejects: Rejects,
    judged: Judged,
}

impl Desk {
    /// A desk whose refused rows go to `rejects`. What processes that died while they read left behind is swept away.
    pub(crate) fn open(
        state: &Path,
        rejects: PathBuf,
        sources: &[Source],
        rules: Rules,
        asked: Asked,
    ) -> Result<Self, Trouble> {
        for directory in ["rejects", "unconfirmed", "missing"].map(|name| state.join(name)) {
            rejects::sweep(&directory).map_err(|error| rejects_unusable(&directory, &error))?;
        }
        spare_inputs(&rejects, sources)?;
        Ok(Self { rules, asked, rejects: Rejects::at(rejects), judged: Judged::default() })
    }

    /// Reads and judges all inputs.
    pub(crate) fn read_all(
        &mut self,
        inputs: &mut [Input],
        world: &World,
        observer: &mut Observer<'_>,
        sink: &mut dyn Sink,
    ) -> Result<(), Trouble> {
        for (file, input) in (0u32..).zip(inputs) {
            self.read(input, file, world, observer, sink)?;
        }
        Ok(())
    }

    fn read(
        &mut self,
        input: &mut Input,
        file: u32,
        world: &World,
        observer: &mut Observer<'_>,
        sink: &mut dyn Sink,
    ) -> Result<(), Trouble> {
        let name = input.name().to_owned();
        let mut bytes = input.bytes()?;
        let reader = Reader::open(&mut bytes, &self.asked).map_err(|error| unreadable(&name, error))?;
        self.fits(&name, reader.tells_actions())?;
        let broken =
            |error: &io::Error| Trouble::input("input.unreadable", format!("{name}: {error}"), "check the file");
        let mut told = self.judged.rows;
        let rules = self.rules;
        let eyes = Eyes {
            at_sight: |text: &[u8]| check::at_sight(text, &rules),
            judge: |row: RowRef<'_>, fault: Option<Fault>| match fault {
                None => check::judge(row, file, &rules),
                Some(fault) => Err(malformed(row, file, fault)),
            },
        };
        let reader = ahead::each(reader, eyes, broken, |rows, mut verdicts| {
            for stretch in rows.stretches() {
                self.take(&stretch, &mut verdicts, (file, &name), sink)?;
            }
            if world.stopping() {
                return Err(Trouble::stopped());
            }
            if self.judged.rows - told >= TELL_EVERY {
                told = self.judged.rows;
                observer(&Progress::Reading { rows: told });
            }
            Ok(())
        })?;
        let ignored = reader.ignored_columns();
        if !ignored.is_empty() {
            observer(&Progress::Note(format!("{name}: columns not used: {}", ignored.join(", "))));
            *self.judged.warnings.entry("columns.ignored".into()).or_default() += ignored.len() as u64;
        }
        drop(reader);
        let read = bytes.finish().map_err(|error| broken(&error))?;
        input.was_read(read)
    }

    /// Takes rows in with what each of them came to.
    fn take(
        &mut self,
        stretch: &Stretch<'_>,
        verdicts: &mut Drain<'_, Result<Verdict, Rejection>>,
        (file, name): (u32, &str),
        sink: &mut dyn Sink,
    ) -> Result<(), Trouble> {
        self.judged.rows += stretch.numbers.len() as u64;
        sink.bare(stretch.numbers, Place { file, line: stretch.line }, self.rules.default_source)?;
        let lines = stretch.lines();
        let passed = verdicts.as_slice().iter().take(lines.len()).flatten();
        sink.expect(&mut passed.map(Verdict::number));
        for (line, verdict) in lines.zip(verdicts) {
            match verdict {
                Ok(verdict) => {
                    let place = Place { file, line: line.number() };
                    self.pass(verdict.on(place, line.notes()), sink)?;
                }
                Err(rejection) => self.reject(line.row(), name, &rejection)?,
            }
        }
        Ok(())
    }

    /// A change list in which no row can say what it does is another file than was meant.
    fn fits(&self, name: &str, tells_actions: Option<bool>) -> Result<(), Trouble> {
        use dncsync_core::feed::Mode;
        if self.rules.mode == Mode::Changes && tells_actions == Some(false) {
            let message = format!("{name}: no column says whether a row adds or deletes");
            let todo = "name that column `action`, with A or D in each row; a list of numbers is loaded with --mode add or replace";
            return Err(Trouble::input("input.columns", message, todo));
        }
        Ok(())
    }

    fn pass(&mut self, passed: Passed<'_>, sink: &mut dyn Sink) -> Result<(), Trouble> {
        self.judged.rows += 1;
        if passed.mended != Mended::default() || passed.malformed != Malformed::default() {
            for warning in passed.mended.names().chain(passed.malformed.names()) {
                *self.judged.warnings.entry(warning.to_owned()).or_default() += 1;
            }
        }
        sink.row(passed)
    }

    fn reject(&mut self, row: RowRef<'_>, name: &str, rejection: &Rejection) -> Result<(), Trouble> {
        use dncsync_core::feed::Mode;
        if self.rules.mode == Mode::Replace && rejection.code == RejectionCode::ActionDeletes {
            let message =
                format!("{name}, line {}: the row deletes, so this is a change list and no full list", row.line);
            return Err(Trouble::input("input.mode", message, "load it with --mode changes"));
        }
        self.judged.rows += 1;
        self.judged.rejected += 1;
        self.rejects.add(row, name, rejection).map_err(|error| rejects_unusable(self.rejects.path(), &error))
    }

    /// What it came to, with the rejects file durable.
    pub(crate) fn close(self, allow_empty: bool) -> Result<Judged, Trouble> {
        if self.judged.rows == 0 && !allow_empty {
            let todo = "check that the export worked; where nothing is in order, say --allow-empty";
            return Err(Trouble::input("input.empty", "the input has no rows", todo));
        }
        let path = self.rejects.path().to_owned();
        let rejects = self.rejects.seal().map_err(|error| rejects_unusable(&path, &error))?;
        Ok(Judged { rejects, ..self.judged })
    }
}

fn malformed(row: RowRef<'_>, file: u32, fault: Fault) -> Rejection {
    let place = Place { file, line: row.line };
    Rejection { place, column: 1, code: RejectionCode::RowMalformed, reason: fault.reason().to_owned() }
}

/// A rejects file must not take the place of an input.
fn spare_inputs(rejects: &Path, sources: &[Source]) -> Result<(), Trouble> {
    let Ok(rejects) = rejects.canonicalize() else { return Ok(()) };
    let same =
        |source: &Source| matches!(source, Source::File(path) if path.canonicalize().is_ok_and(|path| path == rejects));
    if sources.iter().any(same) {
        let message = format!("{} is an input of this run", rejects.display());
        return Err(Trouble::input("rejects.unusable", message, "name another file: --rejects FILE"));
    }
    Ok(())
}

fn rejects_unusable(path: &Path, error: &io::Error) -> Trouble {
    let message = format!("the rejects file {} cannot be written: {error}", path.display());
    Trouble::input("rejects.unusable", message, "name another: --rejects FILE")
}

fn unreadable(name: &str, error: OpenError) -> Trouble {
    let code = match &error {
        OpenError::Io(_) => "input.unreadable",
        OpenError::Foreign { .. } => "input.format",
        _ => "input.columns",
    };
    let todo = error.advice().to_owned();
    Trouble::input(code, format!("{name}: {error}"), todo)
}
