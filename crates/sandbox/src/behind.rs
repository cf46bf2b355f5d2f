//! What others do to the tenant behind the client's back, in CXone's own screens. For tests: a name or number that
//! does not exist is the test's mistake and panics. No fault strikes here.

use std::time::Duration;

use crate::{
    Fault, Sandbox,
    item::{Digits, Row, Source, parse_e164},
    list::{ListScope, Role},
    lists::{Altered, Created, NewList},
    strike::Strikes,
};

impl Sandbox {
    /// Somebody removes numbers from a list; reads see it after the index lag.
    ///
    /// # Panics
    ///
    /// No such list, not a number, or the journal cannot be written.
    pub fn remove_behind(&self, list_name: &str, numbers: &[&str]) {
        let numbers: Vec<Digits> = numbers.iter().map(|number| digits(number)).collect();
        let id = self.id_of(list_name);
        let removed = self.tenant.lists().remove(&id, &numbers, self.tenant.now(), |_| false);
        removed.expect("the journal can be written");
    }

    /// Somebody adds numbers to a list, as `MANUAL` and without notes; reads see it after the index lag.
    ///
    /// # Panics
    ///
    /// No such list, not a number, or the journal cannot be written.
    pub fn add_behind(&self, list_name: &str, numbers: &[&str]) {
        let rows: Vec<Row<'_>> = numbers.iter().map(|number| (digits(number), Source::Manual, "".into())).collect();
        let id = self.id_of(list_name);
        let added = self.tenant.lists().add(&id, rows, self.tenant.now(), |_, _| false);
        added.expect("the journal can be written");
    }

    /// Somebody creates a list, with source type `MANUAL`. Returns its id.
    ///
    /// # Panics
    ///
    /// The name is taken, the scope is none of the four, or the journal cannot be written.
    pub fn create_list_behind(&self, name: &str, scope: &str) -> String {
        let scope = ListScope::parse(scope).unwrap_or_else(|| panic!("a list's scope is {}", ListScope::CHOICE));
        let new = NewList { name: name.to_owned(), description: String::new(), source_type: Source::Manual, scope };
        let mut lists = self.tenant.lists();
        match lists.create(new, self.tenant.now()).expect("the journal can be written") {
            Created::New(list) => list.about.id.clone(),
            Created::NameTaken => panic!("a list {name:?} exists"),
        }
    }

    /// Somebody deletes a list with all that is in it.
    ///
    /// # Panics
    ///
    /// No such list, or the journal cannot be written.
    pub fn delete_list_behind(&self, name: &str) {
        let id = self.id_of(name);
        self.tenant.lists().delete(&id, self.tenant.now()).expect("the journal can be written");
    }

    /// Somebody makes a group inactive: its records can be read, and not changed.
    ///
    /// # Panics
    ///
    /// No such group, or the journal cannot be written.
    pub fn deactivate_behind(&self, name: &str) {
        self.set_active(name, false);
    }

    /// Somebody makes a group active again.
    ///
    /// # Panics
    ///
    /// No such group, or the journal cannot be written.
    pub fn activate_behind(&self, name: &str) {
        self.set_active(name, true);
    }

    fn set_active(&self, name: &str, active: bool) {
        let id = self.id_of(name);
        let altered = Altered { active: Some(active), ..Altered::default() };
        self.tenant.lists().alter(&id, altered, self.tenant.now()).expect("the journal can be written");
    }

    /// Somebody has the calls of these skills kept from the numbers of a group.
    ///
    /// # Panics
    ///
    /// No such group, or the journal cannot be written.
    pub fn scrub_behind(&self, name: &str, skills: &[u64]) {
        let id = self.id_of(name);
        for &skill in skills {
            let skill = u32::try_from(skill).expect("the id of a skill");
            let bound = self.tenant.lists().skill(&id, Role::Scrubbed, skill, true, self.tenant.now());
            bound.expect("the journal can be written");
        }
    }

    /// From now on these faults strike, and no others; their dice begin anew.
    pub fn set_faults(&self, faults: &[Fault], seed: u64) {
        *self.tenant.strikes() = Strikes::new(faults, seed);
    }

    /// From now on, what is accepted takes this long to show up in reads.
    pub fn set_lag(&self, lag: Duration) {
        self.tenant.lists().lag = lag;
    }

    /// Somebody revokes all tokens: the next call with one is answered 401.
    pub fn revoke_tokens(&self) {
        self.tenant.tokens().revoke_all();
    }

    fn id_of(&self, list_name: &str) -> String {
        let mut lists = self.tenant.lists();
        let list = lists.named(list_name).unwrap_or_else(|| panic!("the tenant has no list {list_name:?}"));
        list.about.id.clone()
    }
}

fn digits(number: &str) -> Digits {
    parse_e164(number).expect("a valid number in E.164")
}
