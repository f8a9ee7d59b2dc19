//! SQL of figures: how devices stand by kind, and what happened to them by day.

use kirana_contracts::metrics::Series;
use kirana_devices::kind::DeviceKind;
use kirana_edge::db::{Db, Statement, stmt};
use kirana_edge::{Principal, Result, params};
use kirana_events::DeviceEvent;
use kirana_kernel::{Id, Role, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;

/// A day, in milliseconds.
const DAY: i64 = 86_400_000;
/// Days that are told.
const DAYS: i64 = 7;

/// Devices of a kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct KindFigures {
    /// The kind.
    pub kind: DeviceKind,
    /// All of them.
    pub devices: i64,
    /// Those that nobody has claimed yet.
    pub unclaimed: i64,
    /// Those that may speak.
    pub active: i64,
    /// Those of them that are there.
    pub online: i64,
    /// Those that something was wrong with in the last day.
    pub troubled: i64,
    /// What happened on each of the last seven days, the newest first; days on which nothing did are left out.
    pub days: Vec<KindDay>,
}

/// What happened to the devices of a kind on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct KindDay {
    /// The day, by its beginning (UTC).
    pub day: Timestamp,
    /// Events that they told.
    pub events: i64,
    /// Times that something was wrong.
    pub troubles: i64,
    /// Times that one was not there.
    pub absences: i64,
}

/// Counts what an event tells. Events come once each into a batch.
#[must_use]
pub fn count(
    store: Option<Id>,
    told: &DeviceEvent,
    (events, troubles, absences): (i64, i64, i64),
) -> Option<Statement> {
    let day = told.at.millis().div_euclid(DAY);
    Some(stmt(
        "INSERT INTO kind_days (store_id, kind, day, events, troubles, absences) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (store_id, kind, day) DO UPDATE SET events = events + excluded.events, troubles = troubles + excluded.troubles,
            absences = absences + excluded.absences",
        params![store?, &told.kind, day, events, troubles, absences],
    ))
}

/// Figures of the stores that a caller works in, or of one of them.
///
/// # Errors
/// 500 when the database refuses.
pub async fn of(db: &Db, caller: &Principal, store: Option<Id>, now: Timestamp) -> Result<Vec<KindFigures>> {
    #[derive(Deserialize)]
    struct Row {
        kind: DeviceKind,
        devices: i64,
        unclaimed: i64,
        active: i64,
        online: i64,
        troubled: i64,
    }
    #[derive(Deserialize)]
    struct Day {
        kind: DeviceKind,
        day: i64,
        events: i64,
        troubles: i64,
        absences: i64,
    }
    let franchisee = caller.franchisee.filter(|_| caller.has(Role::Owner));
    let stores = if caller.has_any(&[Role::Staff, Role::Manager]) { caller.stores.as_slice() } else { &[] };
    let stores = serde_json::to_string(stores)?;
    let since = now - Duration::from_secs(24 * 3600);
    let rows: Vec<Row> = db
        .all(
            "SELECT kind, COUNT(*) AS devices, SUM(status = 'unclaimed') AS unclaimed, SUM(status = 'active') AS active,
                SUM(status = 'active' AND online = 1) AS online,
                SUM(status = 'active' AND COALESCE(last_error ->> '$.at', '') > ?1) AS troubled
             FROM devices WHERE (?2 IS NULL OR store_id = ?2) AND status <> 'revoked'
                AND (?3 = 1 OR franchisee_id = ?4 OR store_id IN (SELECT value FROM json_each(?5)))
             GROUP BY kind ORDER BY kind",
            params![since.to_string(), store, caller.is_chain(), franchisee, &stores],
        )
        .await?;
    let days: Vec<Day> = db
        .all(
            "SELECT kind, day, SUM(events) AS events, SUM(troubles) AS troubles, SUM(absences) AS absences FROM kind_days
             WHERE day > ?1 AND store_id IN (
                SELECT store_id FROM devices WHERE (?2 IS NULL OR store_id = ?2)
                    AND (?3 = 1 OR franchisee_id = ?4 OR store_id IN (SELECT value FROM json_each(?5))))
             GROUP BY kind, day ORDER BY day DESC LIMIT 100",
            params![now.millis().div_euclid(DAY) - DAYS, store, caller.is_chain(), franchisee, &stores],
        )
        .await?;
    let of_kind = |kind: DeviceKind| {
        let days = days.iter().filter(|row| row.kind == kind);
        let day = |row: &Day| KindDay {
            day: Timestamp::from_millis(row.day * DAY),
            events: row.events,
            troubles: row.troubles,
            absences: row.absences,
        };
        days.map(day).collect()
    };
    let figures = |row: Row| KindFigures {
        kind: row.kind,
        devices: row.devices,
        unclaimed: row.unclaimed,
        active: row.active,
        online: row.online,
        troubled: row.troubled,
        days: of_kind(row.kind),
    };
    Ok(rows.into_iter().map(figures).collect())
}

/// The same for Prometheus, of all stores.
///
/// # Errors
/// 500 when the database refuses.
pub async fn series(db: &Db) -> Result<Series> {
    #[derive(Deserialize)]
    struct Standing {
        kind: String,
        online: i64,
        devices: f64,
    }
    #[derive(Deserialize)]
    struct Sum {
        kind: String,
        events: f64,
        troubles: f64,
        absences: f64,
    }
    let mut series = Series::default();
    let sql = "SELECT kind, online, COUNT(*) AS devices FROM devices WHERE status = 'active' GROUP BY kind, online";
    for row in db.all::<Standing>(sql, params![]).await? {
        let online = if row.online == 1 { "true" } else { "false" };
        series.add("kirana_devices", &[("kind", &row.kind), ("online", online)], row.devices);
    }
    let sql = "SELECT kind, SUM(events) AS events, SUM(troubles) AS troubles, SUM(absences) AS absences FROM kind_days GROUP BY kind";
    for row in db.all::<Sum>(sql, params![]).await? {
        series.add("kirana_device_events_total", &[("kind", &row.kind)], row.events);
        series.add("kirana_device_troubles_total", &[("kind", &row.kind)], row.troubles);
        series.add("kirana_device_absences_total", &[("kind", &row.kind)], row.absences);
    }
    Ok(series)
}
