//! The rejects file: every refused row with its raw fields, where it stood and why, fit to be mended and fed back in.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use dncsync_core::entry::Entry;
use dncsync_core::rejection::{Rejection, RejectionCode};
use dncsync_core::row::RowRef;
use dncsync_store::{private_options, sync_name};

/// The columns of a rejects file. The first three are an input's own, so that a mended file can be fed back in.
const HEADER: [&str; 8] = ["phone_number", "source_type", "notes", "file", "line", "column", "code", "reason"];

/// A rejects file that is made with its first row. It takes its name only when it is whole: the rows of an earlier file
/// of that name may be what is being read.
pub(crate) struct Rejects {
    path: PathBuf,
    writer: Option<csv::Writer<BufWriter<File>>>,
}

impl Rejects {
    /// A file at `path`, not made yet.
    pub(crate) fn at(path: PathBuf) -> Self {
        Self { path, writer: None }
    }

    /// Adds a refused row.
    pub(crate) fn add(&mut self, row: RowRef<'_>, file: &str, rejection: &Rejection) -> io::Result<()> {
        let writer = match &mut self.writer {
            Some(writer) => writer,
            empty => {
                let mut writer = csv::Writer::from_writer(BufWriter::new(create(&unfinished(&self.path))?));
                writer.write_record(HEADER)?;
                empty.insert(writer)
            }
        };
        // The date of the request has no column here; with the notes it survives being mended and fed back in.
        let notes = match (row.notes, row.received_at) {
            (notes, "") => notes.to_owned(),
            ("", date) => format!("[received {date}]"),
            (notes, date) => format!("{notes} [received {date}]"),
        };
        let (line, column) = (rejection.place.line.to_string(), rejection.column.to_string());
        let record = [row.phone, row.source, &notes, file, &line, &column, rejection.code.code(), &rejection.reason];
        Ok(writer.write_record(record)?)
    }

    /// Makes the file durable. Its path and length, where there is one.
    pub(crate) fn seal(self) -> io::Result<Option<(PathBuf, u64)>> {
        let Some(writer) = self.writer else { return Ok(None) };
        let mut file = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
        file.flush()?;
        file.get_ref().sync_all()?;
        std::fs::rename(unfinished(&self.path), &self.path)?;
        // The run will be durable under this name: the name must be, too.
        sync_name(&self.path)?;
        Ok(Some((self.path, file.get_ref().metadata()?.len())))
    }

    /// The path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// Adds items that the server refused after the first `keep` bytes, which are the rows that were refused here. Doing it
/// twice does it once: what an earlier attempt wrote behind `keep` is cut off first.
pub(crate) fn append_refused(path: &Path, keep: u64, refused: &[(Entry, String, String)]) -> io::Result<()> {
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        make_private(directory)?;
    }
    let mut file = private_options().create(true).truncate(false).write(true).open(path)?;
    // Shorter than it was: somebody else's file by now, which is left whole.
    if file.metadata()?.len() > keep {
        file.set_len(keep)?;
    }
    io::Seek::seek(&mut file, io::SeekFrom::End(0))?;
    let mut writer = csv::Writer::from_writer(BufWriter::new(file));
    if keep == 0 {
        writer.write_record(HEADER)?;
    }
    for (entry, file, reason) in refused {
        let (number, line) = (entry.number.e164(), entry.place.line.to_string());
        let code = RejectionCode::ServerRefused.code();
        writer.write_record([&number, entry.source.name(), &entry.notes, file, &line, "1", code, reason])?;
    }
    let mut file = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
    file.flush()?;
    file.get_ref().sync_all()?;
    sync_name(path)
}

/// Takes away what processes that died while they read left unfinished in `directory`. Their runs never began, and the
/// same rows are refused again when the input is read again. Who still lives holds a lock on its file.
pub(crate) fn sweep(directory: &Path) -> io::Result<()> {
    let entries = match std::fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "part")
            && File::open(&path).is_ok_and(|file| file.try_lock().is_ok() && is_named(&file, &path))
        {
            std::fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// Makes a CSV file anew, durable before it takes its name.
pub(crate) fn replace(
    path: &Path,
    write: impl FnOnce(&mut csv::Writer<BufWriter<File>>) -> csv::Result<()>,
) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(BufWriter::new(create(&unfinished(path))?));
    write(&mut writer)?;
    let mut file = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
    file.flush()?;
    file.get_ref().sync_all()?;
    std::fs::rename(unfinished(path), path)?;
    sync_name(path)
}

/// Makes a file anew that holds numbers, for this user only.
///
/// # Errors
/// Where it cannot be made.
pub fn private_file(path: &Path) -> io::Result<File> {
    private_options().create(true).truncate(true).write(true).open(path)
}

/// The name of the file while it is written.
fn unfinished(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

/// Makes the unfinished file, and holds a lock on it as long as it is open: nobody sweeps it away.
fn create(path: &Path) -> io::Result<File> {
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        make_private(directory)?;
    }
    loop {
        let file = private_options().create(true).truncate(false).write(true).open(path)?;
        // Where there are no locks, nobody can sweep either.
        file.lock().ok();
        // Between making and locking it somebody may have swept it, or finished it under its own name.
        if is_named(&file, path) {
            file.set_len(0)?;
            return Ok(file);
        }
    }
}

/// Whether the open file is the one that has this name now.
fn is_named(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let id = |about: std::fs::Metadata| (about.dev(), about.ino());
        matches!((file.metadata().map(id), std::fs::metadata(path).map(id)), (Ok(open), Ok(named)) if open == named)
    }
    #[cfg(not(unix))]
    {
        file.metadata().is_ok() && path.exists()
    }
}

fn make_private(directory: &Path) -> io::Result<()> {
    if directory.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)?;
    sync_name(directory)
}
