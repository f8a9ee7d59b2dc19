//! SQL of transfers.

use super::{Document, changed_meanwhile, read};
use crate::rules::transfer::Transfer;
use kirana_edge::db::{Db, constraint};
use kirana_edge::{Problem, Result, params};
use kirana_kernel::Id;
use serde::Deserialize;

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
