//! From files to a durable load: read, check, drop repetitions, write the rejects, commit.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::Path;

use dncsync_core::check::{self, Rules};
use dncsync_core::digest::Digest;
use dncsync_core::entry::{Entries, Entry};
use dncsync_core::event::LoadedFile;
use dncsync_core::rejection::{Rejection, RejectionCode};
use dncsync_core::report::Tally;
use dncsync_core::row::{Place, Row};
use dncsync_core::run::RunId;
use dncsync_feed::{Asked, Format, Next, OpenError, Reader};

use crate::order::{Order, Source};
use crate::progress::{Observer, Progress};
use crate::rejects::{self, Rejects};
use crate::trouble::Trouble;
use crate::world::World;

/// How many rows go by between two words of progress.
const TELL_EVERY: u64 = 50_000;

/// An input that can be read twice: once for its digest, once for its rows.
pub(crate) struct Input {
    name: String,
    bytes: u64,
    digest: String,
    content: Content,
}

enum Content {
    File(File),
    Memory(Vec<u8>),
}

impl Input {
    /// Its SHA-256.
    pub(crate) fn digest(&self) -> &str {
        &self.digest
    }

    /// What the log says of it.
    pub(crate) fn loaded(&self) -> LoadedFile {
        LoadedFile { name: self.name.clone(), digest: self.digest.clone(), bytes: self.bytes }
    }

    /// Its name, without directories.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

/// Opens the inputs and takes their digests. What can be read only once (standard input, a pipe) is copied into the
/// state directory first; what of it was accepted is durable in the store before anything is sent.
pub(crate) fn open(sources: &[Source], state: &Path) -> Result<Vec<Input>, Trouble> {
    sources.iter().map(|source| open_one(source, state)).collect()
}

fn open_one(source: &Source, state: &Path) -> Result<Input, Trouble> {
    match source {
        Source::Items(bytes) => {
            let digest = Digest::of(bytes);
            Ok(Input {
                name: "items".into(),
                bytes: bytes.len() as u64,
                digest,
                content: Content::Memory(bytes.clone()),
            })
        }
        Source::Stdin => spooled("-".into(), io::stdin().lock(), state),
        Source::File(path) => {
            let unreadable = |error: &io::Error| Trouble::file("input.unreadable", path, error);
            let name =
                path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into());
            let metadata = std::fs::metadata(path).map_err(|error| unreadable(&error))?;
            if metadata.is_dir() {
                let message = format!("{} is a directory", path.display());
                return Err(Trouble::input("input.directory", message, "name the files in it"));
            }
            let file = File::open(path).map_err(|error| unreadable(&error))?;
            if metadata.is_file() { digested(name, file) } else { spooled(name, file, state) }
                .map_err(|trouble| Trouble { message: format!("{}: {}", path.display(), trouble.message), ..trouble })
        }
    }
}

fn spooled(name: String, mut from: impl Read, state: &Path) -> Result<Input, Trouble> {
    let failed = |error: &io::Error| {
        Trouble::passing(
            "input.spool",
            format!("the input cannot be kept: {error}"),
            "see that the disk of the state directory has room",
        )
    };
    let mut spool = tempfile::tempfile_in(state).map_err(|error| failed(&error))?;
    io::copy(&mut from, &mut spool).map_err(|error| failed(&error))?;
    spool.sync_all().map_err(|error| failed(&error))?;
    digested(name, spool)
}

fn digested(name: String, mut file: File) -> Result<Input, Trouble> {
    let unreadable = |error: &io::Error| Trouble::input("input.unreadable", error.to_string(), "check the file");
    let mut digest = Digest::default();
    let mut buffer = vec![0; 1 << 16];
    let mut bytes = 0;
    file.rewind().map_err(|error| unreadable(&error))?;
    loop {
        let read = file.read(&mut buffer).map_err(|error| unreadable(&error))?;
        if read == 0 {
            break;
        }
        digest.update(&buffer[..read]);
        bytes += read as u64;
    }
    Ok(Input { name, bytes, digest: digest.finish(), content: Content::File(file) })
}

/// What came of reading and checking.
pub(crate) struct Loaded {
    /// Each number once, in the order of the input.
    pub(crate) entries: Vec<Entry>,
    /// Rows, repetitions, rejections.
    pub(crate) tally: Tally,
    /// What was mended.
    pub(crate) warnings: BTreeMap<String, u64>,
    /// The rejects file and its length.
    pub(crate) rejects: Option<(std::path::PathBuf, u64)>,
}

/// Reads and checks all inputs. Constant memory but for the entries that passed.
pub(crate) fn load(
    inputs: &mut [Input],
    order: &Order,
    run: &RunId,
    state: &Path,
    world: &World,
    observer: &mut Observer<'_>,
) -> Result<Loaded, Trouble> {
    let ours = state.join("rejects");
    for directory in ["rejects", "unconfirmed", "missing"].map(|name| state.join(name)) {
        rejects::sweep(&directory).map_err(|error| rejects_unusable(&directory, &error))?;
    }
    let path = order.rejects.clone().unwrap_or_else(|| ours.join(format!("{run}.csv")));
    spare_inputs(&path, order)?;
    let mut desk = Desk {
        rules: order.rules,
        entries: Vec::new(),
        rejects: Rejects::at(path),
        tally: Tally::default(),
        warnings: BTreeMap::new(),
    };
    for (file, input) in (0u32..).zip(inputs) {
        desk.read(input, file, order.format, world, observer)?;
    }
    if desk.tally.rows == 0 && !order.allow_empty {
        return Err(Trouble::input(
            "input.empty",
            "the input has no rows",
            "check that the export worked; where nothing is in order, say --allow-empty",
        ));
    }
    desk.finish()
}

/// A rejects file must not take the place of an input.
fn spare_inputs(rejects: &Path, order: &Order) -> Result<(), Trouble> {
    let Ok(rejects) = rejects.canonicalize() else { return Ok(()) };
    let same =
        |source: &Source| matches!(source, Source::File(path) if path.canonicalize().is_ok_and(|path| path == rejects));
    if order.sources.iter().any(same) {
        let message = format!("{} is an input of this run", rejects.display());
        return Err(Trouble::input("rejects.unusable", message, "name another file: --rejects FILE"));
    }
    Ok(())
}

/// Where rows are judged.
struct Desk {
    rules: Rules,
    entries: Vec<Entry>,
    rejects: Rejects,
    tally: Tally,
    warnings: BTreeMap<String, u64>,
}

impl Desk {
    fn read(
        &mut self,
        input: &mut Input,
        file: u32,
        format: Option<Format>,
        world: &World,
        observer: &mut Observer<'_>,
    ) -> Result<(), Trouble> {
        let name = input.name.clone();
        let mut hashing = Hashing { inner: input.content.reader()?, digest: Digest::default() };
        let mut row = Row::default();
        let mut reader =
            Reader::open(&mut hashing, &Asked::format(format)).map_err(|error| unreadable(&name, error))?;
        let broken =
            |error: io::Error| Trouble::input("input.unreadable", format!("{name}: {error}"), "check the file");
        loop {
            match reader.read(&mut row).map_err(broken)? {
                Next::End => break,
                Next::Row => self.judge(&row, file, &name)?,
                Next::Malformed(fault) => {
                    let place = Place { file, line: row.line };
                    let reason = fault.reason().to_owned();
                    let rejection = Rejection { place, column: 1, code: RejectionCode::RowMalformed, reason };
                    self.reject(&row, &name, &rejection)?;
                }
            }
            if self.tally.rows.is_multiple_of(TELL_EVERY) {
                if world.stopping() {
                    return Err(Trouble::stopped());
                }
                observer(&Progress::Reading { rows: self.tally.rows });
            }
        }
        let ignored = reader.ignored_columns();
        if !ignored.is_empty() {
            observer(&Progress::Note(format!("{name}: columns not used: {}", ignored.join(", "))));
            *self.warnings.entry("columns.ignored".into()).or_default() += ignored.len() as u64;
        }
        drop(reader);
        hashing.drain().map_err(broken)?;
        if hashing.digest.finish() != input.digest {
            let message = format!("{name} changed while it was read");
            return Err(Trouble::passing(
                "input.changed",
                message,
                "wait until it is written, then run the command again",
            ));
        }
        Ok(())
    }

    fn judge(&mut self, row: &Row, file: u32, name: &str) -> Result<(), Trouble> {
        match check::check(row, file, &self.rules) {
            Err(rejection) => self.reject(row, name, &rejection),
            Ok(passed) => {
                self.tally.rows += 1;
                for warning in passed.mended.names() {
                    *self.warnings.entry(warning.to_owned()).or_default() += 1;
                }
                self.entries.push(passed.entry);
                Ok(())
            }
        }
    }

    fn reject(&mut self, row: &Row, name: &str, rejection: &Rejection) -> Result<(), Trouble> {
        self.tally.rows += 1;
        self.tally.rejected += 1;
        self.rejects.add(row, name, rejection).map_err(|error| rejects_unusable(self.rejects.path(), &error))
    }

    fn finish(mut self) -> Result<Loaded, Trouble> {
        let entries = Entries::first_of_each(self.entries);
        self.tally.repeated = entries.repeated();
        let path = self.rejects.path().to_owned();
        let rejects = self.rejects.seal().map_err(|error| rejects_unusable(&path, &error))?;
        Ok(Loaded { entries: entries.into_unique(), tally: self.tally, warnings: self.warnings, rejects })
    }
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

impl Content {
    fn reader(&mut self) -> Result<Box<dyn Read + '_>, Trouble> {
        match self {
            Self::Memory(bytes) => Ok(Box::new(bytes.as_slice())),
            Self::File(file) => {
                file.rewind()
                    .map_err(|error| Trouble::input("input.unreadable", error.to_string(), "check the file"))?;
                Ok(Box::new(BufReader::with_capacity(1 << 16, &*file)))
            }
        }
    }
}

/// Takes the digest of what is read, so that a file that changed in between is noticed.
struct Hashing<R> {
    inner: R,
    digest: Digest,
}

impl<R: Read> Hashing<R> {
    fn drain(&mut self) -> io::Result<()> {
        io::copy(self, &mut io::sink()).map(drop)
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.digest.update(&buffer[..read]);
        Ok(read)
    }
}
