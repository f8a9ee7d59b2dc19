//! SQL of roll-outs.

use kirana_edge::db::{Db, stmt};
use kirana_edge::{Problem, Result, params};
use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// What is rolled out.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// A configuration: each device gets it whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub configuration: Option<Value>,
    /// The version of a firmware: its manifest was put in place before, and devices are told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub firmware: Option<String>,
    /// A command: each device does it once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<FleetCommand>,
    /// Parts of all devices that have it after each stage, in per cent; the last is 100. `[10, 50, 100]` if not given.
    #[serde(default = "stages")]
    #[schema(min_items = 1, max_items = 10)]
    pub stages: Vec<u8>,
    /// It is halted when more than so many per cent of a stage fail; 10 if not given.
    #[serde(default = "tolerance")]
    #[schema(maximum = 100)]
    pub tolerance: u8,
}

/// Something that every device of a fleet shall do.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FleetCommand {
    /// What: what a kind of device takes is in `docs/devices.md`.
    #[schema(example = "restart")]
    pub name: String,
    /// With what.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub args: Value,
    /// Seconds that it waits for a device that is not there: three days if not given, a week at most.
    #[serde(default = "three_days")]
    #[schema(minimum = 1, maximum = 604_800)]
    pub ttl: u32,
}

const fn three_days() -> u32 {
    3 * 24 * 3600
}

fn stages() -> Vec<u8> {
    vec![10, 50, 100]
}

const fn tolerance() -> u8 {
    10
}

/// A roll-out and how far it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Rollout {
    /// Its id.
    pub id: Id,
    /// For which kind of devices.
    pub kind: String,
    /// What.
    pub plan: Plan,
    /// `running`, `halted` or `done`.
    pub state: String,
    /// Who began it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// Devices that have not been sent it.
    pub waiting: i64,
    /// Devices that have been, and have not said what became of it.
    pub sent: i64,
    /// Devices that have it.
    pub done: i64,
    /// Devices where it failed.
    pub failed: i64,
}

#[derive(Deserialize)]
struct Row {
    id: Id,
    kind: String,
    body: String,
    state: String,
    created_by: String,
    created_at: i64,
    waiting: i64,
    sent: i64,
    done: i64,
    failed: i64,
}

impl Row {
    fn view(self) -> Result<Rollout> {
        Ok(Rollout {
            id: self.id,
            kind: self.kind,
            plan: serde_json::from_str(&self.body)?,
            state: self.state,
            created_by: self.created_by,
            created_at: Timestamp::from_millis(self.created_at),
            waiting: self.waiting,
            sent: self.sent,
            done: self.done,
            failed: self.failed,
        })
    }
}

/// Writes a roll-out down with its devices, each in its stage.
///
/// # Errors
/// 500 when the database refuses.
pub async fn insert(
    db: &Db,
    id: Id,
    kind: &str,
    plan: &Plan,
    devices: &[(Id, usize)],
    by: &str,
    now: Timestamp,
) -> Result<()> {
    let body = serde_json::to_string(plan)?;
    let devices = serde_json::to_string(devices)?;
    db.batch(vec![
        stmt(
            "INSERT INTO rollouts (id, kind, body, state, created_by, created_at) VALUES (?1, ?2, ?3, 'running', ?4, ?5)",
            params![id, kind, body, by, now],
        ),
        stmt(
            "INSERT INTO rollout_devices (rollout_id, device_id, stage, state)
             SELECT ?1, json_extract(value, '$[0]'), json_extract(value, '$[1]'), 'waiting' FROM json_each(?2)",
            params![id, devices],
        ),
    ])
    .await?;
    Ok(())
}

/// Roll-outs, the newest first.
///
/// # Errors
/// 500 when the database refuses.
pub async fn list(db: &Db, before: Option<Id>, limit: usize) -> Result<Vec<Rollout>> {
    let rows: Vec<Row> = db
        .all(
            "SELECT r.*, COALESCE(SUM(d.state = 'waiting'), 0) AS waiting, COALESCE(SUM(d.state = 'sent'), 0) AS sent,
                COALESCE(SUM(d.state = 'done'), 0) AS done, COALESCE(SUM(d.state = 'failed'), 0) AS failed
             FROM rollouts r LEFT JOIN rollout_devices d ON d.rollout_id = r.id WHERE (?1 IS NULL OR r.id < ?1)
             GROUP BY r.id ORDER BY r.id DESC LIMIT ?2",
            params![before, limit],
        )
        .await?;
    rows.into_iter().map(Row::view).collect()
}

/// A roll-out.
///
/// # Errors
/// 404 when there is none.
pub async fn get(db: &Db, id: Id) -> Result<Rollout> {
    let row: Option<Row> = db
        .first(
            "SELECT r.*, COALESCE(SUM(d.state = 'waiting'), 0) AS waiting, COALESCE(SUM(d.state = 'sent'), 0) AS sent,
                COALESCE(SUM(d.state = 'done'), 0) AS done, COALESCE(SUM(d.state = 'failed'), 0) AS failed
             FROM rollouts r LEFT JOIN rollout_devices d ON d.rollout_id = r.id WHERE r.id = ?1 GROUP BY r.id",
            params![id],
        )
        .await?;
    row.ok_or_else(|| Problem::not_found(format!("there is no roll-out {id}")))?.view()
}

/// Ends one that runs: `halted` or `done`.
///
/// # Errors
/// 500 when the database refuses.
pub async fn end(db: &Db, id: Id, state: &str) -> Result<()> {
    db.run("UPDATE rollouts SET state = ?2 WHERE id = ?1 AND state = 'running'", params![id, state]).await?;
    Ok(())
}

/// Those that run.
///
/// # Errors
/// 500 when the database refuses.
pub async fn running(db: &Db) -> Result<Vec<Id>> {
    #[derive(Deserialize)]
    struct Row {
        id: Id,
    }
    let rows: Vec<Row> =
        db.all("SELECT id FROM rollouts WHERE state = 'running' ORDER BY id LIMIT 20", params![]).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// A device of a roll-out.
#[derive(Clone, Debug, Deserialize)]
pub struct Part {
    /// The device.
    pub device_id: Id,
    /// In which stage it has its turn, from 0.
    pub stage: usize,
    /// `waiting`, `sent`, `done` or `failed`.
    pub state: String,
    /// The command, or the version of the configuration.
    pub reference: Option<String>,
    /// When it was sent.
    pub sent_at: Option<i64>,
}

/// The devices of a roll-out.
///
/// # Errors
/// 500 when the database refuses.
pub async fn parts(db: &Db, id: Id) -> Result<Vec<Part>> {
    db.all(
        "SELECT device_id, stage, state, reference, sent_at FROM rollout_devices WHERE rollout_id = ?1 ORDER BY stage, device_id LIMIT 5000",
        params![id],
    )
    .await
}

/// How a device of a roll-out stands now.
///
/// # Errors
/// 500 when the database refuses.
pub async fn moved(db: &Db, id: Id, device: Id, state: &str, reference: Option<&str>, now: Timestamp) -> Result<()> {
    db.run(
        "UPDATE rollout_devices SET state = ?3, reference = COALESCE(?4, reference), sent_at = COALESCE(sent_at, ?5)
         WHERE rollout_id = ?1 AND device_id = ?2",
        params![id, device, state, reference, now],
    )
    .await?;
    Ok(())
}
