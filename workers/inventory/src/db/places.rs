//! SQL of the places where stock is kept, and of those of them that are warehouses.

use super::{Document, read};
use kirana_contracts::store_state::warehouse_object_name;
use kirana_edge::db::{Db, Statement, require_one_change, required_change_missing, stmt};
use kirana_edge::{Problem, Result, params};
use kirana_kernel::{Currency, Id, Position, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;

/// What sort of place it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    /// It sells.
    Store,
    /// It keeps goods for stores.
    Warehouse,
}

impl PlaceKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Warehouse => "warehouse",
        }
    }
}

/// A place where stock is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its object: `store-<number>` or `warehouse-<number>`.
    pub source: String,
    /// Its id.
    pub id: Id,
    /// What it is.
    pub kind: PlaceKind,
    /// Its name.
    pub name: String,
    /// Whose it is; nobody's but the chain's without.
    pub franchisee_id: Option<Id>,
    /// What its stock is worth is in this.
    pub currency: Option<Currency>,
}

/// A warehouse.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Warehouse {
    /// Its id.
    pub id: Id,
    /// Its number in the chain.
    pub number: u32,
    /// What it is.
    #[serde(flatten)]
    pub details: WarehouseDetails,
}

/// What can be said of a warehouse.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WarehouseDetails {
    /// Its name, 1 to 200 characters.
    pub name: String,
    /// Whose it is; nobody's but the chain's without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub franchisee_id: Option<Id>,
    /// Street, house and city, 1 to 500 characters.
    pub address: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// What its stock is worth is in this.
    pub currency: Currency,
}

impl Warehouse {
    /// The warehouse as a place.
    #[must_use]
    pub fn place(&self) -> Place {
        Place {
            source: warehouse_object_name(self.number),
            id: self.id,
            kind: PlaceKind::Warehouse,
            name: self.details.name.clone(),
            franchisee_id: self.details.franchisee_id,
            currency: Some(self.details.currency),
        }
    }
}

/// The statement that remembers a place as it was at a time; a later word wins.
#[must_use]
pub fn remember_place(place: &Place, at: Timestamp) -> Statement {
    stmt(
        "INSERT INTO places (source, id, kind, name, franchisee_id, currency, version, reorder_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)
         ON CONFLICT (source) DO UPDATE SET name = excluded.name, franchisee_id = excluded.franchisee_id,
                currency = COALESCE(excluded.currency, places.currency), version = excluded.version
         WHERE excluded.version >= places.version",
        params![
            &place.source,
            place.id,
            place.kind.name(),
            &place.name,
            place.franchisee_id,
            place.currency,
            at
        ],
    )
}

/// Makes a warehouse with the next number of the chain, or changes one.
///
/// # Errors
/// 500 when the database refuses.
pub async fn save_warehouse(db: &Db, id: Id, details: &WarehouseDetails, now: Timestamp) -> Result<Warehouse> {
    // Its number is in the document too: the one place that knows the next writes it there.
    let draft = Warehouse { id, number: 0, details: details.clone() };
    db.run(
        "INSERT INTO warehouses (number, id, document)
         SELECT next, ?1, json_set(?2, '$.number', next) FROM (SELECT COALESCE(MAX(number), 0) + 1 AS next FROM warehouses)
         WHERE true ON CONFLICT (id) DO UPDATE SET document = json_set(excluded.document, '$.number', warehouses.number)",
        params![id, serde_json::to_string(&draft)?],
    )
    .await?;
    let kept = warehouse(db, id).await?.ok_or_else(|| Problem::internal("the warehouse is not there"))?;
    db.batch(vec![remember_place(&kept.place(), now)]).await?;
    Ok(kept)
}

/// A warehouse.
///
/// # Errors
/// 500 when the database refuses.
pub async fn warehouse(db: &Db, id: Id) -> Result<Option<Warehouse>> {
    let row: Option<Document> = db.first("SELECT document FROM warehouses WHERE id = ?1", params![id]).await?;
    row.as_ref().map(read).transpose()
}

/// Warehouses after an id.
///
/// # Errors
/// 500 when the database refuses.
pub async fn warehouses(db: &Db, after: Option<Id>, limit: usize) -> Result<Vec<Warehouse>> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    let rows: Vec<Document> =
        db.all("SELECT document FROM warehouses WHERE id > ?1 ORDER BY id LIMIT ?2", params![after, limit + 1]).await?;
    rows.iter().map(read).collect()
}

#[derive(Deserialize)]
struct PlaceRow {
    source: String,
    id: String,
    kind: PlaceKind,
    name: String,
    franchisee_id: Option<String>,
    currency: Option<String>,
    reorder_at: i64,
}

impl PlaceRow {
    fn into_place(self) -> Result<Place> {
        Ok(Place {
            id: kirana_edge::db::id(&self.id)?,
            franchisee_id: self.franchisee_id.as_deref().map(kirana_edge::db::id).transpose()?,
            currency: self.currency.map(|code| code.parse()).transpose()?,
            source: self.source,
            kind: self.kind,
            name: self.name,
        })
    }
}

/// Places that somebody may see, after a source.
///
/// # Errors
/// 500 when the database refuses.
pub async fn places(db: &Db, scope: &super::Scope, after: &str, limit: usize) -> Result<Vec<Place>> {
    let rows: Vec<PlaceRow> = db
        .all(
            "SELECT source, id, kind, name, franchisee_id, currency, reorder_at FROM places
             WHERE source > ?1 AND (?2 = 1 OR franchisee_id = ?3 OR id IN (SELECT value FROM json_each(?4))) ORDER BY source LIMIT ?5",
            params![after, scope.chain, scope.franchisee, serde_json::to_string(&scope.places)?, limit + 1],
        )
        .await?;
    rows.into_iter().map(PlaceRow::into_place).collect()
}

/// How long somebody who looks what is missing has for it before somebody else tries.
const LEASE: Duration = Duration::from_secs(600);
/// How often somebody looks at least, and at most.
const DAILY: Duration = Duration::from_secs(24 * 3600);
const AT_MOST: Duration = Duration::from_secs(3600);

/// Places where somebody should look what is missing; each is this caller's for ten minutes.
///
/// # Errors
/// 500 when the database refuses.
pub async fn claim_reorders(db: &Db, now: Timestamp, limit: usize) -> Result<Vec<Place>> {
    let rows: Vec<PlaceRow> = db
        .all(
            "SELECT source, id, kind, name, franchisee_id, currency, reorder_at FROM places
             WHERE reorder_at <= ?1 ORDER BY reorder_at LIMIT ?2",
            params![now, limit],
        )
        .await?;
    let mut claimed = Vec::new();
    for row in rows {
        let changed = db
            .run(
                "UPDATE places SET reorder_at = ?3 WHERE source = ?1 AND reorder_at = ?2",
                params![&row.source, row.reorder_at, now + LEASE],
            )
            .await?;
        if changed == 1 {
            claimed.push(row.into_place()?);
        }
    }
    Ok(claimed)
}

/// The statement that has somebody look soon at a place that runs low: at once, but not more than once an hour.
#[must_use]
pub fn reorder_soon(source: &str, now: Timestamp) -> Statement {
    let pause = i64::try_from(AT_MOST.as_millis()).unwrap_or(i64::MAX);
    stmt(
        "UPDATE places SET reorder_at = MAX(?2, reordered_at + ?3) WHERE source = ?1 AND reorder_at > MAX(?2, reordered_at + ?3)",
        params![source, now, pause],
    )
}

/// How often somebody has looked what is missing in a place; nobody has in one that is not known.
///
/// # Errors
/// 500 when the database refuses.
pub async fn reorders(db: &Db, source: &str) -> Result<Option<i64>> {
    #[derive(Deserialize)]
    struct Row {
        reorders: i64,
    }
    let row: Option<Row> = db.first("SELECT reorders FROM places WHERE source = ?1", params![source]).await?;
    Ok(row.map(|row| row.reorders))
}

/// Writes what came of looking, unless somebody else has looked meanwhile: answers whether it was written.
///
/// # Errors
/// 500 when the database refuses.
pub async fn reordered(db: &Db, source: &str, reorders: i64, now: Timestamp, drafts: Vec<Statement>) -> Result<bool> {
    let mut statements = vec![
        stmt(
            "UPDATE places SET reorders = reorders + 1, reordered_at = ?3, reorder_at = ?4 WHERE source = ?1 AND reorders = ?2",
            params![source, reorders, now, now + DAILY],
        ),
        require_one_change(),
    ];
    statements.extend(drafts);
    match db.batch(statements).await {
        Ok(_) => Ok(true),
        Err(error) if required_change_missing(&error) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
