//! The names of columns that carry nothing for us.

use crate::mask;

/// Names to be said once, in order of first appearance.
#[derive(Debug, Default)]
pub(crate) struct Ignored {
    names: Vec<String>,
}

impl Ignored {
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// Remembers a name, unless it is empty or known already. Allocates only for new ones.
    pub(crate) fn note(&mut self, name: &str) {
        let name = name.trim();
        if name.is_empty() || self.names.iter().any(|known| known == name) {
            return;
        }
        let shown = mask::shown(name);
        if !self.names.contains(&shown) {
            self.names.push(shown);
        }
    }
}
