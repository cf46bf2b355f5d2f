//! Files of a state directory: for this user only, and under a name that survives a power cut.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// How files of ours are opened: they hold telephone numbers, and are for this user only (0600).
pub fn private_options() -> OpenOptions {
    #[allow(unused_mut, reason = "only Unix has modes")]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes the name of a new file or directory durable: after power loss what was synced may be there without its name.
///
/// # Errors
/// The directory above cannot be synced, although it can be read.
pub fn sync_name(made: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        let above = made.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
        match File::open(above).map(|above| above.sync_all()) {
            // Not ours to read, or a file system that cannot: as safe as it gets there.
            Err(_) => Ok(()),
            Ok(Err(error)) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
            Ok(synced) => synced,
        }
    }
    #[cfg(not(unix))]
    {
        let _ = made;
        Ok(())
    }
}
