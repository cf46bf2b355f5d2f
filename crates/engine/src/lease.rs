//! One sender per tenant at a time: a file lock that the kernel frees when its process dies (design decision 8).

use std::fs::{File, TryLockError};
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};

use dncsync_core::digest::Digest;
use dncsync_core::target::TenantKey;
use dncsync_store::private_options;

use crate::trouble::Trouble;

/// The right to send for one tenant, held until dropped.
#[must_use = "the lease ends when it is dropped"]
#[derive(Debug)]
pub(crate) struct Lease {
    _file: File,
}

/// Takes the lease; `None` where another process has it.
pub(crate) fn take(state: &Path, tenant: &TenantKey) -> Result<Option<Lease>, Trouble> {
    let path = path(state, tenant);
    let unusable = |error: &std::io::Error| Trouble::file("state.unusable", &path, error);
    let mut file =
        private_options().create(true).truncate(false).write(true).open(&path).map_err(|error| unusable(&error))?;
    match file.try_lock() {
        Ok(()) => {
            // Who holds it, for whoever waits. Nothing depends on it: the lock is the lease.
            let told = file.set_len(0).and_then(|()| file.rewind());
            let _ = told.and_then(|()| write!(file, "{}", std::process::id()));
            Ok(Some(Lease { _file: file }))
        }
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(unusable(&error)),
    }
}

/// Who holds the lease, in words.
pub(crate) fn holder(state: &Path, tenant: &TenantKey) -> String {
    match std::fs::read_to_string(path(state, tenant)) {
        Ok(id) if id.parse::<u32>().is_ok() => format!("another dncsync (process {id})"),
        _ => "another dncsync".to_owned(),
    }
}

fn path(state: &Path, tenant: &TenantKey) -> PathBuf {
    let name = &Digest::of(tenant.as_str().as_bytes())[..16];
    state.join(format!("sender-{name}.lock"))
}
