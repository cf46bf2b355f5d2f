//! What is asked of an input before it is opened.

use crate::format::Format;
use crate::mask;
use crate::open_error::OpenError;

/// What is asked of an input. By default: whatever its format, an input that adds numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The format, where it is not to be told by content.
    pub format: Option<Format>,
    /// Whether the layouts of national registries are read, and names for the time of a change are known.
    pub registry: bool,
    /// The column or key that tells when an entry ends. It is compared like the known names, and goes before them.
    pub end: Option<String>,
}

impl Asked {
    /// Asks for nothing but this format.
    pub fn format(format: Option<Format>) -> Self {
        Self { format, ..Self::default() }
    }

    /// Refuses an input whose columns are known and do not tell an end, where one is asked for: its entries would stay
    /// for ever. `found` is its first row.
    pub(crate) fn refuse_without_end(&self, found: &str) -> Result<(), OpenError> {
        match &self.end {
            Some(name) => Err(OpenError::NoEndColumn { name: mask::shown(name), found: mask::shown(found) }),
            None => Ok(()),
        }
    }
}
