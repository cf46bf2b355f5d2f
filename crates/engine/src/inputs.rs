//! Inputs: files, standard input and items of a program, each readable twice.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use dncsync_core::digest::Digest;
use dncsync_core::event::LoadedFile;
use dncsync_store::LoadFile;

use crate::order::Source;
use crate::trouble::Trouble;

/// An input that can be read twice: once for its digest, once for its rows.
pub(crate) struct Input {
    name: String,
    bytes: u64,
    digest: String,
    content: Content,
    /// Where it lies, and when it was last changed; what came through a pipe lies nowhere.
    lies: Option<(PathBuf, i64)>,
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

    /// What is remembered of it.
    pub(crate) fn remembered(&self) -> LoadFile {
        let (path, modified) = self.lies.clone().unwrap_or_default();
        let path = path.display().to_string();
        LoadFile { name: self.name.clone(), path, digest: self.digest.clone(), bytes: self.bytes, modified }
    }

    /// Its bytes, once more from the beginning.
    pub(crate) fn bytes(&mut self) -> Result<Hashing<Box<dyn Read + '_>>, Trouble> {
        Ok(Hashing { inner: self.content.reader()?, digest: Digest::default() })
    }
}

/// When a file was last changed, in milliseconds since 1970; 0 where nobody can tell.
pub(crate) fn modified(metadata: &std::fs::Metadata) -> i64 {
    let since = metadata.modified().ok().and_then(|moment| moment.duration_since(UNIX_EPOCH).ok());
    since.and_then(|since| i64::try_from(since.as_millis()).ok()).unwrap_or(0)
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
                lies: None,
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
            let whole = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            if metadata.is_file() { digested(name, file) } else { spooled(name, file, state) }
                .map(|input| Input { lies: metadata.is_file().then(|| (whole, modified(&metadata))), ..input })
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
    Ok(Input { name, bytes, digest: digest.finish(), content: Content::File(file), lies: None })
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
pub(crate) struct Hashing<R> {
    inner: R,
    digest: Digest,
}

impl<R: Read> Hashing<R> {
    /// Reads the rest; the digest of the whole.
    pub(crate) fn finish(mut self) -> io::Result<String> {
        io::copy(&mut self, &mut io::sink())?;
        Ok(self.digest.finish())
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.digest.update(&buffer[..read]);
        Ok(read)
    }
}
