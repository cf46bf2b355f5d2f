//! Where the key lies that signs: a file for this user only.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use dncsync_core::log_key::LogKey;
use dncsync_store::{Store, private_options, sync_name};

use crate::trouble::Trouble;

/// The key's name in the state directory.
const FILE: &str = "audit.key";

/// Where a key lies.
pub(super) fn path(state: &Path, given: Option<&Path>) -> PathBuf {
    given.map_or_else(|| state.join(FILE), Path::to_owned)
}

/// Where a new key waits until the log knows it.
pub(super) fn waiting(own: &Path) -> PathBuf {
    own.with_extension("key.next")
}

/// The key that signs from here on. Where neither the log nor the file has one, it is made from `seed`.
pub(super) fn at_hand(store: &Store, given: Option<&Path>, seed: impl FnOnce() -> [u8; 32]) -> Result<LogKey, Trouble> {
    let path = path(store.directory(), given);
    let known = store.log_keys()?;
    if given.is_none() {
        take_over(&path, known.last().map_or("", String::as_str))?;
    }
    let mut text = read(&path)?;
    if text.is_none() && known.is_empty() {
        let made = LogKey::first(seed()).to_text();
        create(&path, &made).map_err(|error| Trouble::file("audit.key", &path, &error))?;
        text = read(&path)?;
    }
    let key = text.ok_or_else(|| missing(&path))?;
    let key = LogKey::read(&key).map_err(|_| unreadable(&path))?;
    let newest = match known.last() {
        Some(newest) => newest.clone(),
        None => {
            store.begin_log(&key.public().to_string())?;
            store.log_keys()?.pop().unwrap_or_default()
        }
    };
    if newest == key.public().to_string() { Ok(key) } else { Err(another(&path, &newest)) }
}

/// A key of the log's name, written to a file that is not there yet; or the one that is there.
pub(super) fn next(path: &Path, name: &str, seed: impl FnOnce() -> [u8; 32]) -> Result<LogKey, Trouble> {
    let mut text = read(path)?;
    if text.is_none() {
        create(path, &LogKey::named(name, seed()).to_text())
            .map_err(|error| Trouble::file("audit.key", path, &error))?;
        text = read(path)?;
    }
    let key = LogKey::read(&text.unwrap_or_default()).map_err(|_| unreadable(path))?;
    if key.public().name() == name {
        return Ok(key);
    }
    let message = format!("{}: its key is of the log {}, not of {name}", path.display(), key.public().name());
    Err(Trouble::input("audit.key", message, "name a file that is not there: a key is made in it"))
}

/// A waiting key takes the place of the old one once the log knows it. Whoever comes first does this: the process that changed the
/// keys, the next one where that died before, or another one at the same moment.
pub(super) fn take_over(own: &Path, newest: &str) -> Result<(), Trouble> {
    let waiting = waiting(own);
    let Some(key) = read(&waiting)?.and_then(|text| LogKey::read(&text).ok()) else { return Ok(()) };
    if newest != key.public().to_string() {
        return Ok(());
    }
    match fs::rename(&waiting, own).and_then(|()| sync_name(own)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Trouble::file("audit.key", own, &error)),
        _ => Ok(()),
    }
}

fn read(path: &Path) -> Result<Option<String>, Trouble> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Trouble::file("audit.key", path, &error)),
    }
}

/// Whole or not at all, and only where there is none: of two processes that make the first key, one does. What one leaves behind that
/// dies halfway, the next one writes anew: nowhere lies a secret that nobody knows of.
fn create(path: &Path, text: &str) -> io::Result<()> {
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    let mut file = private_options().write(true).create(true).truncate(false).open(&new)?;
    file.lock()?;
    if path.exists() {
        // Another process was faster. It took the new file's name away, or we made that once more.
        return fs::remove_file(&new).or_else(|_| sync_name(path));
    }
    file.set_len(0)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    sync_name(path)
}

fn missing(path: &Path) -> Trouble {
    Trouble::lasting(
        "audit.keyMissing",
        format!("{} is missing, and the log is signed with the key in it", path.display()),
        "restore it, or name where it lies: --audit-key FILE",
    )
}

fn unreadable(path: &Path) -> Trouble {
    let message = format!("{} holds no key of a log", path.display());
    Trouble::lasting("audit.key", message, "restore it; it begins with PRIVATE+KEY+")
}

fn another(path: &Path, newest: &str) -> Trouble {
    Trouble::lasting(
        "audit.keyDiffers",
        format!("{} holds another key than the log is signed with, {newest}", path.display()),
        "name the file of that key: --audit-key FILE; `dncsync audit rotate` changes keys",
    )
}
