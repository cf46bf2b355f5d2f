//! The record: the log of the store, covered by signed checkpoints, written out for people, and told to a witness.
//!
//! In this order: the file of the trail is compared with the log and completed; the witness is asked whether the log still goes on
//! from what it has seen; a checkpoint covers what is new; the witness gets it. What is reported as done has been through all four.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use dncsync_core::checkpoint::Checkpoint;
use dncsync_core::log_key::{LogKey, PublicKey};
use dncsync_store::{Kept, Store, private_options, sync_name};

use crate::point::Finding;
use crate::trouble::Trouble;
use crate::world::World;

mod copy;
mod forgetting;
mod keys;
mod ledger;
mod pack;
mod proof_form;
mod proving;
mod rotate;
mod stating;
mod tree;
mod witness;

use copy::path;
pub use forgetting::Forgot;
pub use ledger::{Ledger, verify_pack};
pub use pack::Shown;
pub use proving::{Proved, Question};

/// The newest checkpoint's name in the state directory.
const CHECKPOINT: &str = "checkpoint";

/// What the record is kept with.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// The file of the key that signs; by default one in the state directory, made on first use.
    pub key: Option<PathBuf>,
    /// A file elsewhere that gets each checkpoint: who keeps it can tell that a state directory is older than it was.
    pub witness: Option<PathBuf>,
    /// Why a state directory that is older than its witness says is taken as it is.
    pub accept_rollback: Option<String>,
    /// How long the items of batches are kept; after that the hashes of their leaves are. By default [`RETENTION`].
    pub retention: Option<Duration>,
}

/// Five years of 365.25 days: how long the FTC has sellers keep their records (16 CFR 310.5).
pub const RETENTION: Duration = Duration::from_secs(5 * 31_557_600);

/// Who keeps the record of one state directory.
pub(crate) struct Trail {
    key: LogKey,
    record: Record,
    who: String,
}

impl Trail {
    /// The key is read, or made where the log has none yet.
    pub(crate) fn open(store: &Store, record: &Record, who: &str, world: &World) -> Result<Self, Trouble> {
        let key = keys::at_hand(store, record.key.as_deref(), || world.secret())?;
        Ok(Self { key, record: record.clone(), who: who.to_owned() })
    }

    /// Everything that is in the log is in the file of the trail, under a checkpoint, and known to the witness.
    ///
    /// # Errors
    /// Kind `Lasting`: code `audit.differs` where the file holds anything else than the log, `audit.rolledBack` where the witness has
    /// seen what the log does not hold.
    pub(crate) fn write_out(&self, store: &mut Store, world: &World) -> Result<(), Trouble> {
        copy::write_out(store)?;
        let witnessed = self.record.witness.as_deref().map(|path| self.ask(path, store, world)).transpose()?;
        // Nothing is appended before the witness was asked.
        let expired = self.expire(store, world)?;
        if expired || witnessed == Some(witness::Says::TakenAsItIs) {
            copy::write_out(store)?;
        }
        self.cover(store)?;
        publish(store)
    }

    /// How the record is kept, for whoever sets it up.
    pub(crate) fn point(&self) -> Finding {
        let witness = self.record.witness.as_ref().map_or_else(
            || "no witness file: an older copy of the state directory would pass for it".to_owned(),
            |path| format!("each checkpoint goes to {}", path.display()),
        );
        Finding::good("record", format!("log {}; {witness}", self.key.public().name()))
    }

    /// Everything that is in the log is under a checkpoint, and known to the witness: the newest one, where there is any.
    pub(crate) fn cover(&self, store: &mut Store) -> Result<Option<String>, Trouble> {
        let sign = |size, root| Checkpoint { size, root }.signed(&self.key);
        let covered = store.cover(&self.key.public().to_string(), sign)?;
        let Some(newest) = covered else { return Ok(None) };
        if let Some(path) = &self.record.witness {
            witness::tell(path, store)?;
        }
        Ok(Some(newest.note))
    }

    /// Of items that are past their retention only the hashes of the leaves are left; whether there were any.
    fn expire(&self, store: &mut Store, world: &World) -> Result<bool, Trouble> {
        let now = world.now();
        let (batches, _) = store.expire_items(now - self.record.retention.unwrap_or(RETENTION), now)?;
        Ok(batches > 0)
    }

    fn ask(&self, path: &Path, store: &mut Store, world: &World) -> Result<witness::Says, Trouble> {
        let says = witness::ask(path, store, &known_keys(store)?)?;
        match (says, self.record.accept_rollback.as_deref()) {
            (witness::Says::Seen(seen), Some(reason)) => {
                witness::accept(store, seen, (reason, &self.who), world)?;
                Ok(witness::Says::TakenAsItIs)
            }
            (witness::Says::Seen(seen), None) => Err(witness::rolled_back(path, store, seen)?),
            (other, _) => Ok(other),
        }
    }
}

/// The keys of a log, in the order of their use.
pub(crate) fn known_keys(store: &Store) -> Result<Vec<PublicKey>, Trouble> {
    let keys = store.log_keys()?;
    Ok(keys.iter().filter_map(|key| PublicKey::read(key).ok()).collect())
}

/// Puts the newest checkpoint where people find it, whole or not at all.
fn publish(store: &Store) -> Result<(), Trouble> {
    let state = store.directory();
    let (path, new) = (state.join(CHECKPOINT), state.join("checkpoint.new"));
    // One process after another, each with what is the newest by then: none takes another's file away, or puts an older one there.
    let _turn = copy::locked(state)?;
    let Some(Kept { note, .. }) = store.newest_checkpoint()? else { return Ok(()) };
    if fs::read_to_string(&path).is_ok_and(|there| there == note) {
        return Ok(());
    }
    let write = || -> io::Result<()> {
        let mut file = private_options().write(true).create(true).truncate(true).open(&new)?;
        file.write_all(note.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, &path)?;
        sync_name(&path)
    };
    write().map_err(|error| Trouble::file("audit.unusable", &path, &error))
}
