//! Batches as they are shown.

use super::batches::Passport;
use crate::{Refusal, Result};
use kirana_contracts::stock::Batch;
use kirana_kernel::Timestamp;
use kirana_sql::{Sql, values};
use serde::Deserialize;

#[derive(Deserialize)]
struct BatchRow {
    id: i64,
    sku: String,
    on_hand: i64,
    reserved: i64,
    suspect: i64,
    value: i64,
    received_at: i64,
    expires_at: Option<i64>,
    passport: String,
}

impl BatchRow {
    fn into_batch(self) -> Result<Batch> {
        let passport: Passport = serde_json::from_str(&self.passport)?;
        Ok(Batch {
            id: self.id,
            sku: self.sku,
            on_hand: self.on_hand,
            reserved: self.reserved,
            suspect: self.suspect > 0,
            value: self.value,
            received_at: Timestamp::from_millis(self.received_at),
            expires_at: self.expires_at.map(Timestamp::from_millis),
            supplier: passport.supplier,
            lot: passport.lot,
            origin: passport.origin,
            certification: passport.certification,
        })
    }
}

const BATCH: &str = "SELECT id, sku, on_hand, reserved, suspect, value, received_at, expires_at, passport FROM batches";

/// Batches with stock, of one item or all, by item and date.
pub fn list(sql: &impl Sql, sku: Option<&str>) -> Result<Vec<Batch>> {
    let rows: Vec<BatchRow> = sql.query(
        &format!("{BATCH} WHERE stocked = 1 AND (?1 IS NULL OR sku = ?1) ORDER BY sku, expires_at IS NULL, expires_at, id LIMIT 10000"),
        values![sku.map(str::to_owned)],
    )?;
    rows.into_iter().map(BatchRow::into_batch).collect()
}

/// One batch.
pub fn get(sql: &impl Sql, id: i64) -> Result<Batch> {
    let row: Option<BatchRow> = sql.first(&format!("{BATCH} WHERE id = ?1"), values![id])?;
    row.ok_or_else(|| Refusal::Invalid { path: "batch".into(), message: format!("there is no batch {id}") })?
        .into_batch()
}
