//! Inputs: files, standard input and items of a program, each readable twice.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use dncsync_core::digest::Digest;
use dncsync_core::event::LoadedFile;
use dncsync_store::LoadFile;

use crate::order::Source;
use crate::trouble::Trouble;

/// An input that can be read twice: once for its digest, where that must be known before, and once for its rows.
pub(crate) struct Input {
    name: String,
    bytes: u64,
    /// Its SHA-256, once it was read whole.
    digest: Option<String>,
    content: Content,
    /// Where it lies, and when it was last changed; what came through a pipe lies nowhere.
    lies: Option<(PathBuf, i64)>,
}

enum Content {
    File(File),
    /// Nameless, and nobody else's.
    Spool(File),
    Memory(Vec<u8>),
}

impl Input {
    /// Its SHA-256. It is read whole for it, where it was not yet.
    pub(crate) fn digest(&mut self) -> Result<&str, Trouble> {
        if self.digest.is_none() {
            let bytes = self.bytes()?;
            let read = bytes.finish().map_err(|error| self.unreadable(&error))?;
            self.was_read(read)?;
        }
        Ok(self.known_digest())
    }

    /// Its SHA-256; empty where it was never read whole.
    pub(crate) fn known_digest(&self) -> &str {
        self.digest.as_deref().unwrap_or_default()
    }

    /// Its rows were read, and these were all its bytes: what they say of it.
    ///
    /// # Errors
    /// It changed meanwhile, so that nobody can say what was read.
    pub(crate) fn was_read(&mut self, read: Hashed) -> Result<(), Trouble> {
        let known = self.digest.get_or_insert_with(|| read.digest.clone());
        if *known != read.digest
            || read.bytes != self.bytes
            || !self.content.is_as_it_was(self.bytes, self.lies.as_ref())
        {
            let message = format!("{} changed while it was read", self.name);
            let todo = "wait until it is written, then run the command again";
            return Err(Trouble::passing("input.changed", message, todo));
        }
        Ok(())
    }

    /// What to say where it cannot be read.
    pub(crate) fn unreadable(&self, error: &io::Error) -> Trouble {
        Trouble::input("input.unreadable", format!("{}: {error}", self.name), "check the file")
    }

    /// How long it is, in bytes.
    pub(crate) fn length(&self) -> u64 {
        self.bytes
    }

    /// What the log says of it.
    pub(crate) fn loaded(&self) -> LoadedFile {
        LoadedFile { name: self.name.clone(), digest: self.known_digest().to_owned(), bytes: self.bytes }
    }

    /// Its name, without directories.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What is remembered of it.
    pub(crate) fn remembered(&self) -> LoadFile {
        let (path, modified) = self.lies.clone().unwrap_or_default();
        let path = path.display().to_string();
        LoadFile { name: self.name.clone(), path, digest: self.known_digest().to_owned(), bytes: self.bytes, modified }
    }

    /// Its bytes, once more from the beginning.
    pub(crate) fn bytes(&mut self) -> Result<Hashing<Box<dyn Read + Send + '_>>, Trouble> {
        Ok(Hashing { inner: self.content.reader()?, digest: Digest::default(), bytes: 0 })
    }
}

/// When a file was last changed, in milliseconds since 1970; 0 where nobody can tell.
pub(crate) fn modified(metadata: &std::fs::Metadata) -> i64 {
    let since = metadata.modified().ok().and_then(|moment| moment.duration_since(UNIX_EPOCH).ok());
    since.and_then(|since| i64::try_from(since.as_millis()).ok()).unwrap_or(0)
}

/// Opens the inputs. What can be read only once (standard input, a pipe) is copied into the state directory first; what of
/// it was accepted is durable in the store before anything is sent.
pub(crate) fn open(sources: &[Source], state: &Path) -> Result<Vec<Input>, Trouble> {
    sources.iter().map(|source| open_one(source, state)).collect()
}

fn open_one(source: &Source, state: &Path) -> Result<Input, Trouble> {
    match source {
        Source::Items(items) => Ok(Input {
            name: "items".into(),
            bytes: items.len() as u64,
            digest: None,
            content: Content::Memory(items.clone()),
            lies: None,
        }),
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
            let whole = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            let lies = metadata.is_file().then(|| (whole, modified(&metadata)));
            // Some systems hand out what they make up while it is read as a file without a length.
            if !metadata.is_file() || metadata.len() == 0 {
                let input = spooled(name, file, state).map_err(|trouble| Trouble {
                    message: format!("{}: {}", path.display(), trouble.message),
                    ..trouble
                })?;
                return Ok(Input { lies, ..input });
            }
            Ok(Input { name, bytes: metadata.len(), digest: None, content: Content::File(file), lies })
        }
    }
}

/// Keeps what can be read only once, and takes its digest on the way.
fn spooled(name: String, from: impl Read, state: &Path) -> Result<Input, Trouble> {
    let failed = |error: &io::Error| {
        Trouble::passing(
            "input.spool",
            format!("the input cannot be kept: {error}"),
            "see that the disk of the state directory has room",
        )
    };
    let mut spool = tempfile::tempfile_in(state).map_err(|error| failed(&error))?;
    let mut from = Hashing { inner: from, digest: Digest::default(), bytes: 0 };
    let mut buffer = vec![0; 1 << 18];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => spool.write_all(&buffer[..read]).map_err(|error| failed(&error))?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Trouble::input("input.unreadable", error.to_string(), "check the file")),
        }
    }
    let (digest, bytes) = (from.digest.finish(), from.bytes);
    Ok(Input { name, bytes, digest: Some(digest), content: Content::Spool(spool), lies: None })
}

impl Content {
    fn reader(&mut self) -> Result<Box<dyn Read + Send + '_>, Trouble> {
        match self {
            Self::Memory(bytes) => Ok(Box::new(bytes.as_slice())),
            Self::File(file) | Self::Spool(file) => {
                file.rewind()
                    .map_err(|error| Trouble::input("input.unreadable", error.to_string(), "check the file"))?;
                Ok(Box::new(&*file))
            }
        }
    }

    /// Whether what lies where others can write looks as it did when it was opened.
    fn is_as_it_was(&self, bytes: u64, lies: Option<&(PathBuf, i64)>) -> bool {
        let (Self::File(file), Some((_, since))) = (self, lies) else { return true };
        file.metadata().is_ok_and(|now| now.len() == bytes && modified(&now) == *since)
    }
}

/// What was read.
pub(crate) struct Hashed {
    digest: String,
    bytes: u64,
}

/// Takes the digest of what is read, so that a file that changed in between is noticed.
pub(crate) struct Hashing<R> {
    inner: R,
    digest: Digest,
    bytes: u64,
}

impl<R: Read> Hashing<R> {
    /// Reads the rest; what the whole was.
    pub(crate) fn finish(mut self) -> io::Result<Hashed> {
        let mut rest = vec![0; 1 << 18];
        loop {
            match self.read(&mut rest) {
                Ok(0) => break,
                Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
                _ => {}
            }
        }
        Ok(Hashed { digest: self.digest.finish(), bytes: self.bytes })
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.digest.update(&buffer[..read]);
        self.bytes += read as u64;
        Ok(read)
    }
}
