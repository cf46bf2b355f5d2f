//! Opening the store: the private directory, the pragmas, the schema version.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::error::StoreError;
use crate::files::{private_options, sync_name};
use crate::migration;
use crate::queue::Queue;

/// The schema that this version reads and writes.
pub const SCHEMA_VERSION: i64 = 7;

/// The name of the database in the state directory.
const FILE: &str = "dncsync.db";

/// How long a verb waits for another process that is writing. Verbs are short; a load of ten million rows is not.
const BUSY: Duration = Duration::from_secs(120);

/// The steps from each schema version to the next.
const STEPS: [&str; SCHEMA_VERSION as usize] = [
    include_str!("schema-1.sql"),
    include_str!("schema-2.sql"),
    include_str!("schema-3.sql"),
    include_str!("schema-4.sql"),
    include_str!("schema-5.sql"),
    include_str!("schema-6.sql"),
    include_str!("schema-7.sql"),
];

/// The memory of one state directory. One connection; each process, or thread, opens its own.
pub struct Store {
    pub(crate) connection: Connection,
    pub(crate) queue: Queue,
    directory: PathBuf,
}

impl Store {
    /// Opens the store in `directory`, making both where they are not there, for this user only (0700, files 0600).
    ///
    /// # Errors
    /// [`StoreError::Directory`] where it cannot be made or written, [`StoreError::Newer`] where a newer dncsync made
    /// it.
    pub fn open(directory: &Path) -> Result<Self, StoreError> {
        let unusable = |source| StoreError::Directory { path: directory.to_owned(), source };
        make_private(directory).map_err(unusable)?;
        let _turn = turn(directory).map_err(unusable)?;
        let file = directory.join(FILE);
        // Made before SQLite would, because SQLite gives its journals the permissions of the database.
        private_file(&file).map_err(unusable)?;
        let mut connection = Connection::open(&file)?;
        connection.busy_timeout(BUSY)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        // FULL: what was committed survives a power cut.
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "foreign_keys", "on")?;
        migrate(&mut connection)?;
        Ok(Self { connection, queue: Queue::default(), directory: directory.to_owned() })
    }

    /// Whether there is a store in `directory`.
    pub fn exists(directory: &Path) -> bool {
        directory.join(FILE).is_file()
    }

    /// Where it lies.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// One change: everything in `change` is kept, or nothing.
    pub(crate) fn write<T>(
        &mut self,
        change: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.queue.changed();
        self.write_beside_queue(change)
    }

    /// The same, where `change` makes no part wait: it may settle batches, and let parts leave.
    pub(crate) fn write_beside_queue<T>(
        &mut self,
        change: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = change(&transaction)?;
        transaction.commit()?;
        Ok(value)
    }

    /// The same, of what is no loss: it survives the death of the process, and a power cut once the next change of the
    /// other kind is made, which takes along all that came before it. What the power takes away is the end of the log,
    /// never something from its middle. Waiting for the disk is most of what a small run does before its first batch.
    pub(crate) fn write_soon<T>(
        &mut self,
        change: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.queue.changed();
        self.write_soon_beside_queue(change)
    }

    /// Both at once.
    pub(crate) fn write_soon_beside_queue<T>(
        &mut self,
        change: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.connection.pragma_update(None, "synchronous", "normal")?;
        let written = self.write_beside_queue(change);
        self.connection.pragma_update(None, "synchronous", "full")?;
        written
    }

    /// Makes everything that was committed survive a power cut, whichever process committed it.
    pub fn make_durable(&self) -> Result<(), StoreError> {
        // Any change does; this one leaves everything as it is.
        Ok(self.connection.pragma_update(None, "user_version", SCHEMA_VERSION)?)
    }
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if !(0..=SCHEMA_VERSION).contains(&found) {
        return Err(StoreError::Newer { found, known: SCHEMA_VERSION });
    }
    for (version, step) in (1..).zip(STEPS).filter(|(version, _)| *version > found) {
        transaction.execute_batch(step)?;
        if version == 3 {
            migration::claims_to_feeds(&transaction)?;
        }
        transaction.pragma_update(None, "user_version", version)?;
    }
    transaction.commit()?;
    Ok(())
}

fn make_private(directory: &Path) -> io::Result<()> {
    if !directory.is_dir() {
        let missing: Vec<&Path> = directory.ancestors().take_while(|above| !above.exists()).collect();
        fs::create_dir_all(directory)?;
        missing.iter().try_for_each(|made| sync_name(made))?;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(directory)?.permissions().mode();
        // A directory like /tmp belongs to everybody: taking it for ourselves would harm them.
        if mode & 0o1000 != 0 {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is shared by all users; name one of your own"));
        }
        if mode & 0o077 != 0 {
            fs::set_permissions(directory, fs::Permissions::from_mode(0o700))?;
        }
    }
    Ok(())
}

/// Processes open one after another: while one makes the database or changes its journal mode, SQLite tells the others
/// that it is locked without waiting for it. Freed when the file is closed.
fn turn(directory: &Path) -> io::Result<fs::File> {
    let lock = private_options().append(true).create(true).open(directory.join("opening.lock"))?;
    lock.lock()?;
    Ok(lock)
}

/// Makes the file where it is not there. One that is there is not even opened: closing it again would free the locks
/// that SQLite holds on it for the rest of this process (https://sqlite.org/howtocorrupt.html, 2.2).
fn private_file(file: &Path) -> io::Result<()> {
    match private_options().write(true).create_new(true).open(file) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}
