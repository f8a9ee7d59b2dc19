//! SQL of delivery zones.

use kirana_contracts::delivery_zone::DeliveryZone;
use kirana_edge::db::{Db, Statement, constraint, stmt};
use kirana_edge::{Problem, Result, clock, params};
use kirana_kernel::{Currency, Id, Money};
use serde::Deserialize;
use worker::Env;

/// A store's zones, by their names.
///
/// # Errors
/// 500 when the database refuses.
pub async fn of_store(env: &Env, store: Id, currency: Currency) -> Result<Vec<DeliveryZone>> {
    #[derive(Deserialize)]
    struct Row {
        id: String,
        name: String,
        polygon: String,
        radius_m: Option<u32>,
        fee: i64,
        minimum_order: Option<i64>,
        priority: u32,
    }
    let rows: Vec<Row> = Db::of(env)?
        .all(
            "SELECT id, name, polygon, radius_m, fee, minimum_order, priority FROM delivery_zones
             WHERE store_id = ?1 ORDER BY name LIMIT 100",
            params![store],
        )
        .await?;
    let zone = |row: Row| {
        Ok(DeliveryZone {
            id: kirana_edge::db::id(&row.id)?,
            name: row.name,
            polygon: serde_json::from_str(&row.polygon)?,
            radius_m: row.radius_m,
            fee: Money::new(row.fee, currency),
            minimum_order: row.minimum_order.map(|amount| Money::new(amount, currency)),
            priority: row.priority,
        })
    };
    rows.into_iter().map(zone).collect()
}

/// Writes a zone, new or changed, and tells of it.
///
/// # Errors
/// 409 `name_taken`.
pub async fn put(env: &Env, store: Id, zone: &DeliveryZone, told: Statement) -> Result<()> {
    let put = stmt(
        "INSERT INTO delivery_zones (id, store_id, name, polygon, radius_m, fee, minimum_order, priority, changed_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, polygon = excluded.polygon, radius_m = excluded.radius_m,
                fee = excluded.fee, minimum_order = excluded.minimum_order, priority = excluded.priority, changed_at = excluded.changed_at",
        params![
            zone.id,
            store,
            &zone.name,
            serde_json::to_string(&zone.polygon)?,
            zone.radius_m,
            zone.fee.amount,
            zone.minimum_order.map(|minimum| minimum.amount),
            zone.priority,
            clock::now()
        ],
    );
    match Db::of(env)?.batch(vec![put, told]).await {
        Err(error) if constraint(&error, "delivery_zones.name") => Err(Problem::conflict(
            "name_taken",
            format!("the store has a zone called {}: take another name", zone.name),
        )),
        other => other.map(|_| ()).map_err(Into::into),
    }
}

/// Removes a zone, and tells of it.
///
/// # Errors
/// 500 when the database refuses.
pub async fn remove(env: &Env, zone: Id, told: Statement) -> Result<()> {
    let gone = stmt("DELETE FROM delivery_zones WHERE id = ?1", params![zone]);
    Db::of(env)?.batch(vec![gone, told]).await?;
    Ok(())
}
