//! SQL of suppliers, purchase orders and transfers. A document changes only from the version it was read at.

use crate::rules::purchase::PurchaseOrder;
use crate::rules::reorder::Offer;
use crate::rules::transfer::Transfer;
use kirana_edge::db::{Db, constraint, stmt};
use kirana_edge::{Problem, Result, params};
use kirana_kernel::Id;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

#[derive(Deserialize)]
struct Document {
    document: String,
}

fn read<T: DeserializeOwned>(row: &Document) -> Result<T> {
    Ok(serde_json::from_str(&row.document)?)
}

fn changed_meanwhile() -> Problem {
    Problem::conflict("changed_meanwhile", "somebody else changed it meanwhile: read it, and try again")
}

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

/// Keeps a purchase order, new (version 0) or changed; its version counts on.
///
/// # Errors
/// 409 `changed_meanwhile`.
pub async fn save_purchase_order(db: &Db, order: &PurchaseOrder) -> Result<PurchaseOrder> {
    let kept = PurchaseOrder { version: order.version + 1, ..order.clone() };
    let changed = db
        .run(
            "INSERT INTO purchase_orders (id, store_id, supplier_id, status, version, document) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (id) DO UPDATE SET status = excluded.status, version = excluded.version, document = excluded.document
             WHERE purchase_orders.version = ?5 - 1",
            params![kept.id, kept.store_id, kept.supplier_id, kept.status.name(), kept.version, serde_json::to_string(&kept)?],
        )
        .await?;
    if changed == 1 { Ok(kept) } else { Err(changed_meanwhile()) }
}

/// A purchase order.
///
/// # Errors
/// 404 when there is none.
pub async fn purchase_order(db: &Db, id: Id) -> Result<PurchaseOrder> {
    let row: Option<Document> = db.first("SELECT document FROM purchase_orders WHERE id = ?1", params![id]).await?;
    read(&row.ok_or_else(|| Problem::not_found("there is no such purchase order"))?)
}

/// A store's purchase orders before an id, the newest first.
///
/// # Errors
/// 500 when the database refuses.
pub async fn purchase_orders(db: &Db, store: Id, before: Option<Id>, limit: usize) -> Result<Vec<PurchaseOrder>> {
    let before = before.map_or_else(|| "g".to_owned(), |id| id.to_string());
    let rows: Vec<Document> = db
        .all(
            "SELECT document FROM purchase_orders WHERE store_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3",
            params![store, before, limit + 1],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// What is still to come for a store, by stock item: drafts count, so that nothing is proposed twice.
///
/// # Errors
/// 500 when the database refuses.
pub async fn on_order(db: &Db, store: Id) -> Result<BTreeMap<String, i64>> {
    let rows: Vec<Document> = db
        .all(
            "SELECT document FROM purchase_orders WHERE store_id = ?1 AND status IN ('draft', 'approved', 'sent') LIMIT 1000",
            params![store],
        )
        .await?;
    let mut open = BTreeMap::new();
    for row in &rows {
        for line in read::<PurchaseOrder>(row)?.lines {
            *open.entry(line.sku).or_default() += line.pack_size * line.packs - line.received;
        }
    }
    Ok(open)
}

/// Keeps a transfer, new (version 0) or changed. `request` is who asked with which key.
///
/// # Errors
/// 409 `changed_meanwhile`; for a new one with a known request, the transfer that is there.
pub async fn save_transfer(db: &Db, transfer: &Transfer, request: &str) -> Result<Result<Transfer, Transfer>> {
    let kept = Transfer { version: transfer.version + 1, ..transfer.clone() };
    let done = db
        .run(
            "INSERT INTO transfers (id, from_store, to_store, request, version, document) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (id) DO UPDATE SET version = excluded.version, document = excluded.document
             WHERE transfers.version = ?5 - 1",
            params![kept.id, kept.from_store, kept.to_store, request, kept.version, serde_json::to_string(&kept)?],
        )
        .await;
    match done {
        Ok(1) => Ok(Ok(kept)),
        Ok(_) => Err(changed_meanwhile()),
        Err(error) if constraint(&error, "transfers.request") => {
            let row: Option<Document> =
                db.first("SELECT document FROM transfers WHERE request = ?1", params![request]).await?;
            Ok(Err(read(&row.ok_or_else(changed_meanwhile)?)?))
        }
        Err(error) => Err(error.into()),
    }
}

/// Throws a transfer away of which nothing has left.
///
/// # Errors
/// 500 when the database refuses.
pub async fn forget_transfer(db: &Db, id: Id) -> Result<()> {
    db.run("DELETE FROM transfers WHERE id = ?1 AND version = 1", params![id]).await?;
    Ok(())
}

/// A transfer, and who asked for it.
///
/// # Errors
/// 404 when there is none.
pub async fn transfer(db: &Db, id: Id) -> Result<(Transfer, String)> {
    #[derive(Deserialize)]
    struct Row {
        document: String,
        request: String,
    }
    let row: Option<Row> = db.first("SELECT document, request FROM transfers WHERE id = ?1", params![id]).await?;
    let row = row.ok_or_else(|| Problem::not_found("there is no such transfer"))?;
    Ok((serde_json::from_str(&row.document)?, row.request))
}

/// A store's transfers, both ways, before an id, the newest first.
///
/// # Errors
/// 500 when the database refuses.
pub async fn transfers(db: &Db, store: Id, before: Option<Id>, limit: usize) -> Result<Vec<Transfer>> {
    let before = before.map_or_else(|| "g".to_owned(), |id| id.to_string());
    let rows: Vec<Document> = db
        .all(
            "SELECT document FROM (SELECT id, document FROM transfers WHERE from_store = ?1 AND id < ?2
                                   UNION SELECT id, document FROM transfers WHERE to_store = ?1 AND id < ?2)
             ORDER BY id DESC LIMIT ?3",
            params![store, before, limit + 1],
        )
        .await?;
    rows.iter().map(read).collect()
}
