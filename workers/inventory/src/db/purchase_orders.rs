//! SQL of purchase orders.

use super::{Document, changed_meanwhile, read};
use crate::rules::purchase::PurchaseOrder;
use kirana_edge::db::{Db, Statement, constraint, require_one_change, required_change_missing, stmt};
use kirana_edge::{Problem, Result, params};
use kirana_kernel::Id;
use std::collections::BTreeMap;

/// The statements that keep a purchase order, new (version 0) or changed, and the order as it is then: its version counts on.
/// The batch fails when somebody else changed it meanwhile.
///
/// # Errors
/// 500 when it cannot be written as JSON.
pub fn keep_purchase_order(order: &PurchaseOrder) -> Result<(PurchaseOrder, Vec<Statement>)> {
    let kept = PurchaseOrder { version: order.version + 1, ..order.clone() };
    let write = stmt(
        "INSERT INTO purchase_orders (id, store_id, supplier_id, status, version, request, document)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (id) DO UPDATE SET status = excluded.status, version = excluded.version, document = excluded.document
         WHERE purchase_orders.version = ?5 - 1",
        params![
            kept.id,
            kept.store_id,
            kept.supplier_id,
            kept.status.name(),
            kept.version,
            kept.request.clone(),
            serde_json::to_string(&kept)?
        ],
    );
    Ok((kept, vec![write, require_one_change()]))
}

/// Keeps a purchase order, and does what goes with it, in one batch.
///
/// # Errors
/// 409 `changed_meanwhile`.
pub async fn save_purchase_order(db: &Db, order: &PurchaseOrder, with: Vec<Statement>) -> Result<PurchaseOrder> {
    let (kept, mut statements) = keep_purchase_order(order)?;
    statements.extend(with);
    match db.batch(statements).await {
        Ok(_) => Ok(kept),
        Err(error) if required_change_missing(&error) || constraint(&error, "purchase_orders.request") => {
            Err(changed_meanwhile())
        }
        Err(error) => Err(error.into()),
    }
}

/// The purchase order that was asked for with this key.
///
/// # Errors
/// 500 when the database refuses.
pub async fn purchase_order_of(db: &Db, request: &str) -> Result<Option<PurchaseOrder>> {
    let row: Option<Document> =
        db.first("SELECT document FROM purchase_orders WHERE request = ?1", params![request]).await?;
    row.as_ref().map(read).transpose()
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
