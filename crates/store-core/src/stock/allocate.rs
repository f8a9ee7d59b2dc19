//! Which batches meet a demand. Nothing is written here.

use super::{Demand, Part};
use crate::sabotage::{self, Guard};
use crate::{Refusal, Result, Shortage};
use kirana_kernel::Timestamp;
use kirana_sql::{Sql, values};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What pieces of these sellables use up, summed per stock item before anything is checked.
///
/// A sellable without a recipe is a stock item itself.
pub fn demand_of(sql: &impl Sql, sellables: &BTreeMap<&str, i64>) -> Result<Demand> {
    #[derive(Deserialize)]
    struct Row {
        sku: String,
        ingredients: Option<String>,
        is_item: i64,
    }
    let skus: Vec<_> = sellables.keys().collect();
    let rows: Vec<Row> = sql.query(
        "SELECT wanted.value AS sku, r.ingredients AS ingredients, i.sku IS NOT NULL AS is_item
         FROM json_each(?1) wanted LEFT JOIN recipes r ON r.sku = wanted.value LEFT JOIN items i ON i.sku = wanted.value",
        values![serde_json::to_string(&skus)?],
    )?;
    let (mut demand, mut unknown) = (Demand::new(), Vec::new());
    for row in rows {
        let pieces = sellables.get(row.sku.as_str()).copied().unwrap_or(0);
        let parts: Vec<(String, i64)> = match row.ingredients {
            Some(ingredients) => serde_json::from_str(&ingredients)?,
            None if row.is_item == 1 => vec![(row.sku, 1)],
            None => {
                unknown.push(row.sku);
                continue;
            }
        };
        for (sku, quantity) in parts {
            let sum = demand.entry(sku).or_default();
            *sum = quantity.checked_mul(pieces).and_then(|more| sum.checked_add(more)).unwrap_or(i64::MAX / 2);
        }
    }
    if unknown.is_empty() { Ok(demand) } else { Err(Refusal::NotStocked(unknown)) }
}

/// Parts of batches as far as they meet the demand, and what is missing of it.
///
/// The item's policy says which batch goes first. What has expired is never taken, swept or not.
pub fn as_far_as_it_goes(sql: &impl Sql, now: Timestamp, demand: &Demand) -> Result<(Vec<Part>, Demand)> {
    #[derive(Deserialize)]
    struct Batch {
        id: i64,
        sku: String,
        free: i64,
    }
    let skus: Vec<_> = demand.keys().collect();
    let batches: Vec<Batch> = sql.query(
        "SELECT b.id AS id, b.sku AS sku, b.on_hand - b.reserved AS free
         FROM json_each(?1) wanted CROSS JOIN items i ON i.sku = wanted.value CROSS JOIN batches b ON b.sku = i.sku
         WHERE b.on_hand > 0 AND b.on_hand > b.reserved AND (b.expires_at IS NULL OR b.expires_at > ?2)
         ORDER BY b.sku, CASE i.policy WHEN 'fefo' THEN COALESCE(b.expires_at, 9e15) WHEN 'lifo' THEN -b.id END, b.id",
        values![serde_json::to_string(&skus)?, now.millis()],
    )?;
    let mut open = demand.clone();
    open.retain(|_, quantity| *quantity > 0);
    let mut parts = Vec::new();
    for batch in batches {
        let Some(wanted) = open.get_mut(&batch.sku).filter(|wanted| **wanted > 0) else { continue };
        let part = batch.free.min(*wanted);
        *wanted -= part;
        parts.push((batch.id, batch.sku, part));
    }
    open.retain(|_, missing| *missing > 0);
    Ok((parts, open))
}

/// Parts of batches that meet the whole demand.
///
/// # Errors
/// [`Refusal::OutOfStock`] with everything that is short.
pub fn allocate(sql: &impl Sql, now: Timestamp, demand: &Demand) -> Result<Vec<Part>> {
    let (parts, missing) = as_far_as_it_goes(sql, now, demand)?;
    if missing.is_empty() || sabotage::on(Guard::ReservationCheck) {
        return Ok(parts);
    }
    let short = missing
        .into_iter()
        .map(|(sku, missing)| {
            let wanted = demand.get(&sku).copied().unwrap_or(0);
            Shortage { sku, wanted, available: wanted - missing }
        })
        .collect();
    Err(Refusal::OutOfStock(short))
}
