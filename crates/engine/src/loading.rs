//! From an order to durable loads: the order's own, and what earlier runs still owe to its list.

use dncsync_core::entry::Entry;
use dncsync_core::event::{self, Event};
use dncsync_core::feed::Mode;
use dncsync_core::number::Number;
use dncsync_core::numbers::Numbers;
use dncsync_core::row::Place;
use dncsync_core::run::RunId;
use dncsync_core::timestamp::Timestamp;
use dncsync_store::{BatchKey, LoadFile, LoadKind, NewLoad, NewRun, RunEntries, RunKind, TargetId, Telling};

use crate::engine::Engine;
use crate::inputs::Input;
use crate::intake;
use crate::order::Order;
use crate::progress::{Observer, Progress};
use crate::trouble::Trouble;
use crate::{ahead, finish, unconfirmed};

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
        let mut owed = self.owed(target)?;
        let first = owed.entries.iter().map(|entry| entry.number).collect();
        let loaded = intake::load(inputs, order, &first, &id, self.store.directory(), &self.world, observer)?;
        // What an input names itself it owes from now on.
        owed.entries.retain(|entry| !loaded.first.contains(entry.number));
        let digest = &order.digest(inputs.iter().map(Input::known_digest));
        let files: Vec<String> = inputs.iter().map(|input| input.name().to_owned()).collect();
        let event = Event::Loaded {
            files: event::named(inputs.iter().map(Input::loaded).collect(), digest),
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
            source: loaded.source,
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
            entries: RunEntries::Segments(&loaded.segments),
            load: Some(&load),
            kind: RunKind::Rows,
            approved: false,
            expects: None,
        };
        if !owed.entries.is_empty() {
            observer(&Progress::Note(format!("{} numbers that were never confirmed go first", owed.entries.len())));
        }
        ahead::made(loaded.told, |told| self.record(&earlier, target, &owed, Some((&run, &event, told)), started))?;
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
        load: Option<(&NewRun<'_>, &Event, Telling<'_>)>,
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
        let (run, told) = load.map(|(run, event, told)| ((run, event), told)).unzip();
        let loads: Vec<_> = first.into_iter().chain(run).collect();
        Ok(self.store.record_loads(&loads, &owed.batches, told, now)?)
    }
}

/// What earlier runs owe to a target.
#[derive(Default)]
struct Owed {
    entries: Vec<Entry>,
    files: Vec<String>,
    batches: Vec<BatchKey>,
}
