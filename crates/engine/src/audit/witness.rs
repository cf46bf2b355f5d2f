//! The witness: a file elsewhere that has each checkpoint. A state directory that was put back to how it was looks right to
//! itself; only somebody else can tell.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use dncsync_core::checkpoint::Checkpoint;
use dncsync_core::event::Event;
use dncsync_core::log_key::PublicKey;
use dncsync_core::run::RunId;
use dncsync_core::wording;
use dncsync_store::{Store, private_options};

use crate::trouble::Trouble;
use crate::world::World;

/// The last so many bytes are read: several checkpoints, also where the last one was torn off.
const TAIL: u64 = 16 * 1024;

/// What a witness says of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// The log goes on from what it has seen.
    GoesOn,
    /// It has seen this, and the log does not hold it. `None`: a checkpoint of another log, or of nobody's.
    Seen(Option<Checkpoint>),
    /// The same, and somebody answers for it.
    TakenAsItIs,
}

/// Asks the witness.
pub(super) fn ask(path: &Path, store: &Store, keys: &[PublicKey]) -> Result<Says, Trouble> {
    let tail = tail(path).map_err(|error| unusable(path, &error))?;
    let Some(note) = last_note(&tail) else {
        // Of the very first one only a part may be there.
        let torn = |key: &PublicKey| tail.starts_with(key.name()) || key.name().starts_with(tail.trim_end());
        return Ok(if keys.iter().any(torn) { Says::GoesOn } else { Says::Seen(None) });
    };
    if store.newest_checkpoint()?.is_some_and(|newest| newest.note == note) {
        return Ok(Says::GoesOn);
    }
    let Some(seen) = Checkpoint::open(note, keys) else { return Ok(Says::Seen(None)) };
    Ok(if store.root_at(seen.size)? == Some(seen.root) { Says::GoesOn } else { Says::Seen(Some(seen)) })
}

/// Gives the witness the newest checkpoint, where it has not got it.
pub(super) fn tell(path: &Path, store: &Store) -> Result<(), Trouble> {
    let file = locked(path).map_err(|error| unusable(path, &error))?;
    // Another process may have covered more meanwhile, and told it: an older one behind it would take that back.
    let Some(newest) = store.newest_checkpoint()? else { return Ok(()) };
    append(path, file, &newest.note).map_err(|error| unusable(path, &error))
}

/// The witness, for this process alone until it is closed.
fn locked(path: &Path) -> io::Result<File> {
    let file = private_options().create(true).append(true).open(path)?;
    file.lock().map(|()| file)
}

fn append(path: &Path, mut file: File, note: &str) -> io::Result<()> {
    let tail = tail(path)?;
    if last_note(&tail) == Some(note) {
        return Ok(());
    }
    // Where the last one was torn off, a new one begins on a line of its own.
    let torn = !tail.is_empty() && !tail.ends_with("\n\n");
    file.write_all(format!("{}{note}\n", if torn { "\n\n" } else { "" }).as_bytes())?;
    file.sync_all()
}

/// The log is taken as it is: an event says so.
pub(super) fn accept(
    store: &mut Store,
    seen: Option<Checkpoint>,
    (reason, who): (&str, &str),
    world: &World,
) -> Result<(), Trouble> {
    let event = Event::RolledBack {
        witnessed: seen.map_or(0, |seen| seen.size),
        root: seen.map(|seen| seen.root.to_string()).unwrap_or_default(),
        found: store.last_event()?,
        reason: wording::tidy(reason),
        who: who.to_owned(),
    };
    Ok(store.log(world.now(), &RunId::new(""), &[event])?)
}

/// That the log is not what the witness has seen.
pub(super) fn rolled_back(path: &Path, store: &Store, seen: Option<Checkpoint>) -> Result<Trouble, Trouble> {
    let found = store.last_event()?;
    let what = match seen {
        Some(seen) => {
            format!("has seen {} events of this log, which has {found} that do not begin with them", seen.size)
        }
        None => format!("has seen another log than this one of {found} events"),
    };
    Ok(Trouble::lasting(
        "audit.rolledBack",
        format!("the witness {} {what}: the state directory was put back or replaced", path.display()),
        "restore the newest state directory; where there is none, say --accept-rollback REASON, which the log will tell",
    ))
}

pub(super) fn unusable(path: &Path, error: &io::Error) -> Trouble {
    Trouble::file("audit.witness", path, error)
}

fn tail(path: &Path) -> io::Result<String> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(String::new()),
        opened => opened?,
    };
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The last whole note of a text of notes, each with an empty line after it: three lines, an empty one, a signature.
fn last_note(text: &str) -> Option<&str> {
    let mut end = text.len();
    while let Some(at) = text[..end].rfind("\n\n\u{2014} ") {
        let signature_end = text[at + 2..].find('\n').map(|length| at + 2 + length + 1);
        let begin = text[..at].rmatch_indices('\n').nth(2).map_or(0, |(before, _)| before + 1);
        match signature_end.filter(|_| text[begin..at].lines().count() == 3) {
            Some(signature_end) => return Some(&text[begin..signature_end]),
            None => end = at,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "log\n1\nroot\n\n\u{2014} log one\n";
    const TWO: &str = "log\n2\nroot\n\n\u{2014} log two\n";

    #[test]
    fn the_last_whole_note_is_found_also_behind_a_torn_one() {
        assert_eq!(last_note(""), None);
        assert_eq!(last_note(&format!("{ONE}\n{TWO}\n")), Some(TWO));
        for torn in 1..TWO.len() - 1 {
            if TWO.is_char_boundary(torn) {
                assert_eq!(last_note(&format!("{ONE}\n{}", &TWO[..torn])), Some(ONE), "{torn}");
            }
        }
    }

    #[test]
    fn what_is_told_twice_is_there_once_and_nothing_is_written_into_a_torn_one() {
        let place = tempfile::tempdir().expect("a directory");
        let path = place.path().join("witness");
        for note in [ONE, ONE, TWO] {
            append(&path, locked(&path).expect("a file"), note).expect("room");
        }
        let told = std::fs::read_to_string(&path).expect("a text");
        assert_eq!(told, format!("{ONE}\n{TWO}\n"));
        std::fs::write(&path, format!("{ONE}\nlog\n2\nro")).expect("room");
        append(&path, locked(&path).expect("a file"), TWO).expect("room");
        assert_eq!(last_note(&tail(&path).expect("a text")), Some(TWO));
    }
}
