//! Batches on their way: recorded before they leave, their answers recorded, seen, settled.

use dncsync_core::event::Event;
use dncsync_core::merkle::Hash;
use dncsync_core::number::Number;
use dncsync_core::timestamp::Timestamp;
use roaring::RoaringBitmap;
use rusqlite::{Transaction, params};

use crate::batches::{BatchKey, Instead, Outcome, Part, PartState, RemovalOutcome, SentBatch, Sighting};
use crate::error::StoreError;
use crate::events::append;
use crate::fates::{self, Fate};
use crate::lists::{self, ListKey, TargetId, TenantId};
use crate::open::Store;
use crate::rows::{self, signed};
use crate::{feeds, owed, present, sets, webhooks};

impl Store {
    /// Requests whose answers died with their process may have been applied: they will be repeated.
    pub fn reopen_sending(&mut self, tenant: TenantId) -> Result<(), StoreError> {
        self.queue.changed();
        self.connection.execute(
            "UPDATE part SET state = 'waiting' WHERE state = 'sending' AND run IN
             (SELECT run.id FROM run JOIN target ON target.id = run.target WHERE target.tenant = ?1)",
            [tenant.0],
        )?;
        Ok(())
    }

    /// A request with this part is about to leave. `already_listed`: items that were seen before, when it leaves for
    /// the first time. `root`: that of the whole batch.
    pub fn begin_send(
        &mut self,
        part: &Part,
        already_listed: u64,
        root: Hash,
        now: Timestamp,
        event: &Event,
    ) -> Result<(), StoreError> {
        self.write_beside_queue(|transaction| {
            let sql = "UPDATE part SET state = 'sending', attempts = attempts + 1 WHERE id = ?1";
            transaction.execute(sql, [part.id.0])?;
            transaction.execute(
                "UPDATE batch SET first_sent_at = coalesce(first_sent_at, ?3), already_listed = already_listed + ?4,
                 root = ?5 WHERE run = ?1 AND seq = ?2",
                params![part.batch.run.as_str(), part.batch.seq, now.millis(), signed(already_listed), root.0],
            )?;
            append(transaction, now, &part.batch.run, std::slice::from_ref(event))
        })?;
        self.queue.left(part.id);
        Ok(())
    }

    /// The server took the part.
    pub fn accepted(&mut self, part: &Part, now: Timestamp, event: &Event) -> Result<(), StoreError> {
        self.write_beside_queue(|transaction| {
            let sql = "UPDATE part SET state = 'accepted', accepted_at = ?2 WHERE id = ?1";
            transaction.execute(sql, params![part.id.0, now.millis()])?;
            append(transaction, now, &part.batch.run, std::slice::from_ref(event))
        })
    }

    /// The part is to be sent again.
    pub fn send_again(&mut self, part: &Part, now: Timestamp, event: &Event) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction.execute("UPDATE part SET state = 'waiting' WHERE id = ?1", [part.id.0])?;
            append(transaction, now, &part.batch.run, std::slice::from_ref(event))
        })
    }

    /// The part was refused, or some of it: these items are set aside, and other parts take its place.
    pub fn refused(
        &mut self,
        part: &Part,
        items: &[(u32, String)],
        instead: &Instead,
        now: Timestamp,
        event: &Event,
    ) -> Result<(), StoreError> {
        let (run, batch) = (part.batch.run.as_str(), part.batch.seq);
        self.write(|transaction| {
            for (item, reason) in items {
                transaction
                    .prepare_cached("INSERT INTO refusal (run, batch, item, reason) VALUES (?1, ?2, ?3, ?4)")?
                    .execute(params![run, batch, item, reason])?;
            }
            let sql = "UPDATE batch SET refused = refused + ?3 WHERE run = ?1 AND seq = ?2";
            transaction.execute(sql, params![run, batch, signed(items.len() as u64)])?;
            transaction.execute("DELETE FROM part WHERE id = ?1", [part.id.0])?;
            match instead {
                Instead::Rest(rest) => wait_again(transaction, &part.batch, rest, 0, part.halved)?,
                Instead::Taken(rest) => taken(transaction, &part.batch, rest, now)?,
                Instead::Halves(halves) => {
                    halves.iter().try_for_each(|half| wait_again(transaction, &part.batch, half, 0, true))?;
                }
            }
            append(transaction, now, &part.batch.run, std::slice::from_ref(event))
        })
    }

    /// Pages of the list were read: these sorted numbers are present, and this is what it means for batches.
    pub fn see(&mut self, list: ListKey, sorted: &[Number], sightings: &[Sighting]) -> Result<(), StoreError> {
        self.write_beside_queue(|transaction| {
            present::add(transaction, list, sorted)?;
            sightings.iter().try_for_each(|sighting| count_sighting(transaction, sighting))
        })
    }

    /// These items of a batch were accepted and never seen: they are sent again.
    pub fn send_lost(
        &mut self,
        batch: &BatchKey,
        lost: &RoaringBitmap,
        now: Timestamp,
        event: &Event,
    ) -> Result<(), StoreError> {
        self.repeat(batch, lost, &[], now, event)
    }

    /// These items of a batch were to be removed and are still there: they are removed once more.
    pub fn remove_again(
        &mut self,
        batch: &SentBatch,
        lost: &RoaringBitmap,
        now: Timestamp,
        event: &Event,
    ) -> Result<(), StoreError> {
        let accepted = |part: &Part| match part.state {
            PartState::Accepted { at } => Some((at, &part.members - lost)),
            PartState::Waiting | PartState::Sending | PartState::Doubted => None,
        };
        let others = batch.parts.iter().filter_map(accepted).filter(|(_, rest)| !rest.is_empty());
        self.repeat(&batch.key, lost, &others.collect::<Vec<_>>(), now, event)
    }

    fn repeat(
        &mut self,
        batch: &BatchKey,
        lost: &RoaringBitmap,
        others: &[(Timestamp, RoaringBitmap)],
        now: Timestamp,
        event: &Event,
    ) -> Result<(), StoreError> {
        self.write(|transaction| {
            let (run, seq) = (batch.run.as_str(), batch.seq);
            transaction.execute("DELETE FROM part WHERE run = ?1 AND batch = ?2", params![run, seq])?;
            // What else was to be removed is gone from one look, perhaps, and not known to be gone: it is still looked for.
            others.iter().try_for_each(|(accepted_at, rest)| taken(transaction, batch, rest, *accepted_at))?;
            wait_again(transaction, batch, lost, 1, false)?;
            let sql = "UPDATE batch SET resends = resends + 1 WHERE run = ?1 AND seq = ?2";
            transaction.execute(sql, params![run, seq])?;
            let sql = "UPDATE run SET resent = resent + ?2 WHERE id = ?1";
            transaction.execute(sql, params![run, signed(lost.len())])?;
            append(transaction, now, &batch.run, std::slice::from_ref(event))
        })
    }

    /// The doubted items of a batch were looked for: some were seen, these are gone and are sent again. `alone`: since when,
    /// where each was asked for by itself. A whole read is remembered with its list; what was seen alone must be kept here.
    pub fn looked(
        &mut self,
        batch: &SentBatch,
        (seen, alone): (u64, Option<Timestamp>),
        gone: &RoaringBitmap,
        now: Timestamp,
        event: &Event,
    ) -> Result<(), StoreError> {
        let (key, list) = (&batch.key, batch.list);
        self.write(|transaction| {
            let (run, seq) = (key.run.as_str(), key.seq);
            if let Some(began) = alone {
                let there = (0u32..).zip(&batch.items).filter(|(place, _)| !gone.contains(*place));
                let there = there.map(|(_, item)| item.number).collect();
                fates::keep(transaction, (list, key), Fate::Confirmed, began, now, &there)?;
            }
            transaction.execute("DELETE FROM part WHERE run = ?1 AND batch = ?2", params![run, seq])?;
            if !gone.is_empty() {
                wait_again(transaction, key, gone, 0, false)?;
                let sql = "UPDATE run SET resent = resent + ?2 WHERE id = ?1";
                transaction.execute(sql, params![run, signed(gone.len())])?;
                // Whoever had put them there: they are sent, and ours from now on.
                let number = |place: u32| batch.items.get(place as usize).map(|item| item.number);
                let mut sent: Vec<Number> = gone.iter().filter_map(number).collect();
                sent.sort_unstable();
                let [_, put, _] = lists::sets(transaction, list)?;
                sets::add(transaction, put, &sent)?;
                // Who asked for them one by one has replaced nothing: else they would count as listed once they are sent.
                present::disbelieve(transaction, list, &sent)?;
            }
            let sql = "UPDATE batch SET already_listed = already_listed + ?3 WHERE run = ?1 AND seq = ?2";
            transaction.execute(sql, params![run, seq, signed(seen)])?;
            append(transaction, now, &key.run, std::slice::from_ref(event))
        })
    }

    /// Every item of a batch has its outcome; what is owed and the webhook that tells of it are stored with it.
    pub fn settle(
        &mut self,
        batch: &SentBatch,
        outcome: &Outcome<'_>,
        now: Timestamp,
        event: &Event,
    ) -> Result<(), StoreError> {
        let (key, webhook) = (&batch.key, outcome.webhook);
        self.write_beside_queue(|transaction| {
            transaction.execute(
                "UPDATE batch SET settled_at = ?3, unconfirmed = ?4, root = ?5 WHERE run = ?1 AND seq = ?2",
                params![
                    key.run.as_str(),
                    key.seq,
                    now.millis(),
                    signed(outcome.unconfirmed.len() as u64),
                    outcome.root.0
                ],
            )?;
            if !outcome.unconfirmed.is_empty() {
                owed::insert(transaction, key, outcome.unconfirmed)?;
            }
            if let Some(first_sent_at) = batch.first_sent_at {
                let of = (batch.list, key);
                let seen_at = first_sent_at.min(now);
                let unconfirmed = outcome.unconfirmed.iter().map(|entry| entry.number).collect();
                fates::keep(transaction, of, Fate::Confirmed, seen_at, now, outcome.seen)?;
                fates::keep(transaction, of, Fate::Refused, seen_at, now, outcome.refused)?;
                fates::keep(transaction, of, Fate::Unconfirmed, seen_at, now, &unconfirmed)?;
            }
            // Not sent again by a plan: only an input that names it asks once more.
            let [_, put, refused] = lists::sets(transaction, batch.list)?;
            let not_taken: Vec<_> = outcome.refused.iter().collect();
            sets::add(transaction, refused, &not_taken)?;
            // Where one is listed all the same, somebody else put it there.
            sets::take_out(transaction, put, &not_taken)?;
            if let Some(webhook) = webhook {
                webhooks::insert(transaction, webhook, now)?;
            }
            append(transaction, now, &key.run, std::slice::from_ref(event))
        })
    }
}

impl Store {
    /// A removal is about to leave. What a feed claims again meanwhile is kept: the positions that leave, none where
    /// nothing is left to remove.
    pub fn begin_removal(
        &mut self,
        part: &Part,
        batch: &SentBatch,
        now: Timestamp,
        root: Hash,
        tell: &dyn Fn(&RoaringBitmap) -> Event,
    ) -> Result<RoaringBitmap, StoreError> {
        let (run, seq) = (part.batch.run.as_str(), part.batch.seq);
        let number_at = |place: u32| batch.items.get(place as usize).map(|item| item.number);
        self.write(|transaction| {
            let sql = "SELECT target FROM run WHERE id = ?1";
            let target = TargetId(transaction.query_row(sql, [run], |row| row.get(0))?);
            let mut sorted: Vec<_> = part.members.iter().filter_map(number_at).collect();
            sorted.sort_unstable();
            let desired = feeds::desired_among(transaction, target, &sorted)?;
            // Where a piece was lost since this was planned, nobody knows what is claimed.
            let lost = feeds::lost(transaction, target)?.is_some();
            let keeps =
                |place: &u32| lost || number_at(*place).is_none_or(|number| desired.binary_search(&number).is_ok());
            let (kept, leaves): (RoaringBitmap, RoaringBitmap) = part.members.iter().partition(keeps);
            let sql = "UPDATE batch SET already_listed = already_listed + ?3 WHERE run = ?1 AND seq = ?2";
            transaction.execute(sql, params![run, seq, signed(kept.len())])?;
            if part.attempts > 0 {
                // A request with them has left before, and may have been obeyed: nobody knows that they are there.
                let mut kept: Vec<_> = kept.iter().filter_map(number_at).collect();
                kept.sort_unstable();
                present::disbelieve(transaction, batch.list, &kept)?;
            }
            if leaves.is_empty() {
                transaction.execute("DELETE FROM part WHERE id = ?1", [part.id.0])?;
                return Ok(leaves);
            }
            let sql = "UPDATE part SET state = 'sending', attempts = attempts + 1, members = ?2 WHERE id = ?1";
            transaction.execute(sql, params![part.id.0, rows::members_to_bytes(&leaves)])?;
            let sql =
                "UPDATE batch SET first_sent_at = coalesce(first_sent_at, ?3), root = ?4 WHERE run = ?1 AND seq = ?2";
            transaction.execute(sql, params![run, seq, now.millis(), root.0])?;
            append(transaction, now, &part.batch.run, &[tell(&leaves)])?;
            Ok(leaves)
        })
    }

    /// Every number of a batch that removes has its outcome: what is gone is not ours any more. What is kept stays ours,
    /// and is not believed to be there.
    pub fn settle_removal(
        &mut self,
        batch: &SentBatch,
        outcome: &RemovalOutcome,
        now: Timestamp,
        event: &Event,
    ) -> Result<(), StoreError> {
        let key = &batch.key;
        self.write(|transaction| {
            transaction.execute(
                "UPDATE batch SET settled_at = ?3, successes = ?4, already_listed = already_listed + ?5, unconfirmed = ?6,
                 root = ?7 WHERE run = ?1 AND seq = ?2",
                params![
                    key.run.as_str(),
                    key.seq,
                    now.millis(),
                    signed(outcome.removed.len()),
                    signed(outcome.kept.len()),
                    signed(outcome.still.len()),
                    outcome.root.0
                ],
            )?;
            let [_, put, _] = lists::sets(transaction, batch.list)?;
            let removed: Vec<_> = outcome.removed.iter().collect();
            sets::take_out(transaction, put, &removed)?;
            present::disbelieve(transaction, batch.list, &removed)?;
            // Claimed again after their removal had left: nobody knows that they are there.
            let kept: Vec<_> = outcome.kept.iter().collect();
            present::disbelieve(transaction, batch.list, &kept)?;
            let sent_at = batch.first_sent_at.unwrap_or(now).min(now);
            let of = (batch.list, key);
            fates::keep(transaction, of, Fate::Removed, sent_at, now, &outcome.removed)?;
            fates::keep(transaction, of, Fate::Unconfirmed, sent_at, now, &outcome.still)?;
            append(transaction, now, &key.run, std::slice::from_ref(event))
        })
    }
}

/// The server has taken these items of a batch; none where there are none.
fn taken(
    transaction: &Transaction<'_>,
    batch: &BatchKey,
    members: &RoaringBitmap,
    at: Timestamp,
) -> Result<(), StoreError> {
    if members.is_empty() {
        return Ok(());
    }
    let sql =
        "INSERT INTO part (run, batch, members, state, attempts, accepted_at) VALUES (?1, ?2, ?3, 'accepted', 1, ?4)";
    let members = rows::members_to_bytes(members);
    transaction.prepare_cached(sql)?.execute(params![batch.run.as_str(), batch.seq, members, at.millis()])?;
    Ok(())
}

/// Puts items of a batch back among what is to be sent; nothing where there are none.
fn wait_again(
    transaction: &Transaction<'_>,
    batch: &BatchKey,
    members: &RoaringBitmap,
    attempts: u32,
    halved: bool,
) -> Result<(), StoreError> {
    if members.is_empty() {
        return Ok(());
    }
    let sql = "INSERT INTO part (run, batch, members, state, attempts, halved) VALUES (?1, ?2, ?3, 'waiting', ?4, ?5)";
    let members = rows::members_to_bytes(members);
    transaction.prepare_cached(sql)?.execute(params![batch.run.as_str(), batch.seq, members, attempts, halved])?;
    Ok(())
}

fn count_sighting(transaction: &Transaction<'_>, sighting: &Sighting) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "UPDATE batch SET successes = successes + ?3, already_listed = already_listed + ?4
             WHERE run = ?1 AND seq = ?2",
        )?
        .execute(params![
            sighting.batch.run.as_str(),
            sighting.batch.seq,
            signed(sighting.successes),
            signed(sighting.already_listed)
        ])?;
    Ok(())
}
