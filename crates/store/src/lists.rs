//! Tenants, the lists users ask for, and the lists that CXone has.

use dncsync_core::event::Event;
use dncsync_core::number::Number;
use dncsync_core::profile::Reach;
use dncsync_core::run::RunId;
use dncsync_core::target::{ListId, Scope, Target, TenantKey};
use dncsync_core::timestamp::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::error::StoreError;
use crate::events::append;
use crate::open::Store;
use crate::rows::{count, moment, signed};
use crate::sets::{self, SetId};

/// A tenant in this store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TenantId(pub(crate) i64);

/// A target in this store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TargetId(pub(crate) i64);

/// A list in this store: what is believed of it is keyed by this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ListKey(pub(crate) i64);

/// What is believed of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListState {
    /// Its key here.
    pub key: ListKey,
    /// The id that CXone gave it.
    pub id: ListId,
    /// Whether it was made by us or read whole once; if not, nothing is believed of it.
    pub known: bool,
    /// How many numbers were seen in it.
    pub listed: u64,
    /// The server's page size, once it showed.
    pub page_size: Option<u64>,
    /// When the last whole read of it began.
    pub seen_whole_at: Option<Timestamp>,
    /// How many skills it scrubs, and when that was seen; a list that scrubs none blocks nobody. `None` where that is not
    /// known, or where lists have no such thing.
    pub scrubs: Option<(u64, Timestamp)>,
}

const LIST: &str = "SELECT id, cxone_id, known, listed, page_size, seen_whole_at, scrubs, scrubs_at FROM list";

fn list_state(row: &rusqlite::Row<'_>) -> rusqlite::Result<ListState> {
    Ok(ListState {
        key: ListKey(row.get(0)?),
        id: ListId(row.get(1)?),
        known: row.get(2)?,
        listed: count(row.get(3)?),
        page_size: row.get::<_, Option<i64>>(4)?.map(count),
        seen_whole_at: moment(row.get(5)?),
        scrubs: row.get::<_, Option<i64>>(6)?.map(count).zip(moment(row.get(7)?)),
    })
}

impl Store {
    /// The tenant behind a key, known from now on.
    pub fn tenant(&mut self, key: &TenantKey) -> Result<TenantId, StoreError> {
        self.write(|transaction| {
            transaction.execute("INSERT INTO tenant (key) VALUES (?1) ON CONFLICT DO NOTHING", [key.as_str()])?;
            Ok(TenantId(
                transaction.query_row("SELECT id FROM tenant WHERE key = ?1", [key.as_str()], |row| row.get(0))?,
            ))
        })
    }

    /// Which numbers the lists of a tenant can hold, from now on.
    pub fn set_reach(&mut self, tenant: TenantId, reach: Reach) -> Result<(), StoreError> {
        let sql = "UPDATE tenant SET reach = ?2 WHERE id = ?1 AND reach <> ?2";
        self.connection.execute(sql, params![tenant.0, reach.name()])?;
        Ok(())
    }

    /// Whether a target's list can hold a number.
    pub fn can_hold(&self, target: TargetId, number: Number) -> Result<bool, StoreError> {
        Ok(reach(&self.connection, target)?.holds(number))
    }

    /// A list was seen to scrub so many skills.
    pub fn learn_scrubs(&mut self, list: ListKey, skills: u64, now: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE list SET scrubs = ?2, scrubs_at = ?3 WHERE id = ?1";
        self.connection.execute(sql, params![list.0, signed(skills), now.millis()])?;
        Ok(())
    }

    /// Until when the server asked us to stay away. What was told ahead of the clock was told before it was set back, and
    /// would keep us away for as long as it was set back: that is not believed.
    pub fn not_before(&self, tenant: TenantId, now: Timestamp) -> Result<Timestamp, StoreError> {
        let sql = "SELECT iif(told_away_at > ?2, 0, not_before) FROM tenant WHERE id = ?1";
        let millis = self.connection.query_row(sql, params![tenant.0, now.millis()], |row| row.get(0))?;
        Ok(Timestamp::from_millis(millis))
    }

    /// Remembers until when the server asked us to stay away.
    pub fn stay_away(&mut self, tenant: TenantId, until: Timestamp, now: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE tenant SET not_before = ?2, told_away_at = ?3 WHERE id = ?1";
        self.connection.execute(sql, params![tenant.0, until.millis(), now.millis()])?;
        Ok(())
    }

    /// The target's id in this store, known from now on.
    pub fn target(&mut self, tenant: TenantId, target: &Target) -> Result<TargetId, StoreError> {
        self.write(|transaction| {
            transaction.execute(
                "INSERT INTO target (tenant, name, scope, campaign) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO UPDATE SET campaign = coalesce(campaign, excluded.campaign)",
                params![tenant.0, target.name(), target.scope().name(), target.campaign_id()],
            )?;
            let sql = "SELECT id FROM target WHERE tenant = ?1 AND name = ?2 AND scope = ?3";
            let key = params![tenant.0, target.name(), target.scope().name()];
            Ok(TargetId(transaction.query_row(sql, key, |row| row.get(0))?))
        })
    }

    /// The target of this name and scope, where it is known already.
    pub fn known_target(&self, tenant: TenantId, target: &Target) -> Result<Option<TargetId>, StoreError> {
        let sql = "SELECT id FROM target WHERE tenant = ?1 AND name = ?2 AND scope = ?3";
        let key = params![tenant.0, target.name(), target.scope().name()];
        Ok(self.connection.query_row(sql, key, |row| row.get(0)).optional()?.map(TargetId))
    }

    /// The tenant's key of a target.
    pub fn tenant_of(&self, target: TargetId) -> Result<String, StoreError> {
        let sql = "SELECT key FROM tenant WHERE id = (SELECT tenant FROM target WHERE id = ?1)";
        Ok(self.connection.query_row(sql, [target.0], |row| row.get(0))?)
    }

    /// The target behind an id.
    pub fn target_of(&self, target: TargetId) -> Result<Target, StoreError> {
        let sql = "SELECT name, scope, campaign FROM target WHERE id = ?1";
        let (name, scope, campaign): (String, String, Option<String>) =
            self.connection.query_row(sql, [target.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let scope = Scope::read(&scope).ok_or(StoreError::Damaged("a target has an unknown scope"))?;
        Ok(Target::stored(name, scope, campaign))
    }

    /// The lists that a tenant's targets were last found to be, by name.
    pub fn lists_of(&self, tenant: TenantId) -> Result<Vec<(String, ListId)>, StoreError> {
        let mut select = self.connection.prepare_cached(
            "SELECT DISTINCT target.name, list.cxone_id FROM target JOIN list ON list.id = target.list
             WHERE target.tenant = ?1 ORDER BY target.name",
        )?;
        let lists = select.query_map([tenant.0], |row| Ok((row.get(0)?, ListId(row.get(1)?))))?;
        Ok(lists.collect::<Result<_, _>>()?)
    }

    /// The list that the target was last found to be.
    pub fn list_of(&self, target: TargetId) -> Result<Option<ListState>, StoreError> {
        let sql = format!("{LIST} WHERE id = (SELECT list FROM target WHERE id = ?1)");
        Ok(self.connection.query_row(&sql, [target.0], list_state).optional()?)
    }

    /// What is believed of a list.
    pub fn list(&self, list: ListKey) -> Result<ListState, StoreError> {
        Ok(self.connection.query_row(&format!("{LIST} WHERE id = ?1"), [list.0], list_state)?)
    }

    /// The target was found to be this list, or made just now (`created`: known to be empty). Forgotten, it is looked up
    /// again.
    pub fn resolved(
        &mut self,
        target: TargetId,
        id: &ListId,
        created: bool,
        now: Timestamp,
        run: &RunId,
    ) -> Result<ListState, StoreError> {
        self.write_soon(|transaction| {
            let made = transaction.execute(
                "INSERT INTO list (tenant, cxone_id, met_at) SELECT tenant, ?2, ?3 FROM target WHERE id = ?1
                 ON CONFLICT DO NOTHING",
                params![target.0, id.0, now.millis()],
            )?;
            if made == 1 {
                make_sets(transaction, transaction.last_insert_rowid())?;
            }
            let sql = format!("{LIST} WHERE cxone_id = ?2 AND tenant = (SELECT tenant FROM target WHERE id = ?1)");
            let mut state = transaction.query_row(&sql, params![target.0, id.0], list_state)?;
            if created {
                let sql = "UPDATE list SET known = 1, seen_whole_at = ?2 WHERE id = ?1";
                transaction.execute(sql, params![state.key.0, now.millis()])?;
                state.known = true;
                state.seen_whole_at = Some(now);
            }
            transaction.execute("UPDATE target SET list = ?2 WHERE id = ?1", [target.0, state.key.0])?;
            let event = Event::Resolved { list_id: id.0.clone(), created, first_contact: made == 1 };
            append(transaction, now, run, &[event])?;
            Ok(state)
        })
    }

    /// Remembers the server's page size.
    pub fn learn_page_size(&mut self, list: ListKey, size: u64) -> Result<(), StoreError> {
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        self.connection.execute("UPDATE list SET page_size = ?2 WHERE id = ?1", params![list.0, size])?;
        Ok(())
    }
}

/// Which numbers a target's list can hold.
pub(crate) fn reach(connection: &Connection, target: TargetId) -> Result<Reach, StoreError> {
    let sql = "SELECT reach FROM tenant WHERE id = (SELECT tenant FROM target WHERE id = ?1)";
    let name: String = connection.query_row(sql, [target.0], |row| row.get(0))?;
    Reach::read(&name).ok_or(StoreError::Damaged("a tenant has an unknown reach"))
}

/// The sets of a list: what was seen in it, what dncsync put there, what CXone would not take.
pub(crate) fn sets(connection: &Connection, list: ListKey) -> Result<[SetId; 3], StoreError> {
    let mut select = connection.prepare_cached("SELECT present, put, refused FROM list WHERE id = ?1")?;
    Ok(select.query_row([list.0], |row| Ok([SetId(row.get(0)?), SetId(row.get(1)?), SetId(row.get(2)?)]))?)
}

fn make_sets(transaction: &Transaction<'_>, list: i64) -> Result<(), StoreError> {
    let make = |what| sets::make(transaction, what).map(|set| set.0);
    let ids = params![list, make("present")?, make("put")?, make("refused")?];
    transaction.execute("UPDATE list SET present = ?2, put = ?3, refused = ?4 WHERE id = ?1", ids)?;
    Ok(())
}
