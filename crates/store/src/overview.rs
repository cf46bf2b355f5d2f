//! What `status` shows: one look at everything that is remembered.

use dncsync_core::timestamp::Timestamp;

use crate::error::StoreError;
use crate::lists::{ListKey, TargetId};
use crate::open::Store;
use crate::rows::{count, moment};

/// One target and what is known of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TargetOverview {
    /// Its tenant's key.
    pub tenant: String,
    /// Its name.
    pub name: String,
    /// Its scope.
    pub scope: String,
    /// The list it was last found to be.
    pub list_id: Option<String>,
    /// Numbers seen there.
    pub listed: u64,
    /// Runs into it that are not finished.
    pub unfinished_runs: u64,
    /// Rows of those runs that have no outcome yet.
    pub pending: u64,
    /// Numbers that finished runs could not confirm: the next run begins with them.
    pub unconfirmed: u64,
    /// Listed, not desired and not put there by us.
    pub foreign: u64,
    /// Desired and not listed: the next plan adds them.
    pub to_add: u64,
    /// Put there by us and not desired any more: the next plan removes them.
    pub to_remove: u64,
    /// The feeds that it takes.
    pub feeds: Vec<String>,
    /// How many skills it scrubs, where that is known: one that scrubs none keeps nobody from being called.
    pub scrubbed_skills: Option<u64>,
}

/// The newest run.
#[derive(Clone, Debug, PartialEq)]
pub struct LastRun {
    /// Its id.
    pub id: String,
    /// When it was loaded.
    pub started_at: Timestamp,
    /// When it was finished.
    pub ended_at: Option<Timestamp>,
    /// Its report as JSON, once finished.
    pub report: Option<String>,
}

/// Everything `status` shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overview {
    /// The targets, by tenant and name.
    pub targets: Vec<TargetOverview>,
    /// Runs ever loaded.
    pub runs: u64,
    /// Webhooks that wait to be delivered.
    pub webhooks_pending: u64,
    /// Webhooks that are not tried any more until somebody says so.
    pub webhooks_parked: u64,
    /// The newest run.
    pub last_run: Option<LastRun>,
}

impl Store {
    /// One look at everything.
    pub fn overview(&self) -> Result<Overview, StoreError> {
        let one = |sql: &str| self.connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map(count);
        Ok(Overview {
            targets: self.target_overviews()?,
            runs: one("SELECT count(*) FROM run")?,
            webhooks_pending: one("SELECT count(*) FROM webhook WHERE delivered_at IS NULL AND parked IS NULL")?,
            webhooks_parked: one("SELECT count(*) FROM webhook WHERE delivered_at IS NULL AND parked IS NOT NULL")?,
            last_run: self.last_run()?,
        })
    }

    fn target_overviews(&self) -> Result<Vec<TargetOverview>, StoreError> {
        let mut select = self.connection.prepare(
            "WITH open AS (
                SELECT run.id, target, rows - repeated - rejected - already_listed - coalesce((
                    SELECT sum(successes + already_listed + refused + unconfirmed) FROM batch WHERE run = run.id), 0) AS pending
                FROM run WHERE stage <> 'finished')
             SELECT tenant.key, target.name, target.scope, list.cxone_id, coalesce(list.listed, 0),
                    (SELECT count(*) FROM open WHERE open.target = target.id),
                    (SELECT coalesce(sum(pending), 0) FROM open WHERE open.target = target.id),
                    (SELECT coalesce(sum(batch.unconfirmed), 0) FROM owed
                     JOIN batch ON batch.run = owed.run AND batch.seq = owed.batch WHERE owed.target = target.id),
                    target.id, list.id, list.scrubs
             FROM target JOIN tenant ON tenant.id = target.tenant LEFT JOIN list ON list.id = target.list
             ORDER BY tenant.key, target.name, target.scope",
        )?;
        let rows = select.query_map([], |row| {
            let ids: (i64, Option<i64>) = (row.get(8)?, row.get(9)?);
            let told = TargetOverview {
                tenant: row.get(0)?,
                name: row.get(1)?,
                scope: row.get(2)?,
                list_id: row.get(3)?,
                listed: count(row.get(4)?),
                unfinished_runs: count(row.get(5)?),
                pending: count(row.get(6)?),
                unconfirmed: count(row.get(7)?),
                scrubbed_skills: row.get::<_, Option<i64>>(10)?.map(count),
                ..TargetOverview::default()
            };
            Ok((ids, told))
        })?;
        let mut targets = Vec::new();
        for row in rows {
            let ((target, list), told) = row?;
            let (target, list) = (TargetId(target), list.map(ListKey));
            let (foreign, to_add, to_remove) = self.difference_counts(target, list)?;
            let feeds = self.feeds_of(target)?.into_iter().map(|feed| feed.name.to_string()).collect();
            targets.push(TargetOverview { foreign, to_add, to_remove, feeds, ..told });
        }
        Ok(targets)
    }

    fn last_run(&self) -> Result<Option<LastRun>, StoreError> {
        let mut select = self
            .connection
            .prepare("SELECT id, started_at, ended_at, report FROM run ORDER BY started_at DESC, id DESC LIMIT 1")?;
        let mut found = select.query_map([], |row| {
            Ok(LastRun {
                id: row.get(0)?,
                started_at: Timestamp::from_millis(row.get(1)?),
                ended_at: moment(row.get(2)?),
                report: row.get(3)?,
            })
        })?;
        Ok(found.next().transpose()?)
    }
}
