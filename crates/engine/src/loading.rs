//! From an order to durable loads: the order's own, and what earlier runs still owe to its list.

use dncsync_core::entry::Entry;
use dncsync_core::event::Event;
use dncsync_core::feed::Mode;
use dncsync_core::number::Number;
use dncsync_core::numbers::Numbers;
use dncsync_core::row::Place;
use dncsync_core::run::RunId;
use dncsync_core::source::SourceType;
use dncsync_core::timestamp::Timestamp;
use dncsync_store::{BatchKey, LoadFile, LoadKind, NewLoad, NewRun, RunKind, TargetId};

use crate::engine::Engine;
use crate::inputs::Input;
use crate::intake;
use crate::order::Order;
use crate::progress::{Observer, Progress};
use crate::trouble::Trouble;
use crate::{finish, unconfirmed};

/// The input of a run that continues what an earlier one could not confirm: no digest is like it.
const OWED: &str = "owed";

impl Engine {
    /// Reads, checks and makes durable. After this the input is not needed any more.
    pub(crate) fn load(
        &mut self,
        inputs: &mut [Input],
        order: &Order,
        target: TargetId,
        observer: &mut Observer<'_>,
    ) -> Result<RunId, Trouble> {
        let started = self.world.now();
        // What is owed is older than the run itself, and its id sorts before it.
        let (earlier, id) =
            (self.world.run_id_at(started), self.world.run_id_at(started + std::time::Duration::from_millis(1)));
        let mut loaded = intake::load(inputs, order, &id, self.store.directory(), &self.world, observer)?;
        let digest = &order.digest(inputs.iter().map(|input| input.known_digest()));
        let mut owed = self.owed(target)?;
        owed.give_to(&mut loaded.entries);
        let files: Vec<String> = inputs.iter().map(|input| input.name().to_owned()).collect();
        let event = Event::Loaded {
            files: inputs.iter().map(Input::loaded).collect(),
            list_name: order.target.name().to_owned(),
            scope: order.target.scope().to_string(),
            rows: loaded.tally.rows,
            duplicates_in_input: loaded.tally.repeated,
            rejected: loaded.tally.rejected,
        };
        let path = match &loaded.rejects {
            Some((path, _)) => path.clone(),
            None => order.rejects.clone().unwrap_or_else(|| finish::default_rejects(&self.store, &id)),
        };
        let path = std::path::absolute(&path).unwrap_or(path).display().to_string();
        let remembered: Vec<LoadFile> = inputs.iter().map(Input::remembered).collect();
        let (asked, who) = (order.asked(), self.setup.who.clone());
        let load = NewLoad {
            id: &id,
            kind: LoadKind::Input,
            mode: Mode::Add,
            who: &who,
            account: None,
            note: None,
            files: &remembered,
            digest,
            asked: &asked,
            source: usual_source(&loaded.entries, order.rules.default_source),
            rows: loaded.tally.rows,
            rejected: loaded.tally.rejected,
            warnings: &loaded.warnings,
            rejects: loaded.rejects.as_ref().map(|_| path.as_str()),
            undid: None,
        };
        let run = NewRun {
            id: &id,
            target,
            input: digest,
            files: &files,
            tally: loaded.tally,
            warnings: &loaded.warnings,
            rejects: Some((&path, loaded.rejects.as_ref().map_or(0, |(_, bytes)| *bytes))),
            entries: &loaded.entries,
            load: Some(&load),
            kind: RunKind::Rows,
            approved: false,
            expects: None,
        };
        if !owed.entries.is_empty() {
            observer(&Progress::Note(format!("{} numbers that were never confirmed go first", owed.entries.len())));
        }
        self.record(&earlier, target, &owed, Some((&run, &event)), started)?;
        Ok(id)
    }

    /// Makes a run of what earlier ones owe to a target, where they owe something.
    pub(crate) fn load_owed(&mut self, target: TargetId) -> Result<(), Trouble> {
        let owed = self.owed(target)?;
        let started = self.world.now();
        self.record(&self.world.run_id_at(started), target, &owed, None, started)
    }

    fn owed(&self, target: TargetId) -> Result<Owed, Trouble> {
        let mut owed = Owed::default();
        let mut seen = Numbers::default();
        for batch in self.store.owed(target)? {
            let from = owed.files.len();
            let name = unconfirmed::name(&batch.batch.run);
            let file = owed.files.iter().position(|file| *file == name).unwrap_or(from);
            if file == from {
                owed.files.push(name);
            }
            let place = |line| Place { file: u32::try_from(file).unwrap_or(0), line };
            let fresh = batch.entries.into_iter().filter(|entry| seen.insert(entry.number));
            owed.entries.extend(fresh.map(|entry| Entry { place: place(entry.place.line), ..entry }));
            owed.batches.push(batch.batch);
        }
        // What no feed claims any more is owed to nobody.
        let mut sorted: Vec<Number> = owed.entries.iter().map(|entry| entry.number).collect();
        sorted.sort_unstable();
        let desired = self.store.desired_among(target, &sorted)?;
        owed.entries.retain(|entry| desired.binary_search(&entry.number).is_ok());
        Ok(owed)
    }

    /// Records a load, and before it, in the same change, what is owed.
    fn record(
        &mut self,
        id: &RunId,
        target: TargetId,
        owed: &Owed,
        load: Option<(&NewRun<'_>, &Event)>,
        now: Timestamp,
    ) -> Result<(), Trouble> {
        let rows = owed.entries.len() as u64;
        let of = self.store.target_of(target)?;
        let event = Event::Loaded {
            files: Vec::new(),
            list_name: of.name().to_owned(),
            scope: of.scope().to_string(),
            rows,
            duplicates_in_input: 0,
            rejected: 0,
        };
        let path = finish::default_rejects(&self.store, id).display().to_string();
        let earlier = NewRun::of_command(id, target, (OWED, &owed.files), &path, &owed.entries);
        let first = (rows > 0).then_some((&earlier, &event));
        let loads: Vec<_> = first.into_iter().chain(load).collect();
        Ok(self.store.record_loads(&loads, &owed.batches, now)?)
    }
}

/// The source type of most entries: the others are kept as a set each.
fn usual_source(entries: &[Entry], default: SourceType) -> SourceType {
    let count = |source: &SourceType| entries.iter().filter(|entry| entry.source == *source).count();
    SourceType::ALL.into_iter().max_by_key(|source| (count(source), *source == default)).unwrap_or(default)
}

/// What earlier runs owe to a target.
#[derive(Default)]
struct Owed {
    entries: Vec<Entry>,
    files: Vec<String>,
    batches: Vec<BatchKey>,
}

impl Owed {
    /// What an input names itself is owed by it from now on, and goes first in it.
    fn give_to(&mut self, entries: &mut Vec<Entry>) {
        if self.entries.is_empty() {
            return;
        }
        let owed: Numbers = self.entries.iter().map(|entry| entry.number).collect();
        let (first, rest): (Vec<Entry>, Vec<Entry>) = entries.drain(..).partition(|entry| owed.contains(entry.number));
        let named: Numbers = first.iter().map(|entry| entry.number).collect::<Vec<Number>>().into_iter().collect();
        self.entries.retain(|entry| !named.contains(entry.number));
        entries.extend(first.into_iter().chain(rest));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dncsync_core::source::SourceType::Manual;

    fn entries(source: &str, numbers: &[u64]) -> Vec<Entry> {
        let place = |line| Place { file: 0, line };
        let entry = |(line, number): (u64, &u64)| Entry {
            number: Number::from_stored(*number),
            source: Manual,
            notes: source.into(),
            place: place(line),
        };
        (1..).zip(numbers).map(entry).collect()
    }

    fn show(entries: &[Entry]) -> Vec<String> {
        entries
            .iter()
            .map(|entry| format!("{} {} line {}", entry.notes, entry.number.get(), entry.place.line))
            .collect()
    }

    #[test]
    fn what_an_input_names_itself_it_owes_from_now_on_and_sends_first() {
        let mut owed = Owed { entries: entries("owed", &[5, 3, 8]), ..Owed::default() };
        let mut input = entries("input", &[1, 3, 2, 5]);
        owed.give_to(&mut input);
        assert_eq!(show(&input), ["input 3 line 2", "input 5 line 4", "input 1 line 1", "input 2 line 3"]);
        assert_eq!(show(&owed.entries), ["owed 8 line 3"]);
    }

    #[test]
    fn an_input_keeps_its_order_where_nothing_is_owed() {
        let mut input = entries("input", &[3, 1, 2]);
        Owed::default().give_to(&mut input);
        assert_eq!(input, entries("input", &[3, 1, 2]));
    }
}
