//! The ground a plan stands on: which list the target is, and what is in it.
//!
//! A list met for the first time is made, or found by its exact name with its scope checked; one that holds items is
//! read whole before anything is planned against it. A list met before is looked up again at each start: it may have
//! been deleted and made anew, and then nothing is believed of it.

use dncsync_core::answer::{Answer, Lasting};
use dncsync_core::belief;
use dncsync_core::numbers::Numbers;
use dncsync_core::paging::Paging;
use dncsync_core::run::RunId;
use dncsync_core::target::{ListId, Target};
use dncsync_core::timestamp::Timestamp;
use dncsync_cxone::{Client, FoundList, ItemsPage, LISTS_PAGE_SIZE, ListsPage, PAGE_SIZE};
use dncsync_store::{ListKey, ListState, Store, TargetId};

use crate::trouble::Trouble;

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
}

/// A request about the ground.
#[derive(Clone, Debug)]
pub(crate) enum Ask {
    Create(Target),
    Find { name: String, page: u64, size: u64 },
    Read { list: ListId, page: u64, size: u64 },
}

/// What it came to.
#[derive(Debug)]
pub(crate) enum Reply {
    Created(Answer<FoundList>),
    Found(Answer<ListsPage>),
    Page(Answer<ItemsPage>),
}

/// Performs a request.
pub(crate) async fn perform(client: &Client, ask: Ask) -> Reply {
    match ask {
        Ask::Create(target) => Reply::Created(client.create_list(&target).await),
        Ask::Find { name, page, size } => Reply::Found(client.find_lists(&name, page, size).await),
        Ask::Read { list, page, size } => Reply::Page(client.read_items(&list, page, size).await),
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
    pub(crate) fn of(store: &Store, id: TargetId, payer: RunId) -> Result<Self, Trouble> {
        let step = match store.list_of(id)? {
            Some(_) => Step::find(false),
            None => Step::Create,
        };
        Ok(Self { target: store.target_of(id)?, id, payer, step, seen_since: None })
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
                self.step = Step::read(list, now);
            }
        }
        Ok(())
    }

    fn is_stale(&self, list: &ListState) -> bool {
        let pages = list.page_size.unwrap_or(PAGE_SIZE);
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
            Step::Ready { .. } | Step::Barred(_) => None,
        }
    }

    /// The list was made just now.
    pub(crate) fn created(&mut self, store: &mut Store, found: &FoundList, now: Timestamp) -> Result<(), Trouble> {
        let list = store.resolved(self.id, &found.id, true, now, &self.payer)?;
        self.step = Step::Ready { list, entries: 0 };
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
        if let Some(found) = page.lists.iter().find(|list| list.name == self.target.name()) {
            if let Some(lasting) = self.wrong_scope(found) {
                self.step = Step::Barred(lasting);
                return Ok(true);
            }
            let list = store.resolved(self.id, &found.id, false, now, &self.payer)?;
            self.step = match list.known && !self.is_stale(&list) {
                true => Step::Ready { entries: list.listed, list },
                false => Step::read(list, now),
            };
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
        learn_page_size(store, list.key, paging.size())?;
        store.seen_whole(list.key, *began, seen, now, &self.payer)?;
        let list = store.list(list.key)?;
        self.step = Step::Ready { list, entries };
        Ok(())
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

    /// A whole read of a list, begun now.
    pub(crate) fn read(list: ListState, now: Timestamp) -> Self {
        let paging = Paging::whole(list.page_size.unwrap_or(PAGE_SIZE));
        Self::Read { list, paging, began: now, seen: Numbers::default() }
    }
}

/// Remembers the server's page size where it is smaller than what we ask for.
pub(crate) fn learn_page_size(store: &mut Store, list: ListKey, size: u64) -> Result<(), Trouble> {
    if size < PAGE_SIZE {
        store.learn_page_size(list, size)?;
    }
    Ok(())
}
