//! Which call it is, as far as an answer's meaning depends on it; the same ones under every profile.

use reqwest::{Method, Url};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    CreateList,
    FindLists,
    PostItems,
    ReadItems,
    RemoveItems,
    LookUp,
    ReadSkills,
    ScrubSkill,
    SpareSkill,
}

impl Call {
    /// Whether it names a list by its id.
    pub(crate) fn on_a_list(self) -> bool {
        !matches!(self, Self::CreateList | Self::FindLists | Self::LookUp)
    }

    /// Whether its body is a batch, which may be too large, or refused for single items.
    pub(crate) fn sends_a_batch(self) -> bool {
        matches!(self, Self::PostItems | Self::RemoveItems)
    }

    pub(crate) fn method(self) -> Method {
        match self {
            Self::CreateList | Self::PostItems | Self::LookUp | Self::ScrubSkill => Method::POST,
            Self::FindLists | Self::ReadItems | Self::ReadSkills => Method::GET,
            Self::RemoveItems | Self::SpareSkill => Method::DELETE,
        }
    }
}

/// An address below a base.
pub(crate) fn beneath(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}
