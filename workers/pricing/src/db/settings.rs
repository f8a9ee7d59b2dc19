//! SQL of taxes and of what stores sell by.

use kirana_edge::db::{Db, Statement, stmt};
use kirana_edge::{Result, params};
use kirana_kernel::{Id, Timestamp};
use kirana_pricing::{TaxBook, TaxTable};
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    body: String,
}

/// The taxes of every place that has some.
///
/// # Errors
/// 500 when the database refuses.
pub async fn taxes(db: &Db) -> Result<TaxBook> {
    let rows: Vec<Row> = db.all("SELECT body FROM tax_tables ORDER BY place LIMIT 2000", params![]).await?;
    let tables = rows.into_iter().map(|row| Ok(serde_json::from_str(&row.body)?)).collect::<Result<_>>()?;
    Ok(TaxBook { tables })
}

/// The table of a place, or of the narrowest around it.
///
/// # Errors
/// 500 when the database refuses.
pub async fn tax_of(db: &Db, place: &str) -> Result<Option<TaxTable>> {
    // From narrow to wide: `US-TX-Austin`, `US-TX`, `US`.
    let row: Option<Row> = db
        .first(
            "SELECT body FROM tax_tables WHERE ?1 = place OR substr(?1, 1, length(place) + 1) = place || '-'
             ORDER BY length(place) DESC LIMIT 1",
            params![place],
        )
        .await?;
    Ok(row.map(|row| serde_json::from_str(&row.body)).transpose()?)
}

/// The statement that sets the taxes of a place.
///
/// # Errors
/// 500 when they cannot be written as JSON.
pub fn set_taxes(table: &TaxTable, by: Id, now: Timestamp) -> Result<Statement> {
    Ok(stmt(
        "INSERT OR REPLACE INTO tax_tables (place, body, updated_by, updated_at) VALUES (?1, ?2, ?3, ?4)",
        params![&table.place, serde_json::to_string(table)?, by, now],
    ))
}

/// What somebody set of a store, as JSON.
///
/// # Errors
/// 500 when the database refuses.
pub async fn terms(db: &Db, store: Id) -> Result<Option<String>> {
    let row: Option<Row> = db.first("SELECT body FROM store_terms WHERE store_id = ?1", params![store]).await?;
    Ok(row.map(|row| row.body))
}

/// The statement that sets it.
#[must_use]
pub fn set_terms(store: Id, body: &str, by: Id, now: Timestamp) -> Statement {
    stmt(
        "INSERT OR REPLACE INTO store_terms (store_id, body, updated_by, updated_at) VALUES (?1, ?2, ?3, ?4)",
        params![store, body, by, now],
    )
}
