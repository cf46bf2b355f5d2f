//! What the events of a proof tell together: loaded, sent, answered, seen.

use crate::event::{Answered, Event, File, Loaded};
use crate::evidence::{Shown, place};
use crate::finding::Finding;
use crate::moment;
use crate::proof::{AnswerTold, FileTold};
use crate::sent::{Chosen, Sending, Settled};
use crate::tree::Hash;

/// An event and its moment.
type At<'a, T> = (&'a str, &'a T);

/// Rows that were loaded, and for which run.
type Load<'a> = (Option<&'a str>, &'a Loaded);

/// The events of one batch, and the loads that its numbers came from.
pub(crate) struct Story<'a> {
    loads: Vec<Load<'a>>,
    files: Vec<&'a File>,
    sendings: Vec<At<'a, Sending>>,
    answers: Vec<At<'a, Answered>>,
    settled: At<'a, Settled>,
}

/// The same while it is put together.
#[derive(Default)]
struct Parts<'a> {
    loads: Vec<Load<'a>>,
    files: Vec<&'a File>,
    any_load: bool,
    sendings: Vec<At<'a, Sending>>,
    answers: Vec<At<'a, Answered>>,
    settled: Option<At<'a, Settled>>,
}

impl<'a> Story<'a> {
    /// Puts it together: one batch, nothing later than `at`, and nothing that does not belong there.
    pub(crate) fn read(shown: &'a [Shown], at: &str) -> Result<Self, Finding> {
        let mut parts = Parts::default();
        for (number, shown) in (1..).zip(shown) {
            let moment = shown.head.at.as_deref().filter(|moment| moment::is_one(moment));
            let moment = moment.ok_or_else(|| place("event", number, "it has no moment"))?;
            // A key that is changed later says nothing of the number, and leads to the one that signed.
            if moment > at && !matches!(shown.event, Event::Rotated(_)) {
                return Err(place("event", number, "it is later than the moment that the proof is about"));
            }
            parts.take(shown, moment).map_err(|what| place("event", number, what))?;
        }
        let missing = |what: &str| Finding::new("proof", what);
        let settled = parts.settled.ok_or_else(|| missing("no event shows that the batch was settled"))?;
        if !parts.any_load {
            return Err(missing("no event shows the load that the number came from"));
        }
        let story =
            Self { loads: parts.loads, files: parts.files, sendings: parts.sendings, answers: parts.answers, settled };
        story.is_one().map(|()| story)
    }

    /// Whether all of it is of the batch that was settled.
    fn is_one(&self) -> Result<(), Finding> {
        let (batch, removal) = (&self.settled().batch, self.settled().removal);
        let strange = |what: String| Finding::new("proof", what);
        if let Some((_, other)) = self.sendings.iter().find(|(_, sent)| sent.batch != *batch) {
            return Err(strange(format!("the request was of {}, and what was settled is {batch}", other.batch)));
        }
        if let Some((_, other)) = self.answers.iter().find(|(_, answer)| answer.of != *batch) {
            return Err(strange(format!("the answer was to {}, and what was settled is {batch}", other.of)));
        }
        if self.sendings.iter().any(|(_, sending)| sending.removal != removal) {
            return Err(strange("a number was added by one event, and removed by another".to_owned()));
        }
        Ok(())
    }

    /// Whether its batch has this root, and so many items.
    pub(crate) fn is_of_batch(&self, root: &Hash, count: u64) -> Result<(), String> {
        let held = self.sendings.iter().map(|(_, sending)| &sending.held).chain([&self.settled().seen]);
        let is_it = |chosen: &Chosen| chosen.root == *root && chosen.count == count;
        for chosen in held {
            if !chosen.as_ref().is_some_and(is_it) {
                return Err("an event is not of the batch that the item is of: its root or count is another".to_owned());
            }
        }
        Ok(())
    }

    /// When a request first left with this item; it must have been seen as well.
    pub(crate) fn sent_at(&self, position: u64) -> Result<&'a str, String> {
        let holds = |chosen: &Option<Chosen>| chosen.as_ref().is_some_and(|chosen| chosen.positions.hold(position));
        if !holds(&self.settled().seen) {
            return Err("the item is not among those that were seen".to_owned());
        }
        let first = self.sendings.iter().find(|(_, sending)| holds(&sending.held));
        first.map(|(at, _)| *at).ok_or_else(|| "no request held the item".to_owned())
    }

    /// Whether the log says that the batch's run went into this list: else a prover could name any.
    pub(crate) fn is_of_list(&self, list: &str, scope: &str) -> Result<(), String> {
        let other = |(_, loaded): &&Load<'_>| loaded.list_name != list || loaded.scope != scope;
        if let Some((_, other)) = self.loads.iter().find(other) {
            let (name, of) = (&other.list_name, &other.scope);
            return Err(format!("what was loaded was for {name} ({of}), and not for {list} ({scope})"));
        }
        let run = self.settled().batch.run.as_str();
        let of_run = self.loads.iter().any(|(of, _)| *of == Some(run));
        if of_run { Ok(()) } else { Err(format!("no event says which list run {run} went into")) }
    }

    /// Whether such a file was loaded.
    pub(crate) fn loaded(&self, FileTold { name, digest, .. }: &FileTold) -> Result<(), String> {
        let is_it = |file: &&&File| file.name == *name && file.digest == *digest;
        self.files
            .iter()
            .find(is_it)
            .map(drop)
            .ok_or_else(|| format!("no event shows that {name}, {digest}, was loaded"))
    }

    /// The answer that took it, or the last one where none did.
    pub(crate) fn answered(&self) -> Option<AnswerTold> {
        let applied = self.answers.iter().find(|(_, answered)| answered.answer == "applied");
        let (at, answered) = applied.or_else(|| self.answers.last())?;
        Some(AnswerTold { answer: answered.answer.clone(), at: (*at).to_owned() })
    }

    /// The batch once it was settled.
    pub(crate) fn settled(&self) -> &'a Settled {
        self.settled.1
    }

    /// When that was.
    pub(crate) fn seen_at(&self) -> &'a str {
        self.settled.0
    }
}

impl<'a> Parts<'a> {
    fn take(&mut self, shown: &'a Shown, at: &'a str) -> Result<(), &'static str> {
        match &shown.event {
            Event::Loaded(loaded) => {
                self.any_load = true;
                self.loads.push((shown.head.run_id.as_deref(), loaded));
                self.files.extend(&loaded.files);
            }
            Event::FeedChanged(changed) => {
                self.any_load = true;
                self.files.extend(&changed.files);
            }
            Event::Rotated(_) => {}
            Event::Sending(_) | Event::Answered(_) | Event::Settled(_) if self.settled.is_some() => {
                return Err("it comes after the batch was settled");
            }
            Event::Sending(sending) => self.sendings.push((at, sending)),
            Event::Answered(_) if self.sendings.is_empty() => return Err("it answers a request that is not shown"),
            Event::Answered(answered) => self.answers.push((at, answered)),
            Event::Settled(settled) => self.settled = Some((at, settled)),
            Event::Planned(_) | Event::Report(_) | Event::Other => {
                return Err("it is of a kind that does not belong in a proof");
            }
        }
        Ok(())
    }
}
