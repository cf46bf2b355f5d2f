//! All lists of the tenant. Each change is decided, then journalled, then applied, in that order: a crash after the
//! journal's line means applied without an answer, a crash before it means nothing happened.

mod alter;
mod habits;

use std::{
    collections::{HashMap, HashSet},
    io,
    time::Duration,
};

pub(crate) use alter::Altered;
use habits::Habits;

use crate::{
    Options,
    clock::seconds,
    item::{Digits, Item, ItemMaker, Row, Source},
    journal::Journal,
    list::{About, Due, List, ListScope},
    record::{Change, Record},
};

pub(crate) struct Lists {
    /// In order of creation.
    lists: Vec<List>,
    by_id: HashMap<String, usize>,
    by_name: HashMap<String, usize>,
    /// Deleted ones.
    gone: Vec<List>,
    journal: Option<Journal>,
    pub(crate) lag: Duration,
    habits: Habits,
}

/// What a list is to be.
pub(crate) struct NewList {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) source_type: Source,
    pub(crate) scope: ListScope,
}

pub(crate) enum Created<'a> {
    New(&'a List),
    NameTaken,
}

/// Counts of an answer: what changed, and what was there (or not there) already.
pub(crate) struct Changed {
    pub(crate) changed: usize,
    pub(crate) unchanged: usize,
}

impl Lists {
    /// Reads the journal if there is one. `now` is the wall time of the start.
    pub(crate) fn open(options: &Options, now: Duration) -> io::Result<Lists> {
        let mut lists = Lists {
            lists: Vec::new(),
            by_id: HashMap::new(),
            by_name: HashMap::new(),
            gone: Vec::new(),
            journal: None,
            lag: options.lag,
            habits: Habits::of(options),
        };
        if let Some(path) = &options.data {
            lists.journal = Some(Journal::open(path, |record| lists.replay(record, now))?);
        }
        Ok(lists)
    }

    fn replay(&mut self, record: Record<'_>, now: Duration) -> Result<(), String> {
        // A clock that was set back since must not hide items for longer than the lag.
        let at = Duration::from_millis(record.at).min(now);
        self.pass_dates(at);
        match record.change {
            Change::Create(about) => {
                if !self.habits.gives(&about.id) {
                    return Err("of another profile".to_owned());
                }
                self.push(about, at);
            }
            Change::Add { list, items, lost } => {
                let list = self.position(&list).ok_or("of a list that was never created")?;
                self.apply_add(list, &items, &lost, at);
            }
            Change::Remove { list, numbers } => {
                let list = self.position(&list).ok_or("of a list that was never created")?;
                let due = self.due(at);
                self.lists[list].remove(numbers.into_iter().collect(), due);
            }
            Change::Delete { list } => {
                let list = self.position(&list).ok_or("of a list that was never created")?;
                self.take_out(list);
            }
            Change::Alter { list, altered } => {
                let list = self.position(&list).ok_or("of a list that was never created")?;
                self.apply_alter(list, altered, at);
            }
            Change::Dates { list, dates } => {
                let list = self.position(&list).ok_or("of a list that was never created")?;
                self.lists[list].set_dates(&dates);
            }
            Change::Skill { list, role, skill, bound } => {
                let list = self.position(&list).ok_or("of a list that was never created")?;
                self.apply_skill(list, role, skill, bound);
            }
        }
        Ok(())
    }

    pub(crate) fn create(&mut self, new: NewList, now: Duration) -> io::Result<Created<'_>> {
        if self.by_name.contains_key(&new.name) {
            return Ok(Created::NameTaken);
        }
        let id = self.habits.new_id();
        let NewList { name: list_name, description, source_type, scope } = new;
        let about = About { id, list_name, description, source_type, scope };
        self.record(Change::Create(about.clone()), now)?;
        Ok(Created::New(self.push(about, now)))
    }

    /// Adds what the list does not hold; `loses` says which of it a fault swallows. `None`: no such list.
    pub(crate) fn add(
        &mut self,
        id: &str,
        rows: Vec<Row<'_>>,
        now: Duration,
        mut loses: impl FnMut(Digits, bool) -> bool,
    ) -> io::Result<Option<Changed>> {
        let Some(position) = self.position(id) else {
            return Ok(None);
        };
        let list = &self.lists[position];
        let received = rows.len();
        let mut in_batch = HashSet::with_capacity(received);
        let new = rows.into_iter().filter(|row| !list.holds(row.0) && in_batch.insert(row.0));
        let (lost, items): (Vec<_>, Vec<_>) = new.partition(|row| loses(row.0, list.has_lost(row.0)));
        let changed = items.len() + lost.len();
        if changed > 0 {
            let change = Change::Add { list: id.to_owned(), items, lost };
            let change = self.record(change, now)?;
            if let Change::Add { items, lost, .. } = change {
                self.apply_add(position, &items, &lost, now);
            }
        }
        Ok(Some(Changed { changed, unchanged: received - changed }))
    }

    /// Removes what the list holds; `keeps` says which of it a fault leaves where it is, told as removed all the same.
    /// `None`: no such list.
    pub(crate) fn remove(
        &mut self,
        id: &str,
        numbers: &[Digits],
        now: Duration,
        mut keeps: impl FnMut(Digits) -> bool,
    ) -> io::Result<Option<Changed>> {
        let Some(position) = self.position(id) else {
            return Ok(None);
        };
        let list = &self.lists[position];
        let held = numbers.iter().copied().filter(|&number| list.holds(number));
        let (kept, leaving): (HashSet<_>, HashSet<_>) = held.partition(|&number| keeps(number));
        let changed = kept.len() + leaving.len();
        if !leaving.is_empty() {
            let change = Change::Remove { list: id.to_owned(), numbers: leaving.iter().copied().collect() };
            self.record(change, now)?;
            let due = self.due(now);
            self.lists[position].remove(leaving, due);
        }
        Ok(Some(Changed { changed, unchanged: numbers.len() - changed }))
    }

    /// Deletes a list with all that is in it. False: no such list.
    pub(crate) fn delete(&mut self, id: &str, now: Duration) -> io::Result<bool> {
        let Some(position) = self.position(id) else {
            return Ok(false);
        };
        self.record(Change::Delete { list: id.to_owned() }, now)?;
        self.take_out(position);
        Ok(true)
    }

    fn take_out(&mut self, position: usize) {
        self.gone.push(self.lists.remove(position));
        self.by_id = (0..).zip(&self.lists).map(|(at, list)| (list.about.id.clone(), at)).collect();
        self.by_name = (0..).zip(&self.lists).map(|(at, list)| (list.about.list_name.clone(), at)).collect();
    }

    /// By id, deleted ones too.
    pub(crate) fn ever(&mut self, id: &str) -> Option<&mut List> {
        self.lists.iter_mut().chain(&mut self.gone).find(|list| list.about.id == id)
    }

    pub(crate) fn all(&self) -> &[List] {
        &self.lists
    }

    pub(crate) fn all_mut(&mut self) -> &mut [List] {
        &mut self.lists
    }

    pub(crate) fn get(&mut self, id: &str) -> Option<&mut List> {
        let position = self.position(id)?;
        self.lists.get_mut(position)
    }

    /// By exact name.
    pub(crate) fn named(&mut self, name: &str) -> Option<&mut List> {
        let position = *self.by_name.get(name)?;
        self.lists.get_mut(position)
    }

    fn position(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// When what is accepted now takes effect.
    fn due(&self, at: Duration) -> Due {
        self.habits.due(at, self.lag)
    }

    fn push(&mut self, about: About, created: Duration) -> &List {
        self.habits.given(&about.id);
        let list = self.habits.list(about, seconds(created));
        let position = self.lists.len();
        self.by_id.insert(list.about.id.clone(), position);
        self.by_name.insert(list.about.list_name.clone(), position);
        self.lists.push(list);
        &self.lists[position]
    }

    fn apply_add(&mut self, position: usize, items: &[Row<'_>], lost: &[Row<'_>], at: Duration) {
        let mut maker = ItemMaker::new(seconds(at));
        let mut make = |rows: &[Row<'_>]| -> Vec<Item> { rows.iter().map(|row| maker.make(row)).collect() };
        let due = self.due(at);
        let list = &mut self.lists[position];
        list.lose(make(lost));
        list.add(make(items), due);
    }

    fn record<'a>(&mut self, change: Change<'a>, now: Duration) -> io::Result<Change<'a>> {
        let at = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        let record = Record { at, change };
        if let Some(journal) = &mut self.journal {
            journal.append(&record)?;
        }
        Ok(record.change)
    }
}
