//! The ground a plan stands on: which list the target is, and what is in it.
//!
//! A list met for the first time is made, or found by its exact name with its scope checked; one that holds items is
//! read whole before anything is planned against it. A list met before is looked up again at each start: it may have
//! been deleted and made anew, and then nothing is believed of it.

use std::time::Duration;

use dncsync_core::answer::{Answer, Lasting};
use dncsync_core::belief;
use dncsync_core::numbers::Numbers;
use dncsync_core::paging::{self, Paging};
use dncsync_core::run::RunId;
use dncsync_core::target::{ListId, Target};
use dncsync_core::timestamp::Timestamp;
use dncsync_cxone::{
    Client, FoundList, ItemsPage, LISTS_PAGE_SIZE, ListsPage, SkillsPage, Speech, Standing, standing_bars,
};
use dncsync_store::{ListKey, ListState, Store, TargetId};

use crate::trouble::Trouble;

/// How long it is believed that a list scrubs a skill.
const SKILLS_BELIEVED: Duration = Duration::from_secs(24 * 3600);

/// How far the ground of one target is known.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// The list is to be made.
    Create,
    /// The list is looked for by name. `exists`: the server said that there is one.
    Find { paging: Paging, exists: bool },
    /// The list is read whole, because nothing is known of it.
    Read { list: ListState, paging: Paging, began: Timestamp, seen: Numbers },
    /// Plans can be made.
    Ready { list: ListState, entries: u64 },
    /// No plan can be made until somebody mends something.
    Barred(Lasting),
}

/// The ground of one target.
#[derive(Clone, Debug)]
pub(crate) struct Ground {
    pub(crate) target: Target,
    pub(crate) id: TargetId,
    /// The run that pays for its requests.
    pub(crate) payer: RunId,
    pub(crate) step: Step,
    /// A list last read whole before this moment is read again, if that takes no more than so many requests.
    pub(crate) seen_since: Option<(Timestamp, u64)>,
    /// How the tenant speaks.
    speech: Speech,
    /// Whether the skills that the list scrubs are still to be asked for.
    skills_open: bool,
    /// How many active records the tenant held when the list was found, where it tells.
    pub(crate) records: Option<u64>,
}

/// A request about the ground.
#[derive(Clone, Debug)]
pub(crate) enum Ask {
    Create(Target),
    Find { name: String, page: u64, size: u64 },
    Read { list: ListId, page: u64, size: u64 },
    Skills { list: ListId },
}

/// What it came to.
#[derive(Debug)]
pub(crate) enum Reply {
    Created(Answer<FoundList>),
    Found(Answer<ListsPage>),
    Page(Answer<ItemsPage>),
    Skills(Answer<SkillsPage>),
}

/// Performs a request.
pub(crate) async fn perform(client: &Client, ask: Ask) -> Reply {
    match ask {
        Ask::Create(target) => Reply::Created(client.create_list(&target).await),
        Ask::Find { name, page, size } => Reply::Found(client.find_lists(&name, page, size).await),
        Ask::Read { list, page, size } => Reply::Page(client.read_items(&list, page, size).await),
        Ask::Skills { list } => Reply::Skills(client.scrubbed_skills(&list, 1, LISTS_PAGE_SIZE).await),
    }
}

impl Ask {
    /// What kind of request it is charged as.
    pub(crate) fn kind(&self) -> &'static str {
        if matches!(self, Self::Read { .. }) { "get" } else { "list" }
    }
}

impl Ground {
    /// The ground of a target as the store knows it: one met before is looked up, a new one is made.
    pub(crate) fn of(store: &Store, id: TargetId, payer: RunId, speech: &Speech) -> Result<Self, Trouble> {
        let step = match store.list_of(id)? {
            None if !speech.looks_first => Step::Create,
            _ => Step::find(false),
        };
        let (target, speech) = (store.target_of(id)?, speech.clone());
        let skills_open = speech.scrubs;
        Ok(Self { target, id, payer, step, seen_since: None, speech, skills_open, records: None })
    }

    /// Whoever plans from the whole list, and not from the rows of an input, wants it to have been read whole since a
    /// moment, if that takes no more requests than `budget`.
    pub(crate) fn must_be_seen_since(
        &mut self,
        store: &Store,
        moment: Timestamp,
        budget: u64,
        now: Timestamp,
    ) -> Result<(), Trouble> {
        self.seen_since = Some((moment, budget));
        if let Step::Ready { list, .. } = &self.step {
            // As it is known now: it may have been read whole since it was found.
            let list = store.list(list.key)?;
            if self.is_stale(&list) {
                self.step = self.reading(list, now);
            }
        }
        Ok(())
    }

    fn is_stale(&self, list: &ListState) -> bool {
        let pages = self.page_size(list);
        self.seen_since.is_some_and(|(moment, budget)| {
            list.seen_whole_at.is_none_or(|seen| seen < moment) && belief::worth_reading(list.listed, pages, budget)
        })
    }

    /// The list, where plans can be made.
    pub(crate) fn ready(&self) -> Option<&ListState> {
        match &self.step {
            Step::Ready { list, .. } => Some(list),
            _ => None,
        }
    }

    /// What to ask next; `None` where there is nothing to ask.
    pub(crate) fn ask(&self) -> Option<Ask> {
        match &self.step {
            Step::Create => Some(Ask::Create(self.target.clone())),
            Step::Find { paging, .. } => {
                let (page, size) = paging.ask();
                Some(Ask::Find { name: self.target.name().to_owned(), page, size })
            }
            Step::Read { list, paging, .. } => {
                let (page, size) = paging.ask();
                Some(Ask::Read { list: list.id.clone(), page, size })
            }
            Step::Ready { list, .. } if self.skills_open => Some(Ask::Skills { list: list.id.clone() }),
            Step::Ready { .. } | Step::Barred(_) => None,
        }
    }

    /// Whether somebody still waits to hear which skills the list scrubs.
    pub(crate) fn waits_for_skills(&self) -> bool {
        self.skills_open && matches!(self.step, Step::Ready { .. })
    }

    /// The list was made just now.
    pub(crate) fn created(&mut self, store: &mut Store, found: &FoundList, now: Timestamp) -> Result<(), Trouble> {
        let list = store.resolved(self.id, &found.id, true, now, &self.payer)?;
        self.make_ready(list, 0, now);
        Ok(())
    }

    /// The server has a list of that name already.
    pub(crate) fn exists(&mut self) {
        self.step = Step::find(true);
    }

    /// A page of lists came. False where the list that must be there was not found.
    pub(crate) fn found(&mut self, store: &mut Store, page: &ListsPage, now: Timestamp) -> Result<bool, Trouble> {
        let Step::Find { paging, exists } = &mut self.step else {
            return Ok(true);
        };
        self.records = page.records;
        let named = || page.lists.iter().filter(|list| list.name == self.target.name());
        // One that is about to be deleted may still bear the name of the one that took its place.
        if let Some(found) = named().find(|list| list.standing == Standing::Open).or_else(|| named().next()) {
            if let Some(lasting) = self.wrong_scope(found).or_else(|| standing_bars(found.standing)) {
                self.step = Step::Barred(lasting);
                return Ok(true);
            }
            let list = store.resolved(self.id, &found.id, false, now, &self.payer)?;
            if list.known && !self.is_stale(&list) {
                self.make_ready(list.clone(), list.listed, now);
            } else {
                self.step = self.reading(list, now);
            }
            return Ok(true);
        }
        if paging.advance(page.facts) {
            return Ok(true);
        }
        if *exists {
            // The server says that there is one and shows none: it may be new and not yet shown.
            self.step = Step::find(true);
            return Ok(false);
        }
        self.step = Step::Create;
        Ok(true)
    }

    /// A page of items came on first contact.
    pub(crate) fn read(&mut self, store: &mut Store, page: &ItemsPage, now: Timestamp) -> Result<(), Trouble> {
        let Step::Read { list, paging, began, seen } = &mut self.step else {
            return Ok(());
        };
        seen.extend(page.numbers.iter().copied());
        let facts = paging.judge(page.facts, &page.numbers);
        let entries = paging.before() + facts.count;
        if paging.advance(facts) {
            return Ok(());
        }
        learn_page_size(store, list.key, paging.size(), self.speech.page_size)?;
        store.seen_whole(list.key, *began, seen, now, &self.payer)?;
        let list = store.list(list.key)?;
        self.make_ready(list, entries, now);
        Ok(())
    }

    /// The server refused a page, perhaps for its size: the reading begins anew with smaller ones.
    pub(crate) fn ask_for_less(&mut self, now: Timestamp) {
        if let Step::Read { list, paging, .. } = &self.step {
            let paging = Paging::whole(paging::smaller(paging.size()));
            self.step = Step::Read { list: list.clone(), paging, began: now, seen: Numbers::default() };
        }
    }

    /// An answer came to what skills the list scrubs. Where it is none, nothing is known of them: nobody's protection waits
    /// for that.
    pub(crate) fn skills(
        &mut self,
        store: &mut Store,
        answer: Answer<SkillsPage>,
        now: Timestamp,
    ) -> Result<(), Trouble> {
        self.skills_open = false;
        if let (Step::Ready { list, .. }, Answer::Applied(page)) = (&self.step, answer) {
            let skills = page.facts.total.unwrap_or(page.skills.len() as u64);
            store.learn_scrubs(list.key, skills, now)?;
        }
        Ok(())
    }

    /// A whole read of a list, begun now.
    pub(crate) fn reading(&self, list: ListState, now: Timestamp) -> Step {
        let paging = Paging::whole(self.page_size(&list));
        Step::Read { list, paging, began: now, seen: Numbers::default() }
    }

    fn make_ready(&mut self, list: ListState, entries: u64, now: Timestamp) {
        let lately = |at: Timestamp| at <= now && now.since(at) < SKILLS_BELIEVED;
        self.skills_open &= !list.scrubs.is_some_and(|(skills, at)| skills > 0 && lately(at));
        self.step = Step::Ready { list, entries };
    }

    fn page_size(&self, list: &ListState) -> u64 {
        list.page_size.unwrap_or(self.speech.page_size)
    }

    fn wrong_scope(&self, found: &FoundList) -> Option<Lasting> {
        let (asked, scope) = (self.target.scope(), found.scope.as_deref()?);
        (!scope.eq_ignore_ascii_case(asked.name())).then(|| Lasting {
            code: "list.scope",
            message: format!("the list {} exists with scope {scope}, not {asked}", self.target.name()),
            todo: "ask for it with its own scope (--list NAME --scope …), or choose another name".to_owned(),
            of_list: true,
        })
    }
}

impl Step {
    fn find(exists: bool) -> Self {
        Self::Find { paging: Paging::whole(LISTS_PAGE_SIZE), exists }
    }
}

/// Remembers the server's page size where it is smaller than what we ask for.
pub(crate) fn learn_page_size(store: &mut Store, list: ListKey, size: u64, asked: u64) -> Result<(), Trouble> {
    if size < asked {
        store.learn_page_size(list, size)?;
    }
    Ok(())
}
