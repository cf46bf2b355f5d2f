//! Where the token outlives the process: a small file of the state directory, for this user only.
//!
//! What lies in it is sealed by the client (`cxone`), which alone can tell whether it is any good. Nothing depends on
//! the file: one that is missing, loose or cannot be read is no token, and one that cannot be written is none later.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use dncsync_core::digest::Digest;
use dncsync_core::target::TenantKey;
use dncsync_core::timestamp::Timestamp;
use dncsync_cxone::Keeper;
use dncsync_store::private_options;

use crate::world;

/// More is no token of ours: tokens with many claims have some 4 KiB.
const MOST: u64 = 64 * 1024;

/// The file in which a tenant's token is kept.
#[derive(Clone, Debug)]
pub struct TokenFile {
    path: PathBuf,
}

impl TokenFile {
    /// That of a tenant, in this state directory.
    pub fn of(state: &Path, tenant: &TenantKey) -> Self {
        let name = &Digest::of(tenant.as_str().as_bytes())[..16];
        Self { path: state.join(format!("token-{name}")) }
    }

    fn read(&self) -> io::Result<Option<Vec<u8>>> {
        // Looked at before it is opened: to open a pipe that somebody put there would wait for ever.
        let metadata = fs::symlink_metadata(&self.path)?;
        if !metadata.is_file() || metadata.len() > MOST || is_loose(&metadata) {
            return Ok(None);
        }
        let mut kept = Vec::new();
        File::open(&self.path)?.take(MOST).read_to_end(&mut kept)?;
        Ok(Some(kept))
    }

    /// One at a time: whoever discards a token must not take away what another process has put in its place. Nobody
    /// waits: whoever is at it just now keeps another one, or discards the same one.
    fn alone(&self) -> io::Result<File> {
        let lock = private_options().append(true).create(true).open(self.path.with_extension("lock"))?;
        lock.try_lock()?;
        Ok(lock)
    }

    /// Under another name first: a reader meets the old one or the new one whole. A power cut may leave half of it, which
    /// cannot be opened, and is no token.
    fn write(&self, sealed: &[u8]) -> io::Result<()> {
        let _alone = self.alone()?;
        let new = self.path.with_extension("new");
        // Left by a process that was killed just here; whatever mode it has, the next one is made afresh with ours.
        let _ = fs::remove_file(&new);
        private_options().write(true).create_new(true).open(&new)?.write_all(sealed)?;
        fs::rename(&new, &self.path)
    }

    fn remove(&self, sealed: &[u8]) -> io::Result<()> {
        let _alone = self.alone()?;
        match self.read()? {
            Some(kept) if kept == sealed => fs::remove_file(&self.path),
            _ => Ok(()),
        }
    }
}

impl Keeper for TokenFile {
    fn now(&self) -> Timestamp {
        world::wall_clock()
    }

    fn kept(&self) -> Option<Vec<u8>> {
        self.read().ok().flatten()
    }

    fn keep(&self, sealed: &[u8]) {
        if let Err(error) = self.write(sealed) {
            tracing::debug!(%error, "the token is not kept for the next process");
        }
    }

    fn discard(&self, sealed: &[u8]) {
        if let Err(error) = self.remove(sealed) {
            tracing::debug!(%error, "a token that is of no use stays where it was kept");
        }
    }
}

/// Whether others could have read it, or put it there.
#[cfg(unix)]
fn is_loose(metadata: &fs::Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o077 != 0
}

#[cfg(not(unix))]
fn is_loose(_metadata: &fs::Metadata) -> bool {
    false
}
