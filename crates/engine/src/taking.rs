//! `load`: an input is read into a feed. Sends nothing.

use std::collections::BTreeMap;
use std::path::PathBuf;

use dncsync_core::digest::Digest;
use dncsync_core::event::Event;
use dncsync_core::feed::{FeedName, Mode};
use dncsync_core::load::{LoadCounts, LoadReport};
use dncsync_core::run::RunId;
use dncsync_core::source::SourceType;
use dncsync_core::timestamp::Timestamp;
use dncsync_core::wording;
use dncsync_feed::Asked;
use dncsync_store::{Feed, Load, LoadEnd, LoadFile, LoadKind, NewLoad, StoreError};

use crate::ahead;
use crate::desk::{Desk, Judged};
use crate::engine::Engine;
use crate::inputs::{self, Input};
use crate::order::LoadOrder;
use crate::progress::{Observer, Progress};
use crate::sorting::Sorter;
use crate::trouble::Trouble;
use crate::wanted::Wanted;

impl Engine {
    /// Reads inputs into a feed, whole or not at all.
    ///
    /// # Errors
    /// Kind `Guarded` where a guard stops it. Then, as with any other trouble, the feed is as it was.
    pub fn load_feed(&mut self, order: &LoadOrder, observer: &mut Observer<'_>) -> Result<LoadReport, Trouble> {
        self.write_out()?;
        let mut inputs = inputs::open(&order.sources, self.store.directory())?;
        let feed = self.feed_for(&order.feed)?;
        let loaded = self.load_into(&feed, &mut inputs, order, observer);
        if loaded.is_err() {
            // A name that was mistyped, or a first file that was no good, leaves no feed behind.
            self.store.forget_if_unused(&feed)?;
        }
        self.write_out()?;
        loaded
    }

    fn load_into(
        &mut self,
        feed: &Feed,
        inputs: &mut [Input],
        order: &LoadOrder,
        observer: &mut Observer<'_>,
    ) -> Result<LoadReport, Trouble> {
        let before = self.loaded_before(feed, inputs, order)?;
        let once_more = before.map(|newest| self.load_once_more(feed, &newest, inputs, order)).transpose()?;
        if let Some(report) = once_more.flatten() {
            return Ok(report);
        }
        match self.load_anew(feed, inputs, order, observer) {
            Err(trouble) if trouble.code == Trouble::DAMAGED && self.mend(&Wanted::Everything, observer)? => {
                self.load_anew(feed, inputs, order, observer)
            }
            loaded => loaded,
        }
    }

    /// The feed of a name, known from now on. A list's own feed is there where its list was named before.
    pub(crate) fn feed_for(&mut self, name: &FeedName) -> Result<Feed, Trouble> {
        if name.list().is_none() {
            return Ok(self.store.feed(name, self.world.now())?);
        }
        self.feed_at_hand(name)
    }

    /// The feed of a name, where there is one.
    pub(crate) fn feed_at_hand(&self, name: &FeedName) -> Result<Feed, Trouble> {
        let unknown = |todo: &str| Trouble::input("feed.unknown", format!("there is no feed {name}"), todo);
        let Some(list) = name.list() else {
            let found = self.store.feed_named(name)?;
            return found.ok_or_else(|| unknown("`dncsync feeds` names them; `dncsync load` makes one"));
        };
        let mut found = self.store.own_feeds(list)?;
        // A list of that name may be known in several tenants, such as the sandbox and the real one.
        if found.len() > 1 {
            found.retain(|(tenant, _)| *tenant == self.setup.tenant.as_str());
        }
        let feed = found.into_iter().next().map(|(_, feed)| feed);
        feed.ok_or_else(|| {
            unknown(
                "a list has a feed of its own once something was ingested into it, or `dncsync target set` named it",
            )
        })
    }

    /// The feed's newest load, where it was of these very inputs, read in the same way, and nothing has changed since.
    fn loaded_before(&self, feed: &Feed, inputs: &mut [Input], order: &LoadOrder) -> Result<Option<Load>, Trouble> {
        let alike = |load: &Load| {
            load.kind == LoadKind::Input
                && load.mode == order.rules.mode
                && load.asked == order.asked()
                && !feed.damaged
                && load.files.len() == inputs.len()
        };
        let Some(newest) = self.store.newest_load(feed.id)?.filter(alike) else { return Ok(None) };
        // What is another input at first sight need not be read twice to know that.
        for (input, file) in inputs.iter_mut().zip(&newest.files) {
            if !input.resembles(file)? {
                return Ok(None);
            }
        }
        inputs.iter_mut().try_for_each(|input| input.digest().map(drop))?;
        Ok((newest.digest == digest(inputs)).then_some(newest))
    }

    fn load_once_more(
        &mut self,
        feed: &Feed,
        newest: &Load,
        inputs: &[Input],
        order: &LoadOrder,
    ) -> Result<Option<LoadReport>, Trouble> {
        let (started, id) = (self.world.now(), self.world.run_id());
        let files: Vec<LoadFile> = inputs.iter().map(Input::remembered).collect();
        let (digest, asked, counts) = (digest(inputs), order.asked(), newest.counts.once_more());
        let who = self.setup.who.clone();
        let load = NewLoad {
            rows: counts.rows,
            rejected: counts.rejected,
            source: newest.source,
            warnings: &newest.warnings,
            rejects: newest.rejects.as_deref(),
            ..new_load(&id, &who, order, &files, (&digest, &asked))
        };
        let tell = teller(feed, &load);
        let end = self.store.take_once_more(newest, &load, &counts, started, &tell)?;
        Ok(end.map(|end| LoadReport { unchanged: true, ..self.load_report(feed, &load, &end, started) }))
    }

    fn load_anew(
        &mut self,
        feed: &Feed,
        inputs: &mut [Input],
        order: &LoadOrder,
        observer: &mut Observer<'_>,
    ) -> Result<LoadReport, Trouble> {
        let (started, id) = (self.world.now(), self.world.run_id());
        let state = self.store.directory().to_owned();
        let rejects = order.rejects.clone().unwrap_or_else(|| state.join("rejects").join(format!("{id}.csv")));
        let asked_of_rows = Asked { format: order.format, registry: true, end: order.end.clone() };
        let mut desk = Desk::open(&state, rejects, &order.sources, order.rules, asked_of_rows)?;
        let mut sorter = Sorter::new(order.rules.mode, &state);
        desk.read_all(inputs, &self.world, observer, &mut sorter)?;
        let Judged { rows, rejected, warnings, rejects } = desk.close(order.allow_empty)?;
        let rejects = rejects.map(|(path, _)| absolute(path));
        let files: Vec<LoadFile> = inputs.iter().map(Input::remembered).collect();
        let (digest, asked, who) = (digest(inputs), order.asked(), self.setup.who.clone());
        let load = NewLoad {
            rows,
            rejected,
            source: sorter.usual_source(order.rules.default_source),
            warnings: &warnings,
            rejects: rejects.as_deref(),
            ..new_load(&id, &who, order, &files, (&digest, &asked))
        };
        let guard = order.guard;
        let guarded = order.rules.mode == Mode::Replace && !order.approved;
        let stops = |counts: &LoadCounts, before, after| {
            if guarded { guard.stops(counts, before, after) } else { None }
        };
        observer(&Progress::Taking { feed: feed.name.to_string(), rows });
        let said = sorter.finish().map_err(StoreError::Spool)?;
        let (now, tell) = (self.world.now(), teller(feed, &load));
        let end = ahead::made(said, |said| self.store.take_load(feed.id, &load, said, &stops, now, &tell))?;
        match &end {
            LoadEnd::Stopped(why) => Err(stopped(feed, why, rejects.as_deref())),
            LoadEnd::Taken { .. } => Ok(self.load_report(feed, &load, &end, started)),
        }
    }

    pub(crate) fn load_report(&self, feed: &Feed, load: &NewLoad<'_>, end: &LoadEnd, started: Timestamp) -> LoadReport {
        let (counts, before, numbers) = match end {
            LoadEnd::Taken { counts, before, after } => (*counts, *before, *after),
            LoadEnd::Stopped(_) => (LoadCounts::default(), feed.numbers, feed.numbers),
        };
        let now = self.world.now();
        LoadReport {
            event_type: LoadReport::EVENT_TYPE.to_owned(),
            run_id: load.id.to_string(),
            feed: feed.name.to_string(),
            mode: load.mode,
            counts,
            before,
            numbers,
            unchanged: false,
            digest: load.digest.to_owned(),
            warnings: load.warnings.clone(),
            rejects: load.rejects.map(str::to_owned),
            duration_ms: u64::try_from(now.since(started).as_millis()).unwrap_or(u64::MAX),
            timestamp: now,
            state: self.store.directory().display().to_string(),
        }
    }
}

fn new_load<'a>(
    id: &'a RunId,
    who: &'a str,
    order: &'a LoadOrder,
    files: &'a [LoadFile],
    (digest, asked): (&'a str, &'a str),
) -> NewLoad<'a> {
    NewLoad {
        mode: order.rules.mode,
        account: order.account.as_deref(),
        note: order.note.as_deref(),
        files,
        digest,
        asked,
        source: order.rules.default_source,
        ..command_load(id, who, LoadKind::Input)
    }
}

/// No warnings.
static NONE: BTreeMap<String, u64> = BTreeMap::new();

/// A load of a command, that no file brings.
pub(crate) fn command_load<'a>(id: &'a RunId, who: &'a str, kind: LoadKind) -> NewLoad<'a> {
    NewLoad {
        id,
        kind,
        mode: Mode::Changes,
        who,
        account: None,
        note: None,
        files: &[],
        digest: "",
        asked: "",
        source: SourceType::Manual,
        rows: 0,
        rejected: 0,
        warnings: &NONE,
        rejects: None,
        undid: None,
    }
}

/// Makes the event of a load once its counts are known. A note may name somebody: in the log its digits are masked.
pub(crate) fn teller(feed: &Feed, load: &NewLoad<'_>) -> impl Fn(&LoadCounts, u64) -> Event + use<> {
    let file = |file: &LoadFile| dncsync_core::event::LoadedFile {
        name: wording::file_name(&file.name),
        digest: file.digest.clone(),
        bytes: file.bytes,
    };
    let files = dncsync_core::event::named(load.files.iter().map(file).collect(), load.digest);
    let (feed, kind, mode) = (feed.name.to_string(), load.kind.name(), load.mode.name());
    let (who, account, note) = (load.who.to_owned(), load.account.map(str::to_owned), load.note.map(wording::tidy));
    move |counts, numbers| Event::FeedChanged {
        feed: feed.clone(),
        kind,
        mode,
        files: files.clone(),
        counts: *counts,
        numbers,
        who: who.clone(),
        account: account.clone(),
        note: note.clone(),
    }
}

/// The digest of one input, or of several ones' digests.
fn digest(inputs: &[Input]) -> String {
    if let [input] = inputs {
        return input.known_digest().to_owned();
    }
    let mut digest = Digest::default();
    inputs.iter().for_each(|input| digest.field(input.known_digest().as_bytes()));
    digest.finish()
}

fn absolute(path: PathBuf) -> String {
    std::path::absolute(&path).unwrap_or(path).display().to_string()
}

fn stopped(feed: &Feed, why: &str, rejects: Option<&str>) -> Trouble {
    let rejects = rejects.map(|path| format!("; rejected rows are in {path}")).unwrap_or_default();
    let message = format!("feed {}: {why}; the feed is as it was{rejects}", feed.name);
    Trouble::guarded("guard.load", message, "check the file; where it is right, say --approve")
}
