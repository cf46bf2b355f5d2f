//! What answers tell, under every profile.

use dncsync_core::number::Number;
use dncsync_core::paging::PageFacts;
use dncsync_core::target::ListId;

/// A list that CXone has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundList {
    /// Its id.
    pub id: ListId,
    /// Its name.
    pub name: String,
    /// Its scope, as the server wrote it, where told.
    pub scope: Option<String>,
    /// Whether numbers can be added.
    pub standing: Standing,
}

/// Whether numbers can be added to a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// They can, as far as is told.
    #[default]
    Open,
    /// Somebody made it inactive.
    Inactive,
    /// It is about to be deleted.
    Leaving,
}

/// One page of lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListsPage {
    /// Those that have an id and a name.
    pub lists: Vec<FoundList>,
    /// What the page told beside them.
    pub facts: PageFacts,
    /// How many active records they hold together, where each of them tells it.
    pub records: Option<u64>,
}

/// One page of a list's numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemsPage {
    /// The numbers that can be read and are blocked, sorted, each once.
    pub numbers: Vec<Number>,
    /// What the page told beside them.
    pub facts: PageFacts,
}

/// What the server said of a batch that it took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Posted {
    /// How many items it received.
    pub received: Option<u64>,
    /// How many of them are new to the list.
    pub added: Option<u64>,
    /// How many the list had already.
    pub duplicates: Option<u64>,
    /// Single items that it did not take, although it took the others.
    pub failed: Failed,
}

/// What the server said of a removal that it carried out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// How many numbers it received.
    pub received: Option<u64>,
    /// How many of them left the list.
    pub removed: Option<u64>,
    /// How many were not there.
    pub missing: Option<u64>,
    /// Single numbers that it did not remove, although it removed the others.
    pub failed: Failed,
}

/// Items of a batch that failed alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failed {
    /// Those that the server named, each with its words. What it says of a number that is there already, or gone
    /// already, is no failure: looking at the list decides.
    pub named: Vec<(Number, String)>,
    /// Its words for some that it did not name; nobody knows which they are, and looking at the list decides.
    pub unnamed: Option<String>,
}

/// A skill that a list is scrubbed from: whom it keeps from being called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skill {
    /// Its id.
    pub id: String,
    /// Its name, where told.
    pub name: Option<String>,
}

/// One page of a list's scrubbed skills.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkillsPage {
    /// Those that have an id.
    pub skills: Vec<Skill>,
    /// What the page told beside them.
    pub facts: PageFacts,
}
