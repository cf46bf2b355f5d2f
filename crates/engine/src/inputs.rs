//! Inputs: files, standard input and items of a program, each readable twice.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use dncsync_core::digest::Digest;
use dncsync_core::event::LoadedFile;
use dncsync_core::wording;
use dncsync_store::LoadFile;

use crate::order::Source;
use crate::trouble::Trouble;

/// So many bytes are the head of an input: see [`LoadFile::head`].
const HEAD: u64 = 1 << 20;

/// An input that can be read twice: once for its digest, where that must be known before, and once for its rows.
pub(crate) struct Input {
    name: String,
    bytes: u64,
    /// Its SHA-256, once it was read whole.
    digest: Option<String>,
    /// That of its head, once that was read.
    head: Option<String>,
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

    /// Whether it may be what was read then, as far as that can be told without reading it whole.
    pub(crate) fn resembles(&mut self, file: &LoadFile) -> Result<bool, Trouble> {
        if self.bytes != file.bytes {
            return Ok(false);
        }
        if file.head.is_empty() || self.digest.is_some() {
            return Ok(true);
        }
        if self.head.is_none() {
            let mut head = Vec::new();
            let read = self.content.reader()?.take(HEAD).read_to_end(&mut head);
            read.map_err(|error| self.unreadable(&error))?;
            self.head = Some(Digest::of(&head));
        }
        Ok(self.head.as_ref() == Some(&file.head))
    }

    /// Its rows were read, and these were all its bytes: what they say of it.
    ///
    /// # Errors
    /// It changed meanwhile, so that nobody can say what was read.
    pub(crate) fn was_read(&mut self, read: Hashed) -> Result<(), Trouble> {
        self.head = read.head;
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

    /// What the log says of it.
    pub(crate) fn loaded(&self) -> LoadedFile {
        LoadedFile { name: wording::file_name(&self.name), digest: self.known_digest().to_owned(), bytes: self.bytes }
    }

    /// Its name, without directories.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What is remembered of it.
    pub(crate) fn remembered(&self) -> LoadFile {
        let (path, modified) = self.lies.clone().unwrap_or_default();
        let path = path.display().to_string();
        let (digest, head) = (self.known_digest().to_owned(), self.head.clone().unwrap_or_default());
        LoadFile { name: self.name.clone(), path, digest, head, bytes: self.bytes, modified }
    }

    /// Its bytes, once more from the beginning.
    pub(crate) fn bytes(&mut self) -> Result<Hashing<Box<dyn Read + Send + '_>>, Trouble> {
        Ok(Hashing::of(self.content.reader()?))
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
            head: None,
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
            Ok(Input { name, bytes: metadata.len(), digest: None, head: None, content: Content::File(file), lies })
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
    let mut from = Hashing::of(from);
    let mut buffer = vec![0; 1 << 18];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => spool.write_all(&buffer[..read]).map_err(|error| failed(&error))?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Trouble::input("input.unreadable", error.to_string(), "check the file")),
        }
    }
    let Hashed { digest, head, bytes } = from.hashed();
    Ok(Input { name, bytes, digest: Some(digest), head, content: Content::Spool(spool), lies: None })
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
    head: Option<String>,
    bytes: u64,
}

/// Takes the digest of what is read, so that a file that changed in between is noticed.
pub(crate) struct Hashing<R> {
    inner: R,
    digest: Digest,
    /// That of its head, where it is longer than that.
    head: Option<String>,
    bytes: u64,
}

impl<R: Read> Hashing<R> {
    fn of(inner: R) -> Self {
        Self { inner, digest: Digest::default(), head: None, bytes: 0 }
    }

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
        Ok(self.hashed())
    }

    fn hashed(self) -> Hashed {
        Hashed { digest: self.digest.finish(), head: self.head, bytes: self.bytes }
    }

    fn take_in(&mut self, read: &[u8]) {
        let of_head = HEAD.saturating_sub(self.bytes).min(read.len() as u64);
        let (head, rest) = read.split_at(usize::try_from(of_head).unwrap_or(read.len()));
        self.digest.update(head);
        self.bytes += read.len() as u64;
        if !rest.is_empty() && self.head.is_none() {
            self.head = Some(self.digest.clone().finish());
        }
        self.digest.update(rest);
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.take_in(&buffer[..read]);
        Ok(read)
    }
}
