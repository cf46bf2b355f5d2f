//! Forgetting a person: what was noted of him goes, what was sent of him goes, and he stays blocked.

use std::io;
use std::path::{Path, PathBuf};

use dncsync_core::event::Event;
use dncsync_core::number::Number;
use dncsync_core::wording;

use super::ledger::Ledger;
use crate::trouble::Trouble;
use crate::{finding, rejects};

/// The directories of files with rows of people.
const WITH_ROWS: [&str; 3] = ["rejects", "unconfirmed", "missing"];

/// What was forgotten of a number, and what could not be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forgot {
    /// Items of batches, of which the leaf's hash is left.
    pub items: u64,
    /// Notes.
    pub notes: u64,
    /// Rows of files in the state directory.
    pub rows: u64,
    /// Files elsewhere that name the number, or cannot be read: whoever wanted them there has to look.
    pub elsewhere: Vec<PathBuf>,
}

impl Ledger {
    /// Removes what could identify the person behind a number from everything in the state directory. The number stays blocked, and
    /// every root of the log can still be made.
    ///
    /// # Errors
    /// Where a run that brings the number is unfinished, or a file cannot be written.
    pub fn forget(&mut self, number: Number, reason: &str) -> Result<Forgot, Trouble> {
        if let Some(run) = self.store.runs_with(number)?.first() {
            let message = format!("run {run} brings the number and is not finished");
            return Err(Trouble::input("forget.underWay", message, "finish it first: `dncsync resume`"));
        }
        let state = self.store.directory().to_owned();
        let mut forgot = Forgot::default();
        for file in files(&state).map_err(|error| Trouble::file("forget.unusable", &state, &error))? {
            forgot.rows += without(&file, number).map_err(|error| Trouble::file("forget.unusable", &file, &error))?;
        }
        let (rows, who) = (forgot.rows, self.trail.who.clone());
        let reason = wording::tidy(reason);
        let tell = |gone: dncsync_store::Forgotten| Event::Forgotten {
            items: gone.items,
            rows: rows + gone.notes,
            reason,
            who,
        };
        let gone = self.store.forget(number, self.world.now(), tell)?;
        (forgot.items, forgot.notes) = (gone.items, gone.notes);
        let elsewhere =
            self.store.rejects_paths()?.into_iter().map(PathBuf::from).filter(|path| !path.starts_with(&state));
        forgot.elsewhere = elsewhere.filter(|path| path.exists() && names(path, number).unwrap_or(true)).collect();
        self.write_out()?;
        Ok(forgot)
    }
}

impl Ledger {
    /// Destroys what the salts were derived from: nothing of what was sent until now can be proven any more, and nobody can guess
    /// from the log what it was. How many batches, and items.
    ///
    /// # Errors
    /// Where a run is unfinished.
    pub fn destroy_secrets(&mut self, reason: &str) -> Result<(u64, u64), Trouble> {
        let (reason, who) = (wording::tidy(reason), self.trail.who.clone());
        let tell = |batches, items| Event::SecretDestroyed { batches, items, reason, who };
        let destroyed = self.store.destroy_secrets(self.world.now(), tell)?;
        self.write_out()?;
        Ok(destroyed)
    }
}

/// The files with rows in the state directory.
fn files(state: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for directory in WITH_ROWS.map(|name| state.join(name)) {
        match std::fs::read_dir(directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => (),
            entries => {
                for entry in entries? {
                    files.push(entry?.path());
                }
            }
        }
    }
    Ok(files)
}

/// Takes the rows that name a number out of a file; how many.
fn without(path: &Path, number: Number) -> io::Result<u64> {
    if !names(path, number)? {
        return Ok(0);
    }
    let mut rows = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(path)?;
    let rows: Vec<csv::ByteRecord> = rows.byte_records().collect::<Result<_, _>>()?;
    let (gone, left): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| tells_of(row, number));
    rejects::replace(path, |writer| left.iter().try_for_each(|row| writer.write_byte_record(row)))?;
    Ok(gone.len() as u64)
}

fn names(path: &Path, number: Number) -> io::Result<bool> {
    let mut rows = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(path)?;
    let mut row = csv::ByteRecord::new();
    while rows.read_byte_record(&mut row)? {
        if tells_of(&row, number) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a row names a number in any of its fields, however it is written.
fn tells_of(row: &csv::ByteRecord, number: Number) -> bool {
    let digits = number.get().to_string();
    row.iter().any(|field| finding::names(field, &digits, number))
}
