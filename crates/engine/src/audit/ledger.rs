//! What people do with the record of a state directory: show its key, change it, check it, take it away, prove from it.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use dncsync_examiner::{Directory, Key, Pack, Verified};
use dncsync_store::{Store, private_options};

use super::pack::{Shown, StatePack};
use super::proving::{Proved, Question};
use super::{Record, Trail, path};
use crate::trouble::Trouble;
use crate::world::World;

/// The record of one state directory.
pub struct Ledger {
    pub(super) store: Store,
    pub(super) trail: Trail,
    pub(super) world: World,
}

impl Ledger {
    /// Opens it: the trail is complete and under a checkpoint. `None` where there is no state.
    ///
    /// # Errors
    /// Where the trail was edited, the state directory was put back, or the key is missing.
    pub fn open(state: &Path, record: &Record, who: &str, world: World) -> Result<Option<Self>, Trouble> {
        if !Store::exists(state) {
            return Ok(None);
        }
        let mut store = Store::open(state)?;
        let trail = Trail::open(&store, record, who, &world)?;
        trail.write_out(&mut store, &world)?;
        Ok(Some(Self { store, trail, world }))
    }

    pub(super) fn write_out(&mut self) -> Result<(), Trouble> {
        self.trail.write_out(&mut self.store, &self.world)
    }

    /// The file of the trail.
    pub fn path(&self) -> PathBuf {
        path(self.store.directory())
    }

    /// The key that signs, as others need it: `NAME+HASH+KEY`.
    pub fn key(&self) -> String {
        self.trail.key().to_string()
    }

    /// How many events the newest checkpoint covers, and it.
    pub fn checkpoint(&self) -> Result<Option<(u64, String)>, Trouble> {
        Ok(self.store.newest_checkpoint()?.map(|newest| (newest.size, newest.note)))
    }

    /// Signs with another key from now on.
    ///
    /// # Errors
    /// Where its file cannot be written, or the old one lies in a file of the user and the new one is to lie nowhere.
    pub fn rotate(mut self, to: Option<&Path>) -> Result<Self, Trouble> {
        self.trail = self.trail.rotate(&mut self.store, to, &self.world)?;
        Ok(self)
    }

    /// Checks everything that is there, by other code than what wrote it. `key`: the one to trust, by default its own.
    ///
    /// # Errors
    /// Where it cannot be read; what is wrong is told in what comes back.
    pub fn verify(&self, key: Option<&str>) -> Result<Verified, Trouble> {
        let own = self.key();
        let pack = StatePack::of(&self.store, None, Shown::Numbers)?;
        examine(&pack, key.unwrap_or(&own))
    }

    /// Writes the evidence pack into a directory that is not there yet, or empty.
    ///
    /// # Errors
    /// Where there is something, it cannot be written, or the log knows no such run.
    pub fn export(&self, to: &Path, run: Option<&str>, shown: Shown) -> Result<u64, Trouble> {
        let unusable = |error: io::Error| Trouble::file("audit.export", to, &error);
        if fs::read_dir(to).is_ok_and(|mut there| there.next().is_some()) {
            let message = format!("{} is not empty", to.display());
            return Err(Trouble::input("audit.export", message, "name a directory that is not there yet"));
        }
        let pack = StatePack::of(&self.store, run, shown)?;
        let names = pack.names().map_err(unusable)?;
        for name in &names {
            write(&pack, name, &to.join(name)).map_err(unusable)?;
        }
        Ok(names.len() as u64)
    }

    /// Proves that a number was sent and seen, or states what was searched.
    ///
    /// # Errors
    /// Where there is no such list, or nothing in the log.
    pub fn prove(&self, asked: &Question) -> Result<Proved, Trouble> {
        self.trail.prove(&self.store, asked)
    }
}

/// Checks a pack in a directory; a file of it stands for all.
///
/// # Errors
/// Where it cannot be read, or `key` is none.
pub fn verify_pack(from: &Path, key: &str) -> Result<Verified, Trouble> {
    let directory = if from.is_file() { from.parent().unwrap_or(from) } else { from };
    fs::read_dir(directory).map_err(|error| Trouble::file("audit.pack", directory, &error))?;
    examine(&Directory::at(directory), key)
}

fn examine(pack: &dyn Pack, key: &str) -> Result<Verified, Trouble> {
    let key = Key::read(key).map_err(|finding| {
        Trouble::input("audit.key", finding.to_string(), "give it as `dncsync audit key` prints it")
    })?;
    dncsync_examiner::verify(pack, &key).map_err(|error| {
        Trouble::lasting(
            "audit.unreadable",
            format!("the record cannot be read: {error}"),
            "check the files and the disk",
        )
    })
}

/// One file of a pack. It may hold numbers: for this user only.
fn write(pack: &StatePack<'_>, name: &str, to: &Path) -> io::Result<()> {
    if let Some(above) = to.parent() {
        fs::create_dir_all(above)?;
    }
    let mut file: BufWriter<File> = BufWriter::new(private_options().write(true).create_new(true).open(to)?);
    io::copy(&mut pack.open(name)?, &mut file)?;
    file.flush()?;
    file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}
