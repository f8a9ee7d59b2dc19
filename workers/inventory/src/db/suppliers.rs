//! SQL of suppliers and their price lists.

use super::{Document, read};
use crate::rules::reorder::Offer;
use kirana_edge::db::{Db, constraint, stmt};
use kirana_edge::{Problem, Result, params};
use kirana_kernel::Id;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who delivers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Supplier {
    /// Its id.
    pub id: Id,
    /// Its name, unique in the chain.
    pub name: String,
    /// Where orders are sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Whom to call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Such as `USDA Organic 1234, until 2027-05-31`.
    pub certifications: Vec<String>,
}

/// Writes a supplier with its offers, whole; those it had before are gone.
///
/// # Errors
/// 409 `name_taken`.
pub async fn save_supplier(db: &Db, supplier: &Supplier, offers: &[Offer]) -> Result<()> {
    let rows: Vec<_> =
        offers.iter().map(|offer| (&offer.sku, offer.pack_size, offer.min_packs, offer.pack_price)).collect();
    let statements = vec![
        stmt(
            "INSERT INTO suppliers (id, name, document) VALUES (?1, ?2, ?3)
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, document = excluded.document",
            params![supplier.id, &supplier.name, serde_json::to_string(supplier)?],
        ),
        stmt("DELETE FROM offers WHERE supplier_id = ?1", params![supplier.id]),
        stmt(
            "INSERT INTO offers (supplier_id, sku, pack_size, min_packs, pack_price)
             SELECT ?1, json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'), json_extract(value, '$[3]')
             FROM json_each(?2)",
            params![supplier.id, serde_json::to_string(&rows)?],
        ),
    ];
    match db.batch(statements).await {
        Ok(_) => Ok(()),
        Err(error) if constraint(&error, "suppliers.name") => {
            Err(Problem::conflict("name_taken", format!("there is a supplier called {}", supplier.name)))
        }
        Err(error) => Err(error.into()),
    }
}

/// A supplier.
///
/// # Errors
/// 404 when there is none.
pub async fn supplier(db: &Db, id: Id) -> Result<Supplier> {
    let row: Option<Document> = db.first("SELECT document FROM suppliers WHERE id = ?1", params![id]).await?;
    read(&row.ok_or_else(|| Problem::not_found("there is no such supplier"))?)
}

/// Suppliers after an id.
///
/// # Errors
/// 500 when the database refuses.
pub async fn suppliers(db: &Db, after: Option<Id>, limit: usize) -> Result<Vec<Supplier>> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    let rows: Vec<Document> =
        db.all("SELECT document FROM suppliers WHERE id > ?1 ORDER BY id LIMIT ?2", params![after, limit + 1]).await?;
    rows.iter().map(read).collect()
}

/// What is offered of these stock items.
///
/// # Errors
/// 500 when the database refuses.
pub async fn offers(db: &Db, skus: &[&String]) -> Result<Vec<Offer>> {
    db.all(
        "SELECT supplier_id, sku, pack_size, min_packs, pack_price FROM offers
         WHERE sku IN (SELECT value FROM json_each(?1)) LIMIT 5000",
        params![serde_json::to_string(skus)?],
    )
    .await
}

/// A supplier's own offers.
///
/// # Errors
/// 500 when the database refuses.
pub async fn offers_of(db: &Db, supplier: Id) -> Result<Vec<Offer>> {
    db.all(
        "SELECT supplier_id, sku, pack_size, min_packs, pack_price FROM offers WHERE supplier_id = ?1 ORDER BY sku LIMIT 5000",
        params![supplier],
    )
    .await
}

/// The suppliers of these names, those of them that are there.
///
/// # Errors
/// 500 when the database refuses.
pub async fn suppliers_named(db: &Db, names: &[&str]) -> Result<Vec<Supplier>> {
    let rows: Vec<Document> = db
        .all(
            "SELECT document FROM suppliers WHERE name IN (SELECT value FROM json_each(?1)) LIMIT 5000",
            params![serde_json::to_string(names)?],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// Adds suppliers of which only the name is known; those that are there stay as they are.
///
/// # Errors
/// 500 when the database refuses.
pub async fn add_suppliers(db: &Db, suppliers: &[Supplier]) -> Result<()> {
    let rows: Vec<_> = suppliers
        .iter()
        .map(|supplier| Ok((supplier.id, &supplier.name, serde_json::to_string(supplier)?)))
        .collect::<Result<_>>()?;
    db.run(
        "INSERT OR IGNORE INTO suppliers (id, name, document)
         SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]') FROM json_each(?1)",
        params![serde_json::to_string(&rows)?],
    )
    .await?;
    Ok(())
}
