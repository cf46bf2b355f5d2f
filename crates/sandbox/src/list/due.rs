//! When an accepted change takes effect.

use std::time::Duration;

/// The moments of a change.
#[derive(Clone, Copy)]
pub(crate) struct Due {
    pub(crate) accepted: Duration,
    /// From here on reads see it.
    pub(crate) read: Duration,
    /// From here on searches see it; never before reads do.
    pub(crate) searched: Duration,
}

/// All at once.
impl From<Duration> for Due {
    fn from(at: Duration) -> Due {
        Due { accepted: at, read: at, searched: at }
    }
}
