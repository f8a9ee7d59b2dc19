//! SQL of stores.

pub mod flags;
pub mod shifts;
pub mod zones;

use crate::api::franchisees::Franchisee;
use crate::api::stores::{Store, StoreDetails};
use crate::events;
use crate::rules::near;
use crate::rules::settings::Settings;
use kirana_contracts::menu::Tax;
use kirana_edge::db::{Db, Statement, constraint, stmt};
use kirana_edge::{Problem, RequestId, Result, clock, params, zone};
use kirana_kernel::{Id, Position, Timestamp};
use serde::Deserialize;
use worker::Env;

#[derive(Deserialize)]
struct Row {
    id: String,
    number: u32,
    franchisee_id: String,
    name: String,
    address: String,
    city: String,
    country: String,
    latitude: f64,
    longitude: f64,
    time_zone: String,
    currency: String,
    tax_name: String,
    tax_rate_bp: u32,
    tax_inclusive: u8,
    hours: String,
    paused: u8,
    pause_reason: Option<String>,
    settings: String,
}

impl TryFrom<Row> for Store {
    type Error = Problem;

    fn try_from(row: Row) -> Result<Self> {
        let details = StoreDetails {
            name: row.name,
            address: row.address,
            city: row.city,
            country: row.country,
            position: Position { latitude: row.latitude, longitude: row.longitude },
            time_zone: row.time_zone,
            currency: row.currency.parse()?,
            tax: Tax { name: row.tax_name, rate_bp: row.tax_rate_bp, inclusive: row.tax_inclusive == 1 },
            hours: serde_json::from_str(&row.hours)?,
            paused: row.paused == 1,
        };
        let local = zone::local(clock::now(), &details.time_zone);
        Ok(Self {
            id: kirana_edge::db::id(&row.id)?,
            number: row.number,
            franchisee_id: kirana_edge::db::id(&row.franchisee_id)?,
            open_now: !details.paused && local.is_some_and(|local| details.hours.open_at(local)),
            details,
            pause_reason: row.pause_reason,
            settings: serde_json::from_str(&row.settings)?,
            distance_m: None,
        })
    }
}

/// A store to be inserted.
pub struct Insert<'a> {
    /// Its id.
    pub id: Id,
    /// Its number where it was imported from.
    pub reference: Option<&'a str>,
    /// Whose it is.
    pub franchisee: Id,
    /// What it is.
    pub details: &'a StoreDetails,
}

/// Inserts stores, all or none, and tells of them; each gets the next number of the chain.
///
/// # Errors
/// 422 for a franchisee that is not there.
pub async fn insert(env: &Env, stores: &[Insert<'_>], request: &RequestId, now: Timestamp) -> Result<()> {
    if stores.is_empty() {
        return Ok(());
    }
    let mut statements = stores
        .iter()
        .map(|store| {
            let details = store.details;
            Ok(stmt(
                "INSERT INTO stores (id, number, reference, franchisee_id, name, address, city, country, latitude, longitude,
                                     time_zone, currency, tax_name, tax_rate_bp, tax_inclusive, hours, paused, created_at)
                 VALUES (?1, (SELECT COALESCE(MAX(number), 0) + 1 FROM stores), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
                params![
                    store.id,
                    store.reference,
                    store.franchisee,
                    &details.name,
                    &details.address,
                    &details.city,
                    &details.country,
                    details.position.latitude,
                    details.position.longitude,
                    &details.time_zone,
                    details.currency,
                    &details.tax.name,
                    details.tax.rate_bp,
                    details.tax.inclusive,
                    serde_json::to_string(&details.hours)?,
                    details.paused,
                    now
                ],
            ))
        })
        .collect::<Result<Vec<_>>>()?;
    statements.push(events::created(stores, request)?);
    match Db::of(env)?.batch(statements).await {
        Err(error) if constraint(&error, "FOREIGN KEY") => {
            Err(Problem::invalid_field("franchisee_id", "there is no such franchisee"))
        }
        other => other.map(|_| ()).map_err(Into::into),
    }
}

/// Writes a store's details with what is told of it. Why it was paused goes with the pause.
///
/// # Errors
/// 500 when the database refuses.
pub async fn update(env: &Env, id: Id, details: &StoreDetails, told: Vec<Statement>) -> Result<()> {
    let mut statements = told;
    statements.push(stmt(
        "UPDATE stores SET name = ?2, address = ?3, city = ?4, country = ?5, latitude = ?6, longitude = ?7, time_zone = ?8,
                tax_name = ?9, tax_rate_bp = ?10, tax_inclusive = ?11, hours = ?12, paused = ?13,
                pause_reason = CASE WHEN ?13 = 1 THEN pause_reason END WHERE id = ?1",
        params![
            id,
            &details.name,
            &details.address,
            &details.city,
            &details.country,
            details.position.latitude,
            details.position.longitude,
            &details.time_zone,
            &details.tax.name,
            details.tax.rate_bp,
            details.tax.inclusive,
            serde_json::to_string(&details.hours)?,
            details.paused
        ],
    ));
    Db::of(env)?.batch(statements).await?;
    Ok(())
}

/// Pauses a store, or opens it again, and tells of it.
///
/// # Errors
/// 500 when the database refuses.
pub async fn pause(env: &Env, id: Id, paused: bool, reason: Option<&str>, told: Statement) -> Result<()> {
    let pause = stmt("UPDATE stores SET paused = ?2, pause_reason = ?3 WHERE id = ?1", params![id, paused, reason]);
    Db::of(env)?.batch(vec![pause, told]).await?;
    Ok(())
}

/// Writes a store's settings and tells of them.
///
/// # Errors
/// 500 when the database refuses.
pub async fn set(env: &Env, id: Id, settings: &Settings, told: Statement) -> Result<()> {
    let set = stmt("UPDATE stores SET settings = ?2 WHERE id = ?1", params![id, serde_json::to_string(settings)?]);
    Db::of(env)?.batch(vec![set, told]).await?;
    Ok(())
}

/// Is there one among these stores that another franchisee owns?
///
/// # Errors
/// 500 when the database refuses.
pub async fn any_of_others(env: &Env, stores: &[Id], franchisee: Id) -> Result<bool> {
    #[derive(Deserialize)]
    struct Row {
        own: usize,
    }
    let row: Option<Row> = Db::of(env)?
        .first(
            "SELECT COUNT(*) AS own FROM stores WHERE id IN (SELECT value FROM json_each(?1)) AND franchisee_id = ?2",
            params![serde_json::to_string(stores)?, franchisee],
        )
        .await?;
    Ok(row.is_none_or(|row| row.own < stores.len()))
}

fn stores(rows: Vec<Row>) -> Result<Vec<Store>> {
    rows.into_iter().map(TryInto::try_into).collect()
}

/// One store.
///
/// # Errors
/// 500 when the database refuses.
pub async fn by_id(env: &Env, id: Id) -> Result<Option<Store>> {
    let row: Option<Row> = Db::of(env)?.first("SELECT * FROM stores WHERE id = ?1", params![id]).await?;
    row.map(TryInto::try_into).transpose()
}

/// Stores in the order of their ids, after one.
///
/// # Errors
/// 500 when the database refuses.
pub async fn list(env: &Env, after: Option<Id>, limit: usize) -> Result<Vec<Store>> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    stores(
        Db::of(env)?.all("SELECT * FROM stores WHERE id > ?1 ORDER BY id LIMIT ?2", params![after, limit + 1]).await?,
    )
}

/// The stores for customers in the box around a place, about 50 of them, the nearest first by the flat distance; the corners
/// of the box are further than the radius.
///
/// # Errors
/// 500 when the database refuses.
pub async fn around(env: &Env, place: Position, radius_km: f64) -> Result<Vec<Store>> {
    let near::Around { rise, run, shrink } = near::around(place, radius_km);
    // Degrees between meridians are counted the short way round, over the antimeridian too.
    let rows = Db::of(env)?
        .all(
            "SELECT * FROM stores WHERE latitude BETWEEN ?1 - ?3 AND ?1 + ?3
               AND MIN(ABS(longitude - ?2), 360 - ABS(longitude - ?2)) <= ?4
               AND COALESCE(settings ->> '$.environment', 'prod') = 'prod'
             ORDER BY (latitude - ?1) * (latitude - ?1)
                    + MIN(ABS(longitude - ?2), 360 - ABS(longitude - ?2)) * MIN(ABS(longitude - ?2), 360 - ABS(longitude - ?2)) * ?5
             LIMIT 50",
            params![place.latitude, place.longitude, rise, run, shrink * shrink],
        )
        .await?;
    stores(rows)
}

/// Which of these numbers were imported before.
///
/// # Errors
/// 500 when the database refuses.
pub async fn known_references(env: &Env, numbers: impl Iterator<Item = &str>) -> Result<Vec<String>> {
    #[derive(Deserialize)]
    struct Known {
        reference: String,
    }
    let numbers: Vec<_> = numbers.collect();
    let rows: Vec<Known> = Db::of(env)?
        .all(
            "SELECT reference FROM stores WHERE reference IN (SELECT value FROM json_each(?1))",
            params![serde_json::to_string(&numbers)?],
        )
        .await?;
    Ok(rows.into_iter().map(|row| row.reference).collect())
}

/// Makes a franchisee.
///
/// # Errors
/// 409 `name_taken`.
pub async fn insert_franchisee(env: &Env, franchisee: &Franchisee, now: Timestamp) -> Result<()> {
    let inserted = Db::of(env)?
        .run(
            "INSERT INTO franchisees (id, name, created_at) VALUES (?1, ?2, ?3)",
            params![franchisee.id, &franchisee.name, now],
        )
        .await;
    match inserted {
        Err(error) if constraint(&error, "franchisees.name") => {
            Err(Problem::conflict("name_taken", "there is a franchisee of this name"))
        }
        other => other.map(|_| ()).map_err(Into::into),
    }
}

/// One franchisee.
///
/// # Errors
/// 500 when the database refuses.
pub async fn franchisee(env: &Env, id: Id) -> Result<Option<Franchisee>> {
    Db::of(env)?.first("SELECT id, name FROM franchisees WHERE id = ?1", params![id]).await
}

/// Franchisees in the order of their ids, after one.
///
/// # Errors
/// 500 when the database refuses.
pub async fn franchisees(env: &Env, after: Option<Id>, limit: usize) -> Result<Vec<Franchisee>> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    Db::of(env)?
        .all("SELECT id, name FROM franchisees WHERE id > ?1 ORDER BY id LIMIT ?2", params![after, limit + 1])
        .await
}
