//! Sending again: what was accepted and never indexed, and what was listed once and is gone.

use dncsync_core::event::Event;
use dncsync_core::number::Number;
use dncsync_core::numbers::Numbers;
use dncsync_core::timestamp::Timestamp;
use dncsync_store::{BatchKey, SentBatch};
use roaring::RoaringBitmap;

use crate::awaited::Waits;
use crate::sender::Sender;
use crate::trouble::Trouble;

impl Sender<'_> {
    pub(crate) fn waits(&self) -> Waits {
        Waits { confirm_within: self.setup.confirm_within, longest_lag: self.longest_lag }
    }

    /// What is unseen of a batch was lost on its way to the index.
    pub(crate) fn send_lost(&mut self, key: &BatchKey) -> Result<(), Trouble> {
        let Some(awaited) = self.awaited.get_mut(key) else {
            return Ok(());
        };
        let batch = self.store.batch(key)?;
        let lost = places(&batch, |number| awaited.unseen.contains(number));
        let event = Event::Lost { batch: key.seq, items: lost.len(), resend: batch.resends + 1 };
        tracing::info!(batch = key.seq, items = lost.len(), "accepted and not indexed: sending again");
        let now = self.world.now();
        self.store.send_lost(key, &lost, now, &event)?;
        let standing = self.store.standing(key)?;
        awaited.update(&standing.parts, standing.resends, now);
        Ok(())
    }

    /// The doubted numbers of a batch were looked for: they were there, or they are gone and are sent again. `alone`: since
    /// when, where each was asked for by itself.
    pub(crate) fn judge_doubted(
        &mut self,
        key: &BatchKey,
        seen: &Numbers,
        alone: Option<Timestamp>,
    ) -> Result<(), Trouble> {
        self.doubted.remove(key);
        let batch = self.store.batch(key)?;
        let gone = places(&batch, |number| !seen.contains(number));
        let already_listed = batch.items.len() as u64 - gone.len();
        let event = Event::Looked { batch: key.seq, already_listed, gone: gone.len() };
        self.presence.let_go(self.store)?;
        self.store.looked(&batch, (already_listed, alone), &gone, self.world.now(), &event)?;
        if gone.is_empty() { self.settle(key, &[], &[]) } else { Ok(()) }
    }
}

/// The places of a batch whose numbers are such.
fn places(batch: &SentBatch, such: impl Fn(Number) -> bool) -> RoaringBitmap {
    (0u32..).zip(&batch.items).filter(|(_, item)| such(item.number)).map(|(place, _)| place).collect()
}
