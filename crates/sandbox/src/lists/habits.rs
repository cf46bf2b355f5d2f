//! In what the lists of one tenant are kept otherwise than another's.

use std::time::Duration;

use crate::{
    Options, Profile, Quirk,
    list::{About, Due, List},
};

/// Expired records are seen for so long: the portal's documents say that they are purged after seven days.
const LINGER: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// Where a tenant's ids of groups begin, by lot.
const FIRST_IDS: std::ops::Range<u64> = 1_001..9_000_000;

pub(crate) struct Habits {
    profile: Profile,
    linger: Duration,
    /// Searches lag by so many times the lag of reads.
    searches: u32,
    shuffled: bool,
    /// The number of the next group; `None` before the first one.
    next_id: Option<u64>,
}

impl Habits {
    pub(crate) fn of(options: &Options) -> Habits {
        Habits {
            profile: options.profile,
            linger: if options.has(Quirk::NoLinger) { Duration::ZERO } else { LINGER },
            searches: if options.has(Quirk::SearchLag) { 4 } else { 1 },
            shuffled: options.shuffled,
            next_id: None,
        }
    }

    /// Never from the options' seed: a tenant that was reset must not hand out an id that it gave before.
    pub(crate) fn new_id(&self) -> String {
        match self.profile {
            Profile::V2 => format!("dnc-{:012x}", fastrand::u64(..1 << 48)),
            Profile::Admin => self.next_id.unwrap_or_else(|| fastrand::u64(FIRST_IDS)).to_string(),
        }
    }

    /// Whether an id is of the kind that this tenant gives.
    pub(crate) fn gives(&self, id: &str) -> bool {
        id.parse::<u64>().is_ok() == (self.profile == Profile::Admin)
    }

    /// An id is given and will not be given again.
    pub(crate) fn given(&mut self, id: &str) {
        if let Ok(id) = id.parse::<u64>() {
            self.next_id = self.next_id.max(id.checked_add(1));
        }
    }

    pub(crate) fn list(&self, about: About, created: u32) -> List {
        match self.profile {
            Profile::V2 if self.shuffled => List::shuffled(about, created),
            Profile::V2 => List::new(about, created),
            Profile::Admin => List::group(about, created, self.linger),
        }
    }

    pub(crate) fn due(&self, accepted: Duration, lag: Duration) -> Due {
        Due { accepted, read: accepted + lag, searched: accepted + lag * self.searches }
    }
}
