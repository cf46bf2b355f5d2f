//! The numbers that a run could not confirm, by name: `unconfirmed/RUN.csv`.
//!
//! They are not protected, as far as anybody can tell. The file can be fed in again; the next run into the list begins
//! with them anyway.

use std::io;
use std::path::{Path, PathBuf};

use dncsync_core::entry::Entry;
use dncsync_core::run::RunId;
use dncsync_store::Store;

use crate::rejects;

const HEADER: [&str; 5] = ["phone_number", "source_type", "notes", "file", "line"];

/// The file's name within the state directory.
pub(crate) fn name(run: &RunId) -> String {
    format!("unconfirmed/{run}.csv")
}

/// Where it lies, where it is.
pub(crate) fn path(store: &Store, run: &RunId) -> Option<String> {
    let path = store.directory().join(name(run));
    path.is_file().then(|| path.display().to_string())
}

/// Writes the file, whole or not at all. `directory` is the state directory; an entry's file is looked up in `files`.
pub(crate) fn write<'a>(
    directory: &Path,
    name: &str,
    entries: impl Iterator<Item = &'a Entry>,
    files: &[String],
) -> io::Result<PathBuf> {
    let path = directory.join(name);
    rejects::replace(&path, |writer| {
        writer.write_record(HEADER)?;
        for entry in entries {
            let file = files.get(entry.place.file as usize).map(String::as_str).unwrap_or_default();
            let (number, line) = (entry.number.e164(), entry.place.line.to_string());
            writer.write_record([&number, entry.source.name(), &entry.notes, file, &line])?;
        }
        Ok(())
    })?;
    Ok(path)
}
