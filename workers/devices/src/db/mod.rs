//! SQL of devices: the only place that knows the tables.

pub mod breaches;
pub mod figures;
pub mod rollouts;

use kirana_devices::kind::DeviceKind;
use kirana_devices::proof::Key;
use kirana_edge::db::{Db, Statement, stmt};
use kirana_edge::{Principal, Problem, Result, params};
use kirana_kernel::{Id, Role, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// Whether a device may speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Nobody has claimed it with its code yet.
    Unclaimed,
    /// It has a key.
    Active,
    /// Its key is good no more.
    Revoked,
}

/// A device as the API shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeviceView {
    /// The device.
    pub id: Id,
    /// Its store.
    pub store_id: Id,
    /// Its kind.
    pub kind: DeviceKind,
    /// What it is called.
    pub name: String,
    /// Whether it may speak.
    pub status: Standing,
    /// What kind of key it has: `ed25519` or `hmac`; absent before it is claimed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_kind: Option<String>,
    /// Counts its keys.
    pub key_version: u32,
    /// Is it there? As its hub told last; `GET /devices/{id}/status` asks the hub.
    pub online: bool,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub online_since: Option<Timestamp>,
    /// What was wrong with it last: `code`, `detail`, `at`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub last_error: Option<Box<RawValue>>,
    /// When it was registered.
    pub created_at: Timestamp,
}

/// A device as it is in its table.
#[derive(Clone, Debug, Deserialize)]
pub struct Device {
    /// The device.
    pub id: Id,
    /// Its store.
    pub store_id: Id,
    /// The number of its store.
    pub store_number: u32,
    /// Whose store that is.
    pub franchisee_id: Id,
    /// Its kind.
    pub kind: DeviceKind,
    /// What it is called.
    pub name: String,
    /// Whether it may speak.
    pub status: Standing,
    key: Option<String>,
    /// Counts its keys.
    pub key_version: u32,
    online: i64,
    online_since: Option<i64>,
    last_error: Option<String>,
    created_at: i64,
}

impl Device {
    /// Its key, once it has one.
    ///
    /// # Errors
    /// 500: the table holds what is no key.
    pub fn key(&self) -> Result<Option<Key>> {
        Ok(self.key.as_deref().map(serde_json::from_str).transpose()?)
    }

    /// As the API shows it.
    ///
    /// # Errors
    /// 500: the table holds what is no JSON.
    pub fn view(self) -> Result<DeviceView> {
        let kind = |key: Key| if matches!(key, Key::Hmac { .. }) { "hmac" } else { "ed25519" };
        Ok(DeviceView {
            key_kind: self.key()?.map(|key| kind(key).to_owned()),
            id: self.id,
            store_id: self.store_id,
            kind: self.kind,
            name: self.name,
            status: self.status,
            key_version: self.key_version,
            online: self.online == 1,
            online_since: self.online_since.map(Timestamp::from_millis),
            last_error: self.last_error.map(RawValue::from_string).transpose()?,
            created_at: Timestamp::from_millis(self.created_at),
        })
    }
}

/// A device.
///
/// # Errors
/// 404 when there is none.
pub async fn device(db: &Db, id: Id) -> Result<Device> {
    let row = db
        .first(
            "SELECT id, store_id, store_number, franchisee_id, kind, name, status, key, key_version, online, online_since, last_error, created_at
             FROM devices WHERE id = ?1",
            params![id],
        )
        .await?;
    row.ok_or_else(|| Problem::not_found(format!("there is no device {id}")))
}

/// A device, if the caller works in its store.
///
/// # Errors
/// 404 for what is not there, and the same for what is somebody else's.
pub async fn own(db: &Db, caller: &Principal, id: Id) -> Result<Device> {
    let device = device(db, id).await?;
    if caller.may_work_in(device.store_id, device.franchisee_id) {
        return Ok(device);
    }
    Err(Problem::not_found(format!("there is no device {id}")))
}

/// Which devices.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Of this store.
    pub store: Option<Id>,
    /// Of this kind.
    pub kind: Option<DeviceKind>,
    /// Those that are there, or not.
    pub online: Option<bool>,
    /// After this one.
    pub after: Option<Id>,
    /// How many.
    pub limit: usize,
}

/// Devices in the stores that a caller works in.
///
/// # Errors
/// 500 when the database refuses.
pub async fn list(db: &Db, caller: &Principal, wanted: &Wanted) -> Result<Vec<Device>> {
    let franchisee = caller.franchisee.filter(|_| caller.has(Role::Owner));
    let stores = if caller.has_any(&[Role::Staff, Role::Manager]) { caller.stores.as_slice() } else { &[] };
    db.all(
        "SELECT id, store_id, store_number, franchisee_id, kind, name, status, key, key_version, online, online_since, last_error, created_at
         FROM devices WHERE id > ?1 AND (?2 IS NULL OR store_id = ?2) AND (?3 IS NULL OR kind = ?3) AND (?4 IS NULL OR online = ?4)
            AND (?5 = 1 OR franchisee_id = ?6 OR store_id IN (SELECT value FROM json_each(?7)))
         ORDER BY id LIMIT ?8",
        params![
            wanted.after.map_or_else(String::new, |id| id.to_string()),
            wanted.store,
            wanted.kind.map(DeviceKind::name),
            wanted.online,
            caller.is_chain(),
            franchisee,
            serde_json::to_string(stores)?,
            wanted.limit
        ],
    )
    .await
}

/// Stores with menu boards that are there, and their numbers.
///
/// # Errors
/// 500 when the database refuses.
pub async fn stores_with_boards(db: &Db) -> Result<Vec<(Id, u32)>> {
    #[derive(Deserialize)]
    struct Row {
        store_id: Id,
        store_number: u32,
    }
    let rows: Vec<Row> = db
        .all(
            "SELECT DISTINCT store_id, store_number FROM devices WHERE kind = 'tv' AND online = 1 AND status = 'active'
             ORDER BY store_id LIMIT 1000",
            params![],
        )
        .await?;
    Ok(rows.into_iter().map(|row| (row.store_id, row.store_number)).collect())
}

/// What is written down of who did what.
#[must_use]
pub fn audited(device: Id, actor: &str, action: &'static str, detail: &str, now: Timestamp) -> Statement {
    stmt(
        "INSERT INTO audit (device_id, at, actor, action, detail) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![device, now, actor, action, detail],
    )
}

/// Writes down that somebody did something.
///
/// # Errors
/// 500 when the database refuses.
pub async fn note(db: &Db, device: Id, actor: &str, action: &'static str, detail: &str, now: Timestamp) -> Result<()> {
    db.batch(vec![audited(device, actor, action, detail, now)]).await?;
    Ok(())
}

/// An entry of a device's history.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    /// Its number.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// What: `registered`, `claimed`, `command`, ...
    pub action: String,
    /// More of it.
    pub detail: String,
}

/// What was done to a device, the newest first, 100 entries.
///
/// # Errors
/// 500 when the database refuses.
pub async fn history(db: &Db, device: Id) -> Result<Vec<AuditEntry>> {
    #[derive(Deserialize)]
    struct Row {
        id: i64,
        at: i64,
        actor: String,
        action: String,
        detail: String,
    }
    let rows: Vec<Row> = db
        .all(
            "SELECT id, at, actor, action, detail FROM audit WHERE device_id = ?1 ORDER BY id DESC LIMIT 100",
            params![device],
        )
        .await?;
    let entry = |row: Row| AuditEntry {
        id: row.id,
        at: Timestamp::from_millis(row.at),
        actor: row.actor,
        action: row.action,
        detail: row.detail,
    };
    Ok(rows.into_iter().map(entry).collect())
}
